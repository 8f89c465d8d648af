import path from "node:path";
import { type Problem, type ProblemCode, withFullStop, written } from "../../contract/problem.ts";
import type { JobFiles } from "../folder/job-files.ts";

const remedies: Partial<Readonly<Record<ProblemCode, string>>> = {
  "script/invalid": "Mend the script, then: batchdeck deployment update -f FILE --trust",
  "script/not-trusted": "Look at the original of the code, then: batchdeck deployment update -f FILE --trust",
  "environment/invalid":
    "Create the environment again with an interpreter that is there: batchdeck environment create -n NAME --python PATH",
};

/** Why a job ends whose script could not be started. */
export function scriptProblem(code: ProblemCode, message: string, files: Pick<JobFiles, "logs">): Problem {
  const traces = path.join(files.logs, "user", "error");
  const remedy =
    code === "script/failed"
      ? `What it said is in ${traces}; mend the script, then: batchdeck deployment update -f FILE --trust`
      : (remedies[code] ?? "");
  return written(code, withFullStop(message), remedy);
}
