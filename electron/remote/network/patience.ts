import type { PipelineResponse, RetryStrategy } from "@azure/core-rest-pipeline";

/** How often a request is sent again, and how long each wait may be. */
export type Patience = {
  readonly retries: number;
  /** Milliseconds; each wait is twice the one before. */
  readonly firstWaitMs: number;
  /** Of one wait that Azure itself asks for; a longer one is told instead. */
  readonly mostWaitMs: number;
};

export const usualPatience: Patience = { retries: 4, firstWaitMs: 500, mostWaitMs: 30_000 };
/** Nobody waits for a single answer of a transfer, so an outage of some minutes passes. */
export const transferPatience: Patience = { retries: 9, firstWaitMs: 500, mostWaitMs: 60_000 };

/** Busy, or a fault that may be gone in a moment. */
const passingStatuses = new Set([408, 429, 500, 502, 503, 504]);
/** The connection broke before the answer was whole. A host that cannot be reached at all is not tried again: its user waits. */
const passingErrors = new Set(["ECONNRESET", "EPIPE", "PARSE_ERROR"]);

/** `always`: whatever became of it; `when-turned-away`: only when it is sure that nothing was done. */
export type Repeats = "always" | "when-turned-away";

/** Azure says of it that the request was not looked at. */
const turnedAway = 429;

export function retryStrategy({ firstWaitMs, mostWaitMs }: Patience, repeats: Repeats): RetryStrategy {
  return {
    name: "patience",
    retry({ retryCount, response, responseError }) {
      const isPassing =
        response === undefined ? passingErrors.has(responseError?.code ?? "") : passingStatuses.has(response.status);
      if (!isPassing) return { skipStrategy: true };
      if (repeats === "when-turned-away" && response?.status !== turnedAway) return { skipStrategy: true };
      const asked = response === undefined ? null : secondsToWait(response);
      if (asked !== null && asked * 1000 > mostWaitMs) return { skipStrategy: true };
      // Not all at the same moment: many programs may have been turned away at once.
      const ownMs = firstWaitMs * 2 ** retryCount * (0.5 + Math.random() / 2);
      return { retryAfterInMs: asked === null ? ownMs : asked * 1000 };
    },
  };
}

/** What `Retry-After` says, in seconds; null: nothing that makes sense. */
export function secondsToWait({ headers }: PipelineResponse): number | null {
  const text = headers.get("Retry-After") ?? "";
  if (/^\d{1,6}$/.test(text)) return Number(text);
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}
