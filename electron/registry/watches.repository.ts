import * as z from "zod";
import { type Problem, storedProblemSchema } from "../contract/problem.ts";
import type { ArrivedFile } from "../contract/messages/watch-messages.ts";
import { readableRows } from "./rows/damage.ts";
import { jsonColumn, textMapSchema, timestamp } from "./rows/json-column.ts";
import type { SqliteDatabase } from "./open-database.ts";

const rowSchema = z
  .strictObject({
    id: z.string(),
    folder: z.string(),
    endpoint_name: z.string(),
    deployment_name: z.string().nullable(),
    output_path: z.string().nullable(),
    overrides: jsonColumn(textMapSchema),
    settle_seconds: z.number(),
    created_at: z.string(),
    files_submitted: z.number().int(),
    jobs: z.number().int(),
    last_job: z.string().nullable(),
    last_submitted_at: z.string().nullable(),
    problem: z.union([z.null(), jsonColumn(storedProblemSchema)]),
    refusal: z.union([z.null(), jsonColumn(storedProblemSchema)]),
    files_refused: z.number().int(),
  })
  .transform((row) => ({
    id: row.id,
    /** By its one real path. */
    folder: row.folder,
    endpointName: row.endpoint_name,
    /** Null: the endpoint's default at the time that files arrive. */
    deploymentName: row.deployment_name,
    /** Each job writes to a folder of its own in this one; null: in the workspace's outputs. */
    outputPath: row.output_path,
    overrides: row.overrides,
    settleSeconds: row.settle_seconds,
    createdAt: row.created_at,
    /** A file whose content came in several versions counts once for each. */
    filesSubmitted: row.files_submitted,
    /** Files that no job was made of, since each was refused by itself. */
    filesRefused: row.files_refused,
    jobs: row.jobs,
    lastJob: row.last_job,
    lastSubmittedAt: row.last_submitted_at,
    /** Why nothing is submitted, or not all that is there. */
    problem: row.problem,
    /** Why the last of the files was refused that were refused by themselves. */
    refusal: row.refusal,
  }));

export type WatchRecord = Readonly<z.output<typeof rowSchema>>;
type WatchToAdd = Pick<
  WatchRecord,
  "id" | "folder" | "endpointName" | "deploymentName" | "outputPath" | "overrides" | "settleSeconds"
>;

export type WatchesRepository = {
  /** There must be no other watch of that folder for that endpoint. */
  readonly add: (watch: WatchToAdd) => void;
  readonly find: (id: string) => WatchRecord | null;
  /** Oldest first. */
  readonly list: () => readonly WatchRecord[];
  /** With what it knows of files. False when there was none. */
  readonly remove: (id: string) => boolean;
  /** False when it says so already, or is gone. */
  readonly setProblem: (id: string, problem: Problem | null) => boolean;
  /** Part of the transaction that makes the job: the files were taken. */
  readonly addSubmitted: (id: string, job: string, files: readonly ArrivedFile[]) => void;
  /** The file is not to be tried again as it is, for the reason given. */
  readonly addRefused: (id: string, file: ArrivedFile, problem: Problem) => void;
  /** Files that were refused are tried again. */
  readonly forgetRefused: (id: string) => void;
  /** Whether the file was taken or refused as it is, under this name or another. */
  readonly knows: (id: string, file: ArrivedFile) => boolean;
};

export function watchesRepository(database: SqliteDatabase): WatchesRepository {
  const add = database.prepare(`
    INSERT INTO watches (id, folder, endpoint_name, deployment_name, output_path, overrides, settle_seconds, created_at)
    VALUES (@id, @folder, @endpointName, @deploymentName, @outputPath, @overrides, @settleSeconds, @now)`);
  // Left to itself SQLite would go through every file of the watch, several times a second.
  const select = `SELECT *, (SELECT count(*) FROM watch_files INDEXED BY watch_files_refused
    WHERE watch = watches.id AND job IS NULL) AS files_refused FROM watches`;
  const find = database.prepare(`${select} WHERE id = ?`);
  const list = database.prepare(`${select} ORDER BY created_at, id`);
  const remove = database.prepare("DELETE FROM watches WHERE id = ?");
  const setProblem = database.prepare(
    "UPDATE watches SET problem = @problem WHERE id = @id AND problem IS NOT @problem",
  );
  const setRefusal = database.prepare("UPDATE watches SET refusal = ? WHERE id = ?");
  const addFile = database.prepare(`
    INSERT INTO watch_files (watch, path, size_bytes, modified_ms, identity, job)
    VALUES (@id, @path, @sizeBytes, @modifiedMs, @identity, @job)
    ON CONFLICT (watch, path, identity) DO UPDATE SET size_bytes = @sizeBytes, modified_ms = @modifiedMs, job = @job`);
  const count = database.prepare(`
    UPDATE watches SET files_submitted = files_submitted + @files, jobs = jobs + 1, last_job = @job,
      last_submitted_at = @now WHERE id = @id`);
  const forgetRefused = database.prepare("DELETE FROM watch_files WHERE watch = ? AND job IS NULL");
  const knows = watchMemory(database);
  return {
    add: (watch) => {
      add.run({ ...watch, overrides: JSON.stringify(watch.overrides), now: timestamp() });
    },
    find: (id) => readableRows(rowSchema, [find.get(id)])[0] ?? null,
    list: () => readableRows(rowSchema, list.all()),
    remove: (id) => remove.run(id).changes > 0,
    setProblem: (id, problem) =>
      setProblem.run({ id, problem: problem === null ? null : JSON.stringify(problem) }).changes > 0,
    addSubmitted: (id, job, files) => {
      for (const file of files) addFile.run({ id, ...file, job });
      count.run({ id, files: files.length, job, now: timestamp() });
    },
    addRefused: (id, file, problem) => {
      database
        .transaction(() => {
          addFile.run({ id, ...file, job: null });
          setRefusal.run(JSON.stringify(problem), id);
        })
        .immediate();
    },
    forgetRefused: (id) => {
      database
        .transaction(() => {
          if (forgetRefused.run(id).changes > 0) setRefusal.run(null, id);
        })
        .immediate();
    },
    knows,
  };
}

/** `WatchesRepository.knows`, for a process that only reads the registry. */
export function watchMemory(database: SqliteDatabase): WatchesRepository["knows"] {
  const byPath = database
    .prepare(
      "SELECT 1 FROM watch_files WHERE watch = @id AND path = @path AND size_bytes = @sizeBytes AND modified_ms = @modifiedMs",
    )
    .pluck();
  const byIdentity = database
    .prepare(
      "SELECT 1 FROM watch_files WHERE watch = @id AND identity = @identity AND size_bytes = @sizeBytes AND modified_ms = @modifiedMs",
    )
    .pluck();
  return (id, file) => {
    const facts = { id, ...file };
    return byPath.get(facts) !== undefined || byIdentity.get(facts) !== undefined;
  };
}

/** The names of the predictions that jobs of the workspace write or wrote in a folder. */
export function jobOutputs(database: SqliteDatabase): (folder: string) => readonly string[] {
  const names = database.prepare("SELECT DISTINCT output_file FROM jobs WHERE output_folder = ?").pluck();
  return (folder) => readableRows(z.string(), names.all(folder));
}
