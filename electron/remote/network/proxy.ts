import { failure, type Result, success } from "../../contract/problem.ts";
import { urlOf } from "../hosts.ts";

/** The environment variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The way to an address by the settings of the system, in the words of Chromium: `DIRECT`, or proxies to try in turn
 * (`PROXY one:8080; SOCKS5 two:1080; DIRECT`).
 */
export type SystemProxy = (address: string) => Promise<string>;

/** What decides the way to a cloud. `systemProxy` null: proxies are what the environment says. */
export type NetworkSettings = { readonly environment: Environment; readonly systemProxy: SystemProxy | null };

/**
 * The proxy for a request, by HTTPS_PROXY, ALL_PROXY and NO_PROXY (in capitals or not), as curl reads them: one without a
 * scheme is `http://`. Where none is named, by the settings of the system, if they can be read. Null: none. Problem:
 * azure/unreachable, for one that is no HTTP proxy.
 */
export async function proxyFor(
  url: URL,
  environment: Environment,
  systemProxy: SystemProxy | null,
): Promise<Result<URL | null>> {
  const { hostname, port } = url;
  const named = variable(environment, "https_proxy") ?? variable(environment, "all_proxy");
  if (named === undefined) return systemProxy === null ? success(null) : firstUsable(await systemProxy(url.origin));
  if (isExempt(hostname, port || "443", variable(environment, "no_proxy") ?? "")) return success(null);
  return httpProxy(named.includes("://") ? named : `http://${named}`);
}

const schemes: Readonly<Record<string, string>> = { PROXY: "http", HTTPS: "https", SOCKS: "socks", SOCKS5: "socks5" };

/** The first of the system's proxies that is an HTTP proxy, or none if it comes before every such. */
function firstUsable(told: string): Result<URL | null> {
  const ways = told.split(";").map((way) => way.trim().split(/\s+/));
  const way = ways.find(([kind = ""]) => ["DIRECT", "PROXY", "HTTPS"].includes(kind)) ?? ways[0];
  const [kind = "DIRECT", host = ""] = way ?? [];
  return kind === "DIRECT" || kind === ""
    ? success(null)
    : httpProxy(`${schemes[kind] ?? kind.toLowerCase()}://${host}`);
}

/** A proxy that tunnels can be made through. */
function httpProxy(named: string): Result<URL> {
  const proxy = urlOf(named);
  if (proxy === null || !["http:", "https:"].includes(proxy.protocol) || proxy.hostname === "") {
    return failure("azure/unreachable:proxy-kind", { proxy: proxy === null ? "" : `${proxy.protocol}//${proxy.host}` });
  }
  return success(proxy);
}

function variable(environment: Environment, name: string): string | undefined {
  return environment[name] || environment[name.toUpperCase()] || undefined;
}

/** `*`, or names with a comma or space between them: a host and all below it, with a port or without one. */
function isExempt(hostname: string, port: string, noProxy: string): boolean {
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      if (entry === "*") return true;
      const { name = "", only } = /^(?<name>.+?)(?::(?<only>\d+))?$/.exec(entry)?.groups ?? {};
      if (only !== undefined && only !== port) return false;
      const suffix = name.replace(/^\*?\./, "");
      return hostname === suffix || hostname.endsWith(`.${suffix}`);
    });
}
