import dns from "node:dns";
import * as https from "node:https";
import net from "node:net";
import type { SecureContext } from "node:tls";
import type { Agent } from "node:http";
import { HttpsProxyAgent } from "https-proxy-agent";
import { type Result, success } from "../../contract/problem.ts";
import type { Cloud } from "../clouds.ts";
import { createTrust } from "./certificates.ts";
import { type Environment, proxyFor, type SystemProxy } from "./proxy.ts";

/** The proxy answered, and not with a connection. The client that sends a request keeps the code of an exception and no more. */
class ProxyRefusal extends Error {
  readonly code: string;

  constructor(status: number) {
    super(`The proxy answered with status ${status}.`);
    this.code = `${proxyRefused}${status}`;
  }
}

/** Begins the code of the exception, and its status follows. */
export const proxyRefused = "ERR_PROXY_";

/** How a request travels: the agent that connects, and the proxy as people may see it, without its user; null: none. */
export type Route = { readonly agent: Agent; readonly proxy: string | null };

export type Agents = {
  /** Problem: azure/unreachable. */
  readonly routeTo: (url: URL) => Promise<Result<Route>>;
  readonly close: () => void;
};

/** Begins the code of the exception: a host's name leads to an address that is not to be connected to. */
export const closedAddress = "ERR_CLOSED_ADDRESS";

/**
 * Connections to a cloud, kept open between requests. `isOpen`: whether an address that the system's DNS gives may be connected
 * to; those that the cloud itself names may. Problem: azure/invalid-cloud, for a `ca_file` without certificates.
 */
export function createAgents(
  { ca_file, resolve = {} }: Cloud,
  environment: Environment,
  systemProxy: SystemProxy | null,
  isOpen: (address: string) => boolean = () => true,
): Result<Agents> {
  const trust = createTrust(ca_file);
  if (!trust.ok) return trust;
  const secureContext = trust.value;
  const direct = new https.Agent({ keepAlive: true, secureContext, lookup: lookupWith(resolve, isOpen) });
  const tunnels = new Map<string, HttpsProxyAgent<string>>();
  return success({
    async routeTo(url) {
      // What only the cloud file knows the address of is no business of a proxy's.
      const proxy = Object.hasOwn(resolve, url.hostname)
        ? success(null)
        : await proxyFor(url, environment, systemProxy);
      if (!proxy.ok) return proxy;
      if (proxy.value === null) return success({ agent: direct, proxy: null });
      const { href, host } = proxy.value;
      const agent = tunnels.get(href) ?? tunnelThrough(href, secureContext);
      tunnels.set(href, agent);
      return success({ agent, proxy: host });
    },
    close() {
      for (const agent of [direct, ...tunnels.values()]) agent.destroy();
    },
  });
}

function tunnelThrough(proxy: string, secureContext: SecureContext): HttpsProxyAgent<string> {
  const agent = new Tunnel(proxy, secureContext);
  // Otherwise the proxy's answer would be taken for that of the host.
  agent.on("proxyConnect", ({ statusCode }: { readonly statusCode: number }) => {
    if (statusCode !== 200) throw new ProxyRefusal(statusCode);
  });
  return agent;
}

/** Trusts the host behind the proxy by the same certificates as a proxy of https itself. */
class Tunnel extends HttpsProxyAgent<string> {
  private readonly secureContext: SecureContext;

  constructor(proxy: string, secureContext: SecureContext) {
    super(proxy, { keepAlive: true, secureContext });
    this.secureContext = secureContext;
  }

  override connect(...[request, options]: Parameters<HttpsProxyAgent<string>["connect"]>) {
    const { secureContext } = this;
    return super.connect(request, options.secureEndpoint ? { ...options, secureContext } : options);
  }
}

/** The system's look-up, for hosts that are not among `addresses`. What it gives is looked at here, and connected to as it was seen. */
function lookupWith(
  addresses: Readonly<Record<string, string>>,
  isOpen: (address: string) => boolean,
): net.LookupFunction {
  return (hostname, options, callback) => {
    const address = Object.hasOwn(addresses, hostname) ? addresses[hostname] : undefined;
    if (address === undefined) {
      dns.lookup(hostname, options, (error, found, family) => {
        const all = typeof found === "string" ? [found] : (found ?? []).map((one) => one.address);
        const isClosed = error === null && !all.every(isOpen);
        const refusal = isClosed ? Object.assign(new Error("The address is closed."), { code: closedAddress }) : error;
        callback(refusal, found, family);
      });
      return;
    }
    const family = net.isIP(address);
    if (options.all === true) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
}
