import { closeSync, existsSync, openSync } from "node:fs";
import Database from "better-sqlite3";
import { chooseSqliteAddon } from "../contract/processes/native-addons.ts";
import { ownerOnly } from "../contract/processes/file-modes.ts";
import { failure, type Result, success } from "../contract/problem.ts";
import { removeSync, renameSync } from "../files/patient.ts";
import { isBusy, isDamage } from "./rows/damage.ts";
import { checkMigrationList, isVersion, type Migration, reachedVersion, runMigrations } from "./migrations.ts";

/** A connection. Only repositories (and the journal of a job) write SQL. */
export type SqliteDatabase = Database.Database;

/** How long a program waits for another that holds the file, in milliseconds, unless it is told otherwise. */
export const defaultPatienceMs = 5000;

export type OpenOptions = {
  /**
   * How long a statement waits for another program that holds the file, in milliseconds: all of this process stands still
   * meanwhile.
   */
  readonly patienceMs?: number;
  /** Also whether its indexes are those of its tables, which takes two or three times as long to find out. */
  readonly checksIndexes?: boolean;
};

/**
 * Opens (or makes) an SQLite file and brings it to the newest schema.
 *
 * WAL, foreign keys on, a busy timeout of 5 s unless told otherwise, synchronous NORMAL: a commit survives the death of a
 * process; only `inDurableTransaction` also survives a power cut. The file is checked before use. A file that already
 * has a schema is copied to `<file>.version-<n>.copy` before it is changed; all steps are one transaction, so a step
 * that fails leaves the file as it was.
 *
 * @returns Problems: registry/damaged, workspace/newer-version, workspace/unusable (no rights, no disk, another program
 * holds it, a failed step, a runtime that cannot load SQLite).
 */
export function openDatabase(
  file: string,
  migrations: readonly Migration[],
  options: OpenOptions = {},
): Result<SqliteDatabase> {
  checkMigrationList(migrations);
  const addon = chooseSqliteAddon(process);
  if (!addon.ok) return failure("workspace/unusable", addon.message);
  let database: SqliteDatabase;
  try {
    database = connect(file);
  } catch (error) {
    return unopened(file, error);
  }
  try {
    const prepared = prepareDatabase(database, file, migrations, options);
    if (!prepared.ok) database.close();
    return prepared;
  } catch (error) {
    database.close();
    return unopened(file, error);
  }
}

/** The same for a file of which everything can be found out again: a damaged one is made anew. */
export function openOrRemake(file: string, migrations: readonly Migration[]): Result<SqliteDatabase> {
  const opened = openDatabase(file, migrations);
  if (opened.ok || opened.problem.code !== "registry/damaged") return opened;
  for (const part of [file, `${file}-wal`, `${file}-shm`]) removeSync(part);
  return openDatabase(file, migrations);
}

/** Runs `work` in a transaction that is on the disk when this returns, also after a power cut: for terminal job states. */
export function inDurableTransaction<Value>(database: SqliteDatabase, work: () => Value): Value {
  database.pragma("synchronous = FULL");
  try {
    return database.transaction(work).immediate();
  } finally {
    database.pragma("synchronous = NORMAL");
  }
}

/** Does work that may not wait long for another program. */
export function withPatience<Value>(database: SqliteDatabase, patienceMs: number, work: () => Value): Value {
  const usualMs = database.pragma("busy_timeout", { simple: true }) as number;
  database.pragma(`busy_timeout = ${patienceMs}`);
  try {
    return work();
  } finally {
    database.pragma(`busy_timeout = ${usualMs}`);
  }
}

/** Changes whenever another connection has committed something; the cheap question behind watching for commands. */
export function dataVersion(database: SqliteDatabase): number {
  return database.pragma("data_version", { simple: true }) as number;
}

/**
 * Ends the log beside a database that is not going to change: nothing lies beside the file any more, also when it is read.
 * Somebody who reads it just now keeps it as it is.
 */
export function endLog(database: SqliteDatabase): void {
  database.pragma("busy_timeout = 0");
  try {
    database.pragma("journal_mode = DELETE");
  } catch (error) {
    if (!isBusy(error)) throw error;
  }
}

/** A bare connection, with no setting and no schema. Throws what SQLite throws. */
export function connect(file: string, options: { readonly readonly?: boolean } = {}): SqliteDatabase {
  const addon = chooseSqliteAddon(process);
  if (!addon.ok) throw new Error(addon.message);
  if (options.readonly !== true) makeForOwner(file);
  return new Database(file, { ...options, ...(addon.file === null ? {} : { nativeBinding: addon.file }) });
}

/**
 * SQLite would make its file as the umask says; those that it puts beside it have the rights of the first. One that is there
 * is not opened here: closing it again would take away the locks that this process has on it.
 */
function makeForOwner(file: string): void {
  try {
    closeSync(openSync(file, "wx", ownerOnly.file));
  } catch {
    // It is there, or SQLite tells what is wrong.
  }
}

function prepareDatabase(
  database: SqliteDatabase,
  file: string,
  migrations: readonly Migration[],
  { patienceMs = defaultPatienceMs, checksIndexes = false }: OpenOptions,
): Result<SqliteDatabase> {
  database.pragma(`busy_timeout = ${patienceMs}`);
  switchToWal(database, patienceMs);
  database.pragma("synchronous = NORMAL");
  database.pragma("foreign_keys = ON");
  const check = database.pragma(checksIndexes ? "integrity_check(1)" : "quick_check(1)", { simple: true });
  if (check !== "ok") return damaged(file, String(check));
  const version = reachedVersion(database);
  if (!isVersion(version)) return damaged(file, `${version} is no version of it`);

  const migrated = runMigrations(database, migrations, (version) => copyDatabase(file, version));
  switch (migrated.outcome) {
    case "current":
      return success(database);
    case "newer":
      return failure("workspace/newer-version", { file });
    case "failed":
      if (/^SQLITE_(FULL|IOERR|READONLY|CANTOPEN)/.test(sqliteCode(migrated.error) ?? ""))
        return unopened(file, migrated.error);
      return failure("workspace/unusable:migration", { file, step: migrated.step, reason: reason(migrated.error) });
  }
}

/** Two programs that open a new file at once may collide here, and SQLite does not wait for this lock by itself. */
function switchToWal(database: SqliteDatabase, timeoutMs: number): void {
  const startedAt = performance.now();
  for (;;) {
    try {
      database.pragma("journal_mode = WAL");
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() - startedAt > timeoutMs) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

/** A second connection reads the last committed state, while the first holds the lock that keeps others from writing. */
function copyDatabase(file: string, version: number): void {
  const copy = `${file}.version-${version}.copy`;
  const part = `${copy}.part`;
  removeSync(part);
  makeForOwner(part);
  const reader = connect(file);
  try {
    reader.prepare("VACUUM INTO ?").run(part);
  } finally {
    reader.close();
  }
  renameSync(part, copy);
}

/** The file is damaged; `detail` in SQLite's words. */
export function damaged(file: string, detail: string): Result<never> {
  return failure("registry/damaged:file", { file, reason: detail.split("\n").at(-1)?.replace(/\.$/, "") ?? detail });
}

function unopened(file: string, error: unknown): Result<never> {
  const code = sqliteCode(error);
  if (code === null && !hasErrno(error)) throw error;
  if (isDamage(error) || isWrongSchema(error)) return damaged(file, reason(error));
  if (isBusy(error)) return failure("workspace/unusable:busy", { place: file });
  const kind = existsSync(file) ? "workspace/unusable:not-opened" : "workspace/unusable:not-made";
  return failure(kind, { file, reason: reason(error) });
}

function reason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}

/** A statement of ours makes no sense to SQLite: the tables that it read from the file are not those that were made. */
export function isWrongSchema(error: unknown): boolean {
  return sqliteCode(error) === "SQLITE_ERROR";
}

/** SQLite's own code, also across bundles where `instanceof SqliteError` would not hold. */
function sqliteCode(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") {
    // better-sqlite3 throws a plain TypeError when the folder is missing.
    return error instanceof TypeError && error.message.includes("directory does not exist") ? "SQLITE_CANTOPEN" : null;
  }
  return error.code.startsWith("SQLITE_") ? error.code : null;
}

function hasErrno(error: unknown): boolean {
  return error instanceof Error && "errno" in error;
}
