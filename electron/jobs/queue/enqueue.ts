import type { JobPriority } from "../../contract/nouns/deployment.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { Result } from "../../contract/problem.ts";
import type { Registry } from "../../registry/open-registry.ts";
import type { JobRecord } from "../../registry/job-row.ts";

/** Stores a job at the end of the queue. `also` is written in the same transaction, or refuses the job. */
export function enqueue(
  registry: Registry,
  spec: JobSpec,
  priority: JobPriority,
  also?: () => Result<null>,
): Result<JobRecord> {
  const added = registry.jobs.add(spec, priority, also);
  // Also a job that no engine looks at says why it waits.
  if (added.ok && registry.queue.isPaused()) registry.jobs.setWaitingFor(added.value.name, { kind: "queue-paused" });
  return added;
}
