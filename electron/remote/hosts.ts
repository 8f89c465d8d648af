/**
 * Which hosts a token may be sent to. Addresses are compared after the URL parser has read them, as it will read them when
 * they are used: what it makes of a trick is what is looked at.
 */

const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const hostPattern = new RegExp(`^(\\*\\.)?${label}(?:\\.${label})*(?::[1-9]\\d{0,4})?$`);
/** `*.com` would be everybody. */
const suffixOfOneLabel = new RegExp(`^\\*\\.${label}(?::|$)`);

/** `host`, `host:port` or `*.suffix`, in lower-case ASCII as the URL parser writes hosts. */
export function isHostPattern(text: string): boolean {
  return hostPattern.test(text) && !(suffixOfOneLabel.test(text) && !text.startsWith("*.localhost"));
}

/** `https://host` or `https://host:port`, and nothing more. */
export function isHttpsOrigin(text: string): boolean {
  const url = urlOf(text);
  return url !== null && url.protocol === "https:" && text.replace(/\/$/, "") === url.origin;
}

/** Whether a token may be shown to this address: https, no user in it, and one of the hosts. */
export function isAllowed(address: string, hosts: readonly string[]): boolean {
  const url = urlOf(address);
  if (url === null || url.protocol !== "https:" || url.username !== "" || url.password !== "") return false;
  const host = `${url.hostname}:${url.port === "" ? "443" : url.port}`;
  return hosts.some((pattern) => matches(host, pattern.includes(":") ? pattern : `${pattern}:443`));
}

function matches(host: string, pattern: string): boolean {
  if (!pattern.startsWith("*.")) return host === pattern;
  const suffix = pattern.slice(1);
  return host.endsWith(suffix) && host.length > suffix.length;
}

/** Null: it is no absolute address, and with `base` no address at all. */
export function urlOf(address: string, base?: string): URL | null {
  try {
    return new URL(address, base);
  } catch {
    return null;
  }
}
