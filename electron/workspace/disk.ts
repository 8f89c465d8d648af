import { type Problem, problemOf } from "../contract/problem.ts";
import { blockedBy, errnoOf } from "../jobs/folder/blocked.ts";

/** Null when the disk does not take it now: the work is left, to be tried again. */
export function ifWritable<Value>(work: () => Value): Value | null {
  try {
    return work();
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return null;
  }
}

/** The disk of the workspace does not take what a command has to write down; null for any other error. */
export function diskProblem(error: unknown, home: string): Problem | null {
  const isOfRegistry = String((error as { code?: unknown } | null)?.code).startsWith("SQLITE_");
  const blocked = isOfRegistry ? blockedBy(errnoOf(error), home) : null;
  if (blocked === null) return null;
  const kind = blocked.code === "output/no-space" ? "output/no-space:command" : "output/unwritable:command";
  return problemOf(kind, { cause: blocked });
}
