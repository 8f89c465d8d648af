import type { JobRequest } from "../contract/nouns/job.ts";
import type { WaitingReason } from "../contract/nouns/waiting-reason.ts";
import type { Problem } from "../contract/problem.ts";
import type { JobProgress } from "./job-row.ts";
import type { SqliteDatabase } from "./open-database.ts";

/** What may change together with a job's status; a key left out stays as it is. */
export type JobChanges = {
  readonly request?: JobRequest | null;
  readonly problem?: Problem | null;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly engineEpoch?: number;
  readonly progress?: JobProgress;
  readonly skipChanged?: boolean;
  readonly archived?: boolean;
  /** The finished job that this one retried: its files are what this one made, and so it gets the counts, too. */
  readonly retried?: string;
};

/** Single changes of a job's row, to be made within a transaction that also revises it. */
export type JobsChanging = {
  readonly apply: (name: string, changes: JobChanges) => void;
  /** False when the job is gone or has that reason already. */
  readonly setWaitingFor: (name: string, reason: WaitingReason | null) => boolean;
  /** False when the job is gone or finished. */
  readonly setRequest: (name: string, request: JobRequest | null) => boolean;
  /** Gives a job the next revision, so that whoever watches sees it. */
  readonly revise: (name: string) => void;
  readonly nextRevision: () => number;
};

export function jobsChanging(database: SqliteDatabase): JobsChanging {
  const countRevision = database.prepare(
    "UPDATE counters SET value = value + 1 WHERE name = 'jobs-revision' RETURNING value",
  );
  const touch = database.prepare("UPDATE jobs SET revision = ? WHERE name = ?");
  const updateWaitingFor = database.prepare(`
    UPDATE jobs SET details = json_set(details, '$.waitingFor', json(@reason))
    WHERE name = @name AND json_extract(details, '$.waitingFor') IS NOT json(@reason)`);
  const updateRequest = database.prepare("UPDATE jobs SET request = ? WHERE name = ? AND finished = 0");
  const setProblem = database.prepare("UPDATE jobs SET problem = ? WHERE name = ?");
  const setStartedAt = database.prepare("UPDATE jobs SET started_at = ? WHERE name = ?");
  const setSkipChanged = database.prepare("UPDATE jobs SET skip_changed = ? WHERE name = ?");
  const setArchived = database.prepare("UPDATE jobs SET archived = ? WHERE name = ?");
  const setEndedAt = database.prepare("UPDATE jobs SET ended_at = ? WHERE name = ?");
  const setEngineEpoch = database.prepare("UPDATE jobs SET engine_epoch = ? WHERE name = ?");
  const setProgress = database.prepare(`
    UPDATE jobs SET total = @total, total_known = @totalKnown, succeeded = @succeeded, failed = @failed,
      skipped = @skipped, rate = @rate, seconds_left_low = @low, seconds_left_high = @high,
      active_seconds = @activeSeconds, workers = @workers, provider = @provider, details = @details
    WHERE name = @name`);

  const nextRevision = (): number => (countRevision.get() as { value: number }).value;
  const setRequest = (name: string, request: JobRequest | null): boolean =>
    updateRequest.run(request, name).changes > 0;
  const setWaitingFor = (name: string, reason: WaitingReason | null): boolean =>
    updateWaitingFor.run({ name, reason: reason === null ? null : JSON.stringify(reason) }).changes > 0;
  const apply = (name: string, changes: JobChanges): void => {
    if (changes.request !== undefined) updateRequest.run(changes.request, name);
    if (changes.problem !== undefined) {
      setProblem.run(changes.problem === null ? null : JSON.stringify(changes.problem), name);
    }
    if (changes.startedAt !== undefined) setStartedAt.run(changes.startedAt, name);
    if (changes.endedAt !== undefined) setEndedAt.run(changes.endedAt, name);
    if (changes.engineEpoch !== undefined) setEngineEpoch.run(changes.engineEpoch, name);
    if (changes.skipChanged !== undefined) setSkipChanged.run(changes.skipChanged ? 1 : 0, name);
    if (changes.archived !== undefined) setArchived.run(changes.archived ? 1 : 0, name);
    if (changes.progress !== undefined) {
      const {
        secondsLeft,
        totalKnown,
        waitingFor,
        writing,
        warnings,
        reused,
        notANumber,
        instanceSeconds,
        stageMs,
        azure,
        ...counts
      } = changes.progress;
      const details = JSON.stringify({
        ...{ waitingFor, writing, warnings, reused, notANumber, instanceSeconds, stageMs, azure },
      });
      const low = secondsLeft?.low ?? null;
      const high = secondsLeft?.high ?? null;
      setProgress.run({ ...counts, details, name, totalKnown: totalKnown ? 1 : 0, low, high });
    }
  };

  return {
    apply,
    setWaitingFor,
    setRequest,
    nextRevision,
    revise(name) {
      touch.run(nextRevision(), name);
    },
  };
}
