import fs from "node:fs";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import type { Result } from "../../contract/problem.ts";
import { failure, success } from "../../contract/problem.ts";
import { removeSync, renameSync } from "../../files/patient.ts";
import { connect, endLog, openDatabase, type SqliteDatabase } from "../../registry/open-database.ts";
import { errorProblem } from "../folder/error-problem.ts";
import { exists } from "../folder/exists.ts";
import { jobFolder, jobsFolder, journalFile, listingFile } from "../folder/job-files.ts";
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
  TotalsQueries & {
    readonly close: () => void;
    /** Closes it for good: its job is over. */
    readonly closeFinished: () => void;
  };

/** Other programs may hold the file of a running job for a moment; the window must not stand still for them. */
const patienceMs = 100;

/** Problems: registry/damaged, when it does not hold what was written; those of the disk; workspace/unusable, when another program holds it. */
export function openJournal(folder: string): Result<Journal> {
  const file = journalFile(folder);
  let database: SqliteDatabase | null = null;
  try {
    fs.mkdirSync(folder, { recursive: true, mode: ownerOnly.folder });
    const opened = openDatabase(file, journalMigrations, { patienceMs, checksIndexes: true });
    // A step that fails on a file of ours finds other tables than that file can have had.
    if (!opened.ok && opened.problem.kind === "workspace/unusable:migration")
      return failure("registry/damaged:journal", { folder });
    if (!opened.ok) return opened;
    database = opened.value;
    const journal = journalOf(database);
    noteDamage(journal, folder);
    return success(journal);
  } catch (error) {
    database?.close();
    return { ok: false, problem: errorProblem(error, folder) };
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
    closeFinished() {
      try {
        endLog(database);
      } finally {
        database.close();
      }
    },
  };
}

/** A process that was killed leaves files beside the journal that it had open. Of jobs that are over they go. */
export async function tidyJournals(home: string, isOver: (job: string) => boolean): Promise<void> {
  for (const job of await fs.promises.readdir(jobsFolder(home)).catch(() => [])) {
    const folder = jobFolder(home, job);
    const file = journalFile(folder);
    const left = await Promise.all(["-wal", "-shm"].map((ending) => exists(`${file}${ending}`)));
    if (!left.includes(true) || !isOver(job)) continue;
    const database = connect(file);
    try {
      endLog(database);
    } catch (error) {
      // One that is damaged stays as it is.
      if (errorProblem(error, folder).code !== "registry/damaged") throw error;
    } finally {
      database.close();
    }
  }
}

/** A journal that nobody has worked with yet, beside something that was put aside, is one that begins again. */
function noteDamage(journal: Journal, folder: string): void {
  if (journal.facts().engines > 0) return;
  const isAside = (file: string) => fs.existsSync(damagedFile(file));
  const beganAgain = isAside(journalFile(folder));
  const listedAgain = isAside(listingFile(folder));
  if (beganAgain || listedAgain) journal.setFacts({ beganAgain, listedAgain });
}

const damagedFile = (file: string) => `${file}.damaged`;

/**
 * Puts what cannot be read out of the way, beside its place: the job begins again. A journal is made anew from the list of
 * files; a list is made anew from the input, and a journal that follows another list is worth nothing.
 */
export function setAside(folder: string, damaged: "journal" | "listing"): void {
  const journal = journalFile(folder);
  const file = damaged === "journal" ? journal : listingFile(folder);
  if (fs.existsSync(file)) renameSync(file, damagedFile(file));
  for (const ending of ["", "-wal", "-shm", "-journal"]) removeSync(`${journal}${ending}`);
}
