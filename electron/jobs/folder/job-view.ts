import path from "node:path";
import type { JobView } from "../../contract/nouns/job.ts";
import { itemUnit } from "../../contract/nouns/scorer.ts";
import { type Failure, failure, problemOf } from "../../contract/problem.ts";
import type { DamagedJob, JobRecord } from "../../registry/job-row.ts";
import type { Registry } from "../../registry/open-registry.ts";

/** A job as scripts and the window see it. */
export function jobView(job: JobRecord): JobView {
  const { progress } = job;
  return {
    name: job.name,
    status: job.status,
    endpoint_name: job.endpointName,
    deployment_name: job.deploymentName,
    total: progress.total,
    total_known: progress.totalKnown,
    succeeded: progress.succeeded,
    failed: progress.failed,
    skipped: progress.skipped,
    not_a_number: progress.notANumber,
    reused: progress.reused,
    base_job: job.spec.base?.job ?? null,
    base_reason: job.spec.base?.reason ?? null,
    input_path: job.spec.input.path,
    input_source: job.spec.input.source,
    output_path: path.join(job.outputFolder, job.spec.output.ownFolder ?? ""),
    output_file: job.outputFile,
    item_unit: itemUnit(job.spec.scorer),
    rate: progress.rate,
    seconds_left: progress.secondsLeft,
    active_seconds: progress.activeSeconds,
    workers: progress.workers,
    provider: progress.provider,
    compute: job.spec.compute,
    device: job.spec.device,
    priority: job.priority,
    queue_position: job.queuePosition,
    waiting_for: progress.waitingFor,
    writing: progress.writing,
    warnings: progress.warnings,
    batch: job.spec.batch,
    stage_ms: progress.stageMs,
    instance_seconds: progress.instanceSeconds,
    cost: costOf(progress.instanceSeconds, job.spec.pricePerHour),
    problem: job.problem,
    archived: job.archived,
    runs_on: job.spec.azure === undefined ? "local" : "azure",
    azure: azureView(job),
    created_at: job.createdAt,
    started_at: job.startedAt,
    ended_at: job.endedAt,
  };
}

function azureView({ spec: { azure }, progress }: JobRecord): JobView["azure"] {
  if (azure === undefined) return null;
  return {
    ...azure.place,
    job_name: azure.jobName,
    studio_url: progress.azure?.studioUrl ?? null,
    run_as: azure.runAs,
    status: progress.azure?.status ?? null,
  };
}

/** A job of which the registry holds something else than was written: as much as can be told, as one that failed. */
export function damagedJobView(job: DamagedJob): JobView {
  const { name, createdAt } = job;
  return {
    name,
    status: "Failed",
    endpoint_name: job.endpointName,
    deployment_name: job.deploymentName,
    total: 0,
    total_known: false,
    succeeded: 0,
    failed: 0,
    skipped: 0,
    not_a_number: 0,
    reused: 0,
    base_job: null,
    base_reason: null,
    input_path: "",
    input_source: null,
    output_path: job.outputFolder,
    output_file: job.outputFile,
    item_unit: "file",
    rate: 0,
    seconds_left: null,
    active_seconds: 0,
    workers: 0,
    provider: "",
    compute: "",
    device: "cpu",
    priority: "medium",
    queue_position: 0,
    waiting_for: null,
    writing: null,
    warnings: [],
    batch: 1,
    stage_ms: { read: 0, preprocess: 0, infer: 0, postprocess: 0, write: 0 },
    instance_seconds: 0,
    cost: null,
    problem: problemOf("registry/damaged:job", { job: name }),
    archived: false,
    runs_on: "local",
    azure: null,
    created_at: createdAt,
    started_at: null,
    ended_at: createdAt,
  };
}

/** Why there is no job of that name to work with. */
export function noJob(registry: Pick<Registry, "jobs">, name: string): Failure {
  return registry.jobs.findDamaged(name) === null
    ? failure("job/not-found", { job: name })
    : failure("registry/damaged:job", { job: name });
}

/** What so many seconds of one instance cost; null when the compute had no price when the job was made. */
export function costOf(instanceSeconds: number, pricePerHour: number | null): number | null {
  return pricePerHour === null ? null : (instanceSeconds * pricePerHour) / 3600;
}
