import { existsSync } from "node:fs";
import * as z from "zod";
import { type ScriptColumn, scriptColumnSchema } from "../../contract/nouns/script-columns.ts";
import { type MiniBatchPart, miniBatchPartSchema } from "../../contract/nouns/mini-batch.ts";
import { connect, type SqliteDatabase } from "../../registry/open-database.ts";

/** A mini-batch of a finished job, and where its record stands in that job's files. */
export type BaseMiniBatch = {
  readonly id: number;
  readonly items: number;
  readonly parts: readonly MiniBatchPart[];
  readonly succeeded: number;
  readonly failed: number;
  /** Of its rows in the predictions, when those are text. */
  readonly rowsStart: number;
  readonly rowsBytes: number;
  readonly errorsStart: number;
  readonly errorsBytes: number;
  /** Over its rows and errors as they were written. */
  readonly checksum: string;
  /** Rows of the predictions before its own. */
  readonly rowsBefore: number;
  /** Where its worker wrote it: a file among the job's segments, and the place in it. */
  readonly segment: string;
  readonly recordStart: number;
  /** Of a script's rows; null for the built-in scorers. */
  readonly columns: readonly ScriptColumn[] | null;
};

/** What a finished job's journal says of its files. */
export type BaseJournal = {
  /** Lengths of the merged rows (of Parquet: of the text that it was made from) and of errors.csv. */
  readonly rowsEnd: number;
  readonly errorsEnd: number;
  /** Of its Parquet file, null when it made none. */
  readonly parquet: { readonly bytes: number; readonly modifiedMs: number } | null;
  /** Of the rows that a script returned; null for the built-in scorers, and when it returned none. */
  readonly scriptColumns: readonly ScriptColumn[] | null;
  /** In input order, read in steps. */
  readonly miniBatches: () => Generator<BaseMiniBatch>;
  readonly close: () => void;
};

const factsSchema = z.object({
  planned: z.literal(true),
  rowsEnd: z.number(),
  errorsEnd: z.number(),
  parquet: z.object({ bytes: z.number(), modifiedMs: z.number() }).nullable().default(null),
  scriptColumns: z.array(scriptColumnSchema).nullable().default(null),
});
const sumsSchema = z.object({ rows: z.number(), errors: z.number(), open: z.number() });
const rowSchema = z.object({
  id: z.number(),
  items: z.number(),
  parts: z.string(),
  succeeded: z.number(),
  failed: z.number(),
  rows_bytes: z.number(),
  errors_bytes: z.number(),
  checksum: z.string(),
  segment: z.string(),
  record_start: z.number(),
  columns: z.string().nullable(),
});
const columnsSchema = z.array(scriptColumnSchema).nullable();
const partsSchema = z.array(miniBatchPartSchema);
const pageRows = 100;

/** Null when there is no journal that can be read, or when it is not that of a job in which every mini-batch is done. */
export function readBaseJournal(journalFile: string): BaseJournal | null {
  if (!existsSync(journalFile)) return null;
  let database: SqliteDatabase | null = null;
  try {
    database = connect(journalFile, { readonly: true });
    const journal = journalOf(database);
    if (journal === null) database.close();
    return journal;
  } catch {
    // Damaged, or of another version: then nothing is taken over, and everything is scored.
    database?.close();
    return null;
  }
}

function journalOf(database: SqliteDatabase): BaseJournal | null {
  const stored = database.prepare<[], { name: string; value: string }>("SELECT name, value FROM facts").all();
  const facts = factsSchema.safeParse(
    Object.fromEntries(stored.map(({ name, value }) => [name, JSON.parse(value) as unknown])),
  );
  const sums = sumsSchema.parse(
    database
      .prepare(`
        SELECT COALESCE(SUM(rows_bytes), 0) AS rows, COALESCE(SUM(errors_bytes), 0) AS errors,
          COALESCE(SUM(state = 0), 0) AS open FROM units`)
      .get(),
  );
  if (!facts.success || sums.open > 0) return null;
  const { rowsEnd, errorsEnd, parquet, scriptColumns } = facts.data;
  const selectPage = database.prepare(`
    SELECT id, items, parts, succeeded, failed, rows_bytes, errors_bytes, checksum, segment, record_start, columns FROM units
    WHERE id >= ? ORDER BY id LIMIT ${pageRows}`);

  function* miniBatches(): Generator<BaseMiniBatch> {
    // What lies before the first record is the header.
    let rowsStart = rowsEnd - sums.rows;
    let errorsStart = errorsEnd - sums.errors;
    let rowsBefore = 0;
    for (let from = 0; ; from += pageRows) {
      const page = selectPage.all(from).map((row) => rowSchema.parse(row));
      for (const row of page) {
        const { id, items, succeeded, failed, checksum } = row;
        const [rowsBytes, errorsBytes] = [row.rows_bytes, row.errors_bytes];
        const parts = partsSchema.parse(JSON.parse(row.parts));
        const lengths = { rowsStart, rowsBytes, errorsStart, errorsBytes };
        const columns = columnsSchema.parse(JSON.parse(row.columns ?? "null"));
        const record = { segment: row.segment, recordStart: row.record_start, columns };
        yield { id, items, parts, succeeded, failed, checksum, rowsBefore, ...lengths, ...record };
        rowsStart += rowsBytes;
        errorsStart += errorsBytes;
        rowsBefore += succeeded;
      }
      if (page.length < pageRows) return;
    }
  }
  return { rowsEnd, errorsEnd, parquet, scriptColumns, miniBatches, close: () => database.close() };
}
