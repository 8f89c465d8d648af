import fs from "node:fs";
import type { Result } from "../../contract/problem.ts";
import { success } from "../../contract/problem.ts";
import { openDatabase } from "../../registry/open-database.ts";
import { journalFile } from "../folder/job-files.ts";
import { createDoneTable, type DoneTable } from "./done-table.ts";
import { createFactsTable, type FactsTable } from "./journal-facts.ts";
import { journalMigrations } from "./journal-migrations.ts";
import { createTotalsQueries, type TotalsQueries } from "./journal-totals.ts";
import { createToDoTable, type ToDoTable } from "./to-do-table.ts";

/**
 * A job's own record of what is planned, claimed, committed and merged. Only the engine writes it, in grouped
 * transactions (WAL, synchronous NORMAL: a commit that a power cut loses only repeats a mini-batch).
 */
export type Journal = Pick<FactsTable, "facts" | "setFacts"> &
  ToDoTable &
  DoneTable &
  TotalsQueries & { readonly close: () => void };

export function openJournal(jobFolder: string): Result<Journal> {
  fs.mkdirSync(jobFolder, { recursive: true });
  const opened = openDatabase(journalFile(jobFolder), journalMigrations);
  if (!opened.ok) return opened;
  const database = opened.value;
  const { setFactsWith, ...facts } = createFactsTable(database);
  return success({
    ...facts,
    ...createToDoTable(database),
    ...createDoneTable(database, { ...facts, setFactsWith }),
    ...createTotalsQueries(database),
    close: () => database.close(),
  });
}

/** Puts a journal that cannot be read out of the way, beside its place: the job begins again from its list of files. */
export function setJournalAside(jobFolder: string): void {
  const file = journalFile(jobFolder);
  if (fs.existsSync(file)) fs.renameSync(file, `${file}.damaged`);
  for (const ending of ["-wal", "-shm", "-journal"]) fs.rmSync(`${file}${ending}`, { force: true });
}
