import type { ItemError, ItemErrorCode, ItemStage } from "../../electron/contract/item-error.ts";
import { itemFoldersOf } from "../../electron/contract/nouns/scorers/item-files.ts";
import type { JobSpec } from "../../electron/contract/nouns/job-spec.ts";
import { itemUnit, type Scorer } from "../../electron/contract/nouns/scorer.ts";
import type { MiniBatch } from "../../electron/contract/nouns/mini-batch.ts";
import type {
  CommittedMiniBatch,
  FailMiniBatch,
  ProbeMiniBatch,
  ScoreMiniBatch,
} from "../../electron/contract/messages/worker-messages.ts";
import type { PartProblem } from "../readers/block.ts";
import { appendItemFiles } from "../writers/item-files/entries.ts";
import { createErrorsEncoder } from "../writers/errors-encoder.ts";
import type { ErrorsEncoder } from "../writers/errors-encoder.ts";
import { encodeRows } from "../writers/rows-encoder.ts";
import type { RecordWriter, Segment } from "../writers/segment.ts";
import type { WriteProblem } from "../writers/write-problem.ts";
import type { RunLimit } from "./run-rows.ts";
import type { FilesReading } from "./score-files.ts";
import { scoreFiles } from "./score-files.ts";
import type { TableReading } from "./score-table.ts";
import { scoreTable } from "./score-table.ts";
import type { FailedItem, ScoringJob, MiniBatchSink, MiniBatchWork, WorkResult } from "./mini-batch-work.ts";
import { failWholePart } from "./mini-batch-work.ts";

export type Reading =
  | { readonly kind: "rows"; readonly table: TableReading }
  | { readonly kind: "files"; readonly files: FilesReading };

/** Why a mini-batch wrote no record. `errno` when the file system refused. */
type MiniBatchProblem = {
  readonly stage: ItemStage;
  /** What its items get when no later attempt does better; null when that says nothing about them. */
  readonly code: ItemErrorCode | null;
  readonly message: string;
  readonly errno: string | null;
};

/** Told now and then while a mini-batch is worked on. */
export type OnProgress = (itemsDone: number, itemsFailed: number) => void;

export type MiniBatchOutcome =
  | { readonly ok: true; readonly committed: CommittedMiniBatch }
  | { readonly ok: false; readonly problem: MiniBatchProblem };

/** Scores one mini-batch and writes its record; the record is on its way to the disk, not yet synced, when this resolves. */
export async function scoreMiniBatch(
  job: ScoringJob,
  reading: Reading,
  segment: Segment,
  request: ScoreMiniBatch,
  onProgress: OnProgress,
): Promise<MiniBatchOutcome> {
  const { miniBatch, attempt } = request;
  const clock = startClock();
  const poisoned = new Map(request.poisoned.map(({ item, ...problem }) => [item, problem]));
  const partProblems = new Map<number, PartProblem>();
  const limit: RunLimit = { maxRows: null };
  // Each turn takes one more part out, so this ends.
  for (;;) {
    const record = segment.startRecord();
    const itemFiles = itemFoldersOf(job.spec).length > 0 ? segment.startItemFiles() : null;
    const abandon = () => Promise.all([record.abandon(), itemFiles?.abandon()]);
    try {
      const errors = createErrorsEncoder(job.spec.output.csvFormulas);
      const times = { read: 0, preprocess: 0, infer: 0, postprocess: 0, write: 0 };
      const frameItems = frameItemsOf(job.spec.scorer, request.batch);
      const range = { start: 0, end: miniBatch.items };
      const work: MiniBatchWork = {
        ...{ miniBatch, frameItems, range, poisoned, partProblems, limit, times },
        isProbe: false,
      };
      const { sink, state } = recordSink(job, miniBatch, { record, itemFiles }, errors, onProgress);
      const result = await doWork(job, reading, work, sink);
      if (result.kind === "part-unreadable") {
        partProblems.set(result.partIndex, result.problem);
        await abandon();
        continue;
      }
      if (result.kind === "input-gone") {
        await abandon();
        const message = "The place of the input cannot be reached any more.";
        return { ok: false, problem: { stage: "read", code: null, message, errno: result.errno } };
      }
      if (result.kind === "stopped") {
        await abandon();
        return { ok: false, problem: { stage: "write", code: null, ...(state.problem as WriteProblem) } };
      }
      const finishedAt = performance.now();
      const written = await finishRecord(record, errors, miniBatch);
      const writtenFiles = itemFiles === null ? null : await itemFiles.finish();
      times.write += performance.now() - finishedAt;
      if ("errno" in written) return { ok: false, problem: { stage: "write", code: null, ...written } };
      if (writtenFiles !== null && "errno" in writtenFiles)
        return { ok: false, problem: { stage: "write", code: null, ...writtenFiles } };
      const { offset, rowsBytes, errorsBytes, checksum } = written;
      const failed = state.failed;
      const committed = {
        miniBatchId: miniBatch.id,
        attempt,
        offset,
        rowsBytes,
        errorsBytes,
        checksum,
        itemFiles: writtenFiles,
        failed,
        failedParts: [...state.failedParts].sort((one, other) => one - other),
        smallestRun: limit.maxRows,
        times,
        ...clock.spent(),
      };
      if (state.succeeded + failed !== miniBatch.items)
        throw new Error(`mini-batch ${miniBatch.id} has ${miniBatch.items} items, not ${state.succeeded + failed}`);
      return {
        ok: true,
        committed: {
          ...committed,
          succeeded: state.succeeded,
          notANumber: state.notANumber,
          rows: state.rows,
          columns: null,
        },
      };
    } catch (error) {
      await abandon();
      throw error;
    }
  }
}

/** Runs a range of a mini-batch in steps and keeps nothing: whoever asked learns which step kills the process. */
export async function probeMiniBatch(
  job: ScoringJob,
  reading: Reading,
  request: ProbeMiniBatch,
  onProgress: OnProgress,
): Promise<void> {
  const { miniBatch, range } = request;
  const poisoned = new Map(
    request.poisoned.map((item) => [item, { stage: "infer", code: "worker-died", message: "" } as const]),
  );
  const alive = () => onProgress(0, 0);
  const sink: MiniBatchSink = {
    rows: () => undefined,
    failed: () => undefined,
    frameDone: async () => {
      alive();
      return true;
    },
    alive,
  };
  const frameItems = frameItemsOf(job.spec.scorer, request.step);
  const partProblems = new Map<number, PartProblem>();
  const times = { read: 0, preprocess: 0, infer: 0, postprocess: 0, write: 0 };
  const limit: RunLimit = { maxRows: null };
  const work: MiniBatchWork = {
    ...{ miniBatch, frameItems, range, poisoned, partProblems, limit, times },
    isProbe: true,
  };
  // A part that cannot be read kills nobody; the rest of the range is still tried.
  for (;;) {
    const result = await doWork(job, reading, work, sink);
    if (result.kind !== "part-unreadable") return;
    partProblems.set(result.partIndex, result.problem);
  }
}

/** Writes a record in which every item of the mini-batch failed for the given reason; nothing is read. */
export async function failMiniBatch(
  spec: JobSpec,
  segment: Segment,
  request: FailMiniBatch,
): Promise<MiniBatchOutcome> {
  const { miniBatch, stage, code, message } = request;
  const clock = startClock();
  const record = segment.startRecord();
  const errors = createErrorsEncoder(spec.output.csvFormulas);
  let firstItem = 0;
  for (const part of miniBatch.parts) {
    const problem = part.problem ?? { stage, code, message };
    for (const failure of failWholePart(part, firstItem, problem, itemUnit(spec.scorer))) errors.add(errorOf(failure));
    firstItem += part.items;
  }
  const failed = errors.count();
  const written = await finishRecord(record, errors, miniBatch);
  if ("errno" in written) return { ok: false, problem: { stage: "write", code: null, ...written } };
  const { offset, rowsBytes, errorsBytes, checksum } = written;
  const times = { read: 0, preprocess: 0, infer: 0, postprocess: 0, write: 0 };
  const committed = {
    miniBatchId: miniBatch.id,
    attempt: 1,
    offset,
    rowsBytes,
    errorsBytes,
    checksum,
    itemFiles: null,
    failed,
    failedParts: miniBatch.parts.map((_, place) => place),
    smallestRun: null,
    succeeded: 0,
    notANumber: 0,
    rows: 0,
    columns: null,
    times,
    ...clock.spent(),
  };
  return { ok: true, committed };
}

function doWork(job: ScoringJob, reading: Reading, work: MiniBatchWork, sink: MiniBatchSink): Promise<WorkResult> {
  return reading.kind === "files"
    ? scoreFiles(job, reading.files, work, sink)
    : scoreTable(job, reading.table, work, sink);
}

/** Items in a run: the batch, but no more than a model with a fixed batch takes. */
export function frameItemsOf(scorer: Scorer, batch: number): number {
  return Math.min(batch, scorer.fixedBatch ?? batch);
}

/** When a mini-batch was taken up, and what it took. */
export function startClock() {
  const startedAt = Date.now();
  const from = performance.now();
  const usedBefore = process.cpuUsage();
  return {
    spent() {
      const used = process.cpuUsage(usedBefore);
      return { startedAt, durationMs: performance.now() - from, processMs: (used.user + used.system) / 1000 };
    },
  };
}

function recordSink(
  { spec, layout }: ScoringJob,
  miniBatch: MiniBatch,
  { record, itemFiles }: { readonly record: RecordWriter; readonly itemFiles: RecordWriter | null },
  errors: ErrorsEncoder,
  onProgress: OnProgress,
) {
  // Azure's summary_only counts what is returned and keeps none of it.
  const keepsRows = spec.settings.output_action === "append_row";
  const state = {
    succeeded: 0,
    rows: 0,
    failed: 0,
    notANumber: 0,
    failedParts: new Set<number>(),
    problem: null as WriteProblem | null,
  };
  const alive = () => onProgress(state.succeeded + state.failed, state.failed);
  const sink: MiniBatchSink = {
    rows(rows) {
      if (keepsRows) encodeRows(record, layout, rows);
      if (itemFiles !== null) appendItemFiles(itemFiles, rows, alive);
      state.succeeded += rows.items;
      state.rows += rows.to - rows.from;
      state.notANumber += rows.notANumber;
    },
    failed(failures) {
      for (const failure of failures) {
        errors.add(errorOf(failure));
        state.failedParts.add(miniBatch.parts.indexOf(failure.part));
      }
      state.failed += failures.length;
    },
    async frameDone() {
      alive();
      state.problem = (await record.drain()) ?? (await itemFiles?.drain()) ?? null;
      return state.problem === null;
    },
    alive,
  };
  return { sink, state };
}

/** Adds the errors to the record of a mini-batch and ends it. */
export async function finishRecord(
  record: RecordWriter,
  errors: ErrorsEncoder,
  miniBatch: MiniBatch,
): Promise<{ offset: number; rowsBytes: number; errorsBytes: number; checksum: string } | WriteProblem> {
  const rowsBytes = record.length();
  for (const lines of errors.take()) {
    record.append(lines);
    const problem = await record.drain();
    if (problem !== null) break;
  }
  const written = await record.finish();
  if ("errno" in written) return written;
  if (written.bytes < rowsBytes) throw new Error(`the record of mini-batch ${miniBatch.id} is shorter than its rows`);
  return { offset: written.offset, rowsBytes, errorsBytes: written.bytes - rowsBytes, checksum: written.checksum };
}

function errorOf(failure: FailedItem): ItemError {
  const { part, row, stage, code, message, value } = failure;
  return { file: part.file, row, stage, code, message, value };
}
