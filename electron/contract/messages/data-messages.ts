import * as z from "zod";
import { sentFilesSchema } from "../nouns/azure/sent-files.ts";
import { baseJobFilesSchema, reusedMiniBatchSchema } from "../nouns/base-job.ts";
import { csvDialectSchema } from "../tables/csv.ts";
import { jobSpecSchema, namedFileSchema } from "../nouns/job-spec.ts";
import { sampledColumnSchema } from "../nouns/preflight.ts";
import { problemSchema } from "../problem.ts";
import { scorerSchema } from "../nouns/scorer.ts";
import { skippedBySchema, skippedNamesSchema } from "../nouns/skip-reason.ts";
import { miniBatchSchema } from "../nouns/mini-batch.ts";

/**
 * What is said to the data process (electron/data/data-process.ts), which lists folders, looks at their beginning and
 * cuts files into mini-batches, so that no other process has to.
 */
const inputSchema = z.object({
  /** Absolute path. */
  path: z.string(),
  kind: z.enum(["folder", "file"]),
  recursive: z.boolean(),
  /** As in the frozen job; whatever else the job says of its input is nothing to this process. */
  files: z.array(namedFileSchema).nonempty().nullish(),
});

/** How one model input will be filled, for the table that is shown before a run. */
export const columnMappingSchema = z.strictObject({
  input: z.string(),
  columns: z.array(z.string()),
});

/** What an input holds and whether a scorer can read it. */
export const inputPreviewSchema = z.strictObject({
  files: z.number().int().min(0),
  bytes: z.number().int().min(0),
  largestFileBytes: z.number().int().min(0),
  skippedFiles: z.number().int().min(0),
  /** The skipped files by reason. */
  skippedBy: skippedBySchema,
  /** The first of them. */
  skippedNames: skippedNamesSchema,
  /** Items: exact for pictures; for tables exact up to 64 MB of input, else estimated from it. */
  items: z.number().int().min(0),
  itemsExact: z.boolean(),
  dialect: csvDialectSchema.nullable(),
  /** The first text that is used and is not plain ASCII, as it is read, cut short; null: none was seen. */
  textSample: z.string().nullable(),
  /** Header of the first readable table, empty for pictures. */
  columns: z.array(sampledColumnSchema),
  /** The scorer with every `columns: null` filled in from the data. */
  scorer: scorerSchema,
  mapping: z.array(columnMappingSchema),
  /** The first items, one mini-batch for each of the sizes that were asked for, with at most so many items. */
  samples: z.array(miniBatchSchema),
});
export type InputPreview = Readonly<z.infer<typeof inputPreviewSchema>>;

export const toDataProcessSchema = z.discriminatedUnion("type", [
  /**
   * Look before a run; answered by `previewed`, `unchanged` or `problem`. `samples`: how many of the first items to cut out,
   * if any.
   */
  z.strictObject({
    type: z.literal("preview"),
    input: inputSchema,
    scorer: scorerSchema,
    samples: z.array(z.number().int().positive()),
    /** Where the beginnings of compressed files are unpacked; null: nowhere can be written, and they are not looked at. */
    copiesFolder: z.string().nullable(),
    /** Left out: the input is listed, and the list is not kept. */
    seen: z
      .strictObject({
        /** The list that an earlier look kept. While it holds, the input is not listed again. */
        file: z.string().nullable(),
        /** What the earlier look answered is known: `unchanged` is enough when its list still holds. */
        isAnswered: z.boolean(),
        /** Where a new list is kept. */
        newFile: z.string(),
      })
      .optional(),
  }),
  /**
   * List, then cut, from the start or from where an earlier run of the same plan stopped. `listingFile` is where the
   * sorted list of files is kept (written once, renamed into place when complete; an existing one is used as it is).
   */
  z.strictObject({
    type: z.literal("plan"),
    input: inputSchema,
    scorer: scorerSchema,
    dialect: csvDialectSchema.nullable(),
    dialectScope: jobSpecSchema.shape.dialectScope,
    miniBatchSize: z.number().int().positive(),
    /** Aim for slices of this many bytes in big text files. */
    sliceBytes: z.number().int().positive(),
    /**
     * Slices are cut at multiples of so many rows, counted from the first row of the file (of a Parquet file: of a range
     * of row groups that depends on the file alone). So the rows that run together do not depend on where a file is cut.
     */
    rowMultiple: z.number().int().positive(),
    listingFile: z.string(),
    /** Where the copies of files are put that cannot be cut as they stand. */
    copiesFolder: z.string(),
    /** A list that a look at the input kept: taken over while it holds, then removed. */
    seenFile: z.string().optional(),
    /** The finished job whose rows are taken over where they still hold; null: everything is scored. */
    base: baseJobFilesSchema.nullable(),
    /** Mini-batches already journalled: planning goes on with mini-batch number `nextMiniBatch`, whose first part starts where `after` ended. */
    nextMiniBatch: z.number().int().min(0),
    after: z
      .strictObject({
        file: z.string(),
        end: z.number().int().min(0),
        nextRow: z.number().int().min(1),
        /** Length of the copy that it was cut from. */
        copyBytes: z.number().int().min(0).optional(),
        dialect: csvDialectSchema.optional(),
      })
      .nullable(),
  }),
  /**
   * Are the listed files still what they were? Answered by `checked`, with `listing` on the way; a job that was set aside
   * is not to go on over other data in silence.
   */
  z.strictObject({ type: z.literal("check"), input: inputSchema, listingFile: z.string() }),
  /**
   * What of the input Azure would score; answered by `listed-for-azure` or `problem`, with `listing` on the way. `listingFile`: where
   * the list is kept, written as that of a plan; null: nowhere.
   */
  z.strictObject({
    type: z.literal("list-for-azure"),
    input: inputSchema,
    listingFile: z.string().nullable(),
    /**
     * Of a finished job of which only what failed is scored again: the list of its files and its journal. The list that is kept is of all
     * of them as they are now, and that of those that are sent is kept in `sentFile`. Null: everything is scored.
     */
    retried: z
      .strictObject({ listingFile: z.string(), journalFile: z.string(), sentFile: z.string().nullable() })
      .nullable(),
  }),
  /** The engine has journalled one `miniBatches` message; at most four may be on their way. */
  z.strictObject({ type: z.literal("taken") }),
]);
export type ToDataProcess = Readonly<z.infer<typeof toDataProcessSchema>>;

export const fromDataProcessSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("previewed"),
    preview: inputPreviewSchema,
    /** The list that it was made from: the earlier one, or a new one. */
    list: z.enum(["earlier", "new"]),
  }),
  /** The earlier list holds, and so does what was answered then. */
  z.strictObject({ type: z.literal("unchanged"), list: z.literal("earlier") }),
  z.strictObject({ type: z.literal("problem"), problem: problemSchema }),
  /** Listing goes on: files seen so far. */
  z.strictObject({ type: z.literal("listing"), files: z.number().int().min(0) }),
  /** The listing is complete. `skipped` files count as items that are skipped, by reason in `skippedBy`. */
  z.strictObject({
    type: z.literal("listed"),
    files: z.number().int().min(0),
    bytes: z.number().int().min(0),
    skipped: z.number().int().min(0),
    skippedBy: z.record(z.string(), z.number().int().min(0)),
    skippedNames: skippedNamesSchema,
  }),
  sentFilesSchema.extend({ type: z.literal("listed-for-azure") }),
  /**
   * The next mini-batches, in order; planning can go on behind the last one of every message. `plannedBytes` is how far planning has come through the input's bytes.
   */
  z.strictObject({
    type: z.literal("mini-batches"),
    miniBatches: z.array(miniBatchSchema).nonempty(),
    /** Those of them that are done already, since the base holds their rows. */
    reused: z.array(reusedMiniBatchSchema),
    plannedBytes: z.number().int().min(0),
  }),
  /** All that there is to plan is planned; `miniBatches`: how many that is, with those of earlier runs. */
  z.strictObject({ type: z.literal("planned"), miniBatches: z.number().int().min(0) }),
  /** Files of the listing whose size or time changed, or that are gone; `examples` are the first few. */
  z.strictObject({
    type: z.literal("checked"),
    changed: z.number().int().min(0),
    missing: z.number().int().min(0),
    examples: z.array(z.string()),
  }),
]);
export type FromDataProcess = Readonly<z.infer<typeof fromDataProcessSchema>>;
