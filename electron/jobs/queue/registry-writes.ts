import type { Clock } from "../../compute/clock.ts";
import type { Problem } from "../../contract/problem.ts";
import type { Registry } from "../../registry/open-registry.ts";
import { registryProblem } from "../folder/error-problem.ts";
import { createPacer } from "./pacer.ts";

/** Work on a registry that may take nothing for a while: its disk is full, another program holds it, or it is damaged. */
export type RegistryWrites = {
  /** False when the registry does not take it now: what is left to do is done with a later tick. */
  readonly attempt: (work: () => void) => boolean;
  /** It is time for the next attempt: each that fails takes a moment in which a window cannot answer. */
  readonly isDue: () => boolean;
  /** Why attempts have failed for a second now; null before that, and once it can be written again. */
  readonly problem: () => Problem | null;
  /** Everything that was left to do is done. */
  readonly recovered: () => void;
};

const tryAgainMs = 200;
/** Programs that write at the same moment wait for each other often, and not for long. */
const lastingMs = 1000;

export function createRegistryWrites(
  registry: Pick<Registry, "hastily">,
  home: string,
  clock: Pick<Clock, "now">,
): RegistryWrites {
  let failing: { readonly problem: Problem; readonly sinceMs: number } | null = null;
  const again = createPacer(tryAgainMs);
  return {
    attempt(work) {
      try {
        registry.hastily(work);
        return true;
      } catch (error) {
        const problem = registryProblem(error, home);
        if (problem === null) throw error;
        failing = { problem, sinceMs: failing?.sinceMs ?? clock.now() };
        return false;
      }
    },
    isDue: () => failing === null || again.isDue(clock.now()),
    problem: () => (failing !== null && clock.now() - failing.sinceMs >= lastingMs ? failing.problem : null),
    recovered() {
      failing = null;
    },
  };
}
