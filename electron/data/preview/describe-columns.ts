import {
  booleanFromText,
  type DecimalMark,
  integerFromText,
  numberFromText,
} from "../../contract/tables/cell-values.ts";
import { columnKeys } from "../../contract/tables/column-names.ts";
import { type MissingWords, missingWordsOf } from "../../contract/tables/missing.ts";
import type { ColumnType, SampledColumn } from "../../contract/nouns/preflight.ts";
import { shortened, type TableSample } from "../dialects/table-sample.ts";

const shownValues = 3;

/** What each column of a sampled table holds, with the values of its first rows. */
export function describeColumns(
  sample: TableSample,
  decimal: DecimalMark,
  words: MissingWords = missingWordsOf({}),
): SampledColumn[] {
  const names = [...sample.columns, ...(sample.beside ?? [])];
  const keys = columnKeys(names);
  return names.map((name, column) => {
    const cells = sample.rows.flatMap((row) => row.get(keys[column] ?? name) ?? []);
    return { name, type: columnType(cells, decimal, words), values: cells.slice(0, shownValues).map(shortened) };
  });
}

/** The narrowest type that takes every cell which has a value; blanks and words such as `NA` have none. */
function columnType(cells: readonly string[], decimal: DecimalMark, { isNoValue }: MissingWords): ColumnType {
  const values = cells.filter((cell) => !isNoValue(cell, decimal));
  if (values.length === 0) return "empty";
  // `1` and `0` alone are numbers rather than yes and no.
  if (values.every((value) => integerFromText(value, decimal) !== undefined)) return "integer";
  if (values.every((value) => numberFromText(value, decimal) !== undefined)) return "number";
  return values.every((value) => booleanFromText(value) !== undefined) ? "boolean" : "text";
}
