import * as z from "zod";
import { csvDialectSchema } from "../tables/csv.ts";
import { outputFormatSchema } from "./deployment.ts";
import { deviceSchema } from "./device.ts";
import { itemErrorSchema } from "../item-error.ts";
import { estimateBasisSchema, noSampleSchema, preflightWarningSchema } from "./preflight-facts.ts";
import { findingSchema } from "./model-scan.ts";
import { maxSeenPictures, seenPictureSchema } from "./pictures/shown-picture.ts";
import { problemSchema } from "../problem.ts";
import { skippedNamesSchema } from "./skip-reason.ts";
import { tensorTypeSchema } from "../signature.ts";

/**
 * What is known of an invocation before anything is started: all that is wrong with it, and what it would do. Its keys are
 * those of `invoke --dry-run --json`, so they are only ever added. Bytes and seconds are plain numbers.
 */

/** What the sampled cells of a column hold, all of them, those without a value left out; `empty`: none has one. */
export const columnTypeSchema = z.enum(["integer", "number", "boolean", "text", "empty"]);
export type ColumnType = z.infer<typeof columnTypeSchema>;

/** A column of the input: `values` are those of the first rows, as text. */
export const sampledColumnSchema = z.strictObject({
  name: z.string(),
  type: columnTypeSchema,
  values: z.array(z.string()),
});
export type SampledColumn = Readonly<z.infer<typeof sampledColumnSchema>>;

const pixelsSchema = z.strictObject({
  height: z.number().int(),
  width: z.number().int(),
  resize: z.enum(["stretch", "contain", "cover"]),
  color: z.enum(["rgb", "bgr", "gray"]),
  layout: z.enum(["nchw", "nhwc"]),
  scale: z.array(z.number()),
  mean: z.array(z.number()),
  std: z.array(z.number()),
  /** What the levels 0 and 255 become, over all channels. */
  lowest: z.number(),
  highest: z.number(),
});

const planSchema = z.strictObject({
  model: z.strictObject({ name: z.string(), version: z.string(), sha256: z.string() }),
  scorer_kind: z.enum(["tabular", "image", "text", "tensor", "audio", "script"]),
  input_path: z.string(),
  /** The name or address that the path was resolved from; null: a path was given. */
  input_source: z.string().nullable(),
  /** The job whose rows are taken over where they still hold (`--incremental`); null: everything is scored. */
  base_job: z.string().nullable(),
  /**
   * What is fetched from elsewhere before the job starts, and what of it is here since an earlier job; null: the input is on this
   * computer, or was not looked at yet.
   */
  download: z.strictObject({ files: z.number().int(), bytes: z.number(), kept_bytes: z.number() }).nullable(),
  files: z.number().int(),
  bytes: z.number(),
  skipped_files: z.number().int(),
  /** Files that are left out, by reason. */
  skipped_by: z.record(z.string(), z.number().int()),
  /** The first of them, by reason: paths relative to the input. */
  skipped_names: skippedNamesSchema,
  items: z.number().int(),
  /** False: estimated from the first 64 MB. */
  items_exact: z.boolean(),
  item_unit: z.enum(["row", "file"]),
  /** Pieces of work that are dispatched and retried one by one; tables are cut by size, so theirs is an estimate. */
  mini_batches: z.number().int(),
  mini_batches_exact: z.boolean(),
  mini_batch_size: z.number().int(),
  /** Each input of the model with the columns that fill it; no columns for what is not read from tables. */
  mapping: z.array(
    z.strictObject({
      input: z.string(),
      type: tensorTypeSchema,
      /** Null where a size is free; the first is the batch. */
      shape: z.array(z.number().int().nullable()),
      columns: z.array(sampledColumnSchema),
    }),
  ),
  /** Columns that are carried into the predictions as they are. */
  keep: z.array(sampledColumnSchema),
  unused_columns: z.array(z.string()),
  /** How pictures become values of the model's input; null when it reads none. */
  pixels: pixelsSchema.nullable(),
  /** How delimited text is read; null when the input holds none. */
  dialect: csvDialectSchema.nullable(),
  /** The encoding that scorer.yml names, in which its texts are read; null: as `dialect` says. */
  encoding: z.string().nullable(),
  /** The first text that is used and is not plain ASCII, as it is read: a wrong encoding shows. Null: none was seen. */
  text_sample: z.string().nullable(),
  output_folder: z.string(),
  output_file: z.string(),
  output_format: outputFormatSchema,
  csv_formulas: z.enum(["escape", "keep"]),
  /** The header that will be written; empty when a script decides it. */
  output_columns: z.array(
    z.strictObject({ name: z.string(), type: tensorTypeSchema, source: z.enum(["file", "row", "keep", "output"]) }),
  ),
  compute: z.string(),
  device: deviceSchema.exclude(["auto"]),
  workers: z.number().int(),
  /** Workers that the deployment asked for, when that is more than there are cores or instances. */
  workers_capped_from: z.number().int().nullable(),
  /** Rows per run of the model, and who chose it: scorer.yml or the model, a measurement on this machine, or nobody. */
  batch: z.number().int(),
  batch_chosen_by: z.enum(["model", "measurement", "default"]),
  /** Failed items that are tolerated; -1: any number. */
  error_threshold: z.number().int(),
});
export type InvocationPlan = Readonly<z.infer<typeof planSchema>>;

const scanSchema = z.strictObject({
  verdict: z.enum(["safe", "refused"]),
  /** Looked at again just now, or as it was when the model came into the workspace, for want of time. */
  looked: z.enum(["now", "at_creation"]),
  parameters: z.number().nullable(),
  memory_bytes: z.number().nullable(),
  opsets: z.array(z.strictObject({ domain: z.string(), version: z.number() })),
  findings: z.array(findingSchema),
});
export type PreflightScan = Readonly<z.infer<typeof scanSchema>>;

/** First items, scored by a worker as the job would score them: the cells of its predictions, and what failed of them. */
const sampleSchema = z.strictObject({
  items: z.number().int(),
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string())),
  errors: z.array(itemErrorSchema),
  /** Why there is none; null when there is. */
  left_out: noSampleSchema.nullable(),
});
export type PreflightSample = Readonly<z.infer<typeof sampleSchema>>;

const rangeSchema = z.strictObject({
  low: z.number().min(0),
  high: z.number().min(0),
  /** What it is taken from. */
  basis: estimateBasisSchema,
});
export type EstimateRange = Readonly<z.infer<typeof rangeSchema>>;

const estimateSchema = z.strictObject({
  /** Null: this machine has nothing to go by. */
  seconds: rangeSchema.nullable(),
  /** Of the files of the job in its output folder. */
  output_bytes: rangeSchema,
  /** What each disk has and about what the job needs of it while it runs. */
  disks: z.array(
    z.strictObject({
      place: z.string(),
      holds: z.array(z.enum(["output", "workspace"])),
      free_bytes: z.number(),
      needed_bytes: z.number(),
    }),
  ),
});
export type PreflightEstimate = Readonly<z.infer<typeof estimateSchema>>;

export const preflightSchema = z.strictObject({
  endpoint_name: z.string(),
  /** Null when there is no such deployment. */
  deployment_name: z.string().nullable(),
  /** Every reason to refuse, in the order in which one would see to them; empty: it can be started. */
  problems: z.array(problemSchema),
  /** What might be meant otherwise; it starts all the same. */
  warnings: z.array(preflightWarningSchema),
  /** Null when a problem leaves it unknown. */
  plan: planSchema.nullable(),
  /** Null when the model is not opened, as a script's. */
  scan: scanSchema.nullable(),
  /** Null when none was asked for, or a problem leaves nothing to score. */
  sample: sampleSchema.nullable(),
  estimate: estimateSchema.nullable(),
  /** The first pictures as the model sees them; left out but for the window, which alone can show them. */
  seen: z.array(seenPictureSchema).max(maxSeenPictures).optional(),
});
export type Preflight = Readonly<z.infer<typeof preflightSchema>>;
