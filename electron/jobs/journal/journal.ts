import fs from "node:fs";
import type { Result } from "../../contract/problem.ts";
import { failure, success } from "../../contract/problem.ts";
import { removeSync, renameSync } from "../../files/patient.ts";
import { openDatabase, type SqliteDatabase } from "../../registry/open-database.ts";
import { errorProblem } from "../folder/error-problem.ts";
import { journalFile, listingFile } from "../folder/job-files.ts";
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

/** Other programs may hold the file of a running job for a moment; the window must not stand still for them. */
const patienceMs = 100;

/** Problems: registry/damaged, when it does not hold what was written; those of the disk; workspace/unusable, when another program holds it. */
export function openJournal(jobFolder: string): Result<Journal> {
  const file = journalFile(jobFolder);
  let database: SqliteDatabase | null = null;
  try {
    fs.mkdirSync(jobFolder, { recursive: true });
    const opened = openDatabase(file, journalMigrations, { patienceMs, checksIndexes: true });
    // A step that fails on a file of ours finds other tables than that file can have had.
    if (!opened.ok && opened.problem.kind === "workspace/unusable:migration")
      return failure("registry/damaged:journal", { folder: jobFolder });
    if (!opened.ok) return opened;
    database = opened.value;
    const journal = journalOf(database);
    noteDamage(journal, jobFolder);
    return success(journal);
  } catch (error) {
    database?.close();
    return { ok: false, problem: errorProblem(error, jobFolder) };
  }
}

function journalOf(database: SqliteDatabase): Journal {
  const { setFactsWith, ...facts } = createFactsTable(database);
  return {
    ...facts,
    ...createToDoTable(database),
    ...createDoneTable(database, { ...facts, setFactsWith }),
    ...createTotalsQueries(database),
    close: () => database.close(),
  };
}

/** A journal that nobody has worked with yet, beside something that was put aside, is one that begins again. */
function noteDamage(journal: Journal, jobFolder: string): void {
  if (journal.facts().engines > 0) return;
  const isAside = (file: string) => fs.existsSync(damagedFile(file));
  const beganAgain = isAside(journalFile(jobFolder));
  const listedAgain = isAside(listingFile(jobFolder));
  if (beganAgain || listedAgain) journal.setFacts({ beganAgain, listedAgain });
}

const damagedFile = (file: string) => `${file}.damaged`;

/**
 * Puts what cannot be read out of the way, beside its place: the job begins again. A journal is made anew from the list of
 * files; a list is made anew from the input, and a journal that follows another list is worth nothing.
 */
export function setAside(jobFolder: string, damaged: "journal" | "listing"): void {
  const journal = journalFile(jobFolder);
  const file = damaged === "journal" ? journal : listingFile(jobFolder);
  if (fs.existsSync(file)) renameSync(file, damagedFile(file));
  for (const ending of ["", "-wal", "-shm", "-journal"]) removeSync(`${journal}${ending}`);
}
