import type { JobSpec } from "../../electron/contract/nouns/job-spec.ts";
import { fileColumns, isMlflowFile } from "../../electron/contract/nouns/prediction-columns.ts";
import type { TextStyle } from "./text-cell.ts";
import { type Words, wordsOf } from "./word-writer.ts";

const comma = 44;

/** What stands around the cells of a row of predictions. */
export type RowLayout = {
  /** Before each cell, by column: nothing or a separator, in JSON the key. */
  readonly leads: readonly Uint8Array[];
  /** The byte between two cells. */
  readonly separator: number;
  /** The leads of JSON, to be written quickly; null for any other format. */
  readonly keys: readonly Words[] | null;
  /** Azure's order for MLflow folders: the row, counted from 0, then the outputs, then the file. */
  readonly isMlflow: boolean;
};

/** How text cells of a job's predictions are written. */
export function textStyleOf(spec: JobSpec): TextStyle {
  switch (spec.output.format) {
    case "csv":
      return { kind: "csv", escapeFormulas: spec.output.csvFormulas === "escape" };
    case "parquet":
      return { kind: "always-quoted" };
    case "jsonl":
      return { kind: "json" };
    case "azureml":
      return { kind: "pandas", separator: isMlflowFile(spec) ? "," : " " };
  }
}

/** The layout of a job's rows, its columns being those of `fileColumns`. */
export function rowLayout(spec: JobSpec): RowLayout {
  const columns = fileColumns(spec);
  const style = textStyleOf(spec);
  const isMlflow = isMlflowFile(spec);
  if (style.kind === "json") {
    const leads = columns.map(({ name }, index) => Buffer.from(`${index === 0 ? "{" : ","}${JSON.stringify(name)}:`));
    return { leads, separator: comma, keys: leads.map(wordsOf), isMlflow };
  }
  const separator = style.kind === "pandas" ? style.separator.charCodeAt(0) : comma;
  const leads = columns.map((_, index) => (index === 0 ? Buffer.alloc(0) : Buffer.of(separator)));
  return { leads, separator, keys: null, isMlflow };
}

/** The leads of each output's cells, in the scorer's order. */
export function outputLeads(spec: JobSpec, { leads, isMlflow }: RowLayout): readonly (readonly Uint8Array[])[] {
  const identityColumns = fileColumns(spec).findIndex(({ source }) => source === "output");
  const all = leads.slice(identityColumns, isMlflow ? -1 : undefined);
  let next = 0;
  return spec.scorer.outputs.map(({ columns }) => all.slice(next, (next += columns.length)));
}

/** Writes bytes one by one, which for a few of them is much quicker than `set`. */
export function writeBytes(target: Uint8Array, position: number, bytes: Uint8Array): number {
  const { length } = bytes;
  for (let index = 0; index < length; index++) target[position + index] = bytes[index] as number;
  return position + length;
}
