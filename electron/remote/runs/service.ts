import {
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  decompressResponsePolicy,
  isRestError,
  type Pipeline,
  type PipelineResponse,
  setClientRequestIdPolicy,
} from "@azure/core-rest-pipeline";
import { codeOf } from "../../contract/errno.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { timedOut } from "../network/network-problems.ts";
import { secondsToWait } from "../network/patience.ts";
import { withinTime } from "../network/time-limit.ts";
import type { AzureSession } from "../identity/session.ts";
import { authorizedClient } from "../storage/authorized-client.ts";
import { Refusal } from "../storage/refusal.ts";
import type { Audience } from "../tokens.ts";

/** One request, sent once: whoever sends it knows whether it may be sent again. */
export type ServiceRequest = {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
  readonly signal: AbortSignal;
};

export type ServiceAnswer = {
  /** Of HTTP; below 500, and neither 401 nor 429. */
  readonly status: number;
  readonly text: string;
  /** The text as JSON; undefined: it is none. */
  readonly json: unknown;
  /** What `Retry-After` says; null: nothing. */
  readonly secondsToWait: number | null;
};

/** Problems: azure/sign-in-needed, azure/sign-in-failed, azure/unreachable (also: busy), azure/host-refused, azure/cancelled. */
export type Service = (request: ServiceRequest) => Promise<Result<ServiceAnswer>>;

/** From the sending of a request to the last byte of its answer. */
const timeoutMs = 60_000;
/** With what comes before: the token, the way there. A signal ends all of it at once. */
const limits = { ms: 5 * 60_000, graceMs: 0 };
const mostAnswerBytes = 4 * 1024 * 1024;

/** A service of a cloud that takes tokens for that audience. */
export function createService(session: AzureSession, audience: Exclude<Audience, "storage">): Service {
  const { network, tokens } = session;
  const pipeline = pipelineOf();
  const client = authorizedClient(network.httpClient, tokens, audience);
  return async (request) => {
    const tooLarge = new AbortController();
    const { host } = new URL(request.url);
    let response: PipelineResponse;
    try {
      response = await withinTime(
        ({ signal }) => pipeline.sendRequest(client, requestOf({ ...request, signal }, tooLarge)),
        { ...limits, signal: request.signal },
      );
    } catch (error) {
      if (error instanceof Refusal) return { ok: false, problem: error.problem };
      if (tooLarge.signal.aborted)
        return failure("azure/unexpected-answer", { address: plain(request.url), fault: "too-large" });
      if (codeOf(error) === timedOut && !isRestError(error))
        return failure("azure/unreachable:time", { host, proxy: null });
      const problem = network.problemOf(error);
      if (problem === null) throw error;
      return { ok: false, problem };
    }
    const { status, bodyAsText } = response;
    if (status === 401) return failure("azure/sign-in-needed:refused", { host });
    const seconds = secondsToWait(response);
    if (status === 408 || status === 429 || status >= 500)
      return failure("azure/unreachable:busy", { host, status, seconds });
    const text = bodyAsText ?? "";
    return success({ status, text, json: parseJson(text), secondsToWait: seconds });
  };
}

function pipelineOf(): Pipeline {
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(setClientRequestIdPolicy());
  pipeline.addPolicy(decompressResponsePolicy());
  return pipeline;
}

function requestOf({ method, url, headers, body, signal }: ServiceRequest, tooLarge: AbortController) {
  return createPipelineRequest({
    url,
    method,
    abortSignal: AbortSignal.any([signal, tooLarge.signal]),
    headers: createHttpHeaders({
      Accept: "application/json",
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    timeout: timeoutMs,
    onDownloadProgress: ({ loadedBytes }) => {
      if (loadedBytes > mostAnswerBytes) tooLarge.abort();
    },
  });
}

/** Without the query. */
export function plain(url: string): string {
  return url.replace(/\?.*$/, "");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}
