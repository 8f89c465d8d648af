import crypto from "node:crypto";
import fs from "node:fs/promises";
import { devicesWorthTrying, type Measurement, measureModel, tryDevice } from "../../compute/ask-device-process.ts";
import type { ProcessHost } from "../../compute/process-host.ts";
import type { InputPreview } from "../../contract/messages/data-messages.ts";
import type { Device } from "../../contract/nouns/device.ts";
import type { BatchRate } from "../../contract/messages/device-messages.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { automaticBatch, type Scorer } from "../../contract/nouns/scorer.ts";
import type { TuningsRepository } from "../../registry/tunings.repository.ts";

type DeviceName = JobSpec["device"];
type Kind = Scorer["kind"];

/** What a job's speed is chosen with; `worthTrying` are the devices that `auto` measures beside the CPU. */
export type SpeedTools = {
  readonly host: ProcessHost;
  readonly tunings: TuningsRepository;
  readonly worthTrying?: () => readonly DeviceName[];
  /** False: only what is known already counts, however long the job. */
  readonly mayMeasure?: boolean;
  /** Ends trying a device: what is chosen then is not used. */
  readonly signal?: AbortSignal | null;
};

/** What the measuring may take of the time that the job will take. */
const measuringShare = 0.02;
/** Starting a process to measure takes a third of a second before anything is known: only a job this long bears it. */
const minJobSeconds = 15;
/** The least that the engine takes for an item beside the model: a row of a table, a picture to decode. */
const minSecondsPerItem = {
  tabular: 0.6e-6,
  image: 2.5e-3,
  text: 1e-5,
  tensor: 1e-5,
  audio: 1e-3,
  script: 0,
} as const satisfies Record<Kind, number>;
/** What a fast core computes in a second; a model uses each of its numbers at least once a row, in two operations. */
const operationsPerSecond = 2e11;
const bytesPerNumber = 4;

/** The smallest size whose rate is within so much of the best: less memory, shorter runs, and room in the caches. */
const nearTheBest = 0.03;
/** How much faster than all cores together a device must be before `auto` gives up results that are equal byte by byte. */
const worthTheDevice = 1.5;

/** Workers that keep a device busy: one prepares rows while the other runs; pictures take more preparing. */
const deviceWorkers = { tabular: 2, image: 4, text: 2, tensor: 2, audio: 4, script: 1 } as const satisfies Record<
  Kind,
  number
>;

const maxSliceBytes = 8 * 1024 * 1024;
const slicesPerWorker = 8;

/**
 * Chooses what decides the speed of a job that is about to be stored: device, workers on it, rows per run, bytes per
 * slice. What was measured for the same model, scorer and device before is used again, so that a job that is run twice
 * gives the same bytes; else a long job measures first. `spec` holds what the deployment says, and the usual batch.
 */
export async function chooseSpeed(
  tools: SpeedTools,
  spec: JobSpec,
  preview: Pick<InputPreview, "items" | "bytes">,
  asked: Device,
): Promise<JobSpec> {
  // Of large arrays and sounds no more run together than memory holds, which no measurement knows.
  const { kind } = spec.scorer;
  const isHeld = (kind === "tensor" || kind === "audio") && spec.batch < automaticBatch[kind];
  const isOpen = spec.scorer.fixedBatch === null && spec.scorer.batch === "auto" && !isHeld;
  const isLong = isOpen && tools.mayMeasure !== false && (await minSeconds(spec, preview.items)) >= minJobSeconds;
  const onCpu = { ...spec, device: "cpu" as const };
  if (asked !== "auto") {
    const isThere = asked === "cpu" || (await tryDevice(tools.host, asked, tools.signal)).available;
    // Workers that will have to fall back say why themselves; they are as many as the CPU bears.
    const placed = isThere ? onDevice(spec, asked) : { ...spec, device: asked };
    const rates = isOpen && isThere ? await ratesOf(tools, placed, preview.items, isLong) : null;
    return finished(placed, preview, rates);
  }
  const cpuRates = isOpen ? await ratesOf(tools, onCpu, preview.items, isLong) : null;
  let best = { spec: onCpu as JobSpec, rates: cpuRates, total: totalRate(cpuRates, onCpu.workers) * worthTheDevice };
  if (cpuRates !== null) {
    for (const device of (tools.worthTrying ?? devicesWorthTrying)()) {
      const placed = onDevice(spec, device);
      const rates = await ratesOf(tools, placed, preview.items, isLong);
      const total = totalRate(rates, placed.workers);
      if (total > best.total) best = { spec: placed, rates, total };
    }
  }
  return finished(best.spec, preview, best.rates);
}

/** Rates of one worker; `batch` is null when there was only time for a first look. */
type Rates = { readonly batch: number | null; readonly rates: readonly BatchRate[] };

/** What is known about the model on the spec's device, measured now if it is not and the job is long. */
async function ratesOf(tools: SpeedTools, spec: JobSpec, items: number, isLong: boolean): Promise<Rates | null> {
  const { model, scorer, device, workers } = spec;
  const key = { modelHash: model.hash, scorerHash: scorerHash(scorer), device };
  const stored = tools.tunings.find(key.modelHash, key.scorerHash, device);
  if (stored !== null) return stored;
  if (!isLong) return null;
  const request = { file: model.file, scorer, device, items, workers, share: measuringShare };
  const measured = await measureModel(tools.host, request);
  // A model that does not bear the measuring may still bear the job, with the usual batch.
  if (!measured.ok || measured.value.fallback !== null) return null;
  const batch = bestBatch(measured.value);
  if (batch === null) return { batch, rates: measured.value.rates };
  return tools.tunings.add({ ...key, batch, rates: [...measured.value.rates] });
}

function finished(spec: JobSpec, preview: Pick<InputPreview, "items" | "bytes">, rates: Rates | null): JobSpec {
  const batch = rates?.batch ?? spec.batch;
  const batchChosenBy = typeof rates?.batch === "number" ? "measurement" : spec.batchChosenBy;
  const rate = rates?.rates.find((one) => one.batch === batch)?.rowsPerSecond ?? null;
  return { ...spec, batch, batchChosenBy, sliceBytes: sliceBytes({ ...preview, batch, workers: spec.workers, rate }) };
}

function onDevice(spec: JobSpec, device: DeviceName): JobSpec {
  const { instance_count, max_concurrency_per_instance } = spec.settings;
  const isAskedFor = instance_count !== null || max_concurrency_per_instance !== null;
  if (device === "cpu" || isAskedFor) return { ...spec, device };
  return { ...spec, device, workers: Math.min(spec.workers, deviceWorkers[spec.scorer.kind]) };
}

/** The size that was chosen, of a complete measurement: the smallest that is nearly as fast as the fastest. */
export function bestBatch(measured: Pick<Measurement, "rates" | "complete">): number | null {
  if (!measured.complete) return null;
  const best = Math.max(...measured.rates.map((rate) => rate.rowsPerSecond));
  const good = measured.rates.filter((rate) => rate.rowsPerSecond >= best * (1 - nearTheBest));
  return good.length === 0 ? null : Math.min(...good.map((rate) => rate.batch));
}

/**
 * Bytes per slice of one big text file: at most 8 MiB and a second of work (`rate` rows a second, null when unknown), and
 * small enough for eight slices a worker, so that all of them are busy to the end; never less than one run of rows.
 */
export function sliceBytes(job: {
  readonly items: number;
  readonly bytes: number;
  readonly batch: number;
  readonly workers: number;
  readonly rate: number | null;
}): number {
  if (job.items === 0 || job.bytes === 0) return maxSliceBytes;
  const rowBytes = job.bytes / job.items;
  const evenly = job.bytes / (slicesPerWorker * job.workers);
  const aSecond = job.rate === null ? Number.POSITIVE_INFINITY : job.rate * rowBytes;
  return Math.ceil(Math.max(job.batch * rowBytes, Math.min(maxSliceBytes, evenly, aSecond)));
}

function totalRate(rates: Rates | null, workers: number): number {
  return rates === null ? 0 : Math.max(0, ...rates.rates.map((rate) => rate.rowsPerSecond)) * workers;
}

/** The least time that the job can take, by what is known without running the model. */
async function minSeconds(spec: JobSpec, items: number): Promise<number> {
  const stats = await fs.stat(spec.model.file).catch(() => null);
  const modelSeconds = (2 * ((stats?.size ?? 0) / bytesPerNumber)) / operationsPerSecond;
  return (items * Math.max(minSecondsPerItem[spec.scorer.kind], modelSeconds)) / spec.workers;
}

/** What a scorer is known by where something was learnt with it. */
export function scorerHash(scorer: Scorer): string {
  return crypto.createHash("sha256").update(JSON.stringify(scorer)).digest("hex");
}
