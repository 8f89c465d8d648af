import crypto from "node:crypto";
import fs from "node:fs/promises";
import os from "node:os";
import type { Clock } from "../../compute/clock.ts";
import { plainText } from "../../contract/plain-text.ts";
import { failure, type Problem, problemOf, type Result, success } from "../../contract/problem.ts";
import { errnoOf } from "../folder/blocked.ts";
import { exists } from "../folder/exists.ts";
import {
  addClaim,
  type Claim,
  firstClaimFile,
  type FoundClaim,
  parseClaim,
  readChain,
  removeClaim,
} from "./claim-chain.ts";
import { isRunning, thisProcess } from "./claim-holder.ts";
import type { Claimant } from "./claimant.ts";

/** The right of a job to write to its output folder: held by the engine while it works on the job. See claim-chain.ts. */
export type OutputClaim = {
  /** False: the folder was nobody's, so what lies there already is not of an unfinished job that we know of. */
  readonly tookOver: boolean;
  /** Moves the heartbeat until the claim ends, and tells once when another job has the folder. */
  readonly keepAlive: (onLost: (problem: Problem) => void) => void;
  /** Null while the folder is still this job's, as far as can be seen. */
  readonly whyLost: () => Problem | null;
  /** `free`: the folder is nobody's. `kept`: the job goes on later, and nobody else is to begin there. */
  readonly end: (how: "free" | "kept") => void;
};

export type OutputClaims = {
  /**
   * Why the job (null: one that is still to be made) cannot take the folder now; null when it can, as far as can be seen.
   * Rejects with what the file system throws.
   */
  readonly inTheWay: (folder: string, self: Claimant | null) => Promise<Problem | null>;
  /** Problems: output/exists. Throws what the file system throws. */
  readonly take: (folder: string, self: Claimant) => Result<OutputClaim>;
};

const beatMs = 10_000;
/** A claim of a process that cannot be asked is stale when it did not move for so long, by our own clock, while we looked. */
const maxStillMs = 180_000;
const maxTries = 5;

/** Remembers what it saw, so that it can tell which claims do not move. */
export function createOutputClaims(clock: Pick<Clock, "now" | "setInterval">): OutputClaims {
  const seen = new Map<string, { readonly id: string; readonly beat: string; readonly sinceMs: number }>();

  function mayTake(folder: string, last: FoundClaim, self: Claimant | null): boolean {
    const { claim } = last;
    if (claim !== null && claim.claimant === self?.id) return !runsElsewhere(claim);
    // Its user may have paused it for days: it is there for as long as the job is unfinished.
    if (claim?.holder === null) return false;
    const isAlive = claim === null ? null : isRunning(claim.holder);
    return isAlive === null ? standsStill(folder, last) : !isAlive;
  }

  function standsStill(folder: string, { id, beat }: FoundClaim): boolean {
    const before = seen.get(folder);
    if (before?.id === id && before.beat === beat) return clock.now() - before.sinceMs >= maxStillMs;
    seen.set(folder, { id, beat, sinceMs: clock.now() });
    return false;
  }

  function take(folder: string, self: Claimant): Result<OutputClaim> {
    const mine = newClaim(self);
    for (let tries = 1; ; tries += 1) {
      const last = readChain(folder).at(-1) ?? null;
      if (last !== null && (tries > maxTries || !mayTake(folder, last, self))) {
        return { ok: false, problem: takenProblem(folder, last, "later") };
      }
      if (tries > maxTries) return failure("output/unwritable", { place: folder, errno: "EBUSY" });
      const isOwn = last?.claim?.claimant === self.id;
      try {
        if (!addClaim(folder, last, mine)) continue;
      } catch (error) {
        // A full disk must not keep a job from ending that has its claim already.
        if (errnoOf(error) === null || !isOwn || last.claim === null) throw error;
        return success(held(folder, last.claim, true));
      }
      seen.delete(folder);
      return success(held(folder, mine, last !== null));
    }
  }

  function held(folder: string, claim: Claim, tookOver: boolean): OutputClaim {
    let isEnded = false;

    async function beat(onLost: (problem: Problem) => void): Promise<void> {
      const first = firstClaimFile(folder);
      const text = await fs.readFile(first, "utf8").catch(() => "");
      if (isEnded) return;
      const isFirst = parseClaim(text)?.id === claim.id;
      const lost = isFirst ? null : whyLost();
      if (lost !== null) return onLost(lost);
      const now = new Date();
      await fs.utimes(isFirst ? first : lastFile(folder), now, now).catch(() => undefined);
    }

    function whyLost(): Problem | null {
      return unlessRefused(() => {
        const last = readChain(folder).at(-1) ?? null;
        // Where there is none somebody removed it, or the folder is a new one.
        if (last?.id === claim.id || (last === null && addClaim(folder, null, claim))) return null;
        const now = readChain(folder).at(-1);
        return now === undefined ? null : takenProblem(folder, now, "later");
      });
    }

    let timer: { readonly cancel: () => void } | null = null;
    return {
      tookOver,
      whyLost,
      keepAlive(onLost) {
        timer = clock.setInterval(() => void beat(onLost), beatMs);
      },
      end(how) {
        if (isEnded) return;
        isEnded = true;
        timer?.cancel();
        const next = { ...claim, id: crypto.randomUUID(), holder: null };
        unlessRefused(() => {
          if (how === "free") removeClaim(folder, claim.id, next);
          else keepForLater(folder, claim.id, next);
          return null;
        });
      },
    };
  }

  return {
    async inTheWay(folder, self) {
      // A share that does not answer keeps this waiting, and nobody else.
      if (!(await exists(folder))) return null;
      const last = readChain(folder).at(-1);
      if (last === undefined || mayTake(folder, last, self)) return null;
      return takenProblem(folder, last, self === null ? "choose" : "later");
    },
    take,
  };
}

/** A share that is gone is noticed by whoever writes there; and the next run of the job finds a claim that stayed as its own. */
function unlessRefused(work: () => Problem | null): Problem | null {
  try {
    return work();
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return null;
  }
}

function lastFile(folder: string): string {
  return readChain(folder).at(-1)?.file ?? firstClaimFile(folder);
}

function newClaim({ id, job, workspace }: Claimant): Claim {
  return {
    ...{ id: crypto.randomUUID(), claimant: id, job, workspace },
    ...{ hostName: os.hostname(), holder: thisProcess() },
  };
}

/** The same job, worked on by another living process: its workspace was copied. */
function runsElsewhere({ holder }: Claim): boolean {
  return holder !== null && holder.pid !== process.pid && isRunning(holder) === true;
}

function keepForLater(folder: string, id: string, next: Claim): void {
  const last = readChain(folder).at(-1);
  if (last?.id === id) addClaim(folder, last, next);
}

/** `choose`: before there is a job, which can have another folder. `later`: the job waits. */
function takenProblem(folder: string, { file, claim }: FoundClaim, what: "choose" | "later"): Problem {
  if (claim === null) return problemOf("output/exists:claim-unreadable", { folder, file });
  const host = claim.hostName === os.hostname() ? null : plainText(claim.hostName);
  const facts = { job: plainText(claim.job), workspace: plainText(claim.workspace), host, folder, file };
  return problemOf(what === "choose" ? "output/exists:claimed" : "output/exists:claimed-meanwhile", facts);
}
