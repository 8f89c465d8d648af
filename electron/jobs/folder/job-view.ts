import type { JobView } from "../../contract/nouns/job.ts";
import { itemUnit } from "../../contract/nouns/scorer.ts";
import type { JobRecord } from "../../registry/job-row.ts";

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
    reused: progress.reused,
    base_job: job.spec.base?.job ?? null,
    base_reason: job.spec.base?.reason ?? null,
    input_path: job.spec.input.path,
    input_source: job.spec.input.source,
    output_path: job.outputFolder,
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
    warnings: progress.warnings,
    batch: job.spec.batch,
    stage_ms: progress.stageMs,
    instance_seconds: progress.instanceSeconds,
    cost: costOf(progress.instanceSeconds, job.spec.pricePerHour),
    problem: job.problem,
    created_at: job.createdAt,
    started_at: job.startedAt,
    ended_at: job.endedAt,
  };
}

/** What so many seconds of one instance cost; null when the compute had no price when the job was made. */
export function costOf(instanceSeconds: number, pricePerHour: number | null): number | null {
  return pricePerHour === null ? null : (instanceSeconds * pricePerHour) / 3600;
}
