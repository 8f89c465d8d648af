import * as z from "zod";
import type { ListedFacts } from "../listed-files.ts";
import { compressionSchema, tableFormatSchema } from "../tables/table-format.ts";
import { itemErrorCodeSchema, itemStageSchema } from "../item-error.ts";
import { csvDialectSchema } from "../tables/csv.ts";

/**
 * The text of a file that cannot be cut by bytes as it stands, unpacked and as UTF-8, in the job's folder. `path` is absolute and
 * free of links; `modifiedMs` is the file's, in whole seconds, so that a copy that is made again is the same.
 */
const fileCopySchema = z.strictObject({
  path: z.string(),
  sizeBytes: z.number().int().min(0),
  modifiedMs: z.number(),
});
export type FileCopy = Readonly<z.infer<typeof fileCopySchema>>;

/**
 * A piece of one file inside a mini-batch.
 *
 * Images: the whole file, `items` 1. CSV and JSON lines: bytes `start`..`end` (end exclusive, on record borders, header
 * excluded), `items` records, the first of which is row `firstRow`. Parquet: `start`/`end` are 0, the rows are
 * `firstRow`..`firstRow + items - 1`. A file that could not even be split has a `problem` and counts as one item.
 */
export const miniBatchPartSchema = z.strictObject({
  /** Path relative to the input's root, with `/`; the name itself for a single input file. */
  file: z.string(),
  sizeBytes: z.number().int().min(0),
  /** Modification time in milliseconds, as `fs.stat().mtimeMs` gave it when the folder was listed. */
  modifiedMs: z.number(),
  /** Its number in its file system, where those stay. */
  inode: z.number().optional(),
  /** Where it lies in the input when a link leads to it: relative to the root, with `/`. */
  target: z.string().optional(),
  /** What its content was found to be, where its ending does not say. */
  format: tableFormatSchema.optional(),
  compression: compressionSchema.optional(),
  /** What is read in the file's place: `start` and `end` are bytes of it. */
  copy: fileCopySchema.optional(),
  start: z.number().int().min(0),
  end: z.number().int().min(0),
  /** 1-based. */
  firstRow: z.number().int().min(1),
  items: z.number().int().min(0),
  /** How the file is read, frozen when it is first cut; left out: in the job's dialect. */
  dialect: csvDialectSchema.optional(),
  problem: z.strictObject({ stage: itemStageSchema, code: itemErrorCodeSchema, message: z.string() }).nullable(),
});
export type MiniBatchPart = Readonly<z.infer<typeof miniBatchPartSchema>>;

/** Where the bytes of a part are read, and what lay there: its copy or, at `place`, the file itself. */
export type PartSource = { readonly path: string; readonly listed: ListedFacts };

export function partSource(part: MiniBatchPart, place: string): PartSource {
  const { copy } = part;
  return copy === undefined ? { path: place, listed: part } : { path: copy.path, listed: copy };
}

/**
 * What is dispatched, retried, committed and resumed as one: up to `mini_batch_size` files, or one slice of a big file.
 * Mini-batches are numbered from 0 in input order; `items` is the sum over its parts.
 */
export const miniBatchSchema = z.strictObject({
  id: z.number().int().min(0),
  items: z.number().int().min(0),
  parts: z.array(miniBatchPartSchema).nonempty(),
});
export type MiniBatch = Readonly<z.infer<typeof miniBatchSchema>>;
