import fs from "node:fs";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { SpeedsRepository } from "../../registry/speeds.repository.ts";
import { scorerHash } from "../submit/choose-speed.ts";
import type { JobFiles } from "../folder/job-files.ts";
import type { JobProgress } from "../../registry/job-row.ts";

/** Keeps what a completed job took, for the estimate of the next one with the same model. */
export function recordSpeed(speeds: SpeedsRepository, spec: JobSpec, files: JobFiles, progress: JobProgress): void {
  const items = progress.succeeded + progress.failed;
  // One that took rows over from another job, or ran on something else than it asked for, tells nothing about the next.
  const isOnDevice = spec.scorer.kind === "script" || progress.provider === spec.device;
  const isTelling = spec.base === null && isOnDevice;
  if (!isTelling || items === 0 || progress.rate <= 0 || progress.activeSeconds <= 0) return;
  speeds.add({
    modelHash: spec.model.hash,
    scorerHash: scorerHash(spec.scorer),
    device: spec.device,
    job: spec.name,
    workers: spec.workers,
    items,
    rate: progress.rate,
    seconds: progress.activeSeconds,
    outputBytes: sizeOf(files.predictions) + sizeOf(files.errors),
    outputFormat: spec.output.format,
  });
}

/** 0 when nobody can tell: an estimate is worth no trouble. */
function sizeOf(file: string): number {
  try {
    return fs.statSync(file).size;
  } catch {
    return 0;
  }
}
