import path from "node:path";
import { type Problem, type ProblemCode, problemOf, withFullStop } from "../../contract/problem.ts";
import type { JobFiles } from "../folder/job-files.ts";

/** Where a job keeps what its script said when it failed. */
export function tracesFolder(files: Pick<JobFiles, "logs">): string {
  return path.join(files.logs, "user", "error");
}

/** Why a job ends whose script could not be started. `message` is what the worker said. */
export function scriptProblem(code: ProblemCode, message: string, files: Pick<JobFiles, "logs">): Problem {
  const reason = withFullStop(message);
  switch (code) {
    case "script/failed":
      return problemOf("script/failed:init", { reason, traces: tracesFolder(files) });
    case "script/not-trusted":
      return problemOf("script/not-trusted:start", { reason });
    case "environment/invalid":
      return problemOf("environment/invalid:start", { reason });
    default:
      return problemOf("script/invalid:start", { reason });
  }
}
