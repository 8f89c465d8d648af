import type { PreflightWarning } from "../../contract/nouns/preflight-facts.ts";
import type { PreflightEstimate } from "../../contract/nouns/preflight.ts";
import type { Problem, Result } from "../../contract/problem.ts";
import { itemUnit } from "../../contract/nouns/scorer.ts";
import { columnName } from "../../contract/tables/column-names.ts";
import { withoutSecrets } from "../../data/names/address.ts";
import type { ComputeRecord } from "../../registry/computes.repository.ts";
import type { DeploymentRecord } from "../../registry/deployments.repository.ts";
import type { SeenDownload } from "../submit/download-looks.ts";
import type { PlannedInvocation } from "../submit/check-invocation.ts";

/** Files that are dispatched and retried as one: beyond this a worker that dies takes much with it. */
const manyFiles = 1000;
/** Of what a disk has free. */
const nearlyAll = 0.9;

/** What might be meant otherwise; the job starts all the same. */
export function preflightWarnings(
  planned: PlannedInvocation,
  facts: {
    readonly deployment: DeploymentRecord;
    readonly compute: ComputeRecord | null;
    /** Why the sample did not run on the device that the job asks for. */
    readonly fallback: string | null;
    readonly estimate: PreflightEstimate;
    /** Null: the input is on this computer, or was not looked at. */
    readonly download: Result<SeenDownload> | null;
  },
): readonly PreflightWarning[] {
  return [
    ...leftOut(planned),
    ...unnamedColumns(planned, facts.deployment),
    ...unseenKeep(planned),
    ...runsAlone(planned),
    ...unevenWork(planned),
    ...whereItRuns(planned, facts.compute, facts.fallback),
    ...downloadWarnings(planned, facts.download),
    ...tightDisks(facts.estimate),
  ];
}

function leftOut({ preview }: PlannedInvocation): readonly PreflightWarning[] {
  const { skippedFiles, skippedBy, skippedNames } = preview;
  return skippedFiles === 0 ? [] : [{ kind: "left-out", files: skippedFiles, by: skippedBy, names: skippedNames }];
}

/** A matrix without names takes columns by their place in the file. */
function unnamedColumns({ spec }: PlannedInvocation, { scorer }: DeploymentRecord): readonly PreflightWarning[] {
  if (scorer.kind !== "tabular") return [];
  const unnamed = scorer.inputs.filter(({ columns }) => columns === null).map(({ name }) => name);
  if (unnamed.length === 0 || spec.scorer.kind !== "tabular") return [];
  return [{ kind: "unnamed-columns", inputs: unnamed }];
}

/** Only of JSON lines: any other table lacks the column, and is refused. */
function unseenKeep({ spec, preview }: PlannedInvocation): readonly PreflightWarning[] {
  if (spec.scorer.kind !== "tabular" && spec.scorer.kind !== "text") return [];
  const seen = new Set(preview.columns.map(({ name }) => columnName(name)));
  const unseen = spec.scorer.keep.filter((name) => !seen.has(columnName(name)));
  return unseen.length === 0 ? [] : [{ kind: "unseen-keep", columns: unseen }];
}

function runsAlone({ spec }: PlannedInvocation): readonly PreflightWarning[] {
  return "runsAlone" in spec.scorer && spec.scorer.runsAlone === true ? [{ kind: "runs-alone" }] : [];
}

function unevenWork({ spec, preview }: PlannedInvocation): readonly PreflightWarning[] {
  if (itemUnit(spec.scorer) === "row") return [];
  const { mini_batch_size: size } = spec.settings;
  const miniBatches = Math.ceil(preview.files / size);
  const warnings: PreflightWarning[] = [];
  if (miniBatches < spec.workers && preview.files > miniBatches) {
    const better = Math.max(1, Math.floor(preview.files / spec.workers));
    warnings.push({
      kind: "idle-workers",
      files: preview.files,
      miniBatchSize: size,
      miniBatches,
      workers: spec.workers,
      better,
    });
  }
  if (Math.min(size, preview.files) > manyFiles) warnings.push({ kind: "large-mini-batch", files: size });
  if (preview.files >= spec.workers && spec.workers > 1 && preview.largestFileBytes * 2 > preview.bytes) {
    warnings.push({ kind: "one-large-file" });
  }
  return warnings;
}

function whereItRuns(
  { spec, workersCappedFrom }: PlannedInvocation,
  compute: ComputeRecord | null,
  fallback: string | null,
): readonly PreflightWarning[] {
  const warnings: PreflightWarning[] = [];
  if (workersCappedFrom !== null) {
    warnings.push({ kind: "fewer-workers", workers: spec.workers, wanted: workersCappedFrom });
  }
  if (compute?.tier === "low_priority") warnings.push({ kind: "low-priority", compute: compute.name });
  if (fallback !== null) warnings.push({ kind: "device-fallback", device: spec.device, reason: fallback });
  return warnings;
}

function downloadWarnings(
  { spec }: PlannedInvocation,
  download: Result<SeenDownload> | null,
): readonly PreflightWarning[] {
  if (download === null) return [];
  if (download.ok) {
    const { isCharged, bytes, keptBytes } = download.value;
    return isCharged && bytes !== keptBytes ? [{ kind: "charged-download" }] : [];
  }
  if (!isUnreachable(download.problem) || spec.input.download === undefined) return [];
  return [{ kind: "unreachable-download", address: withoutSecrets(spec.input.download.address) }];
}

/** A job that needs the network waits for it. */
export function isUnreachable({ code }: Problem): boolean {
  return code === "azure/unreachable";
}

function tightDisks({ disks }: PreflightEstimate): readonly PreflightWarning[] {
  return disks
    .filter((disk) => disk.needed_bytes > disk.free_bytes * nearlyAll)
    .map(({ place, holds }) => ({ kind: "tight-disk", place, holds }));
}
