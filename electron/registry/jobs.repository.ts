import type { JobPriority } from "../contract/nouns/deployment.ts";
import type { JobNote } from "../contract/nouns/job-note.ts";
import type { JobSpec } from "../contract/nouns/job-spec.ts";
import { isTerminal, type JobStatus, mayMove } from "../contract/job-status.ts";
import type { JobRequest } from "../contract/nouns/job.ts";
import type { WaitingReason } from "../contract/nouns/waiting-reason.ts";
import { failure, type Result, success } from "../contract/problem.ts";
import { type JobChanges, jobsChanging } from "./jobs-changing.ts";
import { inSpec, type JobsReading, jobsReading } from "./jobs-reading.ts";
import { timestamp } from "./rows/json-column.ts";
import { inDurableTransaction, type SqliteDatabase } from "./open-database.ts";
import type { JobRecord } from "./job-row.ts";
import { checkOf } from "./rows/row-checks.ts";

const noNote = JSON.stringify(null);

export type JobsRepository = JobsReading & {
  /**
   * Stores a job as `NotStarted` → `Queued` at the end of the queue. Problems: job/exists; output/exists when an
   * unfinished job has the same output folder (errors.csv and job.json would collide whatever the file's name); those
   * of `also`, which writes in the same transaction what must be true when the job exists, and nothing when it refuses.
   */
  readonly add: (spec: JobSpec, priority?: JobPriority, also?: () => Result<null>) => Result<JobRecord>;
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
  /** Freezes where its files are, and of a job in Azure what its items are, which is known once they get their names. */
  readonly freezeOutput: (spec: JobSpec) => void;
  /** Why nobody works on a job, or fewer than it asked for; false when the job is gone or has that reason already. */
  readonly setWaitingFor: (name: string, reason: WaitingReason | null) => boolean;
  /** False when the job is gone or finished. */
  readonly setRequest: (name: string, request: JobRequest | null) => boolean;
  /** With its history. False when there was none. */
  readonly remove: (name: string) => boolean;
};

export function jobsRepository(database: SqliteDatabase): JobsRepository {
  const insert = database.prepare(`
    INSERT INTO jobs (name, endpoint_name, deployment_name, status, spec, spec_check, output_folder, output_file, created_at,
      position, queue_position, priority, revision)
    VALUES (@name, @endpointName, @deploymentName, 'Queued', @spec, @specCheck, @outputFolder, @outputFile, @now,
      (SELECT coalesce(max(position), 0) + 1 FROM jobs), (SELECT coalesce(max(queue_position), 0) + 1 FROM jobs),
      @priority, @revision)`);
  const addHistory = database.prepare("INSERT INTO job_history (job, at, status, note) VALUES (?, ?, ?, ?)");
  const setRetried = database.prepare(`
    UPDATE jobs SET (total, succeeded, failed, skipped) =
        (SELECT total, succeeded, failed, skipped FROM jobs WHERE name = @by),
      details = json_set(details, '$.notANumber',
        (SELECT coalesce(json_extract(details, '$.notANumber'), 0) FROM jobs WHERE name = @by)),
      status = 'Completed', problem = NULL
    WHERE name = @name AND finished = 1`);
  const findStatus = database.prepare("SELECT status FROM jobs WHERE name = ?").pluck();
  const setStatus = database.prepare("UPDATE jobs SET status = ?, finished = ? WHERE name = ?");
  const freezeInput = database.prepare(`
    UPDATE jobs SET spec = @spec, spec_check = @specCheck
    WHERE name = @name AND finished = 0 AND ${inSpec("input.download.done")} = 0`);
  const freezeOutput = database.prepare("UPDATE jobs SET spec = @spec, spec_check = @specCheck WHERE name = @name");
  const remove = database.prepare("DELETE FROM jobs WHERE name = ?");

  const reading = jobsReading(database);
  const changing = jobsChanging(database);

  const add = (spec: JobSpec, priority: JobPriority, also: () => Result<null>): Result<JobRecord> => {
    if (findStatus.get(spec.name) !== undefined) return failure("job/exists:registered", { job: spec.name });
    const other = reading.findUnfinishedByOutputFolder(spec.output.folder);
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
      ...specColumns(spec),
      priority,
      outputFolder: spec.output.folder,
      outputFile: spec.output.fileName,
      now,
      revision: changing.nextRevision(),
    });
    addHistory.run(spec.name, now, "NotStarted", noNote);
    addHistory.run(spec.name, now, "Queued", noNote);
    const added = reading.find(spec.name);
    if (added === null) throw new Error(`The job ${spec.name} is gone within its own transaction.`);
    return success(added);
  };

  const move: JobsRepository["move"] = (name, from, to, note, changes = {}) => {
    const illegal = from.find((status) => !mayMove(status, to));
    if (illegal !== undefined) throw new Error(`A job cannot move from ${illegal} to ${to}.`);
    const work = (): boolean => {
      const status = findStatus.get(name);
      if (!from.some((one) => one === status)) return false;
      changing.apply(name, changes);
      changing.setWaitingFor(name, changes.waitingFor ?? null);
      setStatus.run(to, isTerminal(to) ? 1 : 0, name);
      addHistory.run(name, timestamp(), to, JSON.stringify(note));
      changing.revise(name);
      if (changes.retried !== undefined && setRetried.run({ name: changes.retried, by: name }).changes > 0) {
        const retried: JobNote = { kind: "retried", by: name };
        addHistory.run(changes.retried, timestamp(), "Completed", JSON.stringify(retried));
        changing.revise(changes.retried);
      }
      return true;
    };
    return isTerminal(to) ? inDurableTransaction(database, work) : database.transaction(work).immediate();
  };

  return {
    ...reading,
    // Who was told that the job is queued finds it there after a power cut too.
    add: (spec, priority = "medium", also = () => success(null)) =>
      inDurableTransaction(database, () => add(spec, priority, also)),
    move,
    change: (name, changes) =>
      database
        .transaction(() => {
          if (findStatus.get(name) === undefined) return false;
          changing.apply(name, changes);
          changing.revise(name);
          return true;
        })
        .immediate(),
    freezeInput: (spec) =>
      inDurableTransaction(database, () => {
        if (freezeInput.run({ name: spec.name, ...specColumns(spec) }).changes === 0) return false;
        changing.revise(spec.name);
        return true;
      }),
    freezeOutput: (spec) =>
      inDurableTransaction(database, () => {
        freezeOutput.run({ name: spec.name, ...specColumns(spec) });
        changing.revise(spec.name);
      }),
    setWaitingFor: (name, reason) =>
      database
        .transaction(() => {
          if (!changing.setWaitingFor(name, reason)) return false;
          changing.revise(name);
          return true;
        })
        .immediate(),
    setRequest: (name, request) =>
      database
        .transaction(() => {
          if (!changing.setRequest(name, request)) return false;
          changing.revise(name);
          return true;
        })
        .immediate(),
    remove: (name) => remove.run(name).changes > 0,
  };
}

function specColumns(spec: JobSpec): { readonly spec: string; readonly specCheck: number } {
  const text = JSON.stringify(spec);
  return { spec: text, specCheck: checkOf(text) };
}
