import * as z from "zod";
import { columnTypeSchema } from "../tables/column-types.ts";
import { missingAsWritten, missingFileSchema, missingSchema } from "../tables/missing.ts";
import { tensorInfoSchema, tensorTypeSchema } from "../signature.ts";

const oneOrMore = z.union([z.number(), z.array(z.number()).nonempty()]);
const pixelLevel = z.number().int().min(0).max(255);
/** A name that is a whole number is one: YAML reads `0` as a number. */
const columnText = z.union([z.string(), z.number().int().transform(String)]);
const columnList = z.union([columnText, z.array(columnText).nonempty()]);

/** `scorer.yml` as a user writes it; every key may be left out and is then inferred from the model's signature. */
export const scorerFileSchema = z.strictObject({
  input: z
    .strictObject({
      kind: z.enum(["tabular", "image", "text", "tensor"]).optional(),
      /** ONNX input name → the column or columns, by header name, that fill it. */
      columns: z.record(z.string(), columnList).optional(),
      /** How texts are encoded, by any label of the WHATWG Encoding Standard; left out: as each file shows. */
      encoding: z.string().optional(),
      /** A cell without a value: fails its row, becomes NaN, or becomes a value; for all columns or by column. */
      missing: missingFileSchema.optional(),
      /** Texts that stand for no value, beside those that always do. */
      missing_words: z
        .array(z.union([z.string(), z.number()]).transform(String))
        .nonempty()
        .optional(),
      /** [height, width] in pixels. */
      size: z.tuple([z.number().int().positive(), z.number().int().positive()]).optional(),
      resize: z.enum(["stretch", "contain", "cover"]).optional(),
      /** The border of `contain`: a level for all three colours, or red, green and blue; left out: black. */
      pad: z.union([pixelLevel, z.tuple([pixelLevel, pixelLevel, pixelLevel])]).optional(),
      color: z.enum(["rgb", "bgr", "gray"]).optional(),
      layout: z.enum(["nchw", "nhwc"]).optional(),
      scale: oneOrMore.optional(),
      mean: oneOrMore.optional(),
      std: oneOrMore.optional(),
      /** What is an item: a text file, a line of one, or a row of a table (then `columns` names the column of the text). */
      items: z.enum(["file", "line", "row"]).optional(),
      tokenizer: z.string().optional(),
      max_length: z.number().int().positive().optional(),
    })
    .optional(),
  output: z
    .strictObject({
      keep: z.array(columnText).optional(),
      outputs: z.array(z.string()).nonempty().optional(),
      labels: z.union([z.string(), z.array(z.string()).nonempty()]).optional(),
      softmax: z.boolean().optional(),
      top_k: z.number().int().min(0).optional(),
      /** A row with a score that is NaN or infinite: is written and counted, or fails. */
      not_a_number: z.enum(["keep", "error"]).optional(),
    })
    .optional(),
  batch: z.union([z.literal("auto"), z.number().int().positive()]).optional(),
});
export type ScorerFile = Readonly<z.infer<typeof scorerFileSchema>>;

/** One model output as it is written: `columns` are the final header names, `width` values a row before top-k. */
export const scorerOutputSchema = z.strictObject({
  name: z.string(),
  type: tensorTypeSchema,
  width: z.number().int().positive(),
  labels: z.array(z.string()).nullable(),
  softmax: z.boolean(),
  /** 0: every value is a column. k: `<output>_top1`, `<output>_top1_score`, … up to k, best first. */
  topK: z.number().int().min(0),
  columns: z.array(z.string()),
});
export type ScorerOutput = Readonly<z.infer<typeof scorerOutputSchema>>;

const scorerCommon = {
  outputs: z.array(scorerOutputSchema).nonempty(),
  /** Input columns carried into the predictions, in this order. Empty: `file` (and `row`) come first instead. */
  keep: z.array(z.string()),
  /** A row with a score that is NaN or infinite fails; left out: it is written, and counted as one. */
  notANumber: z.literal("error").optional(),
  /** Rows per `session.run`: a number, or `auto` until the job freezes it. */
  batch: z.union([z.literal("auto"), z.number().int().positive()]),
  /** Rows a run must have when the model fixes its batch dimension; a short last run is padded. */
  fixedBatch: z.number().int().positive().nullable(),
};

/** `MissingRules`, as they are stored. */
const missingRules = {
  missing: missingSchema,
  columnMissing: z.record(z.string(), missingSchema).optional(),
  missingWords: z.array(z.string()).nonempty().optional(),
};

/** How texts are encoded, by name in the WHATWG Encoding Standard, lower case; left out: as each file shows. */
const encoding = z.string().optional();

/** Rows of a table. `columns` is null for a matrix whose columns are taken from the data when the job is submitted. */
export const tabularScorerSchema = z.strictObject({
  kind: z.literal("tabular"),
  inputs: z
    .array(
      tensorInfoSchema.extend({
        columns: z.array(z.string()).nullable(),
        /** The one column holds vectors: how long its lists are, the outer ones first; null: found in the data. */
        vector: z.array(z.number().int().positive().nullable()).nonempty().optional(),
      }),
    )
    .nonempty(),
  encoding,
  ...missingRules,
  /** Column → the type that MLflow's signature holds its cells to; left out: they need only convert. */
  columnTypes: z.record(z.string(), columnTypeSchema).optional(),
  ...scorerCommon,
});
export type TabularScorer = Readonly<z.infer<typeof tabularScorerSchema>>;

/** Values that a row has in an input. */
export function inputWidth({ columns, vector }: TabularScorer["inputs"][number]): number {
  return vector === undefined
    ? (columns?.length ?? 1)
    : vectorShape(vector).reduce((product, length) => product * length, 1);
}

/** The lengths of a vector's lists; one that is not known is 1. */
export function vectorShape(vector: readonly (number | null)[]): readonly number[] {
  return vector.map((length) => length ?? 1);
}

/** Pictures. Values are `(pixel × scale − mean) / std`, pixels 0–255; the three lists have one entry a channel. */
export const imageScorerSchema = z.strictObject({
  kind: z.literal("image"),
  input: tensorInfoSchema,
  height: z.number().int().positive(),
  width: z.number().int().positive(),
  resize: z.enum(["stretch", "contain", "cover"]),
  /** Red, green and blue of the border of `contain`; left out: black. */
  pad: z.tuple([pixelLevel, pixelLevel, pixelLevel]).optional(),
  color: z.enum(["rgb", "bgr", "gray"]),
  layout: z.enum(["nchw", "nhwc"]),
  scale: z.array(z.number()),
  mean: z.array(z.number()),
  std: z.array(z.number()),
  ...scorerCommon,
});
export type ImageScorer = Readonly<z.infer<typeof imageScorerSchema>>;

/**
 * Texts. An item is a whole text file, a line of one, or a row of a table whose `column` holds the text. Without a
 * tokenizer the model takes the text itself (one string input); with one it takes what the tokenizer makes of it.
 */
export const textScorerSchema = z.strictObject({
  kind: z.literal("text"),
  items: z.enum(["file", "line", "row"]),
  /** The column that holds the text; null unless items are rows. */
  column: z.string().nullable(),
  encoding,
  /** What a cell of that column without a value does: fails its row, is an empty text, or is that value as text. */
  ...missingRules,
  inputs: z
    .array(tensorInfoSchema.extend({ holds: z.enum(["text", "input_ids", "attention_mask", "token_type_ids"]) }))
    .nonempty(),
  tokenizer: z
    .strictObject({
      /** Path of the tokenizer.json, relative to the folder of the .onnx file, with `/`. */
      file: z.string(),
      /** Tokens that a text is cut to, special ones included; null: as many as it has. */
      maxLength: z.number().int().positive().nullable(),
    })
    .nullable(),
  ...scorerCommon,
});
export type TextScorer = Readonly<z.infer<typeof textScorerSchema>>;

/** Larger than any tokenizer.json that is published: it is read and held as a whole. */
export const maxTokenizerBytes = 64 * 1024 * 1024;

/** The table that texts are read as when items are rows or lines: one column of text, by the name of the model's input. */
export function textTable({
  inputs,
  column,
  encoding,
  outputs,
  keep,
  batch,
  fixedBatch,
  ...scorer
}: TextScorer): TabularScorer {
  const name = inputs[0]?.name ?? "text";
  const text = { name, type: "string" as const, shape: [null], columns: [column ?? name] };
  const { missing, columnMissing, missingWords } = scorer;
  return {
    kind: "tabular",
    inputs: [text],
    encoding,
    missing,
    columnMissing,
    missingWords,
    outputs,
    keep,
    batch,
    fixedBatch,
  };
}

/** What scorer.yml says of how texts are encoded; null: nothing. */
export function encodingOf(scorer: Scorer): string | null {
  return (scorer.kind === "tabular" || scorer.kind === "text" ? scorer.encoding : undefined) ?? null;
}

/** What rows of tables are read for; null when items are none. */
export function tableOf(scorer: Scorer): TabularScorer | null {
  if (scorer.kind === "tabular") return scorer;
  return scorer.kind === "text" && scorer.items === "row" ? textTable(scorer) : null;
}

/**
 * A scoring script by Azure ML's contract: `init()` once a worker, then `run(mini_batch)` with the absolute paths of a
 * mini-batch's files; what it returns are the rows. An item is a file. There are no `outputs` to know beforehand.
 */
export const scriptScorerSchema = z.strictObject({
  kind: z.literal("script"),
  language: z.enum(["python", "node"]),
  /** Absolute path of the snapshot of the code, inside the workspace. */
  folder: z.string(),
  /** The script, relative to `folder`. */
  script: z.string(),
  /** SHA-256 over the files of `folder` (of its `folderManifest`), in hexadecimal: what its user trusted. */
  hash: z.string(),
  /** Name of the environment of this workspace that runs it. */
  environment: z.string(),
  /** Absolute path of the Python interpreter; null for Node, which is Batchdeck's own. */
  interpreter: z.string().nullable(),
  outputs: z.array(scorerOutputSchema).max(0),
  keep: z.array(z.string()).max(0),
  batch: z.literal(1),
  fixedBatch: z.null(),
});
export type ScriptScorer = Readonly<z.infer<typeof scriptScorerSchema>>;

/** scorer.yml (or a script) and the model's signature made one: what a deployment stores and a worker obeys. */
export const scorerSchema = z.discriminatedUnion("kind", [
  tabularScorerSchema,
  imageScorerSchema,
  textScorerSchema,
  scriptScorerSchema,
]);
export type Scorer = Readonly<z.infer<typeof scorerSchema>>;

/** Keys that some kinds of scorers lack. */
const nothingMissing = {
  columnTypes: undefined,
  notANumber: undefined,
  missing: undefined,
  columnMissing: undefined,
  missingWords: undefined,
};

/** A scorer as scripts read it (`--json`, job.json): its keys spelt as in scorer.yml. */
export function scorerWords({ fixedBatch, outputs, ...scorer }: Scorer): Readonly<Record<string, unknown>> {
  const tokenizer = scorer.kind === "text" ? scorer.tokenizer : null;
  const { columnTypes, notANumber, missing, columnMissing, missingWords, ...words } = { ...nothingMissing, ...scorer };
  return {
    ...words,
    ...(missing === undefined ? {} : { missing: missingAsWritten({ missing, columnMissing }) }),
    ...(notANumber === undefined ? {} : { not_a_number: notANumber }),
    ...(missingWords === undefined ? {} : { missing_words: missingWords }),
    ...(columnTypes === undefined ? {} : { column_types: columnTypes }),
    ...(tokenizer === null ? {} : { tokenizer: tokenizer.file, max_length: tokenizer.maxLength }),
    outputs: outputs.map(({ topK, ...output }) => ({ ...output, top_k: topK })),
    fixed_batch: fixedBatch,
  };
}

/** What an input consists of: how it is listed, cut and counted. */
export type ItemSource = "table-rows" | "text-lines" | "text-files" | "pictures" | "files";

export function itemSource(scorer: Scorer): ItemSource {
  switch (scorer.kind) {
    case "tabular":
      return "table-rows";
    case "image":
      return "pictures";
    case "text":
      return scorer.items === "row" ? "table-rows" : scorer.items === "line" ? "text-lines" : "text-files";
    case "script":
      return "files";
  }
}

/** What is counted: rows (lines are rows too), or files. */
export function itemUnit(scorer: Scorer): "row" | "file" {
  const source = itemSource(scorer);
  return source === "table-rows" || source === "text-lines" ? "row" : "file";
}

/** File endings that are read (lower case, with the dot); any other file is skipped and counted. Null: every file is read. */
export const readableEndings: Readonly<Record<ItemSource, readonly string[] | null>> = {
  "table-rows": [".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".parquet", ".pqt"],
  "text-lines": [".txt", ".text", ".md"],
  "text-files": [".txt", ".text", ".md"],
  pictures: [".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"],
  files: null,
};
