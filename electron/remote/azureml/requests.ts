import {
  bearerTokenAuthenticationPolicy,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  decompressResponsePolicy,
  type HttpMethods,
  type Pipeline,
  type PipelineResponse,
  retryPolicy,
  setClientRequestIdPolicy,
} from "@azure/core-rest-pipeline";
import { failure, type Problem, type Result, success } from "../../contract/problem.ts";
import type { AnswerFault } from "../../contract/words/english/control-plane-problems.ts";
import type { Cloud } from "../clouds.ts";
import type { RemoteNetwork } from "../network/remote-network.ts";
import type { TokenSource } from "../tokens.ts";
import { type Patience, type Repeats, retryStrategy, secondsToWait, usualPatience } from "../network/patience.ts";
import { type Missing, refusal } from "./refusals.ts";

/** One request to the control plane. */
export type Asking = {
  readonly method: HttpMethods;
  readonly url: string;
  /** Sent as JSON; left out: nothing is sent. */
  readonly body?: object;
  readonly repeats: Repeats;
  readonly signal?: AbortSignal;
  readonly missing: Missing;
};

/** An answer that refuses nothing. */
export type Answered = {
  readonly status: number;
  /** As it came; empty: nothing did. */
  readonly body: string;
  readonly header: (name: string) => string | null;
  /** What `Retry-After` says; null: nothing. */
  readonly secondsToWait: number | null;
};

export type Ask = (asking: Asking) => Promise<Result<Answered>>;

export type Ways = {
  readonly cloud: Cloud;
  readonly tokens: TokenSource;
  readonly network: RemoteNetwork;
  /** Left out: the usual one. */
  readonly patience?: Patience;
};

/** Of one request, from its sending to the last byte of its answer. */
const timeoutMs = 60_000;
/** A page of a list is some hundred kilobytes. */
const mostAnswerBytes = 16 * 1024 * 1024;

/**
 * Sends requests to Azure Resource Manager, with a token, and again while that may help. Problems: azure/sign-in-needed,
 * azure/sign-in-failed, azure/unreachable, azure/host-refused, azure/cancelled, azure/forbidden, azure/refused,
 * azure/unexpected-answer, and `missing`.
 */
export function createAsk({ cloud, tokens, network, patience = usualPatience }: Ways): Ask {
  const pipelines: Readonly<Record<Repeats, Pipeline>> = {
    always: pipelineOf(cloud, tokens, patience, "always"),
    "when-turned-away": pipelineOf(cloud, tokens, patience, "when-turned-away"),
  };
  const { host } = new URL(cloud.resource_manager);

  return async (asking) => {
    const { url, missing } = asking;
    const tooLarge = new AbortController();
    let response: PipelineResponse;
    try {
      response = await pipelines[asking.repeats].sendRequest(network.httpClient, requestOf(asking, tooLarge));
    } catch (error) {
      if (error instanceof NoToken) return { ok: false, problem: error.problem };
      if (tooLarge.signal.aborted) return unexpected(url, "too-large");
      const problem = network.problemOf(error);
      if (problem === null) throw error;
      return { ok: false, problem };
    }
    const { status, headers } = response;
    const body = response.bodyAsText ?? "";
    if (status === 401) return failure("azure/sign-in-needed:refused", { host });
    if (status === 429 || status >= 500)
      return failure("azure/unreachable:busy", { host, status, seconds: secondsToWait(response) });
    if (status >= 400) {
      const isReading = asking.method === "GET";
      return { ok: false, problem: refusal({ status, address: plain(url), body, isReading }, missing) };
    }
    return success({
      status,
      body,
      header: (name) => headers.get(name) ?? null,
      secondsToWait: secondsToWait(response),
    });
  };
}

/** No account gives a token. Thrown only to get out of the pipeline. */
class NoToken extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.kind);
    this.problem = problem;
  }
}

function pipelineOf(cloud: Cloud, tokens: TokenSource, patience: Patience, repeats: Repeats): Pipeline {
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(setClientRequestIdPolicy());
  pipeline.addPolicy(decompressResponsePolicy());
  pipeline.addPolicy(retryPolicy([retryStrategy(patience, repeats)], { maxRetries: patience.retries }), {
    phase: "Retry",
  });
  pipeline.addPolicy(
    bearerTokenAuthenticationPolicy({
      scopes: `${cloud.resource_manager_resource}/.default`,
      credential: {
        // The policy asks with `claims` once, after a 401 that demands them.
        async getToken(_scopes, options) {
          const token = await tokens.token(
            "resource-manager",
            options?.claims === undefined ? {} : { claims: options.claims },
          );
          if (!token.ok) throw new NoToken(token.problem);
          return { token: token.value.token, expiresOnTimestamp: token.value.expiresOn };
        },
      },
    }),
    { phase: "Sign" },
  );
  return pipeline;
}

function requestOf({ method, url, body, signal }: Asking, tooLarge: AbortController) {
  return createPipelineRequest({
    url,
    abortSignal: signal === undefined ? tooLarge.signal : AbortSignal.any([tooLarge.signal, signal]),
    method,
    headers: createHttpHeaders({
      Accept: "application/json",
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    timeout: timeoutMs,
    onDownloadProgress: ({ loadedBytes }) => {
      if (loadedBytes > mostAnswerBytes) tooLarge.abort();
    },
  });
}

export function unexpected(url: string, fault: AnswerFault): Result<never> {
  return failure("azure/unexpected-answer", { address: plain(url), fault });
}

/** Without the query, which may hold a token of a list's next page. */
function plain(url: string): string {
  return url.replace(/\?.*$/, "");
}

/** Undefined: it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}
