import type { Clock } from "../../compute/clock.ts";
import type { ProcessHost } from "../../compute/process-host.ts";
import type { JobStatus } from "../../contract/job-status.ts";
import type { AzureJobSpec } from "../../contract/nouns/job-spec.ts";
import type { JobProgress } from "../../registry/job-row.ts";
import type { OutputClaims } from "../claim/output-claims.ts";
import type { JobFiles } from "../folder/job-files.ts";
import type { AzureRunner } from "./azure-runner.ts";

/** What one run of a job in Azure is given. */
export type AzureRunContext = {
  readonly spec: AzureJobSpec;
  readonly home: string;
  readonly files: JobFiles;
  readonly host: ProcessHost;
  readonly clock: Clock;
  readonly claims: OutputClaims;
  readonly runner: AzureRunner;
  /** As the registry has it. */
  readonly before: JobProgress;
  readonly createdAt: string;
  readonly startedAt: string;
  readonly enter: (status: Extract<JobStatus, "Running" | "Finalizing">) => boolean;
  readonly isCancelRequested: () => boolean;
  /** Tells the registry that the job's items are rows: its results say so. */
  readonly noteRows: () => void;
};
