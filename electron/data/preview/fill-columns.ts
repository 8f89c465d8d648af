import { converts, type DecimalMark, isMissing, numberFromText } from "../../contract/tables/cell-values.ts";
import { isOfColumnType } from "../../contract/tables/column-types.ts";
import { failure, type Problem, type Result, success } from "../../contract/problem.ts";
import type { TabularScorer } from "../../contract/nouns/scorer.ts";
import type { TableSample } from "./sample-table.ts";

const remedyNames = "name the right ones under input.columns in scorer.yml";

/**
 * Fills every `columns: null` of a scorer from the sample of a table and checks that the table has what the scorer
 * needs. `fileName` is for the sentence.
 *
 * A matrix takes the numeric columns that nothing else uses, in the file's order, when their number is its width (or
 * when its width is dynamic). "input/wrong-columns" when they do not fit, when a needed column is missing, or when no
 * sampled cell of a needed column converts.
 */
export function fillColumns(
  scorer: TabularScorer,
  sample: TableSample,
  decimal: DecimalMark,
  fileName: string,
): Result<TabularScorer> {
  const given = new Set(scorer.inputs.flatMap((input) => input.columns ?? []));
  if (sample.columns.length === 0) {
    return wrongColumns(
      `"${fileName}" has no columns.`,
      "JSON lines hold one object a line; a table begins with its header.",
    );
  }
  if (sample.columns.every((name) => Number.isFinite(numberFromText(name, decimal)))) {
    return wrongColumns(
      `The first line of "${fileName}" holds numbers only, so it is no header.`,
      "Put a line with the names of the columns first.",
    );
  }
  const isMissing = (name: string) => !sample.columns.includes(name.trim());
  const missing = [...new Set([...given, ...scorer.keep].filter(isMissing))];
  if (missing.length > 0) {
    const place = missing.every((name) => !given.has(name)) ? "output.keep" : "input.columns";
    if (scorer.columnTypes !== undefined && place === "input.columns") {
      return wrongColumns(
        `"${fileName}" has no column ${listNames(missing, "or")}, which the model's signature wants.`,
        `Its columns are ${listNames(sample.columns, "and")}.`,
      );
    }
    return wrongColumns(
      `"${fileName}" has no column ${listNames(missing, "or")}.`,
      `Its columns are ${listNames(sample.columns, "and")}; name the right ones under ${place} in scorer.yml, ` +
        "then update the deployment.",
    );
  }

  const inputs: TabularScorer["inputs"][number][] = [];
  for (const input of scorer.inputs) {
    if (input.columns !== null) {
      inputs.push(input);
      continue;
    }
    const taken = new Set([...given, ...scorer.keep, ...inputs.flatMap((other) => other.columns ?? [])]);
    const free = [...new Set(sample.columns)].filter((name) => name !== "" && !taken.has(name));
    const fitting = free.filter(
      (name) => input.type === "string" || isMostlyConvertible(scorer, input, sample, name, decimal),
    );
    const width = input.shape.length < 2 ? 1 : (input.shape[1] ?? null);
    if (fitting.length === 0 || (width !== null && fitting.length !== width)) {
      const wanted = width === null ? "numeric columns" : `${width} numeric ${width === 1 ? "column" : "columns"}`;
      const found = fitting.length === 0 ? "none" : `${fitting.length}: ${listNames(fitting, "and")}`;
      return wrongColumns(
        `The model's input "${input.name}" takes ${input.type === "string" ? wanted.replace("numeric ", "") : wanted}, ` +
          `and "${fileName}" has ${found}${scorer.keep.length > 0 ? `, beside those under output.keep` : ""}.`,
        "Name the columns under input.columns in scorer.yml, then update the deployment.",
      );
    }
    inputs.push({ ...input, columns: fitting });
  }

  const unusable = inputs.flatMap((input) =>
    (input.columns ?? []).filter((name) => {
      const cells = cellsOf(sample, name);
      return (
        input.type !== "string" && cells.length > 0 && !cells.some((cell) => fits(scorer, input, name, cell, decimal))
      );
    }),
  );
  if (unusable.length > 0) {
    const distinct = [...new Set(unusable)];
    const what = distinct.length === 1 ? "column" : "columns";
    return wrongColumns(
      `The ${what} ${listNames(distinct, "and")} of "${fileName}" ${distinct.length === 1 ? "holds" : "hold"} no value that the model can take.`,
      `Correct the file, or ${remedyNames}.`,
    );
  }
  const [first, ...others] = inputs;
  if (first === undefined) throw new Error("A scorer has at least one input.");
  return success({ ...scorer, inputs: [first, ...others] });
}

/** Whether a cell would be taken: by its column's type where a signature says one, else by the model's. */
function fits(
  { columnTypes, missing }: TabularScorer,
  { type }: TabularScorer["inputs"][number],
  column: string,
  cell: string,
  decimal: DecimalMark,
): boolean {
  const columnType = columnTypes?.[column];
  if (columnType === undefined || isMissing(cell)) return converts(type, cell, missing, decimal);
  return isOfColumnType(columnType, cell, decimal);
}

function wrongColumns(message: string, remedy: string): { ok: false; problem: Problem } {
  return failure("input/wrong-columns", message, remedy);
}

function cellsOf(sample: TableSample, name: string): string[] {
  return sample.rows.flatMap((row) => {
    const cell = row.get(name.trim());
    return cell === undefined ? [] : [cell];
  });
}

/** A column is taken for numeric when most of its cells that are not empty are: a stray word does not change it. */
function isMostlyConvertible(
  scorer: TabularScorer,
  input: TabularScorer["inputs"][number],
  sample: TableSample,
  name: string,
  decimal: DecimalMark,
): boolean {
  const cells = cellsOf(sample, name).filter((cell) => !isMissing(cell));
  const converted = cells.filter((cell) => converts(input.type, cell, scorer.missing, decimal)).length;
  return converted * 2 > cells.length;
}

const listedNames = 20;

/** `"a", "b" and "c"`; a long list is cut. */
function listNames(names: readonly string[], joint: "and" | "or"): string {
  const quoted = names.slice(0, listedNames).map((name) => `"${name}"`);
  if (names.length > listedNames) quoted.push(`${names.length - listedNames} more`);
  const last = quoted.pop() ?? "";
  return quoted.length === 0 ? last : `${quoted.join(", ")} ${joint} ${last}`;
}
