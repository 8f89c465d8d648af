import { BlockList, isIP } from "node:net";
import { urlOf } from "../hosts.ts";

/*
 * Which addresses an input may be fetched from that somebody gave as a URL. A URL may have been written by somebody else than the
 * user, and this computer can reach what they cannot: routers, other computers, services of this computer itself.
 */

/** Ranges that lead into a network or nowhere: RFC 6890 and its updates. */
const closed4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
];
/** The public part of IPv6, and what of it holds an address of IPv4 or is for books. */
const open6 = ["2000::", 3] as const;
const closed6: readonly (readonly [string, number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const closed = new BlockList();
for (const [start, bits] of closed4) closed.addSubnet(start, bits, "ipv4");
for (const [start, bits] of closed6) closed.addSubnet(start, bits, "ipv6");
const open = new BlockList();
open.addSubnet(...open6, "ipv6");

/** Whether an IP address is one of the Internet's, and not of a network's own. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !closed.check(address, "ipv4");
  return family === 6 && open.check(address, "ipv6") && !closed.check(address, "ipv6");
}

/** Names that only mean something in a network: RFC 6761, RFC 6762, RFC 8375 and what is in use. */
const localNames =
  /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|home|corp|private|home\.arpa|in-addr\.arpa|ip6\.arpa|onion)$/;

/** Whether a URL may name an input: https, no user in it, and a host that is not one of a network's own by its name. */
export function isWebAddress(address: string): boolean {
  const url = urlOf(address);
  if (url === null || url.protocol !== "https:" || url.username !== "" || url.password !== "") return false;
  const host = url.hostname;
  if (host.startsWith("[")) return isPublicAddress(host.slice(1, -1));
  if (isIP(host) !== 0) return isPublicAddress(host);
  return /^[^.]+(?:\.[^.]+)+$/.test(host) && !localNames.test(host);
}
