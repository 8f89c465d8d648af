import type { JobView } from "../../contract/nouns/job.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { damagedJobView, jobView } from "../../jobs/folder/job-view.ts";
import type { Registry } from "../../registry/open-registry.ts";

/** One that is damaged is shown as one that failed. Problem: job/not-found. */
export function findJob(registry: Registry, name: string): Result<JobView> {
  const job = registry.jobs.find(name);
  if (job !== null) return success(jobView(job));
  const damaged = registry.jobs.findDamaged(name);
  return damaged === null ? failure("job/not-found", { job: name }) : success(damagedJobView(damaged));
}
