import path from "node:path";
import { isTerminal } from "../../contract/job-status.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { copyOutputs, type CopyOptions } from "../../outputs/copy-outputs.ts";
import { jobOutputs } from "../../outputs/job-outputs.ts";
import type { WorkspaceContext } from "../context.ts";
import { findJob } from "./find-job.ts";

export type Downloaded = {
  readonly name: string;
  readonly output_name: string;
  /** Absolute. */
  readonly download_path: string;
  /** Relative to it. */
  readonly files: readonly string[];
};

export type JobDownload = {
  /**
   * Copies what a finished job wrote into a folder, which is made; `output` is Azure's name of it, null when not given. Null
   * when `options.signal` ended it. Problems: job/not-found, job/not-allowed, usage/invalid, output/gone, output/exists,
   * output/unwritable.
   */
  readonly download: (
    name: string,
    output: string | null,
    folder: string,
    options: CopyOptions,
  ) => Promise<Result<Downloaded | null>>;
};

/** The one output of a batch job, as Azure ML calls it. */
const onlyOutput = "score";

export function createJobDownload({ registry }: WorkspaceContext): JobDownload {
  return {
    async download(name, output, folder, options) {
      const job = findJob(registry, name);
      if (!job.ok) return job;
      const { name: jobName, status, output_path: from, started_at: startedAt } = job.value;
      if (output !== null && output.toLowerCase() !== onlyOutput) {
        return failure("usage/invalid:no-such-output", { output, job: jobName, known: onlyOutput });
      }
      if (!isTerminal(status)) return failure("job/not-allowed:unfinished", { job: jobName, status });
      const spec = registry.jobs.find(jobName)?.spec;
      const isScript = spec?.scorer.kind === "script";
      // A retry's files are those of the job that it retried.
      const owner = spec?.base?.reason === "retry-failed" ? spec.base.job : jobName;
      const scriptSince = isScript && startedAt !== null ? Date.parse(startedAt) : null;
      const files = await jobOutputs(from, { name: owner, scriptSince });
      if (files === null) return failure("output/gone:moved", { job: jobName, folder: from });
      const to = path.resolve(folder);
      const copied = await copyOutputs(from, files, to, options);
      if (copied === null) return success(null);
      return copied.ok ? success({ name: jobName, output_name: onlyOutput, download_path: to, files }) : copied;
    },
  };
}
