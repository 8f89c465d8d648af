import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { firstSchema } from "../../../electron/registry/migrations/0010-first-schema.ts";
import { queueAndDevices } from "../../../electron/registry/migrations/0020-queue-and-devices.ts";
import { facts } from "../../../electron/registry/migrations/0080-facts.ts";
import { jobNoteSchema } from "../../../electron/contract/nouns/job-note.ts";
import { jobWarningSchema } from "../../../electron/contract/nouns/job-warning.ts";
import { englishJobSentences } from "../../../electron/contract/sentences/job-sentences.ts";
import { sentenceOf } from "../../../electron/contract/sentences/sentences.ts";

let database: Database.Database;

const problem = { code: "output/unwritable", message: "Nothing can be written.", remedy: "Look at the disk." };

beforeEach(() => {
  database = new Database(":memory:");
  database.pragma("foreign_keys = ON");
  for (const step of [firstSchema, queueAndDevices]) step.up(database);
  const insert = database.prepare(`
    INSERT INTO jobs (name, endpoint_name, deployment_name, status, spec, output_folder, output_file, created_at, position,
      queue_position, revision, problem, details)
    VALUES (@name, '', '', 'Queued', '{}', @name, '', '', 1, 1, 1, @problem, @details)`);
  insert.run({ name: "bare", problem: null, details: "{}" });
  const details = JSON.stringify({ waitingFor: "It waits for a core.", warnings, reused: 7 });
  insert.run({ name: "told", problem: JSON.stringify(problem), details });
});
afterEach(() => {
  database.close();
});

/** As they were stored until then. */
const warnings = [
  "The job ran on the CPU instead of Core ML: The driver said: no.",
  "The journal of the job was damaged, so everything was scored again: check the disk.",
  "The results of 12 mini-batches were damaged on the disk and scored again: check the disk.",
  "There was not enough memory for runs of 1024 rows: they were made smaller, down to 64.",
];
const notes = [
  "Handed over.",
  "Paused while it waited.",
  "Resumed.",
  "Cancelled before it started.",
  "The program that ran it ended; it goes on from its journal.",
  "It can be written again.",
  "Some of its results are damaged on the disk; they are scored again.",
  "Its input was downloaded.",
  "The queue is paused.",
  "Its compute has low priority, and the computer runs on battery.",
  "Its compute has low priority, and somebody uses the computer.",
  "What had failed was scored again by again-1.",
  problem.message,
];

function addNote(note: string): void {
  database.prepare("INSERT INTO job_history (job, at, status, note) VALUES ('told', '', 'Queued', ?)").run(note);
}

function storedNotes(): readonly unknown[] {
  const stored = database.prepare("SELECT note FROM job_history ORDER BY id").pluck().all() as string[];
  return stored.map((note) => JSON.parse(note) as unknown);
}

const detailsOf = (job: string) =>
  JSON.parse(database.prepare("SELECT details FROM jobs WHERE name = ?").pluck().get(job) as string) as unknown;

describe("migration 80", () => {
  test("makes facts of warnings that say the same, and forgets what a job waits for", () => {
    facts.up(database);
    expect(detailsOf("bare")).toEqual({});
    const details = detailsOf("told") as { readonly warnings: readonly unknown[] };
    expect(Object.keys(details).sort()).toEqual(["reused", "warnings"]);
    const said = details.warnings.map((warning) =>
      sentenceOf(englishJobSentences.warning, jobWarningSchema.parse(warning)),
    );
    expect(said).toEqual(warnings);
  });

  test("makes facts of the notes of a history that say the same", () => {
    for (const note of notes) addNote(note);
    facts.up(database);
    const said = storedNotes().map((note) => sentenceOf(englishJobSentences.note, jobNoteSchema.parse(note)));
    expect(said).toEqual(notes);
  });

  test("keeps rows without a note, and loses a sentence that it cannot tell", () => {
    addNote("");
    addNote("It waits for a core; the job urgent is before it.");
    facts.up(database);
    expect(storedNotes()).toEqual([null, null]);
  });
});
