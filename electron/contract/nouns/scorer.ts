import * as z from "zod";
import { missingAsWritten } from "../tables/missing.ts";
import { audioScorerSchema, audioWords, outputsOfModel } from "./scorers/audio-scorer.ts";
import { detectionOutputs, detectionWords } from "./scorers/detections.ts";
import { imageScorerSchema } from "./scorers/image-scorer.ts";
import { valuesPerItem } from "./scorers/scorer-parts.ts";
import { scriptScorerSchema } from "./scorers/script-scorer.ts";
import { type TabularScorer, tabularScorerSchema } from "./scorers/tabular-scorer.ts";
import { tensorScorerSchema } from "./scorers/tensor-scorer.ts";
import { textScorerSchema, textTable } from "./scorers/text-scorer.ts";

/** scorer.yml (or a script) and the model's signature made one: what a deployment stores and a worker obeys. */
export const scorerSchema = z.discriminatedUnion("kind", [
  tabularScorerSchema,
  imageScorerSchema,
  textScorerSchema,
  tensorScorerSchema,
  audioScorerSchema,
  scriptScorerSchema,
]);
export type Scorer = Readonly<z.infer<typeof scorerSchema>>;

/** What scorer.yml says of how texts are encoded; null: nothing. */
export function encodingOf(scorer: Scorer): string | null {
  return (scorer.kind === "tabular" || scorer.kind === "text" ? scorer.encoding : undefined) ?? null;
}

/** What rows of tables are read for; null when items are none. */
export function tableOf(scorer: Scorer): TabularScorer | null {
  if (scorer.kind === "tabular") return scorer;
  return scorer.kind === "text" && scorer.items === "row" ? textTable(scorer) : null;
}

/** The inputs that arrays of files fill, by name; undefined when there are none. */
export function arraysOf(scorer: Scorer): readonly string[] | undefined {
  return scorer.kind === "tensor" ? scorer.inputs.map(({ name }) => name) : undefined;
}

/** Keys that are spelt otherwise in scorer.yml and in what scripts read. */
const spellings: Readonly<Record<string, string>> = {
  columnTypes: "column_types",
  fixedBatch: "fixed_batch",
  isWhole: "whole_items",
  missingWords: "missing_words",
  notANumber: "not_a_number",
  runsAlone: "runs_alone",
  wholeOutputs: "whole_outputs",
};

/** Keys that some kinds of scorers lack, and whose values are said in other words. */
const saidOtherwise = {
  missing: undefined,
  columnMissing: undefined,
  resizeShorter: undefined,
  detections: undefined,
  tokenizer: undefined,
  sampleRate: undefined,
  length: undefined,
  windows: undefined,
};

/** A scorer as scripts read it (`--json`, job.json): its keys spelt as in scorer.yml. */
export function scorerWords(whole: Scorer): Readonly<Record<string, unknown>> {
  const { outputs, ...scorer } = whole;
  const { missing, columnMissing, resizeShorter, detections, tokenizer } = { ...saidOtherwise, ...scorer };
  const alike = Object.entries(scorer).filter(([key]) => !Object.hasOwn(saidOtherwise, key));
  return {
    ...Object.fromEntries(alike.map(([key, value]) => [spellings[key] ?? key, value])),
    ...(whole.kind === "audio" ? audioWords(whole) : {}),
    ...(missing === undefined ? {} : { missing: missingAsWritten({ missing, columnMissing }) }),
    ...(resizeShorter === undefined ? {} : { resize_shorter: resizeShorter, crop: "center" }),
    ...(detections === undefined ? {} : { detections: detectionWords(detections) }),
    ...(tokenizer === undefined ? {} : { tokenizer: tokenizer?.file ?? null }),
    ...(tokenizer ? { max_length: tokenizer.maxLength } : {}),
    outputs: outputs.map(({ topK, ...output }) => ({ ...output, top_k: topK })),
  };
}

/** The model's outputs that a run is asked for, by name. */
export function modelOutputs(scorer: Scorer): readonly string[] {
  const detections = detectionsOf(scorer);
  if (detections !== undefined) return detectionOutputs(detections);
  return (scorer.kind === "audio" ? outputsOfModel(scorer) : scorer.outputs).map(({ name }) => name);
}

function detectionsOf(scorer: Scorer) {
  return scorer.kind === "image" ? scorer.detections : undefined;
}

/** Whether an item has any number of rows, as a picture has boxes and a sound windows. */
export function hasManyRows(scorer: Scorer): boolean {
  return detectionsOf(scorer) !== undefined || (scorer.kind === "audio" && scorer.windows !== undefined);
}

/** Rows a run when nobody says: near the best of every table model and every image model that was measured. */
export const automaticBatch = {
  tabular: 1024,
  image: 16,
  text: 32,
  tensor: 16,
  audio: 16,
  script: 1,
} as const satisfies Record<Scorer["kind"], number>;

/** Rows a run, before anything was measured. */
export function plannedBatch(scorer: Scorer): number {
  if (scorer.fixedBatch !== null) return scorer.fixedBatch;
  return scorer.batch === "auto" ? automaticBatch[scorer.kind] : scorer.batch;
}

/** Rows that are read together for runs of `batch` rows: whole runs, and not too few rows to be worth the call. */
export function blockRows(batch: number): number {
  const fewest = 1024;
  return batch * Math.ceil(fewest / batch);
}

/**
 * Whether texts run beside others of their length, so that little of a run is padding: those of rows and lines of which
 * vectors are made. For any other job the runs, and with them the last digits, are as they ever were.
 */
export function isSortedByLength(scorer: Scorer): boolean {
  if (scorer.kind !== "text" || scorer.items === "file") return false;
  const { outputs } = scorer;
  // What varies in shape is written as it comes.
  return outputs.some(({ pool }) => pool !== undefined) && outputs.every((output) => valuesPerItem(output) !== null);
}

/** So many rows, counted from where a part begins, decide how they run together, and no others do. */
export function rowsOfOneCut(scorer: Scorer, batch: number): number {
  return isSortedByLength(scorer) ? blockRows(batch) : batch;
}

/** What an input consists of: how it is listed, cut and counted. */
export type ItemSource =
  | "table-rows"
  | "text-lines"
  | "text-files"
  | "pictures"
  | "sounds"
  | "arrays"
  | "array-rows"
  | "files";

export function itemSource(scorer: Scorer): ItemSource {
  switch (scorer.kind) {
    case "tabular":
      return "table-rows";
    case "image":
      return "pictures";
    case "audio":
      return "sounds";
    case "text":
      return scorer.items === "row" ? "table-rows" : scorer.items === "line" ? "text-lines" : "text-files";
    case "tensor":
      return scorer.items === "axis" ? "array-rows" : "arrays";
    case "script":
      return "files";
  }
}

/** What is counted: rows (lines and entries of arrays are rows too), or files. */
export function itemUnit(scorer: Scorer): "row" | "file" {
  if (scorer.kind === "script") return scorer.unit ?? "file";
  const source = itemSource(scorer);
  return source === "table-rows" || source === "text-lines" || source === "array-rows" ? "row" : "file";
}

/** File endings that are read (lower case, with the dot); any other file is skipped and counted. Null: every file is read. */
export const readableEndings: Readonly<Record<ItemSource, readonly string[] | null>> = {
  "table-rows": [".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".parquet", ".pqt"],
  "text-lines": [".txt", ".text", ".md"],
  "text-files": [".txt", ".text", ".md"],
  pictures: [".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".avif", ".bmp", ".gif", ".tif", ".tiff"],
  sounds: [".wav", ".wave", ".flac", ".mp3", ".ogg", ".oga", ".opus"],
  arrays: [".npy", ".npz"],
  "array-rows": [".npy", ".npz"],
  files: null,
};
