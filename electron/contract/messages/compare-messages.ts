import * as z from "zod";
import { problemSchema } from "../problem.ts";
import { resultsFormatSchema } from "./results-messages.ts";

/**
 * What is said to the compare process (electron/compare/compare-process.ts), which lines the predictions of two finished jobs
 * up and ends with `compared` or `refused`. The same request always makes the same file.
 */

/** How the cells of a column are compared. A float that both write in fewer bits is compared in those. */
export const comparedKindSchema = z.enum(["float16", "float32", "float64", "integer", "boolean", "text"]);
export type ComparedKind = z.infer<typeof comparedKindSchema>;

/** A column of a job's predictions, in the file's order. `place`: says where the item is, and is not compared. */
export const comparedColumnSchema = z.strictObject({
  name: z.string(),
  kind: comparedKindSchema,
  role: z.enum(["place", "input", "output"]),
  /** Its cells are lists of such values, or paths of files that hold them or pictures. */
  content: z.enum(["array", "image"]).optional(),
});
export type ComparedColumn = Readonly<z.infer<typeof comparedColumnSchema>>;

/** One of the two jobs: where its files are and how they are read. */
export const comparedJobSchema = z.strictObject({
  name: z.string(),
  journalFile: z.string(),
  rowsFile: z.string(),
  errorsFile: z.string(),
  format: resultsFormatSchema,
  records: z.enum(["quoted", "lines"]),
  /** Whether its text cells have `'` before what a spreadsheet would take for a formula. */
  formulas: z.enum(["escape", "keep"]),
  itemUnit: z.enum(["row", "file"]),
  /** What its arrays are in. */
  arrays: z.enum(["lists", "files"]),
  /** The folder that paths of item files begin in. */
  outputFolder: z.string(),
  /** Null: a script made the rows, or Azure, and the journal knows their columns. */
  columns: z.array(comparedColumnSchema).nullable(),
  /** So many of the journal's columns, the first ones, say where the item is. */
  places: z.number().int().min(0).max(2),
  isScript: z.boolean(),
  /** Its items have any number of rows, as a picture has boxes and a sound windows. */
  hasManyRows: z.boolean(),
});
export type ComparedJob = Readonly<z.infer<typeof comparedJobSchema>>;

export const toCompareProcessSchema = z.strictObject({
  type: z.literal("compare"),
  a: comparedJobSchema,
  b: comparedJobSchema,
  /** Both inputs are single files: their rows are lined up whatever the files are called. */
  areSingleFiles: z.boolean(),
  /** Numbers that are no further apart count as the same. */
  tolerance: z.number().min(0),
  /** Made under this name with `.part` behind it; replaces nothing. */
  differencesFile: z.string(),
  /** Of its folder, when that is made. */
  folderMode: z.number().int(),
});
export type ToCompareProcess = Readonly<z.infer<typeof toCompareProcessSchema>>;

const countSchema = z.number().int().min(0);

const columnSummarySchema = z.strictObject({
  name: z.string(),
  role: z.enum(["input", "output"]),
  changed: countSchema,
  /** Largest absolute difference between two finite numbers, also below the tolerance; null when there are none. */
  largest: z.number().nullable(),
  largest_at: z.strictObject({ file: z.string(), row: countSchema.nullable() }).nullable(),
  /** Over all pairs of finite numbers, equal ones included. */
  mean: z.number().nullable(),
  /** The commonest changes of labels, most frequent first, at most 10; empty for columns with too many values to be labels. */
  changes: z.array(z.strictObject({ from: z.string(), to: z.string(), count: countSchema })),
});
export type ComparedColumnSummary = Readonly<z.infer<typeof columnSummarySchema>>;

/** What came out: also the document that `job compare --json` prints, which is why its keys are spelt as they are. */
export const comparisonSchema = z.strictObject({
  a: z.string(),
  b: z.string(),
  item_unit: z.enum(["row", "file"]),
  /**
   * `item`: by file and row; of pictures with a row a box, by file and which box of it it is, best first. `mini_batch`: the rows of a script by their place among the files of their mini-batch. `line`: by
   * their place in the whole file. `nothing`: rows of scripts that cannot be lined up; only `rows_in_a` and `rows_in_b` count.
   */
  lined_up_by: z.enum(["item", "mini_batch", "line", "nothing"]),
  tolerance: z.number(),
  rows_in_a: countSchema,
  rows_in_b: countSchema,
  /** Scored by both and equal in all columns of both. */
  same: countSchema,
  changed: countSchema,
  /** Of `changed`: kept columns differ, so that it is not the same input. */
  changed_input: countSchema,
  /** Scored in A alone; `failed_in_b` of them failed there, the others are not in B's input. */
  only_in_a: countSchema,
  failed_in_b: countSchema,
  only_in_b: countSchema,
  failed_in_a: countSchema,
  columns: z.array(columnSummarySchema),
  columns_only_in_a: z.array(z.string()),
  columns_only_in_b: z.array(z.string()),
  /** Null when nothing was lined up. */
  differences_file: z.string().nullable(),
});
export type Comparison = Readonly<z.infer<typeof comparisonSchema>>;

export const fromCompareProcessSchema = z.discriminatedUnion("type", [
  /** Items of both jobs that were read so far. */
  z.strictObject({ type: z.literal("progress"), items: countSchema }),
  z.strictObject({ type: z.literal("compared"), comparison: comparisonSchema }),
  z.strictObject({ type: z.literal("refused"), problem: problemSchema }),
]);
export type FromCompareProcess = Readonly<z.infer<typeof fromCompareProcessSchema>>;
