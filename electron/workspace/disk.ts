import { codeOf } from "../contract/errno.ts";
import { type Problem, problemOf } from "../contract/problem.ts";
import { errnoOf } from "../jobs/folder/blocked.ts";
import { registryProblem } from "../jobs/folder/error-problem.ts";
import { Damage, isDamage } from "../registry/rows/damage.ts";

/** Null when the disk does not take it now, or another program holds it: the work is left, to be tried again. */
export function ifWritable<Value>(work: () => Value): Value | null {
  try {
    return work();
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return null;
  }
}

/** The same for work that nobody waits for: it is also left while the registry is damaged, which others say. */
export function ifUsable<Value>(work: () => Value): Value | null {
  try {
    return ifWritable(work);
  } catch (error) {
    if (!isDamage(error)) throw error;
    return null;
  }
}

/** Why the workspace does not take what a command has to write down, or cannot tell what it asks for; null for any other error. */
export function diskProblem(error: unknown, home: string): Problem | null {
  const isOfRegistry = codeOf(error).startsWith("SQLITE_");
  const problem = isOfRegistry || error instanceof Damage ? registryProblem(error, home) : null;
  if (problem === null) return null;
  switch (problem.code) {
    case "output/no-space":
      return problemOf("output/no-space:command", { cause: problem });
    case "output/unwritable":
      return problemOf("output/unwritable:command", { cause: problem });
    default:
      return problem;
  }
}
