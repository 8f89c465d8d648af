import { csvTextCell } from "./csv-cell.ts";
import { errorsHeader } from "./item-error.ts";
import type { JobSpec } from "./job-spec.ts";
import { itemUnit, type Scorer } from "./scorer.ts";
import type { TensorType } from "./signature.ts";

/** One column of the predictions. `type` decides Parquet's type and whether a CSV cell is text. */
export type PredictionColumn = {
  readonly name: string;
  readonly source: "file" | "row" | "keep" | "output";
  readonly type: TensorType;
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
      return { name, source: "output", type: isTopLabel ? "string" : output.type };
    }),
  );
  return [...identity, ...outputs];
}

/**
 * The first line of the predictions, LF included. Parquet is made from CSV whose text is never changed, so the formula
 * rule is left out there.
 */
export function predictionsHeader(spec: Pick<JobSpec, "scorer" | "output">): string {
  const formulas = spec.output.format === "parquet" ? "keep" : spec.output.csvFormulas;
  return `${predictionColumns(spec.scorer)
    .map((column) => csvTextCell(column.name, formulas))
    .join(",")}\n`;
}

/** The first line of errors.csv, LF included. */
export const errorsHeaderLine = `${errorsHeader}\n`;
