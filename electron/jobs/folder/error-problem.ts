import { codeOf } from "../../contract/errno.ts";
import { type Problem, problemOf } from "../../contract/problem.ts";
import { Damage, isBusy, isDamage } from "../../registry/rows/damage.ts";
import { blockedBy, errnoOf } from "./blocked.ts";

/**
 * An exception of the journal or the file system in `place`, the folder of a job; any other is a bug, and ends the job
 * rather than the engine.
 */
export function errorProblem(error: unknown, place: string): Problem {
  if (isDamage(error) || isForeign(error)) return problemOf("registry/damaged:journal", { folder: place });
  if (isBusy(error)) return problemOf("workspace/unusable:busy", { place });
  const reason = error instanceof Error ? error.message : String(error);
  return blockedBy(errnoOf(error), place) ?? problemOf("engine/bug:job", { reason });
}

/** Statements that are right for the journal that we made are wrong for the one that is there: its tables or rows are others. */
function isForeign(error: unknown): boolean {
  return /^SQLITE_(ERROR|CONSTRAINT|MISMATCH|SCHEMA)/.test(codeOf(error));
}

/** A problem of the registry of the workspace `home`, which passes or has to be put right; null for any other exception. */
export function registryProblem(error: unknown, home: string): Problem | null {
  if (isBusy(error)) return problemOf("workspace/unusable:busy", { place: home });
  if (error instanceof Damage) return error.problem;
  if (isDamage(error)) return problemOf("registry/damaged:while-open", { home });
  return blockedBy(errnoOf(error), home);
}
