import { type DecimalMark, isMissing, numberFromText } from "../../contract/tables/cell-values.ts";
import type { CsvDialect } from "../../contract/tables/csv.ts";
import type { TabularScorer } from "../../contract/nouns/scorer.ts";
import type { TableSample } from "./sample-table.ts";

/**
 * The decimal mark of sampled number cells: a comma when most cells that show one mark or the other show a comma. Looks at
 * the columns that the scorer takes numbers from, or at all columns when it names none.
 */
export function sniffDecimal(
  delimiter: CsvDialect["delimiter"],
  scorer: TabularScorer,
  sample: TableSample,
): DecimalMark {
  if (delimiter === ",") return ".";
  const inputs = scorer.inputs.filter((input) => input.type !== "string");
  const isOpen = inputs.some((input) => input.columns === null);
  const columns = isOpen ? sample.columns : inputs.flatMap((input) => input.columns ?? []);
  let commas = 0;
  let points = 0;
  for (const row of sample.rows) {
    for (const name of new Set(columns)) {
      const cell = row.get(name.trim());
      if (cell === undefined || isMissing(cell)) continue;
      const isPointed = numberFromText(cell, ".") !== undefined;
      const isComma = numberFromText(cell, ",") !== undefined;
      if (isComma && !isPointed) commas += 1;
      if (isPointed && !isComma) points += 1;
    }
  }
  return commas > points ? "," : ".";
}
