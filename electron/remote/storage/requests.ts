import { isRestError, type RestError } from "@azure/core-rest-pipeline";
import { codeOf } from "../../contract/errno.ts";
import { oneLine } from "../../contract/plain-text.ts";
import { failure, type Problem, problemOf, type Result, success, withFullStop } from "../../contract/problem.ts";
import { secondsToWait, transferPatience } from "../network/patience.ts";
import { timedOut } from "../network/network-problems.ts";
import { type Limited, withinTime } from "../network/time-limit.ts";
import type { RemoteNetwork } from "../network/remote-network.ts";
import { roles } from "../roles.ts";
import { Refusal } from "./refusal.ts";

/** How one try is made: it counts as stuck when nobody calls `alive` for long. */
export type Try = Limited;

export type Requests = {
  /**
   * Asks until there is an answer, or none can be hoped for. `instead`: what the codes of some of the service's refusals stand
   * for. Requests of blobs may all be repeated: they read, or put the same bytes into the same place.
   */
  readonly ask: <Value>(
    right: "read" | "write",
    work: (attempt: Try) => Promise<Value>,
    signal: AbortSignal,
    instead?: Readonly<Record<string, Value>>,
  ) => Promise<Result<Value>>;
};

const longestOwnWaitMs = 30_000;
/** Without a byte in either direction. */
const stuckMs = 100_000;
/** A try that was cut off lets go of its file in this time: what it has begun to write is not left behind. */
const graceMs = 10_000;

const passingStatuses = new Set([408, 429, 500, 502, 503, 504]);
const brokenConnections = new Set(["ECONNRESET", "EPIPE", "PARSE_ERROR", timedOut, "ERR_STREAM_PREMATURE_CLOSE"]);
/** Once the service has answered, these mean that the network is gone for a while. Before that, that its address is wrong. */
const lostNetwork = new Set(["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ENETDOWN"]);

export function createRequests(network: RemoteNetwork, container: string, patience = transferPatience): Requests {
  let hasAnswered = false;
  const { host } = new URL(container);

  function isPassing(error: unknown): boolean {
    const status = isRestError(error) ? error.response?.status : undefined;
    if (status !== undefined) return passingStatuses.has(status) || isCutShort(error);
    const code = codeOf(error);
    return brokenConnections.has(code) || (hasAnswered && lostNetwork.has(code));
  }

  /** Milliseconds before the next try; null: there is none. */
  function waitMs(error: unknown, tries: number): number | null {
    if (tries >= patience.retries || !isPassing(error)) return null;
    const asked = isRestError(error) && error.response !== undefined ? secondsToWait(error.response) : null;
    if (asked !== null) return asked * 1000 > patience.mostWaitMs ? null : asked * 1000;
    // Not all at the same moment: many requests may have been turned away at once.
    return Math.min(longestOwnWaitMs, patience.firstWaitMs * 2 ** tries) * (0.5 + Math.random() / 2);
  }

  function problemFor(error: unknown, right: "read" | "write"): Problem {
    if (error instanceof Refusal) return error.problem;
    const answer = isRestError(error) ? error.response : undefined;
    if (isRestError(error) && answer !== undefined && answer.status >= 300) {
      const { status } = answer;
      if (status === 429 || status >= 500) {
        return problemOf("azure/unreachable:busy", { host, status, seconds: secondsToWait(answer) });
      }
      return refusalOf(error, status, right);
    }
    const problem = network.problemOf(error, container);
    if (problem === null) throw error;
    return problem;
  }

  function refusalOf(error: RestError, status: number, right: "read" | "write"): Problem {
    const code = serviceCode(error);
    if (status === 401 || code === "AuthenticationFailed") return problemOf("azure/sign-in-needed:refused", { host });
    if (status === 403) {
      if (code === "AuthorizationFailure") return problemOf("azure/forbidden:storage-network", { container });
      const role = right === "read" ? roles.blobReader : roles.blobContributor;
      return problemOf("azure/forbidden:blobs", { container, role });
    }
    if (code === "ContainerNotFound") return problemOf("datastore/not-found:container", { container });
    return problemOf("azure/refused", { status, code, reason: reasonOf(error) });
  }

  return {
    async ask(right, work, signal, instead = {}) {
      for (let tries = 0; ; tries += 1) {
        if (signal.aborted) return failure("azure/cancelled");
        try {
          const value = await withinTime(work, { ms: stuckMs, graceMs, signal });
          hasAnswered = true;
          return success(value);
        } catch (error) {
          if (signal.aborted) return failure("azure/cancelled");
          hasAnswered ||= isRestError(error) && error.response !== undefined;
          const code = isRestError(error) ? serviceCode(error) : "";
          if (Object.hasOwn(instead, code)) return success(instead[code] as Awaited<ReturnType<typeof work>>);
          const ms = waitMs(error, tries);
          if (ms === null) return { ok: false, problem: problemFor(error, right) };
          await pause(ms, signal);
        }
      }
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done, { once: true });
  });
}

/** The service's name for its refusal. An answer to HEAD has it in a header only. */
function serviceCode(error: RestError): string {
  return error.response?.headers.get("x-ms-error-code") ?? error.code ?? "";
}

/** The answer began well, and then the connection broke. */
function isCutShort(error: unknown): boolean {
  return isRestError(error) && (error.response?.status ?? 0) < 300 && brokenConnections.has(error.code ?? "");
}

const longestReason = 600;

function reasonOf(error: RestError): string {
  // The service adds the number of the request and the time, on lines of their own.
  const [sentence = ""] = error.message.split("\n");
  const reason = oneLine(sentence).slice(0, longestReason);
  return reason === "" ? "It did not say why." : withFullStop(reason);
}
