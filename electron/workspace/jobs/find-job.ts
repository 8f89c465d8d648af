import type { JobView } from "../../contract/nouns/job.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { jobView } from "../../jobs/folder/job-view.ts";
import type { Registry } from "../../registry/open-registry.ts";

/** Problem: job/not-found. */
export function findJob(registry: Registry, name: string): Result<JobView> {
  const job = registry.jobs.find(name);
  return job === null ? failure("job/not-found", { job: name }) : success(jobView(job));
}
