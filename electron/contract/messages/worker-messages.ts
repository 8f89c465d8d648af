import * as z from "zod";
import { itemFilesRecordSchema } from "../tables/item-file-records.ts";
import { itemErrorCodeSchema, itemStageSchema } from "../item-error.ts";
import { jobSpecSchema } from "../nouns/job-spec.ts";
import { problemCodeSchema } from "../problem.ts";
import { scriptColumnSchema } from "../nouns/script-columns.ts";
import { miniBatchSchema } from "../nouns/mini-batch.ts";
import { stageTimesSchema } from "../nouns/stage-times.ts";

/**
 * What the engine and one worker process say to each other. The worker parses what it receives; the engine parses what
 * it gets back. A worker serves one job at a time, one mini-batch at a time, in the order the mini-batches came.
 */
export const workerProtocolVersion = 6;

/** Item offsets inside a mini-batch, end exclusive. */
export const itemRangeSchema = z.strictObject({ start: z.number().int().min(0), end: z.number().int().min(1) });
export type ItemRange = Readonly<z.infer<typeof itemRangeSchema>>;

/** Take up a job: load the model (kept if it is the one already loaded) and open a segment file of this worker's own. */
export const openJobSchema = z.strictObject({
  type: z.literal("open-job"),
  protocolVersion: z.literal(workerProtocolVersion),
  workerId: z.string(),
  spec: jobSpecSchema,
  /** Absolute path; created exclusively, appended to, never reopened. */
  segmentFile: z.string(),
  /** Absolute path of the worker's status file (see worker-status.ts); created anew. */
  statusFile: z.string(),
  /** Absolute path of the job's logs: what a script prints goes into files under `user/` there. */
  logsFolder: z.string(),
});

/** Score one mini-batch and commit it as one record of the segment. */
export const scoreMiniBatchSchema = z.strictObject({
  type: z.literal("score-mini-batch"),
  miniBatch: miniBatchSchema,
  attempt: z.number().int().positive(),
  /** Items that killed workers: left out of every run and recorded as failed with their stage and code. */
  poisoned: z.array(
    z.strictObject({
      item: z.number().int().min(0),
      stage: itemStageSchema,
      code: itemErrorCodeSchema,
      message: z.string(),
    }),
  ),
  /** Rows per run for this mini-batch: the job's batch, or less after repeated deaths of full batches. */
  batch: z.number().int().positive(),
});

/** Run a range in steps without committing anything, to find out which item kills; answered by `mini-batch-probed`. */
export const probeMiniBatchSchema = z.strictObject({
  type: z.literal("probe-mini-batch"),
  miniBatch: miniBatchSchema,
  poisoned: z.array(z.number().int().min(0)),
  range: itemRangeSchema,
  /** Items per run, at most. */
  step: z.number().int().positive(),
});

/** Commit every item of a mini-batch as failed, without reading anything (retries used up). */
export const failMiniBatchSchema = z.strictObject({
  type: z.literal("fail-mini-batch"),
  miniBatch: miniBatchSchema,
  stage: itemStageSchema,
  code: itemErrorCodeSchema,
  message: z.string(),
});

/** Let go of the job: finish what was sent, sync and close the segment, answer `job-closed`, keep the model. */
export const closeJobSchema = z.strictObject({ type: z.literal("close-job") });

export const toWorkerSchema = z.discriminatedUnion("type", [
  openJobSchema,
  scoreMiniBatchSchema,
  probeMiniBatchSchema,
  failMiniBatchSchema,
  closeJobSchema,
]);
export type ToWorker = Readonly<z.infer<typeof toWorkerSchema>>;
export type OpenJob = Readonly<z.infer<typeof openJobSchema>>;
export type ScoreMiniBatch = Readonly<z.infer<typeof scoreMiniBatchSchema>>;
export type ProbeMiniBatch = Readonly<z.infer<typeof probeMiniBatchSchema>>;
export type FailMiniBatch = Readonly<z.infer<typeof failMiniBatchSchema>>;

/**
 * A mini-batch whose record is in the segment and synced to disk. The record is `rowsBytes` bytes of encoded predictions,
 * then `errorsBytes` bytes of errors.csv lines, from `offset` on. `checksum` is the first 16 hexadecimal digits of the
 * SHA-256 of the whole record. succeeded + failed = the mini-batch's items.
 */
export const committedMiniBatchSchema = z.strictObject({
  miniBatchId: z.number().int().min(0),
  attempt: z.number().int().positive(),
  offset: z.number().int().min(0),
  rowsBytes: z.number().int().min(0),
  errorsBytes: z.number().int().min(0),
  checksum: z.string().length(16),
  /** Null: no cell of it names a file. */
  itemFiles: itemFilesRecordSchema.nullable(),
  succeeded: z.number().int().min(0),
  failed: z.number().int().min(0),
  /** Of `succeeded`: items with a score that is NaN or infinite. */
  notANumber: z.number().int().min(0),
  /** Rows in the record: `succeeded`, but for a script, which may return any number, and for pictures with a row a box. */
  rows: z.number().int().min(0),
  /** What a script's rows hold, in their order; null for the built-in scorers, whose columns the job's scorer tells. */
  columns: z.array(scriptColumnSchema).nullable(),
  /** Places, in the mini-batch, of the parts that hold a failed item. */
  failedParts: z.array(z.number().int().min(0)),
  /** Rows of the smallest run that a shortage of memory made necessary; null when there was none. */
  smallestRun: z.number().int().positive().nullable(),
  times: stageTimesSchema,
  /** When the worker took it up (milliseconds since 1970), and how long it took, by the clock and of the processor. */
  startedAt: z.number().min(0),
  durationMs: z.number().min(0),
  processMs: z.number().min(0),
});
export type CommittedMiniBatch = Readonly<z.infer<typeof committedMiniBatchSchema>>;

export const fromWorkerSchema = z.discriminatedUnion("type", [
  /** The program runs; sent once, before any `open-job` is answered. */
  z.strictObject({ type: z.literal("started"), protocolVersion: z.number().int() }),
  /**
   * The model is loaded and the segment is open. `provider` is the execution provider that the session really runs on;
   * when that is not what the job asked for, `fallback` says why in one sentence. Sent again when a device fails later and
   * the worker goes on on the CPU.
   */
  z.strictObject({
    type: z.literal("job-opened"),
    provider: z.string(),
    fallback: z.string().nullable(),
    runtimeVersion: z.string(),
    loadMs: z.number().min(0),
  }),
  /**
   * The job cannot be opened here; the worker stays alive. `errno` when the file system refused; `code` says of a script
   * what is wrong with it (`script/failed`: its init() raised, which may pass), and is null for a model.
   */
  z.strictObject({
    type: z.literal("job-refused"),
    code: problemCodeSchema.nullable(),
    message: z.string(),
    errno: z.string().nullable(),
  }),
  /**
   * At most every 200 ms while a mini-batch is worked on: items of it that are done (succeeded or failed). Of a script: once, when
   * its run() is called, which is when its time begins to count.
   */
  z.strictObject({
    type: z.literal("progress"),
    miniBatchId: z.number().int().min(0),
    itemsDone: z.number().int().min(0),
    itemsFailed: z.number().int().min(0),
  }),
  z.strictObject({
    type: z.literal("mini-batches-committed"),
    miniBatches: z.array(committedMiniBatchSchema).nonempty(),
  }),
  z.strictObject({ type: z.literal("mini-batch-probed"), miniBatchId: z.number().int().min(0) }),
  /**
   * The mini-batch could not be finished and wrote no record. `errno` when the file system refused: the input's place (stage read)
   * or ours (write). `code`: what its items get should no later attempt do better; null when it says nothing about them.
   */
  z.strictObject({
    type: z.literal("mini-batch-failed"),
    miniBatchId: z.number().int().min(0),
    attempt: z.number().int().positive(),
    stage: itemStageSchema,
    code: itemErrorCodeSchema.nullable(),
    message: z.string(),
    errno: z.string().nullable(),
  }),
  z.strictObject({ type: z.literal("job-closed") }),
]);
export type FromWorker = Readonly<z.infer<typeof fromWorkerSchema>>;
