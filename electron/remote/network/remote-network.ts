import type { Readable } from "node:stream";
import {
  createDefaultHttpClient,
  type HttpClient,
  isRestError,
  type PipelineRequest,
  type PipelineResponse,
  RestError,
} from "@azure/core-rest-pipeline";
import { type Problem, problemOf, type Result, success } from "../../contract/problem.ts";
import type { Way } from "../../contract/words/english/azure-problems.ts";
import type { Cloud } from "../clouds.ts";
import { type Agents, createAgents, type Route } from "./agents.ts";
import { isAllowed, urlOf } from "../hosts.ts";
import { isAbort, NetworkRefusal, networkProblem, timedOut } from "./network-problems.ts";
import { metadataClient } from "./metadata-client.ts";
import type { Environment, SystemProxy } from "./proxy.ts";
import { isPublicAddress, isWebAddress } from "./public-addresses.ts";

/** The way to a cloud: every request to it goes through one of these. */
export type RemoteNetwork = {
  /**
   * For `createPipelineRequest` and pipelines of `@azure/core-rest-pipeline`. It sends to the hosts of the cloud only, by
   * https only, through the user's proxy, trusting the usual certificate authorities and those of the cloud; it takes no
   * redirect. What it refuses, and what the network refuses, is thrown; `problemOf` tells it.
   */
  readonly httpClient: HttpClient;
  /** The same for the place where users sign in, which is sent no tokens of others. */
  readonly signInClient: HttpClient;
  /** The same for the managed identity of this computer: the one place that is asked without https, as it never leaves it. */
  readonly metadataClient: HttpClient;
  /**
   * For inputs that are given by their URL: to any public host by https, with no token of anybody's. A redirect is followed where
   * that host would have been taken, too.
   */
  readonly webClient: HttpClient;
  /**
   * Why a request failed. Problems: azure/unreachable, azure/host-refused, azure/cancelled. Null: no matter of the network. `address`: where
   * it went, if the exception does not know.
   */
  readonly problemOf: (error: unknown, address?: string) => Problem | null;
  /** Lets go of idle connections. */
  readonly close: () => void;
};

/** The proxy of each host that was asked last, as people may see it; null: none. */
type Proxies = Map<string, Route["proxy"]>;

/**
 * Opens no socket until something is sent. `systemProxy` null: proxies are what the environment says. Problem:
 * azure/invalid-cloud.
 */
export function openRemoteNetwork(
  cloud: Cloud,
  environment: Environment,
  systemProxy: SystemProxy | null = null,
): Result<RemoteNetwork> {
  const agents = createAgents(cloud, environment, systemProxy);
  if (!agents.ok) return agents;
  const webAgents = createAgents(cloud, environment, systemProxy, isPublicAddress);
  if (!webAgents.ok) return webAgents;
  const proxies: Proxies = new Map();
  return success({
    httpClient: guardedClient(cloud.hosts, agents.value, proxies),
    signInClient: guardedClient([new URL(cloud.authority).host], agents.value, proxies),
    metadataClient: metadataClient(environment),
    webClient: webClient(webAgents.value, proxies),
    problemOf: (error, address = "") => networkProblem(error, wayOf(error, address, proxies)),
    close() {
      agents.value.close();
      webAgents.value.close();
    },
  });
}

/** Codes of answers that name another address to go to. */
const redirects: readonly number[] = [300, 301, 302, 303, 305, 307, 308];

function guardedClient(hosts: readonly string[], agents: Agents, proxies: Proxies): HttpClient {
  const client = createDefaultHttpClient();
  return {
    async sendRequest(request) {
      const { url } = request;
      if (!isAllowed(url, hosts)) throw new NetworkRefusal(problemOf("azure/host-refused", { host: hostOf(url) }));
      const response = await send(client, request, agents, proxies);
      const to = redirectOf(response, url);
      if (to !== null) {
        throw new NetworkRefusal(problemOf("azure/host-refused:redirect", { host: hostOf(url), to: hostOf(to) }));
      }
      return response;
    },
  };
}

const mostRedirects = 5;

function webClient(agents: Agents, proxies: Proxies): HttpClient {
  const client = createDefaultHttpClient();
  return {
    async sendRequest(request) {
      request.headers.delete("Authorization");
      for (let hops = 0; ; hops += 1) {
        const { url } = request;
        if (!isWebAddress(url))
          throw new NetworkRefusal(problemOf("azure/host-refused:private", { host: hostOf(url) }));
        const response = await send(client, request, agents, proxies);
        const to = redirectOf(response, url);
        if (to === null) return response;
        (response.readableStreamBody as Readable | undefined)?.destroy();
        if (hops === mostRedirects) {
          throw new NetworkRefusal(problemOf("azure/host-refused:redirects", { host: hostOf(url) }));
        }
        request.url = to;
      }
    },
  };
}

async function send(
  client: HttpClient,
  request: PipelineRequest,
  agents: Agents,
  proxies: Proxies,
): Promise<PipelineResponse> {
  const url = new URL(request.url);
  const route = await agents.routeTo(url);
  if (!route.ok) throw new NetworkRefusal(route.problem);
  proxies.set(url.host, route.value.proxy);
  request.agent = route.value.agent;
  try {
    return await client.sendRequest(request);
  } catch (error) {
    // Of an answer that breaks off the client does not say whose it was.
    if (isRestError(error) && error.request === undefined) {
      const { message, code, response } = error;
      const known = { ...(code === undefined ? {} : { code }), ...(response === undefined ? {} : { response }) };
      throw new RestError(message, { ...known, request });
    }
    // The client ends a request that takes too long as if somebody had cancelled it.
    if (!isAbort(error) || request.abortSignal?.aborted === true) throw error;
    throw new RestError("The request took too long.", { code: timedOut, request });
  }
}

/** Where an answer sends the request on to; null: nowhere. */
function redirectOf({ status, headers }: PipelineResponse, url: string): string | null {
  const location = headers.get("location");
  if (!redirects.includes(status) || location === undefined) return null;
  return urlOf(location, url)?.href ?? location;
}

function wayOf(error: unknown, address: string, proxies: Proxies): Way {
  const url = urlOf((isRestError(error) ? error.request?.url : undefined) ?? address);
  return url === null ? { host: "Azure", proxy: null } : { host: url.host, proxy: proxies.get(url.host) ?? null };
}

/** Of an address, what may be shown: neither what stands before an @ nor a path. */
function hostOf(address: string): string {
  const url = urlOf(address);
  return url === null
    ? "an address that is none"
    : `${url.protocol === "https:" ? "" : `${url.protocol}//`}${url.host}`;
}
