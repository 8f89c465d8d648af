import * as z from "zod";
import { readableRows } from "./rows/damage.ts";
import { damagedJobSchema, jobHistoryRowSchema, jobRowSchema } from "./job-row.ts";
import type { SqliteDatabase } from "./open-database.ts";
import type { DamagedJob, JobHistoryEntry, JobRecord } from "./job-row.ts";

/**
 * What can be asked about jobs. A job whose row is damaged is in none of the answers but those that are for damaged jobs: so
 * it stands in the way of no other one.
 */
export type JobsReading = {
  readonly find: (name: string) => JobRecord | null;
  readonly findDamaged: (name: string) => DamagedJob | null;
  /** Damaged jobs that changed after that revision; all of them when none is given. */
  readonly listDamaged: (sinceRevision?: number) => readonly DamagedJob[];
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
  /** Oldest first. */
  readonly history: (name: string) => readonly JobHistoryEntry[];
};

export function jobsReading(database: SqliteDatabase): JobsReading {
  const find = database.prepare("SELECT * FROM jobs WHERE name = ?");
  const list = database.prepare("SELECT * FROM jobs ORDER BY position DESC");
  const listByEndpoint = database.prepare("SELECT * FROM jobs WHERE endpoint_name = ? ORDER BY position DESC");
  const listUnfinished = database.prepare(`SELECT * FROM jobs WHERE finished = 0
    ORDER BY CASE priority WHEN 'high' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END, queue_position, position`);
  const listChangedSince = database.prepare("SELECT * FROM jobs WHERE revision > ? ORDER BY revision");
  const names = database.prepare("SELECT name FROM jobs ORDER BY position").pluck();
  const findByOutput = database.prepare("SELECT * FROM jobs WHERE output_folder = ? AND finished = 0");
  const findLastRetry = database.prepare(`
    SELECT * FROM jobs WHERE ${inSpec("base.job")} = ? AND ${inSpec("base.reason")} = 'retry-failed'
      AND status = 'Completed' ORDER BY position DESC LIMIT 1`);
  const findByBase = database.prepare(`SELECT * FROM jobs WHERE finished = 0 AND ${inSpec("base.job")} = ? LIMIT 1`);
  const lastCreatedAt = database
    .prepare("SELECT created_at FROM jobs WHERE endpoint_name = ? ORDER BY position DESC LIMIT 1")
    .pluck();
  const history = database.prepare("SELECT at, status, note FROM job_history WHERE job = ? ORDER BY id");

  const many = (rows: readonly unknown[]): readonly JobRecord[] => readableRows(jobRowSchema, rows);
  const one = (row: unknown): JobRecord | null => many([row])[0] ?? null;
  const damaged = (rows: readonly unknown[]): readonly DamagedJob[] =>
    rows.filter((row) => !jobRowSchema.safeParse(row).success).map((row) => damagedJobSchema.parse(row));

  return {
    find: (name) => one(find.get(name)),
    findDamaged: (name) => damaged(find.all(name))[0] ?? null,
    listDamaged: (sinceRevision = -1) => damaged(listChangedSince.all(sinceRevision)),
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
    history: (name) => readableRows(jobHistoryRowSchema, history.all(name)),
  };
}

/** What a spec says at a path, in SQL; null when the spec is damaged, which would be an error of the whole statement. */
export function inSpec(path: string): string {
  return `CASE WHEN json_valid(spec) THEN json_extract(spec, '$.${path}') END`;
}
