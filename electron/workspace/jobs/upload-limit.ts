import { type Result, success } from "../../contract/problem.ts";
import type { WorkspaceContext } from "../context.ts";
import { findJob } from "./find-job.ts";

/** How fast a job may send its input to Azure, in bytes a second; null: as fast as it goes. Kept with the job until it is deleted. */
export type UploadLimit = {
  /** Problem: job/not-found. */
  readonly uploadLimit: (name: string) => Result<number | null>;
  /** Holds within a second, also while it is sent. Problem: job/not-found. */
  readonly limitUpload: (name: string, bytesPerSecond: number | null) => Result<null>;
};

export function createUploadLimit({ registry }: WorkspaceContext): UploadLimit {
  return {
    uploadLimit(name) {
      const job = findJob(registry, name);
      return job.ok ? success(registry.azureHistory.uploadLimit(job.value.name)) : job;
    },
    limitUpload(name, bytesPerSecond) {
      const job = findJob(registry, name);
      if (!job.ok) return job;
      registry.azureHistory.limitUpload(job.value.name, bytesPerSecond);
      return success(null);
    },
  };
}
