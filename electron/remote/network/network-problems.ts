import { isRestError } from "@azure/core-rest-pipeline";
import { codeOf } from "../../contract/errno.ts";
import { type Problem, problemOf } from "../../contract/problem.ts";
import type { Way } from "../../contract/words/english/azure-problems.ts";
import { closedAddress, proxyRefused } from "./agents.ts";

/** A request that is not sent, or whose answer is not taken: to try again is of no use. */
export class NetworkRefusal extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.kind);
    this.problem = problem;
  }
}

/** The request's own time limit passed, and nobody cancelled it. */
export const timedOut = "ETIMEDOUT";

const kinds = {
  ENOTFOUND: "azure/unreachable:dns",
  EAI_AGAIN: "azure/unreachable:dns",
  ECONNREFUSED: "azure/unreachable:refused",
  EHOSTUNREACH: "azure/unreachable:no-route",
  ENETUNREACH: "azure/unreachable:no-route",
  ENETDOWN: "azure/unreachable:no-route",
  [timedOut]: "azure/unreachable:time",
  ECONNRESET: "azure/unreachable:closed",
  EPIPE: "azure/unreachable:closed",
  PARSE_ERROR: "azure/unreachable:closed",
  CERT_HAS_EXPIRED: "azure/unreachable:certificate-expired",
  CERT_NOT_YET_VALID: "azure/unreachable:certificate-expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "azure/unreachable:certificate-name",
} as const;

/** OpenSSL's names for a certificate that nobody vouches for. */
const distrust = /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|INVALID_CA|PATH_LENGTH_)/;

/** What an exception of a request means; null: it is none of the network's. `way`: where the request went. */
export function networkProblem(error: unknown, way: Way): Problem | null {
  if (error instanceof NetworkRefusal) return error.problem;
  if (isAbort(error)) return problemOf("azure/cancelled");
  const code = codeOf(error);
  if (code === "") return null;
  if (code.startsWith(proxyRefused)) {
    const status = Number(code.slice(proxyRefused.length));
    if (status === 407) return problemOf("azure/unreachable:proxy-login", way);
    return problemOf("azure/unreachable:proxy-status", { ...way, status });
  }
  if (code === closedAddress) return problemOf("azure/host-refused:private", { host: way.host });
  if (code in kinds) return problemOf(kinds[code as keyof typeof kinds], way);
  if (distrust.test(code)) return problemOf("azure/unreachable:certificate", { ...way, fault: code });
  return isRestError(error) ? problemOf("azure/unreachable:other", { ...way, fault: code }) : null;
}

export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
