import type Database from "better-sqlite3";

/** One step of a database's schema; `number` is what `PRAGMA user_version` becomes. Numbers go up in tens. */
export type Migration = {
  readonly number: number;
  readonly name: string;
  readonly up: (database: Database.Database) => void;
};

export type MigrationOutcome =
  | { readonly outcome: "current" }
  /** The file has a step that this list does not know. */
  | { readonly outcome: "newer" }
  /** Rolled back: the file is as it was. */
  | { readonly outcome: "failed"; readonly step: string; readonly error: unknown };

/** Throws unless the numbers are multiples of ten that only go up: a list that is not is a mistake of ours. */
export function checkMigrationList(migrations: readonly Migration[]): void {
  let previous = 0;
  for (const { number, name } of migrations) {
    if (!isVersion(number) || number <= previous) {
      throw new Error(`Migration ${number} (${name}) must be a multiple of ten above ${previous}.`);
    }
    previous = number;
  }
}

/**
 * Takes every step that the file has not had, all in one transaction. `keepCopy(number)` is called before the first
 * one when the file already has a schema (that of step `number`); other programs cannot write in between.
 */
export function runMigrations(
  database: Database.Database,
  migrations: readonly Migration[],
  keepCopy: (number: number) => void,
): MigrationOutcome {
  const newest = migrations.at(-1)?.number ?? 0;
  if (reachedVersion(database) < newest) {
    let current: Migration | undefined;
    try {
      database
        .transaction(() => {
          // Read again: another program may have taken the steps while this one waited for the lock.
          const from = reachedVersion(database);
          const wanted = migrations.filter(({ number }) => number > from);
          if (wanted.length > 0 && from > 0) keepCopy(from);
          for (current of wanted) {
            current.up(database);
            database.pragma(`user_version = ${current.number}`);
          }
        })
        .immediate();
    } catch (error) {
      if (current === undefined) throw error;
      return { outcome: "failed", step: `${current.number} (${current.name})`, error };
    }
  }
  return { outcome: reachedVersion(database) > newest ? "newer" : "current" };
}

/** Whether a file can have come to that number. */
export function isVersion(number: number): boolean {
  return number >= 0 && number % 10 === 0;
}

/** The number of the last step that the file has had. */
export function reachedVersion(database: Database.Database): number {
  return database.pragma("user_version", { simple: true }) as number;
}
