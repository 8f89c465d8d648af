import { failure, type Result, success } from "../../contract/problem.ts";
import type { ScorerFile } from "../../contract/nouns/scorers/scorer-file.ts";
import type { TensorType } from "../../contract/signature.ts";
import { columnName } from "../../contract/tables/column-names.ts";
import { canBeMissing, type Missing, missingOf } from "../../contract/tables/missing.ts";

type Input = { readonly name: string; readonly type: TensorType; readonly columns: readonly string[] | null };

/** `MissingRules`, changeable. */
type Resolved = { missing: Missing; columnMissing?: Record<string, Missing>; missingWords?: string[] };

/**
 * What scorer.yml says of cells without a value, checked against the inputs that take them. A rule for all columns need fit
 * only those that it can reach; `nan` becomes an empty text where texts are taken, if some input takes floats. A named
 * column that no input takes is a problem here unless some columns are still to be found in the data.
 */
export function resolveMissing(inputs: readonly Input[], { input }: ScorerFile): Result<Resolved> {
  const { missing, columnMissing } = input?.missing ?? { missing: "error" as const, columnMissing: undefined };
  if (missing === "nan" && !inputs.some(({ type }) => canBeMissing(type, "nan"))) return failure("scorer/invalid:nan");
  const known = inputs.flatMap(({ columns }) => columns ?? []);
  const unknown = Object.keys(columnMissing ?? {}).find((name) => !known.some((column) => isSame(column, name)));
  if (unknown !== undefined && inputs.every(({ columns }) => columns !== null)) {
    return failure("scorer/invalid:missing-column", { column: unknown, known });
  }
  for (const { name, type, columns } of inputs) {
    const rules = columns === null ? [missing] : columns.map((column) => missingOf({ missing, columnMissing }, column));
    const wrong = rules.find((rule) => !canBeMissing(type, rule) && !(rule === "nan" && missing === "nan"));
    if (wrong !== undefined) return failure("scorer/invalid:missing-value", { rule: wrong, input: name, type });
  }
  const words = input?.missing_words;
  return success({
    missing,
    ...(columnMissing === undefined ? {} : { columnMissing: { ...columnMissing } }),
    ...(words === undefined ? {} : { missingWords: words }),
  });
}

function isSame(column: string, name: string): boolean {
  return columnName(column) === columnName(name);
}
