import type { InputPreview } from "../../contract/messages/data-messages.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { EstimateBasis } from "../../contract/nouns/preflight-facts.ts";
import type { EstimateRange, PreflightEstimate } from "../../contract/nouns/preflight.ts";
import { itemUnit } from "../../contract/nouns/scorer.ts";
import type { SpeedRecord } from "../../registry/speeds.repository.ts";
import type { TuningRecord } from "../../registry/tunings.repository.ts";
import { type Disk, neededBytes } from "../submit/free-space.ts";
import type { SampleRun } from "./sample-predictions.ts";
import { guessedRowBytes } from "../submit/free-space.ts";

/** What a job's time and place are estimated from, the best first; whatever is not there is passed over. */
export type KnownSpeeds = {
  /** Finished jobs with the same model, scorer and device, newest first. */
  readonly history: readonly SpeedRecord[];
  readonly timing: SampleRun["timing"];
  readonly tuning: TuningRecord | null;
};

/** Guess for an item of which nothing is known, as of a script. */

/** Starting processes and opening the model, when nobody knows better. */
const defaultStartSeconds = 1;

/** How many times larger a job may be than one that tells about it. */
const similarSize = 20;

export function estimateJob(
  spec: JobSpec,
  preview: Pick<InputPreview, "items" | "columns">,
  known: KnownSpeeds,
  disks: readonly Disk[],
  now: number,
): PreflightEstimate {
  const rowsBytes = rowBytes(spec, preview, known);
  const outputBytes = outputRange(spec, preview, known, rowsBytes);
  // Parquet is made from the rows as CSV, which lie beside it until it is whole.
  const parquetBytes = spec.output.format === "parquet" ? outputBytes.high : 0;
  return {
    seconds: secondsRange(spec, preview.items, known, now),
    output_bytes: outputBytes,
    disks: disks.map((disk) => ({
      place: disk.place,
      holds: [...disk.holds],
      free_bytes: disk.freeBytes,
      needed_bytes: Math.ceil(neededBytes(disk, rowsBytes) + (disk.holds.includes("output") ? parquetBytes : 0)),
    })),
  };
}

/** Of all rows while they wait to be merged. */
function rowBytes(
  spec: JobSpec,
  { items, columns }: Pick<InputPreview, "items" | "columns">,
  { history, timing }: KnownSpeeds,
): number {
  if (spec.settings.output_action === "summary_only") return 0;
  const earlier = history.find(({ outputFormat }) => outputFormat === "csv");
  if (timing !== null) return items * timing.rowBytesPerItem;
  return items * (earlier === undefined ? guessedRowBytes(spec.scorer, columns) : earlier.outputBytes / earlier.items);
}

function outputRange(
  spec: JobSpec,
  { items }: Pick<InputPreview, "items">,
  { history, timing }: KnownSpeeds,
  rowsBytes: number,
): EstimateRange {
  if (spec.settings.output_action === "summary_only") {
    return { low: 0, high: 0, basis: { kind: "no-rows" } };
  }
  const earlier = history.find(({ outputFormat }) => outputFormat === spec.output.format);
  if (earlier !== undefined) {
    const bytes = (items * earlier.outputBytes) / earlier.items;
    return around(bytes, 1.1, { kind: "job", job: earlier.job });
  }
  const basis = timing === null ? ({ kind: "columns" } as const) : sampleBasis(spec, timing);
  switch (spec.output.format) {
    case "csv":
      return around(rowsBytes, timing === null ? 2 : 1.2, basis);
    case "parquet":
      return { low: rowsBytes / 5, high: rowsBytes, basis };
    case "jsonl":
      return { low: rowsBytes, high: rowsBytes * 4, basis };
    case "azureml":
      return around(rowsBytes, 2, basis);
  }
}

function secondsRange(spec: JobSpec, items: number, known: KnownSpeeds, now: number): EstimateRange | null {
  const { history, timing, tuning } = known;
  // What a much smaller job took is the time of its processes to get going, not of its items.
  const telling = history.filter((earlier) => earlier.items * similarSize >= items);
  const [newest] = telling;
  if (newest !== undefined) {
    const seconds = telling.map((earlier) => {
      const start = Math.max(0, earlier.seconds - earlier.items / earlier.rate);
      return start + items / (earlier.rate * (spec.workers / earlier.workers));
    });
    const factor = telling.some((earlier) => earlier.workers === spec.workers) ? 1.2 : 2;
    return {
      low: Math.min(...seconds) / factor,
      high: Math.max(...seconds) * factor,
      basis: {
        kind: "job-speed",
        job: newest.job,
        secondsAgo: Math.max(0, (now - Date.parse(newest.endedAt)) / 1000),
        itemsPerSecond: newest.rate,
        unit: itemUnit(spec.scorer),
      },
    };
  }
  const rate = tuning?.rates.find(({ batch }) => batch === tuning.batch)?.rowsPerSecond ?? 0;
  if (rate > 0) {
    // Reading and writing come on top of the model, which was measured alone.
    const seconds = items / (rate * spec.workers);
    return { low: seconds, high: seconds * 2 + defaultStartSeconds, basis: { kind: "model-measured" } };
  }
  if (timing === null) return null;
  // A process is slow with its first rows: up to sixteen times was seen with the smallest models.
  const seconds = (items * timing.seconds) / timing.items / spec.workers;
  return { low: seconds / 16, high: seconds * 1.2 + defaultStartSeconds, basis: sampleBasis(spec, timing) };
}

function sampleBasis(spec: JobSpec, { items }: NonNullable<KnownSpeeds["timing"]>): EstimateBasis {
  return { kind: "sample", items, unit: itemUnit(spec.scorer) };
}

function around(value: number, factor: number, basis: EstimateBasis): EstimateRange {
  return { low: value / factor, high: value * factor, basis };
}
