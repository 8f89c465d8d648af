import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from "@azure/msal-node";
import {
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  exponentialRetryPolicy,
  type HttpClient,
  type PipelineResponse,
  systemErrorRetryPolicy,
} from "@azure/core-rest-pipeline";
import * as z from "zod";
import { type Problem, problemOf } from "../../contract/problem.ts";
import type { EntraRefusal } from "./aadsts.ts";

/** What Entra sends when it refuses; whatever else it holds is left alone. */
const refusalSchema = z.object({
  error: z.string().catch(""),
  error_description: z.string().catch(""),
  error_codes: z.array(z.number()).catch([]),
  suberror: z.string().catch(""),
  claims: z.string().nullable().catch(null),
});

/** Why a request for tokens failed: the network, or Entra's own answer. */
export type Trouble =
  | { readonly kind: "network"; readonly problem: Problem }
  | { readonly kind: "refusal"; readonly refusal: EntraRefusal; readonly claims: string | null };

/**
 * The network as MSAL wants it, and the reason of the last failure: MSAL itself hides what the network said, and of Entra's
 * answer it keeps a part.
 */
export type MsalNetwork = INetworkModule & {
  readonly trouble: () => Trouble | null;
  /** What ends the requests of now on; null: nothing does. */
  readonly cancelBy: (signal: AbortSignal | null) => void;
};

const timeoutMs = 30_000;
/** An error of a server or a lost connection may be over in a second; who waits for more would rather be told. */
const retries = { maxRetries: 2, retryDelayInMs: 500 };
/** Somebody has not entered the code yet: no failure. */
const pending = "authorization_pending";

export function createMsalNetwork(
  client: HttpClient,
  problemOfNetwork: (error: unknown) => Problem | null,
): MsalNetwork {
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(exponentialRetryPolicy(retries));
  pipeline.addPolicy(systemErrorRetryPolicy(retries));
  let trouble: Trouble | null = null;
  let cancelling: AbortSignal | null = null;

  async function send<Body>(
    method: "GET" | "POST",
    url: string,
    { headers = {}, body }: NetworkRequestOptions = {},
  ): Promise<NetworkResponse<Body>> {
    const request = createPipelineRequest({ url, method, headers: createHttpHeaders(headers), timeout: timeoutMs });
    if (body !== undefined) request.body = body;
    if (cancelling !== null) request.abortSignal = cancelling;
    let response: PipelineResponse;
    try {
      response = await pipeline.sendRequest(client, request);
    } catch (error) {
      const problem = problemOfNetwork(error);
      if (problem !== null) trouble = { kind: "network", problem };
      throw error;
    }
    const answer = objectOf(response.bodyAsText ?? "");
    trouble = troubleOf(response, answer, new URL(url).host);
    if (answer === null) throw new Error("The answer is no JSON object.");
    return { status: response.status, headers: response.headers.toJSON(), body: answer as Body };
  }

  return {
    sendGetRequestAsync: (url, options) => send("GET", url, options),
    sendPostRequestAsync: (url, options) => send("POST", url, options),
    trouble: () => trouble,
    cancelBy: (signal) => void (cancelling = signal),
  };
}

function troubleOf(response: PipelineResponse, answer: object | null, host: string): Trouble | null {
  const { status } = response;
  if (status === 429 || status >= 500) {
    const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
    const params = { host, status, seconds: Number.isSafeInteger(seconds) ? seconds : null };
    return { kind: "network", problem: problemOf("azure/unreachable:busy", params) };
  }
  if (answer === null) {
    return { kind: "network", problem: problemOf("azure/unreachable:answer", { host, proxy: null }) };
  }
  const { error, error_description, error_codes, suberror, claims } = refusalSchema.parse(answer);
  if (status < 400 || error === pending) return null;
  const words = [suberror, error].filter((word) => word !== "");
  return {
    kind: "refusal",
    refusal: { number: error_codes[0] ?? null, words, description: error_description },
    claims,
  };
}

function objectOf(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
