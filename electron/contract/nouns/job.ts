import * as z from "zod";
import { azurePlaceSchema } from "./azure/azure-place.ts";
import { jobPrioritySchema } from "./deployment.ts";
import { deviceSchema } from "./device.ts";
import { jobStatusSchema } from "../job-status.ts";
import { jobWarningSchema } from "./job-warning.ts";
import { type Problem, problemSchema } from "../problem.ts";
import { stageTimesSchema } from "./stage-times.ts";
import { waitingReasonSchema } from "./waiting-reason.ts";

/** What a job that is Finalizing writes, and how much of it is written, from 0 to 1. */
export const writingSchema = z.strictObject({
  /** `rows`: scored rows are put in the order of the input. `parquet`: those rows become a Parquet file. */
  step: z.enum(["rows", "parquet"]),
  share: z.number().min(0).max(1),
});
export type Writing = Readonly<z.infer<typeof writingSchema>>;

/**
 * A job as the window sees it, and `job show --json` too, which says `waiting_for` and `warnings` in English words. Azure ML's words in Azure's snake case; times in ISO 8601.
 * Counts are items: succeeded + failed + skipped = total once planning is done; before that `total` is what has been
 * counted so far and `total_known` is false.
 */
export const jobViewSchema = z.strictObject({
  name: z.string(),
  status: jobStatusSchema,
  endpoint_name: z.string(),
  deployment_name: z.string(),
  total: z.number().int().min(0),
  total_known: z.boolean(),
  succeeded: z.number().int().min(0),
  failed: z.number().int().min(0),
  skipped: z.number().int().min(0),
  /** Of `succeeded`: items with a score that is NaN or infinite. */
  not_a_number: z.number().int().min(0),
  /** Of `succeeded`: items whose rows were taken over from `base_job`. */
  reused: z.number().int().min(0),
  base_job: z.string().nullable(),
  /** Why: to score again what failed in it, into its own files, or to leave out what is scored already; null without one. */
  base_reason: z.enum(["retry-failed", "incremental"]).nullable(),
  input_path: z.string(),
  /** The name or address that `input_path` was resolved from; null: a path was given. */
  input_source: z.string().nullable(),
  output_path: z.string(),
  output_file: z.string(),
  /** What is counted: rows of tables, or files. */
  item_unit: z.enum(["row", "file"]),
  /** Items a second: over the last seconds while it runs, on average once it has ended, else 0. */
  rate: z.number().min(0),
  /** Seconds left, as a range; null when unknown. */
  seconds_left: z.strictObject({ low: z.number().min(0), high: z.number().min(0) }).nullable(),
  /** Seconds that the job has been worked on, over all its engines. */
  active_seconds: z.number().min(0),
  /** Worker processes in use; once it has ended, how many it could use. */
  workers: z.number().int().min(0),
  provider: z.string(),
  compute: z.string(),
  device: deviceSchema,
  priority: jobPrioritySchema,
  /** The queue's order among unfinished jobs of the same priority: the smaller, the earlier. */
  queue_position: z.number(),
  /** Why nobody works on it now, or fewer workers than it asked for; null when nothing holds it up. */
  waiting_for: waitingReasonSchema.nullable(),
  /** How far its files are, while it is Finalizing; null before and afterwards. */
  writing: writingSchema.nullable(),
  /** What its user should know and need not act on: a device that was not to be had, smaller runs for want of memory. */
  warnings: z.array(jobWarningSchema).readonly(),
  /** Rows per run of the model. */
  batch: z.number().int().positive(),
  /** Where the time of its workers went, over all of them, in milliseconds. */
  stage_ms: stageTimesSchema,
  /** Seconds that its instances were in use, each counted. */
  instance_seconds: z.number().min(0),
  /** `instance_seconds` at the compute's price an hour; null when it has none. */
  cost: z.number().min(0).nullable(),
  /** Why the job waits, paused itself or failed. */
  problem: problemSchema.nullable(),
  /** Its user wants lists to leave it out. */
  archived: z.boolean(),
  runs_on: z.enum(["local", "azure"]),
  /** Where it runs and as whom, and what it is called there; null: on this computer. */
  azure: z
    .strictObject({
      ...azurePlaceSchema.shape,
      job_name: z.string(),
      /** Its page in Azure ML studio, once it was sent. */
      studio_url: z.string().nullable(),
      run_as: z.string(),
      /** Azure's own word for its state, once it was sent. */
      status: z.string().nullable(),
    })
    .nullable(),
  created_at: z.string(),
  started_at: z.string().nullable(),
  ended_at: z.string().nullable(),
});
export type JobView = Readonly<z.infer<typeof jobViewSchema>>;

/** What a user may ask of a job that exists. */
export const jobRequestSchema = z.enum(["pause", "cancel"]);
export type JobRequest = z.infer<typeof jobRequestSchema>;

/** The logs of a job. `job`: what happened to it. `azure`: what it printed in Azure. The others are what its script wrote here, and why it failed. */
export const jobLogKindSchema = z.enum(["job", "azure", "stdout", "stderr", "error"]);
export type JobLogKind = z.infer<typeof jobLogKindSchema>;

/**
 * Only its user can say whether a job shall go on over an input that is another one now, and see what is in the way of one that paused
 * itself too often.
 */
export function waitsForItsUser(problem: Pick<Problem, "code"> | null): boolean {
  return problem?.code === "input/changed" || problem?.code === "job/no-progress";
}

/** A job in Azure counts nothing before its results are here, and nothing at all when none come. */
export function isUncounted(job: JobView): boolean {
  return job.azure !== null && (!job.total_known || job.total === 0);
}
