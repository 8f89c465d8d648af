import type { Problem } from "../../contract/problem.ts";
import { blockedBy, errnoOf } from "../folder/blocked.ts";

/** Writes to a registry that may take none for a while: its disk is full, say. */
export type RegistryWrites = {
  /** False when the registry could not be written: what is left to do is done with a later tick. */
  readonly attempt: (work: () => void) => boolean;
  /** Why the last attempt failed; null once it can be written again. */
  readonly problem: () => Problem | null;
  /** Everything that was left to do is done. */
  readonly recovered: () => void;
};

export function createRegistryWrites(home: string): RegistryWrites {
  let problem: Problem | null = null;
  return {
    attempt(work) {
      try {
        work();
        return true;
      } catch (error) {
        problem = blockedBy(errnoOf(error), home);
        if (problem === null) throw error;
        return false;
      }
    },
    problem: () => problem,
    recovered() {
      problem = null;
    },
  };
}
