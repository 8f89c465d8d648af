import { existsSync } from "node:fs";
import * as z from "zod";
import { type ItemFilesRecord, itemFilesRecordSchema } from "../../contract/tables/item-file-records.ts";
import { type ScriptColumn, scriptColumnSchema } from "../../contract/nouns/script-columns.ts";
import { type MiniBatchPart, miniBatchPartSchema } from "../../contract/nouns/mini-batch.ts";
import { fileDamage, stored, storedJson } from "../../registry/rows/damage.ts";
import { connect, type SqliteDatabase } from "../../registry/open-database.ts";
import { doneOf, isUnchanged, planOf } from "../../registry/rows/row-checks.ts";

/** A mini-batch of a finished job, and where its record stands in that job's files. */
export type BaseMiniBatch = {
  readonly id: number;
  readonly items: number;
  readonly parts: readonly MiniBatchPart[];
  readonly succeeded: number;
  readonly failed: number;
  /** Of `succeeded`: items with a score that is NaN or infinite. */
  readonly notANumber: number;
  /** Of its rows in the predictions, when those are text. */
  readonly rowsStart: number;
  readonly rowsBytes: number;
  readonly errorsStart: number;
  readonly errorsBytes: number;
  /** Over its rows and errors as they were written. */
  readonly checksum: string;
  /** How many rows it has. */
  readonly rows: number;
  /** The files that its cells name, as its worker wrote them; null: none. */
  readonly itemFiles: ItemFilesRecord | null;
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
  /** In input order, read in steps. Throws Damage at one that is not as it was written. */
  readonly miniBatches: () => Generator<BaseMiniBatch>;
  readonly close: () => void;
};

const factRowSchema = z.object({
  name: z.string(),
  value: z.string(),
  value_check: z.number().nullable().default(null),
});
const factsSchema = z.object({
  planned: z.literal(true),
  rowsEnd: z.number(),
  errorsEnd: z.number(),
  parquet: z.object({ bytes: z.number(), modifiedMs: z.number() }).nullable().default(null),
  scriptColumns: z.array(scriptColumnSchema).nullable().default(null),
});
const sumsSchema = z.object({ rows: z.number(), errors: z.number(), open: z.number() });
const countSchema = z.number().int().min(0);
const rowSchema = z.object({
  id: countSchema,
  items: countSchema,
  parts: z.string(),
  plan_check: z.number().nullable().default(null),
  succeeded: countSchema,
  failed: countSchema,
  not_a_number: countSchema.nullable().default(null),
  row_count: countSchema.nullable().default(null),
  rows_bytes: countSchema,
  errors_bytes: countSchema,
  checksum: z.string(),
  segment: z.string(),
  record_start: countSchema,
  columns: z.string().nullable(),
  item_files: z.string().nullable().default(null),
  done_check: z.number().nullable().default(null),
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
  const file = database.name;
  const known = database.prepare("SELECT * FROM facts").all();
  const facts = factsSchema.safeParse(
    Object.fromEntries(
      known.map((row) => {
        const { name, value, value_check } = stored(factRowSchema, row, file);
        if (!isUnchanged(value_check, name, value)) throw fileDamage(file);
        return [name, storedJson(z.unknown(), value, file)];
      }),
    ),
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
  // All columns, since journals of earlier versions have no checks.
  const selectPage = database.prepare(`SELECT * FROM units WHERE id >= ? ORDER BY id LIMIT ${pageRows}`);

  function* miniBatches(): Generator<BaseMiniBatch> {
    // What lies before the first record is the header.
    let rowsStart = rowsEnd - sums.rows;
    let errorsStart = errorsEnd - sums.errors;
    let rowsBefore = 0;
    for (let from = 0; ; from += pageRows) {
      const page = selectPage.all(from).map((row) => stored(rowSchema, row, file));
      for (const row of page) {
        const isAsWritten = isUnchanged(row.plan_check, ...planOf(row)) && isUnchanged(row.done_check, ...doneOf(row));
        if (!isAsWritten) throw fileDamage(file);
        const { id, items, succeeded, failed, checksum, not_a_number: notANumber } = row;
        const [rowsBytes, errorsBytes] = [row.rows_bytes, row.errors_bytes];
        const parts = storedJson(partsSchema, row.parts, file);
        const lengths = { rowsStart, rowsBytes, errorsStart, errorsBytes };
        const columns = storedJson(columnsSchema, row.columns ?? "null", file);
        const record = { segment: row.segment, recordStart: row.record_start, columns };
        const counts = { items, succeeded, failed, notANumber: notANumber ?? 0 };
        const rows = row.row_count ?? succeeded;
        const itemFiles = row.item_files === null ? null : storedJson(itemFilesRecordSchema, row.item_files, file);
        yield { id, parts, ...counts, rows, checksum, itemFiles, rowsBefore, ...lengths, ...record };
        rowsStart += rowsBytes;
        errorsStart += errorsBytes;
        rowsBefore += rows;
      }
      if (page.length < pageRows) return;
    }
  }
  return { rowsEnd, errorsEnd, parquet, scriptColumns, miniBatches, close: () => database.close() };
}
