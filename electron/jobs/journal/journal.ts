import fs from "node:fs";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import type { Result } from "../../contract/problem.ts";
import { success } from "../../contract/problem.ts";
import { connect, endLog, openDatabase } from "../../registry/open-database.ts";
import { isDamage } from "../folder/blocked.ts";
import { exists } from "../folder/exists.ts";
import { jobFolder, jobsFolder, journalFile } from "../folder/job-files.ts";
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

export function openJournal(folder: string): Result<Journal> {
  fs.mkdirSync(folder, { recursive: true, mode: ownerOnly.folder });
  const opened = openDatabase(journalFile(folder), journalMigrations);
  if (!opened.ok) return opened;
  const database = opened.value;
  const { setFactsWith, ...facts } = createFactsTable(database);
  return success({
    ...facts,
    ...createToDoTable(database),
    ...createDoneTable(database, { ...facts, setFactsWith }),
    ...createTotalsQueries(database),
    close: () => database.close(),
    closeFinished() {
      endLog(database);
      database.close();
    },
  });
}

/** A process that was killed leaves files beside the journal that it had open. Of jobs that are over they go. */
export async function tidyJournals(home: string, isOver: (job: string) => boolean): Promise<void> {
  for (const job of await fs.promises.readdir(jobsFolder(home)).catch(() => [])) {
    const file = journalFile(jobFolder(home, job));
    const left = await Promise.all(["-wal", "-shm"].map((ending) => exists(`${file}${ending}`)));
    if (!left.includes(true) || !isOver(job)) continue;
    const database = connect(file);
    try {
      endLog(database);
    } catch (error) {
      // One that is damaged stays as it is.
      if (!isDamage(error)) throw error;
    } finally {
      database.close();
    }
  }
}

/** Puts a journal that cannot be read out of the way, beside its place: the job begins again from its list of files. */
export function setJournalAside(folder: string): void {
  const file = journalFile(folder);
  if (fs.existsSync(file)) fs.renameSync(file, `${file}.damaged`);
  for (const ending of ["-wal", "-shm", "-journal"]) fs.rmSync(`${file}${ending}`, { force: true });
}
