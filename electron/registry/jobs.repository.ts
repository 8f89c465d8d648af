import * as z from "zod";
import { type JobNote, jobNoteSchema } from "../contract/nouns/job-note.ts";
import { jobWarningSchema } from "../contract/nouns/job-warning.ts";
import { type WaitingReason, waitingReasonSchema } from "../contract/nouns/waiting-reason.ts";
import { type JobRequest, jobRequestSchema } from "../contract/nouns/job.ts";
import { type JobSpec, jobSpecSchema } from "../contract/nouns/job-spec.ts";
import { type JobPriority, jobPrioritySchema } from "../contract/nouns/deployment.ts";
import { isTerminal, type JobStatus, jobStatusSchema, mayMove } from "../contract/nouns/job-status.ts";
import { failure, type Problem, storedProblemSchema, type Result, success } from "../contract/problem.ts";
import { jsonColumn, timestamp } from "./json-column.ts";
import { inDurableTransaction, type SqliteDatabase } from "./open-database.ts";
import { stageTimesSchema } from "../contract/nouns/stage-times.ts";

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

function frozenSpec(text: string): JobSpec {
  const known = knownSpecs.get(text);
  if (known !== undefined) return known;
  const spec = jobSpecSchema.parse(JSON.parse(text));
  if (knownSpecs.size >= maxKnownSpecs) knownSpecs.clear();
  knownSpecs.set(text, spec);
  return spec;
}

const noNote = JSON.stringify(null);

/** Facts for people, replaced as one. */
const jobDetailsSchema = z.strictObject({
  waitingFor: waitingReasonSchema.nullable().default(null),
  warnings: z.array(jobWarningSchema).readonly().default([]),
  reused: z.number().int().default(0),
  instanceSeconds: z.number().default(0),
  stageMs: stageTimesSchema.default({ read: 0, preprocess: 0, infer: 0, postprocess: 0, write: 0 }),
});

const rowSchema = z
  .strictObject({
    name: z.string(),
    endpoint_name: z.string(),
    deployment_name: z.string(),
    status: jobStatusSchema,
    finished: sqliteBoolean,
    request: jobRequestSchema.nullable(),
    spec: z.string().transform(frozenSpec),
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
  })
  .transform((row) => ({
    name: row.name,
    endpointName: row.endpoint_name,
    deploymentName: row.deployment_name,
    status: row.status,
    /** What the user asked for and the engine has not done yet. */
    request: row.request,
    spec: row.spec,
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

export type JobRecord = Readonly<z.output<typeof rowSchema>>;
export type JobProgress = Readonly<JobRecord["progress"]>;

const historyRowSchema = z.strictObject({
  at: z.string(),
  status: jobStatusSchema,
  /** Why; null where the status tells all. */
  note: jsonColumn(jobNoteSchema.nullable()),
});
export type JobHistoryEntry = Readonly<z.output<typeof historyRowSchema>>;

/** What may change together with a job's status; a key left out stays as it is. */
type JobChanges = {
  readonly request?: JobRequest | null;
  readonly problem?: Problem | null;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly engineEpoch?: number;
  readonly progress?: JobProgress;
  readonly skipChanged?: boolean;
  /** The finished job that this one retried: its files are what this one made, and so it gets the counts, too. */
  readonly retried?: string;
};

export type JobsRepository = {
  /**
   * Stores a job as `NotStarted` → `Queued` at the end of the queue. Problems: job/exists; output/exists when an
   * unfinished job has the same output folder (errors.csv and job.json would collide whatever the file's name); those
   * of `also`, which writes in the same transaction what must be true when the job exists, and nothing when it refuses.
   */
  readonly add: (spec: JobSpec, priority?: JobPriority, also?: () => Result<null>) => Result<JobRecord>;
  readonly find: (name: string) => JobRecord | null;
  /** Newest first; of every endpoint when none is given. */
  readonly list: (endpointName?: string) => readonly JobRecord[];
  /** In queue order. */
  readonly listUnfinished: () => readonly JobRecord[];
  /** Jobs changed after that revision, in the order of their last change. */
  readonly listChangedSince: (revision: number) => readonly JobRecord[];
  readonly names: () => readonly string[];
  /** The last job that retried that one to its end; null when it was never retried. */
  readonly findLastRetry: (name: string) => JobRecord | null;
  /** An unfinished job that takes rows over from that one. */
  readonly findUnfinishedByBase: (name: string) => JobRecord | null;
  readonly findUnfinishedByOutputFolder: (folder: string) => JobRecord | null;
  /** When a job of that endpoint was last made. */
  readonly lastCreatedAt: (endpointName: string) => string | null;
  /** Unfinished jobs that score with that model version, in queue order. */
  readonly listUnfinishedByModel: (modelName: string, modelVersion: string) => readonly JobRecord[];
  /**
   * One transaction: the status, its history row and `changes`; a terminal status survives a power cut.
   * What it was waiting for is forgotten, or is `waitingFor`. False when the job is gone or its status is not one of `from`. Throws on a
   * move that job-status.ts does not have.
   */
  readonly move: (
    name: string,
    from: readonly JobStatus[],
    to: JobStatus,
    note: JobNote | null,
    changes?: JobChanges & { readonly waitingFor?: WaitingReason | null },
  ) => boolean;
  /** Facts that change without a move. False when the job is gone. */
  readonly change: (name: string, changes: JobChanges) => boolean;
  /**
   * Freezes a job anew, once, with what was seen in its input after that was downloaded; survives a power cut, since all
   * that is made of the job hangs on it. False when the job is gone, finished or frozen so already.
   */
  readonly freezeInput: (spec: JobSpec) => boolean;
  /** Why nobody works on a job, or fewer than it asked for; false when the job is gone or has that reason already. */
  readonly setWaitingFor: (name: string, reason: WaitingReason | null) => boolean;
  /** False when the job is gone or finished. */
  readonly setRequest: (name: string, request: JobRequest | null) => boolean;
  /** Oldest first. */
  readonly history: (name: string) => readonly JobHistoryEntry[];
  /** With its history. False when there was none. */
  readonly remove: (name: string) => boolean;
};

export function jobsRepository(database: SqliteDatabase): JobsRepository {
  const nextRevision = database.prepare(
    "UPDATE counters SET value = value + 1 WHERE name = 'jobs-revision' RETURNING value",
  );
  const insert = database.prepare(`
    INSERT INTO jobs (name, endpoint_name, deployment_name, status, spec, output_folder, output_file, created_at,
      position, queue_position, priority, revision)
    VALUES (@name, @endpointName, @deploymentName, 'Queued', @spec, @outputFolder, @outputFile, @now,
      (SELECT coalesce(max(position), 0) + 1 FROM jobs), (SELECT coalesce(max(queue_position), 0) + 1 FROM jobs),
      @priority, @revision)`);
  const addHistory = database.prepare("INSERT INTO job_history (job, at, status, note) VALUES (?, ?, ?, ?)");
  const find = database.prepare("SELECT * FROM jobs WHERE name = ?");
  const list = database.prepare("SELECT * FROM jobs ORDER BY position DESC");
  const listByEndpoint = database.prepare("SELECT * FROM jobs WHERE endpoint_name = ? ORDER BY position DESC");
  const listUnfinished = database.prepare(`SELECT * FROM jobs WHERE finished = 0
    ORDER BY CASE priority WHEN 'high' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END, queue_position, position`);
  const listChangedSince = database.prepare("SELECT * FROM jobs WHERE revision > ? ORDER BY revision");
  const names = database.prepare("SELECT name FROM jobs ORDER BY position").pluck();
  const findByOutput = database.prepare("SELECT * FROM jobs WHERE output_folder = ? AND finished = 0");
  const findLastRetry = database.prepare(`
    SELECT * FROM jobs WHERE json_extract(spec, '$.base.job') = ? AND json_extract(spec, '$.base.reason') = 'retry-failed'
      AND status = 'Completed' ORDER BY position DESC LIMIT 1`);
  const findByBase = database.prepare(
    "SELECT * FROM jobs WHERE finished = 0 AND json_extract(spec, '$.base.job') = ? LIMIT 1",
  );
  const setRetried = database.prepare(`
    UPDATE jobs SET (total, succeeded, failed, skipped) =
        (SELECT total, succeeded, failed, skipped FROM jobs WHERE name = @by),
      status = 'Completed', problem = NULL
    WHERE name = @name AND finished = 1`);
  const lastCreatedAt = database
    .prepare("SELECT created_at FROM jobs WHERE endpoint_name = ? ORDER BY position DESC LIMIT 1")
    .pluck();
  const findStatus = database.prepare("SELECT status FROM jobs WHERE name = ?").pluck();
  const setStatus = database.prepare("UPDATE jobs SET status = ?, finished = ? WHERE name = ?");
  const touch = database.prepare("UPDATE jobs SET revision = ? WHERE name = ?");
  const updateWaitingFor = database.prepare(`
    UPDATE jobs SET details = json_set(details, '$.waitingFor', json(@reason))
    WHERE name = @name AND json_extract(details, '$.waitingFor') IS NOT json(@reason)`);
  const freezeInput = database.prepare(`
    UPDATE jobs SET spec = @spec
    WHERE name = @name AND finished = 0 AND json_extract(spec, '$.input.download.done') = 0`);
  const setRequest = database.prepare("UPDATE jobs SET request = ? WHERE name = ? AND finished = 0");
  const setProblem = database.prepare("UPDATE jobs SET problem = ? WHERE name = ?");
  const setStartedAt = database.prepare("UPDATE jobs SET started_at = ? WHERE name = ?");
  const setSkipChanged = database.prepare("UPDATE jobs SET skip_changed = ? WHERE name = ?");
  const setEndedAt = database.prepare("UPDATE jobs SET ended_at = ? WHERE name = ?");
  const setEngineEpoch = database.prepare("UPDATE jobs SET engine_epoch = ? WHERE name = ?");
  const setProgress = database.prepare(`
    UPDATE jobs SET total = @total, total_known = @totalKnown, succeeded = @succeeded, failed = @failed,
      skipped = @skipped, rate = @rate, seconds_left_low = @low, seconds_left_high = @high,
      active_seconds = @activeSeconds, workers = @workers, provider = @provider, details = @details
    WHERE name = @name`);
  const history = database.prepare("SELECT at, status, note FROM job_history WHERE job = ? ORDER BY id");
  const remove = database.prepare("DELETE FROM jobs WHERE name = ?");

  const one = (row: unknown): JobRecord | null => rowSchema.nullable().parse(row ?? null);
  const many = (rows: readonly unknown[]): readonly JobRecord[] => rows.map((row) => rowSchema.parse(row));
  const revise = (name: string): void => {
    touch.run((nextRevision.get() as { value: number }).value, name);
  };
  const setWaitingFor = (name: string, reason: WaitingReason | null): boolean =>
    updateWaitingFor.run({ name, reason: reason === null ? null : JSON.stringify(reason) }).changes > 0;
  const applyChanges = (name: string, changes: JobChanges): void => {
    if (changes.request !== undefined) setRequest.run(changes.request, name);
    if (changes.problem !== undefined) {
      setProblem.run(changes.problem === null ? null : JSON.stringify(changes.problem), name);
    }
    if (changes.startedAt !== undefined) setStartedAt.run(changes.startedAt, name);
    if (changes.endedAt !== undefined) setEndedAt.run(changes.endedAt, name);
    if (changes.engineEpoch !== undefined) setEngineEpoch.run(changes.engineEpoch, name);
    if (changes.skipChanged !== undefined) setSkipChanged.run(changes.skipChanged ? 1 : 0, name);
    if (changes.progress !== undefined) {
      const { secondsLeft, totalKnown, waitingFor, warnings, reused, instanceSeconds, stageMs, ...counts } =
        changes.progress;
      const details = JSON.stringify({ waitingFor, warnings, reused, instanceSeconds, stageMs });
      const low = secondsLeft?.low ?? null;
      const high = secondsLeft?.high ?? null;
      setProgress.run({ ...counts, details, name, totalKnown: totalKnown ? 1 : 0, low, high });
    }
  };

  const add = (spec: JobSpec, priority: JobPriority, also: () => Result<null>): Result<JobRecord> => {
    if (find.get(spec.name) !== undefined) return failure("job/exists:registered", { job: spec.name });
    const other = one(findByOutput.get(spec.output.folder));
    if (other !== null) {
      return failure("output/exists:unfinished-job", { folder: spec.output.folder, job: other.name });
    }
    const agreed = also();
    if (!agreed.ok) return agreed;
    const now = timestamp();
    insert.run({
      name: spec.name,
      endpointName: spec.endpointName,
      deploymentName: spec.deploymentName,
      spec: JSON.stringify(spec),
      priority,
      outputFolder: spec.output.folder,
      outputFile: spec.output.fileName,
      now,
      revision: (nextRevision.get() as { value: number }).value,
    });
    addHistory.run(spec.name, now, "NotStarted", noNote);
    addHistory.run(spec.name, now, "Queued", noNote);
    return success(rowSchema.parse(find.get(spec.name)));
  };

  const move: JobsRepository["move"] = (name, from, to, note, changes = {}) => {
    const illegal = from.find((status) => !mayMove(status, to));
    if (illegal !== undefined) throw new Error(`A job cannot move from ${illegal} to ${to}.`);
    const work = (): boolean => {
      const status = findStatus.get(name);
      if (status === undefined || !from.includes(jobStatusSchema.parse(status))) return false;
      applyChanges(name, changes);
      setWaitingFor(name, changes.waitingFor ?? null);
      setStatus.run(to, isTerminal(to) ? 1 : 0, name);
      addHistory.run(name, timestamp(), to, JSON.stringify(note));
      revise(name);
      if (changes.retried !== undefined && setRetried.run({ name: changes.retried, by: name }).changes > 0) {
        const retried: JobNote = { kind: "retried", by: name };
        addHistory.run(changes.retried, timestamp(), "Completed", JSON.stringify(retried));
        revise(changes.retried);
      }
      return true;
    };
    return isTerminal(to) ? inDurableTransaction(database, work) : database.transaction(work).immediate();
  };

  return {
    // Who was told that the job is queued finds it there after a power cut too.
    add: (spec, priority = "medium", also = () => success(null)) =>
      inDurableTransaction(database, () => add(spec, priority, also)),
    find: (name) => one(find.get(name)),
    list: (endpointName) => many(endpointName === undefined ? list.all() : listByEndpoint.all(endpointName)),
    listUnfinished: () => many(listUnfinished.all()),
    listChangedSince: (revision) => many(listChangedSince.all(revision)),
    names: () => z.array(z.string()).parse(names.all()),
    findLastRetry: (name) => one(findLastRetry.get(name)),
    findUnfinishedByBase: (name) => one(findByBase.get(name)),
    findUnfinishedByOutputFolder: (folder) => one(findByOutput.get(folder)),
    lastCreatedAt: (endpointName) =>
      z
        .string()
        .nullable()
        .parse(lastCreatedAt.get(endpointName) ?? null),
    listUnfinishedByModel: (modelName, modelVersion) =>
      many(listUnfinished.all()).filter(
        ({ spec }) => spec.model.name.toLowerCase() === modelName.toLowerCase() && spec.model.version === modelVersion,
      ),
    move,
    change: (name, changes) =>
      database
        .transaction(() => {
          if (findStatus.get(name) === undefined) return false;
          applyChanges(name, changes);
          revise(name);
          return true;
        })
        .immediate(),
    freezeInput: (spec) =>
      inDurableTransaction(database, () => {
        if (freezeInput.run({ name: spec.name, spec: JSON.stringify(spec) }).changes === 0) return false;
        revise(spec.name);
        return true;
      }),
    setWaitingFor: (name, reason) =>
      database
        .transaction(() => {
          if (!setWaitingFor(name, reason)) return false;
          revise(name);
          return true;
        })
        .immediate(),
    setRequest: (name, request) =>
      database
        .transaction(() => {
          if (setRequest.run(request, name).changes === 0) return false;
          revise(name);
          return true;
        })
        .immediate(),
    history: (name) => history.all(name).map((row) => historyRowSchema.parse(row)),
    remove: (name) => remove.run(name).changes > 0,
  };
}
