import type { JobPriority } from "../../contract/nouns/deployment.ts";
import type { JobView } from "../../contract/nouns/job.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { Preflight } from "../../contract/nouns/preflight.ts";
import { type Result, success } from "../../contract/problem.ts";
import { preflight, type PreflightDepth } from "../../jobs/preflight/preflight.ts";
import { enqueue } from "../../jobs/queue/enqueue.ts";
import type { InvokeRequest } from "../../jobs/submit/check-invocation.ts";
import { createDownloadLooks } from "../../jobs/submit/download-looks.ts";
import { createInputLooks } from "../../jobs/submit/input-looks.ts";
import { readInvocationFile } from "../../jobs/submit/invocation-file.ts";
import { checkRetry } from "../../jobs/submit/retry-failed.ts";
import { submit } from "../../jobs/submit/submit.ts";
import { jobTools, type WorkspaceContext } from "../context.ts";
import { findJob } from "./find-job.ts";

export { overrideKeys } from "../../deployments/yaml/overrides.ts";

/** From an invocation to a queued job. */
export type Submission = {
  /** Azure ML's file of inputs. Problems: usage/invalid, input/unsupported. */
  readonly readInvocationFile: typeof readInvocationFile;
  /** Looks at an invocation without starting it: all that is wrong with it, and what it would do. */
  readonly preflight: (
    request: InvokeRequest,
    depth: PreflightDepth,
    /** Ends every process of it; what it answers then is of no use. */
    signal?: AbortSignal,
  ) => Promise<Preflight>;
  /** A refusal names everything that is wrong. `also` is written in the transaction that makes the job, or refuses it. */
  readonly submit: (request: InvokeRequest, also?: (job: string) => Result<null>) => Promise<Result<JobView>>;
  /**
   * Queues a job that scores again what failed in that finished one, and replaces its files when it completes.
   * `changedFiles` of the input are scored again whole.
   */
  readonly retryFailed: (name: string) => Promise<Result<{ readonly job: JobView; readonly changedFiles: number }>>;
};

/** `close` removes the lists of files that looks at inputs have kept. */
export function createSubmission(context: WorkspaceContext): {
  readonly offer: Submission;
  readonly close: () => void;
} {
  const { registry, home, processHost, changed } = context;
  const looks = createInputLooks(processHost, home);
  const downloads = createDownloadLooks(context.inputSource, context.inputCache);
  const tools = { ...jobTools(context), tunings: registry.tunings, looks, downloads };

  function queueJob(spec: JobSpec, priority: JobPriority, also?: () => Result<null>): Result<JobView> {
    const added = enqueue(registry, spec, priority, also);
    if (!added.ok) return added;
    changed();
    return findJob(registry, added.value.name);
  }

  const offer: Submission = {
    readInvocationFile,
    preflight: (request, depth, signal) => preflight(tools, request, depth, signal ?? null),
    submit: (request, also) =>
      submit(tools, request, (spec, priority) =>
        queueJob(spec, priority, also === undefined ? undefined : () => also(spec.name)),
      ),
    async retryFailed(name) {
      const checked = await checkRetry(tools, name);
      if (!checked.ok) return checked;
      const { spec, retried, changedFiles } = checked.value;
      const queued = queueJob(spec, retried.priority);
      return queued.ok ? success({ job: queued.value, changedFiles }) : queued;
    },
  };
  return { offer, close: looks.close };
}
