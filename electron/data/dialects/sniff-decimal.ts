import { type DecimalMark, isMissing, numberFromText } from "../../contract/tables/cell-values.ts";
import { columnName } from "../../contract/tables/column-names.ts";
import type { TabularScorer } from "../../contract/nouns/scorers/tabular-scorer.ts";
import type { TableSample } from "./table-sample.ts";

/**
 * The decimal mark of sampled number cells: that of most cells which show one or the other; null when none does, or as many
 * show either. Looks at the columns that the scorer takes numbers from, or at all columns when it names none.
 */
export function sniffDecimal(scorer: TabularScorer, sample: TableSample): DecimalMark | null {
  const inputs = scorer.inputs.filter((input) => input.type !== "string");
  const isOpen = inputs.some((input) => input.columns === null);
  const columns = isOpen ? sample.columns : inputs.flatMap((input) => input.columns ?? []);
  let commas = 0;
  let points = 0;
  for (const row of sample.rows) {
    for (const name of new Set(columns)) {
      const cell = row.get(columnName(name));
      if (cell === undefined || isMissing(cell)) continue;
      const isPointed = numberFromText(cell, ".") !== undefined;
      const isComma = numberFromText(cell, ",") !== undefined;
      if (isComma && !isPointed) commas += 1;
      if (isPointed && !isComma) points += 1;
    }
  }
  if (commas === points) return null;
  return commas > points ? "," : ".";
}
