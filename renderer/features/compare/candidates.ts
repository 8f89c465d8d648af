import type { JobView } from "../../../electron/contract/nouns/job.ts";
import type { JobsState } from "../../store/jobs.ts";

type Compared = Pick<JobView, "name" | "status" | "endpoint_name" | "input_path" | "item_unit">;

/** The completed jobs, newest first, that a completed job can be held against: of its endpoint, or over the same input. */
export function comparable(jobs: Pick<JobsState, "done" | "byName">, job: Compared): readonly string[] {
  if (job.status !== "Completed") return [];
  return jobs.done.filter((name) => {
    const other = jobs.byName[name];
    return (
      other !== undefined &&
      other.name !== job.name &&
      other.status === "Completed" &&
      other.item_unit === job.item_unit &&
      (other.endpoint_name === job.endpoint_name || other.input_path === job.input_path)
    );
  });
}
