import * as z from "zod";
import { storedProblemSchema } from "../../contract/problem.ts";
import { skippedNamesSchema } from "../../contract/nouns/skip-reason.ts";
import { scriptColumnSchema } from "../../contract/nouns/script-columns.ts";
import { partChecksSchema } from "../../contract/messages/merge-messages.ts";
import { standingFilesSchema, writtenPartsSchema } from "../../contract/nouns/written-file.ts";
import { stageTimesSchema } from "../../contract/nouns/stage-times.ts";
import type { SqliteDatabase } from "../../registry/open-database.ts";
import { fileDamage, stored, storedJson } from "../../registry/rows/damage.ts";
import { inDurableTransaction } from "../../registry/open-database.ts";
import { checkOf, isUnchanged } from "../../registry/rows/row-checks.ts";

/** How a job ends for good. */
const endingSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("completed") }),
  z.strictObject({ kind: z.literal("failed"), problem: storedProblemSchema }),
  z.strictObject({ kind: z.literal("canceled") }),
]);
export type JobEnding = Readonly<z.infer<typeof endingSchema>>;

/** Workers that ran the model alike: what it really ran on, and why not on what was asked for. */
const sessionsSchema = z.strictObject({ provider: z.string(), fallback: z.string().nullable(), count: z.number() });
export type ProviderSessions = Readonly<z.infer<typeof sessionsSchema>>;

/** What is known of a job as a whole, each fact a row of its own in the journal. */
const factsSchema = z.strictObject({
  listed: z.boolean(),
  planned: z.boolean(),
  files: z.number(),
  inputBytes: z.number(),
  skipped: z.number(),
  skippedBy: z.record(z.string(), z.number()),
  /** The first of them, by reason. */
  skippedNames: skippedNamesSchema,
  /** Mini-batches merged into the `.part` files, and how long those are. */
  mergedUnits: z.number(),
  rowsEnd: z.number(),
  errorsEnd: z.number(),
  /** Of what is merged; null: merged by an earlier version, which knew none. */
  partChecks: partChecksSchema.nullable(),
  /** Which files those are; null until they are made. */
  parts: writtenPartsSchema.nullable(),
  /** Of the merged rows that a script returned: null until the first is merged, and for the built-in scorers. */
  scriptColumns: z.array(scriptColumnSchema).readonly().nullable(),
  /** Decided once: whatever happens from here on, and whichever engine goes on, the job ends this way. */
  ending: endingSchema.nullable(),
  /** The folder in the output folder that its files go to, since a script has taken their names; null: none had to be. */
  ownFolder: z.string().nullable(),
  /** Of a retry: the files that it replaces, and no others of those names. Null until it begins, and for other jobs. */
  replaced: standingFilesSchema.nullable(),
  /** All that belongs to that ending is merged, and final names may exist. */
  merged: z.boolean(),
  activeMs: z.number(),
  /** Time that its instances were in use, each counted. */
  instanceMs: z.number(),
  provider: z.string(),
  runtimeVersion: z.string(),
  sessions: z.array(sessionsSchema),
  engines: z.number(),
  /** Mini-batches that were scored again because their records were damaged. */
  redoneUnits: z.number(),
  /** The journal before this one was damaged, and the job began again. */
  beganAgain: z.boolean(),
  /** The list of its files was damaged: the input was listed again, and the job began again. */
  listedAgain: z.boolean(),
  workerDeaths: z.number(),
  /** Rows per run that every mini-batch is scored with from now on, since more did not fit into memory; null: the job's batch. */
  smallestBatch: z.number().nullable(),
  /** Files that hold a failed item. */
  failedFiles: z.number(),
  /** The Parquet file that it made, as it was when it got its name; null when it made none. */
  parquet: z.strictObject({ bytes: z.number(), modifiedMs: z.number() }).nullable(),
  /** Where the time of all committed mini-batches went, in milliseconds. */
  stageMs: stageTimesSchema,
});
export type JournalFacts = Readonly<z.infer<typeof factsSchema>>;

const firstFacts: JournalFacts = {
  listed: false,
  planned: false,
  files: 0,
  inputBytes: 0,
  skipped: 0,
  skippedBy: {},
  skippedNames: {},
  mergedUnits: 0,
  rowsEnd: 0,
  errorsEnd: 0,
  partChecks: null,
  parts: null,
  scriptColumns: null,
  ending: null,
  ownFolder: null,
  replaced: null,
  merged: false,
  activeMs: 0,
  instanceMs: 0,
  provider: "",
  runtimeVersion: "",
  sessions: [],
  engines: 0,
  redoneUnits: 0,
  beganAgain: false,
  listedAgain: false,
  workerDeaths: 0,
  smallestBatch: null,
  failedFiles: 0,
  parquet: null,
  stageMs: { read: 0, preprocess: 0, infer: 0, postprocess: 0, write: 0 },
};

export type FactsTable = {
  readonly facts: () => JournalFacts;
  readonly setFacts: (changes: Partial<JournalFacts>) => void;
  /** Does work, and sets the facts that it answers, in one transaction. */
  readonly setFactsWith: (work: () => Partial<JournalFacts>) => void;
};

export function createFactsTable(database: SqliteDatabase): FactsTable {
  const readFacts = database.prepare("SELECT name, value, value_check FROM facts");
  const writeFact = database.prepare(`
    INSERT INTO facts (name, value, value_check) VALUES (?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value, value_check = excluded.value_check`);
  const inTransaction = database.transaction((work: () => void) => work());
  const known = readFacts.all().map((row) => factOf(row, database.name));
  let facts: JournalFacts = stored(factsSchema, { ...firstFacts, ...Object.fromEntries(known) }, database.name);

  function write(changes: Partial<JournalFacts>): void {
    for (const [name, value] of Object.entries(changes)) {
      const text = JSON.stringify(value);
      writeFact.run(name, text, checkOf(name, text));
    }
  }

  return {
    facts: () => facts,
    setFacts(changes) {
      // Files get their final names after this: a power cut must not take the reason away and leave the names.
      if (changes.ending !== undefined || changes.merged !== undefined) {
        inDurableTransaction(database, () => write(changes));
      } else inTransaction(() => write(changes));
      facts = { ...facts, ...changes };
    },
    setFactsWith(work) {
      let changes: Partial<JournalFacts> = {};
      inTransaction(() => {
        changes = work();
        write(changes);
      });
      facts = { ...facts, ...changes };
    },
  };
}

const factRowSchema = z.object({ name: z.string(), value: z.string(), value_check: z.number().nullable() });

function factOf(row: unknown, file: string): readonly [name: string, value: unknown] {
  const { name, value, value_check } = stored(factRowSchema, row, file);
  if (!isUnchanged(value_check, name, value)) throw fileDamage(file);
  return [name, storedJson(z.unknown(), value, file)];
}
