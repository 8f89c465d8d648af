import type { Problem } from "../../contract/problem.ts";
import type { Finish } from "./merge-steps.ts";

/** `redo`: records turned out to be damaged, and their mini-batches are to do again. */
export type MergeEnd = "done" | "stopped" | "redo" | { readonly problem: Problem };

/** The end of merging, and whoever waits for it. */
export type Finishing = {
  /** How somebody wants it to end; null while nobody waits. */
  readonly wanted: () => Finish | null;
  /** Settles with the end, which `begin` leads to, or rejects with what was thrown on the way. */
  readonly want: (how: Finish, begin: () => void) => Promise<MergeEnd>;
  /** Taken once: whoever waits for the end, now or later, learns of this one. */
  readonly settle: (end: MergeEnd) => void;
  /**
   * Runs what a message, a crash or a timer leads to. While somebody waits for the end, what it throws is theirs: the run
   * of the job is ending and takes no other reason.
   */
  readonly safely: (work: () => void) => void;
};

/** `guarded` sees to what is thrown while nobody waits; `onBroken` ends the merging before the one who waits is rejected. */
export function createFinishing(guarded: (work: () => void) => void, onBroken: () => void): Finishing {
  let waiting: {
    readonly how: Finish;
    readonly resolve: (end: MergeEnd) => void;
    readonly reject: (error: unknown) => void;
  } | null = null;
  let reached: MergeEnd | null = null;

  function safely(work: () => void): void {
    guarded(() => {
      try {
        work();
      } catch (error) {
        if (waiting === null || reached !== null) throw error;
        const { reject } = waiting;
        waiting = null;
        onBroken();
        reject(error);
      }
    });
  }

  return {
    wanted: () => waiting?.how ?? null,
    want(how, begin) {
      if (reached !== null) return Promise.resolve(reached);
      return new Promise((resolve, reject) => {
        waiting = { how, resolve, reject };
        safely(begin);
      });
    },
    settle(end) {
      reached ??= end;
      waiting?.resolve(reached);
    },
    safely,
  };
}
