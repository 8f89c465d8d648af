import * as z from "zod";
import { azureStandingSchema } from "../contract/nouns/azure/azure-part.ts";
import { jobPrioritySchema } from "../contract/nouns/deployment.ts";
import { jobNoteSchema } from "../contract/nouns/job-note.ts";
import { type JobSpec, jobSpecSchema } from "../contract/nouns/job-spec.ts";
import { isTerminal, type JobStatus, jobStatusSchema } from "../contract/job-status.ts";
import { jobWarningSchema } from "../contract/nouns/job-warning.ts";
import { jobRequestSchema, writingSchema } from "../contract/nouns/job.ts";
import { stageTimesSchema } from "../contract/nouns/stage-times.ts";
import { waitingReasonSchema } from "../contract/nouns/waiting-reason.ts";
import { storedProblemSchema } from "../contract/problem.ts";
import { jsonColumn } from "./rows/json-column.ts";
import { isUnchanged } from "./rows/row-checks.ts";

const sqliteBoolean = z
  .number()
  .int()
  .min(0)
  .max(1)
  .transform((value) => value === 1);

/**
 * Specs by their text. A spec never changes, and checking one takes longer than all the rest of a row; the engine reads
 * the whole queue several times a second.
 */
const knownSpecs = new Map<string, JobSpec>();
const maxKnownSpecs = 4096;
const specColumn = jsonColumn(jobSpecSchema);

/** Null when it is not as it was frozen. */
function frozenSpec(text: string, check: number | null): JobSpec | null {
  const known = knownSpecs.get(text);
  if (known !== undefined) return known;
  const spec = isUnchanged(check, text) ? specColumn.safeParse(text).data : undefined;
  if (spec === undefined) return null;
  if (knownSpecs.size >= maxKnownSpecs) knownSpecs.clear();
  knownSpecs.set(text, spec);
  return spec;
}

/** Facts for people, replaced as one. */
const jobDetailsSchema = z.strictObject({
  waitingFor: waitingReasonSchema.nullable().default(null),
  writing: writingSchema.nullable().default(null),
  warnings: z.array(jobWarningSchema).readonly().default([]),
  reused: z.number().int().default(0),
  notANumber: z.number().int().default(0),
  instanceSeconds: z.number().default(0),
  stageMs: stageTimesSchema.default({ read: 0, preprocess: 0, infer: 0, postprocess: 0, write: 0 }),
  /** Of a job in Azure; null: it runs here. */
  azure: azureStandingSchema.nullable().default(null),
});

/** A row of `jobs` as it was written; one that does not parse is damaged. */
export const jobRowSchema = z
  .strictObject({
    name: z.string(),
    endpoint_name: z.string(),
    deployment_name: z.string(),
    status: jobStatusSchema,
    finished: sqliteBoolean,
    request: jobRequestSchema.nullable(),
    spec: z.string(),
    spec_check: z.number().nullable(),
    total: z.number().int(),
    total_known: sqliteBoolean,
    succeeded: z.number().int(),
    failed: z.number().int(),
    skipped: z.number().int(),
    rate: z.number(),
    seconds_left_low: z.number().nullable(),
    seconds_left_high: z.number().nullable(),
    active_seconds: z.number(),
    workers: z.number().int(),
    provider: z.string(),
    problem: z.union([z.null(), jsonColumn(storedProblemSchema)]),
    output_folder: z.string(),
    output_file: z.string(),
    created_at: z.string(),
    started_at: z.string().nullable(),
    ended_at: z.string().nullable(),
    engine_epoch: z.number().int().nullable(),
    position: z.number().int(),
    revision: z.number().int(),
    priority: jobPrioritySchema,
    queue_position: z.number(),
    details: jsonColumn(jobDetailsSchema),
    skip_changed: sqliteBoolean,
    archived: sqliteBoolean,
  })
  .transform((row, context) => {
    const spec = frozenSpec(row.spec, row.spec_check);
    if (spec !== null && isRowOf(row, spec)) return { row, spec };
    context.addIssue({ code: "custom", message: "This is not the job that was frozen." });
    return z.NEVER;
  })
  .transform(({ row, spec }) => ({
    name: row.name,
    endpointName: row.endpoint_name,
    deploymentName: row.deployment_name,
    status: row.status,
    /** What the user asked for and the engine has not done yet. */
    request: row.request,
    spec,
    progress: {
      total: row.total,
      totalKnown: row.total_known,
      succeeded: row.succeeded,
      failed: row.failed,
      skipped: row.skipped,
      /** Items a second. */
      rate: row.rate,
      secondsLeft:
        row.seconds_left_low === null || row.seconds_left_high === null
          ? null
          : { low: row.seconds_left_low, high: row.seconds_left_high },
      activeSeconds: row.active_seconds,
      workers: row.workers,
      provider: row.provider,
      ...row.details,
    },
    priority: row.priority,
    /** Its user said that it shall go on over an input that has changed. */
    skipChanged: row.skip_changed,
    /** Lists leave it out unless it is asked for. */
    archived: row.archived,
    problem: row.problem,
    outputFolder: row.output_folder,
    outputFile: row.output_file,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    /** The engine that works on it or did so last. */
    engineEpoch: row.engine_epoch,
    /** In the order in which jobs were made. */
    position: row.position,
    /** Order in the queue among jobs of the same priority. */
    queuePosition: row.queue_position,
    /** Grows over all jobs with every change of any of them. */
    revision: row.revision,
  }));

export type JobRecord = Readonly<z.output<typeof jobRowSchema>>;
export type JobProgress = Readonly<JobRecord["progress"]>;

/** What stands in the row beside its spec is taken from there, but for `finished`, which follows from the status. */
function isRowOf(
  row: {
    readonly name: string;
    readonly endpoint_name: string;
    readonly deployment_name: string;
    readonly output_folder: string;
    readonly output_file: string;
    readonly status: JobStatus;
    readonly finished: boolean;
  },
  { name, endpointName, deploymentName, output }: JobSpec,
): boolean {
  const written = [row.name, row.endpoint_name, row.deployment_name, row.output_folder, row.output_file];
  const frozen = [name, endpointName, deploymentName, output.folder, output.fileName];
  return written.every((text, place) => text === frozen[place]) && row.finished === isTerminal(row.status);
}

/** What can still be told of a job whose row is damaged: enough to name it and to delete it. */
export const damagedJobSchema = z
  .object({
    name: z.string().catch(""),
    endpoint_name: z.string().catch(""),
    deployment_name: z.string().catch(""),
    output_folder: z.string().catch(""),
    output_file: z.string().catch(""),
    created_at: z.iso.datetime().catch(new Date(0).toISOString()),
    revision: z.number().catch(0),
  })
  .transform((row) => ({
    name: row.name,
    endpointName: row.endpoint_name,
    deploymentName: row.deployment_name,
    outputFolder: row.output_folder,
    outputFile: row.output_file,
    createdAt: row.created_at,
    revision: row.revision,
  }));
export type DamagedJob = Readonly<z.output<typeof damagedJobSchema>>;

export const jobHistoryRowSchema = z.strictObject({
  at: z.string(),
  status: jobStatusSchema,
  /** Why; null where the status tells all. */
  note: jsonColumn(jobNoteSchema.nullable()),
});
export type JobHistoryEntry = Readonly<z.output<typeof jobHistoryRowSchema>>;
