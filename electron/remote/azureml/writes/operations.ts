import { setTimeout } from "node:timers/promises";
import * as z from "zod";
import { failure, type Result, success } from "../../../contract/problem.ts";
import type { AzureProgress, AzureWrite } from "../../../contract/views/azure-write.ts";
import { type Began, type ControlPlane, isSettledState, type Operation } from "../control-plane.ts";
import { saidOf, toldReason } from "../refusals.ts";
import { type Answered, parseJson } from "../requests.ts";

/** How an operation of Azure's is looked at until it ends. Milliseconds. */
export type Polling = {
  /** Less is not waited, whatever Azure asks for. */
  readonly leastWaitMs: number;
  readonly firstWaitMs: number;
  /** Of a wait that Azure did not ask for, and of one that it did. */
  readonly mostWaitMs: number;
  readonly mostAskedWaitMs: number;
  /** In all; after it the operation is left to itself. */
  readonly limitMs: number;
};

export const usualPolling: Polling = {
  leastWaitMs: 50,
  firstWaitMs: 1_000,
  mostWaitMs: 10_000,
  mostAskedWaitMs: 5 * 60_000,
  limitMs: 30 * 60_000,
};

/** Polls in a row that may fail by the network before that is reported. */
const mostFailures = 5;

/** What waits for an end. `signal`: its user wants to wait no longer; what Azure does goes on. */
export type Waiting = {
  readonly onProgress: (progress: AzureProgress) => void;
  readonly signal: AbortSignal;
  /** `--no-wait`: nobody waits for the end. */
  readonly isLeft?: boolean;
  /** Left out: the usual one. */
  readonly polling?: Polling;
};

/** Of an operation, and of a resource: Azure's samples read the first in both places. */
const stateSchema = z.object({
  status: z.string().nullish(),
  error: z.unknown().optional(),
  properties: z
    .object({ status: z.string().nullish(), provisioningState: z.string().nullish(), error: z.unknown().optional() })
    .nullish(),
});

type Stand =
  | { readonly kind: "working"; readonly status: string }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly code: string; readonly reason: string };

/** Waits until a write is done. Problems: azure/operation-failed, azure/operation-unfinished, and those of the control plane. */
export async function followToItsEnd(
  controlPlane: Pick<ControlPlane, "look">,
  began: Began,
  write: AzureWrite,
  { onProgress, signal, polling = usualPolling }: Waiting,
): Promise<Result<null>> {
  const { operation } = began;
  if (operation === null) {
    onProgress({ kind: "done", ...write });
    return success(null);
  }
  const startedAt = performance.now();
  let asked = began.secondsToWait;
  let failures = 0;
  for (let look = 0; ; look++) {
    const elapsedMs = performance.now() - startedAt;
    if (elapsedMs > polling.limitMs) return unfinished(write, "azure/operation-unfinished");
    if (!(await waited(waitMs(polling, look, asked), signal)))
      return unfinished(write, "azure/operation-unfinished:left");
    const answer = await controlPlane.look(operation, { missing: gone, signal });
    if (signal.aborted) return unfinished(write, "azure/operation-unfinished:left");
    const stand = standOf(operation, write, answer);
    if (!stand.ok) {
      failures += 1;
      if (stand.problem.code !== "azure/unreachable" || failures >= mostFailures) return stand;
      continue;
    }
    failures = 0;
    asked = answer.ok ? answer.value.secondsToWait : null;
    if (stand.value.kind === "done") {
      onProgress({ kind: "done", ...write });
      return success(null);
    }
    if (stand.value.kind === "failed") {
      const { code, reason } = stand.value;
      return failure("azure/operation-failed", { ...write, code, reason });
    }
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    onProgress({ kind: "working", status: stand.value.status, seconds, ...write });
  }
}

/** The operation is gone: a problem of its own, which no refusal has. */
const gone = {
  thing: { code: "azure/refused", kind: "azure/refused", params: { status: 404, code: "NotFound", reason: "" } },
  place: { code: "azure/refused", kind: "azure/refused", params: { status: 404, code: "NotFound", reason: "" } },
} as const;

function standOf(operation: Operation, { change }: AzureWrite, answer: Result<Answered>): Result<Stand> {
  if (!answer.ok) {
    const { kind, params } = answer.problem;
    if (kind !== "azure/refused") return answer;
    if (params["status"] === 404 && change === "delete") return success({ kind: "done" });
    // The answer of the operation itself, which is where its result would be.
    const { code, reason } = params as { readonly code: string; readonly reason: string };
    return success({ kind: "failed", code: code === "" ? "Failed" : code, reason: toldReason(reason) });
  }
  const { status, body } = answer.value;
  if (operation.kind === "result") {
    return success(status === 202 ? { kind: "working", status: "InProgress" } : { kind: "done" });
  }
  const told = stateSchema.safeParse(parseJson(body)).data;
  const properties = told?.properties;
  const state =
    operation.kind === "status"
      ? (told?.status ?? properties?.status ?? null)
      : (properties?.provisioningState ?? null);
  if (state === null) {
    // A resource that has no state is there; a status that says nothing is not at its end while it is 202.
    const isGone = operation.kind === "resource" && change === "delete";
    return success(status === 202 || isGone ? { kind: "working", status: "InProgress" } : { kind: "done" });
  }
  if (/^(failed|cancell?ed)$/i.test(state)) {
    const { code, reason } = saidOf(told?.error ?? properties?.error);
    return success({ kind: "failed", code: code === "" ? state : code, reason: toldReason(reason) });
  }
  const isStillThere = operation.kind === "resource" && change === "delete";
  return success(isSettledState(state) && !isStillThere ? { kind: "done" } : { kind: "working", status: state });
}

function waitMs(polling: Polling, look: number, asked: number | null): number {
  const { leastWaitMs, firstWaitMs, mostWaitMs, mostAskedWaitMs } = polling;
  if (asked !== null) return Math.min(Math.max(asked * 1000, leastWaitMs), mostAskedWaitMs);
  return Math.min(firstWaitMs * 1.5 ** look, mostWaitMs);
}

/** False: nobody waits any more. */
async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await setTimeout(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}

type Unfinished = "azure/operation-unfinished" | "azure/operation-unfinished:left";

export function unfinished(write: AzureWrite, kind: Unfinished): Result<never> {
  return failure(kind, write);
}
