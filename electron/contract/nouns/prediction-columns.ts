import { csvTextCell } from "../tables/csv-cell.ts";
import { errorsHeader } from "../item-error.ts";
import type { JobSpec } from "./job-spec.ts";
import { itemUnit, type Scorer } from "./scorer.ts";
import { type CellContent, contentOf } from "./scorers/item-files.ts";
import type { TensorType } from "../signature.ts";

/** One column of the predictions. `type` decides Parquet's type and whether a CSV cell is text. */
export type PredictionColumn = {
  readonly name: string;
  readonly source: "file" | "row" | "keep" | "output";
  readonly type: TensorType;
  /** Its cells hold lists of such values, or paths of files that hold them or pictures (`itemFolderOf`). */
  readonly content?: CellContent;
};

/**
 * The columns of a job's predictions, in order: `keep` first, or `file` (and `row` for tables) when nothing is kept,
 * then the model's outputs in the model's order. The one place that knows it.
 */
export function predictionColumns(scorer: Scorer): readonly PredictionColumn[] {
  const identity: PredictionColumn[] =
    scorer.keep.length > 0
      ? scorer.keep.map((name) => ({ name, source: "keep", type: "string" }))
      : [{ name: "file", source: "file", type: "string" }];
  if (scorer.keep.length === 0 && itemUnit(scorer) === "row")
    identity.push({ name: "row", source: "row", type: "int64" });
  const outputs = scorer.outputs.flatMap((output) =>
    output.columns.map((name, index): PredictionColumn => {
      const isTopLabel = output.topK > 0 && index % 2 === 0;
      const content = contentOf(output);
      const isText = isTopLabel || content === "image";
      return { name, source: "output", type: isText ? "string" : output.type, ...(content && { content }) };
    }),
  );
  return [...identity, ...outputs];
}

type FileFacts = Pick<JobSpec, "scorer" | "output" | "model">;

/**
 * Whether the file holds what Azure ML itself appends for an MLflow folder: the row (from 0; tables only), the
 * prediction, and the file's name last.
 */
export function isMlflowFile(spec: FileFacts): boolean {
  return spec.output.format === "azureml" && spec.model.type === "mlflow_model" && spec.scorer.keep.length === 0;
}

/** The columns of a job's file of predictions, in order. */
export function fileColumns(spec: FileFacts): readonly PredictionColumn[] {
  const columns = predictionColumns(spec.scorer);
  if (!isMlflowFile(spec)) return columns;
  const rows = columns.filter(({ source }) => source === "row");
  const outputs = columns.filter(({ source }) => source === "output");
  const predictions = outputs.map((column) => (outputs.length === 1 ? { ...column, name: "prediction" } : column));
  return [...rows, ...predictions, { name: "file_name", source: "file", type: "string" }];
}

/**
 * The first line of the predictions, LF included; empty for JSON lines, whose rows name their columns, and for Azure's
 * own bytes, which have none. Parquet is made from CSV whose text is never changed, so the formula rule is left out there.
 */
export function predictionsHeader(spec: FileFacts): string {
  const { format } = spec.output;
  if (format === "jsonl" || format === "azureml") return "";
  const formulas = format === "parquet" ? "keep" : spec.output.csvFormulas;
  return `${predictionColumns(spec.scorer)
    .map((column) => csvTextCell(column.name, formulas))
    .join(",")}\n`;
}

/** The first line of errors.csv, LF included. */
export const errorsHeaderLine = `${errorsHeader}\n`;
