import type { JobPriority } from "../../contract/nouns/deployment.ts";
import type { JobView } from "../../contract/nouns/job.ts";
import { isTerminal } from "../../contract/job-status.ts";
import type { QueuePlace } from "../../contract/views/queue.ts";
import { failure, type Result } from "../../contract/problem.ts";
import type { RefusedCommand } from "../../contract/words/english/job-problems.ts";
import type { WorkspaceContext } from "../context.ts";
import { findJob } from "./find-job.ts";

/** What a user may tell an unfinished job. Problems: job/not-found, job/not-allowed. */
export type JobControl = {
  readonly pause: (name: string) => Result<JobView>;
  /**
   * Puts a paused job back in the queue; any other unfinished job stays where it is. `skipChanged`: from now on the job
   * goes on although files of its input have changed or are gone, and what it had not scored of them fails.
   */
  readonly resume: (name: string, options?: { readonly skipChanged: boolean }) => Result<JobView>;
  readonly cancel: (name: string) => Result<JobView>;
  /** Lists leave a finished job out from then on, or no longer. */
  readonly archive: (name: string, archived: boolean) => Result<JobView>;
  /** Gives it another priority, another place among those of its priority, or both. */
  readonly arrange: (
    name: string,
    changes: { readonly priority?: JobPriority; readonly place?: QueuePlace },
  ) => Result<JobView>;
};

export function createJobControl({ registry, changed }: WorkspaceContext): JobControl {
  return {
    pause(name) {
      const job = findJob(registry, name);
      if (!job.ok) return job;
      if (isTerminal(job.value.status) || job.value.status === "CancelRequested")
        return notAllowed(job.value, "paused");
      // One that paused itself would go on by itself; paused by its user it does not.
      if (job.value.status === "Paused") registry.jobs.change(name, { problem: null });
      else registry.jobs.setRequest(name, "pause");
      // Nobody works on a queued job: it can be set aside here and now.
      registry.jobs.move(name, ["Queued"], "Paused", { kind: "paused-while-queued" }, { request: null, problem: null });
      changed();
      return findJob(registry, name);
    },
    resume(name, { skipChanged } = { skipChanged: false }) {
      const job = findJob(registry, name);
      if (!job.ok) return job;
      if (isTerminal(job.value.status) || job.value.status === "CancelRequested")
        return notAllowed(job.value, "resumed");
      registry.jobs.setRequest(name, null);
      if (skipChanged) registry.jobs.change(name, { skipChanged });
      registry.jobs.move(name, ["Paused"], "Queued", { kind: "resumed" }, { problem: null, request: null });
      changed();
      return findJob(registry, name);
    },
    cancel(name) {
      const job = findJob(registry, name);
      if (!job.ok) return job;
      if (job.value.status === "CancelRequested" || job.value.status === "Canceled") return job;
      if (isTerminal(job.value.status)) return notAllowed(job.value, "cancelled");
      registry.jobs.move(
        name,
        ["NotStarted", "Queued", "Preparing", "Running", "Finalizing", "Paused"],
        "CancelRequested",
        null,
        { request: null },
      );
      changed();
      return findJob(registry, name);
    },
    archive(name, archived) {
      const job = findJob(registry, name);
      if (!job.ok) return job;
      const { name: jobName, status } = job.value;
      if (archived && !isTerminal(status)) return failure("job/not-allowed:unfinished", { job: jobName, status });
      registry.jobs.change(name, { archived });
      changed();
      return findJob(registry, name);
    },
    arrange(name, changes) {
      const arranged = registry.queue.arrange(name, changes);
      if (!arranged.ok) return arranged;
      changed();
      return findJob(registry, name);
    },
  };
}

function notAllowed({ name, status }: JobView, command: RefusedCommand): Result<never> {
  return failure("job/not-allowed:command", { job: name, command, status });
}
