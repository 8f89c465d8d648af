import { type DecimalMark, numberFromText } from "../../contract/tables/cell-values.ts";
import { canBeMissing, converts, missingOf, missingWordsOf } from "../../contract/tables/missing.ts";
import { isOfColumnType } from "../../contract/tables/column-types.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { columnKeys, columnName, lookAlikeOf, repeatedNames } from "../../contract/tables/column-names.ts";
import { tableFormat } from "../../contract/tables/table-format.ts";
import type { TabularScorer } from "../../contract/nouns/scorers/tabular-scorer.ts";
import { nameList } from "../../contract/words/name-list.ts";
import { listShape } from "../../contract/tables/list-cells.ts";
import type { RefusedCell } from "../../contract/words/english/input-problems.ts";
import { shortened, type TableSample } from "../dialects/table-sample.ts";

/**
 * Fills every `columns: null` of a scorer from the sample of a table and checks that the table has what the scorer
 * needs. `fileName` is for the sentence.
 *
 * A matrix takes the numeric columns that nothing else uses, in the file's order, when their number is its width (or
 * when its width is dynamic). "input/wrong-columns" when they do not fit, when a needed column is missing or there twice, or
 * when no sampled cell of a needed column converts.
 */
export function fillColumns(
  scorer: TabularScorer,
  sample: TableSample,
  decimal: DecimalMark,
  fileName: string,
): Result<TabularScorer> {
  const given = new Set(scorer.inputs.flatMap((input) => input.columns ?? []));
  const needed = [...given, ...scorer.keep];
  const file = fileName;
  if (sample.columns.length === 0) return failure("input/wrong-columns:none", { file });
  if (isWithoutHeader(sample.columns, needed, decimal, file)) return failure("input/wrong-columns:no-header", { file });
  const known = [...sample.columns, ...(sample.beside ?? [])];
  // A kept key may come up in a line that was not sampled, and is empty where a line lacks it.
  const required = sample.isOpen === true ? [...given] : [...new Set(needed)];
  const missing = required.filter((name) => !known.includes(columnName(name)));
  if (missing.length > 0) {
    const place = missing.every((name) => !given.has(name)) ? "output.keep" : "input.columns";
    const lookAlike = lookAlikeOf(missing, known);
    const facts = {
      file,
      missing: nameList(missing),
      columns: nameList(known),
      ...(lookAlike === null ? {} : { lookAlike }),
    };
    return scorer.columnTypes !== undefined && place === "input.columns"
      ? failure("input/wrong-columns:signature", facts)
      : failure("input/wrong-columns:missing", { ...facts, place });
  }
  const repeated = repeatedNames(needed, sample.columns);
  if (repeated.length > 0) return failure("input/wrong-columns:repeated", { file, repeated: nameList(repeated) });

  const inputs: TabularScorer["inputs"][number][] = [];
  for (const input of scorer.inputs) {
    const vector = vectorIn(input, sample);
    if (vector !== null || input.columns !== null) {
      inputs.push(vector === null ? input : { ...input, ...vector });
      continue;
    }
    const taken = new Set([...needed, ...inputs.flatMap((other) => other.columns ?? [])].map(columnName));
    const free = (names: readonly string[]) =>
      columnKeys(names).filter((key) => nameOf(key) !== "" && !taken.has(nameOf(key)));
    const isFitting = (key: string) =>
      input.type === "string" || isMostlyConvertible(scorer, input, sample, key, decimal);
    const width = input.shape.length < 2 ? 1 : (input.shape[1] ?? null);
    const own = free(sample.columns);
    // Columns of folders come last, as in Spark and DuckDB, and only where the file's own are not as many as it takes.
    const ownFitting = own.filter(isFitting);
    const all = [...ownFitting, ...free(sample.beside ?? []).filter(isFitting)];
    const fitting = (ownFitting.length !== width && all.length === width ? all : ownFitting).map(nameOf);
    if (fitting.length === 0 || (width !== null && fitting.length !== width)) {
      return failure("input/wrong-columns:count", {
        file,
        input: input.name,
        width,
        isNumeric: input.type !== "string",
        fitting: nameList(fitting),
        refused: refusedCells(
          scorer,
          sample,
          own.filter((key) => !ownFitting.includes(key)),
        ),
        hasKept: scorer.keep.length > 0,
      });
    }
    const twice = repeatedNames(fitting, sample.columns);
    if (twice.length > 0) return failure("input/wrong-columns:repeated", { file, repeated: nameList(twice) });
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
    const names = [...new Set(unusable)];
    return failure("input/wrong-columns:values", {
      file,
      columns: nameList(names),
      refused: refusedCells(scorer, sample, names),
    });
  }
  const unfit = unfitRule(scorer, inputs, file);
  if (unfit !== null) return unfit;
  const [first, ...others] = inputs;
  if (first === undefined) throw new Error("A scorer has at least one input.");
  return success({ ...scorer, inputs: [first, ...others] });
}

/** What scorer.yml says of a missing value in a column that was only now found: no input takes it, or not such a value. */
function unfitRule(
  scorer: TabularScorer,
  inputs: readonly TabularScorer["inputs"][number][],
  file: string,
): Result<never> | null {
  const taken = inputs.flatMap(({ columns }) => (columns ?? []).map(columnName));
  const unused = Object.keys(scorer.columnMissing ?? {}).filter((name) => !taken.includes(columnName(name)));
  if (unused.length > 0) {
    return failure("input/wrong-columns:missing-rule", { file, columns: nameList(unused), taken: nameList(taken) });
  }
  for (const { name: input, type, columns } of inputs) {
    for (const column of columns ?? []) {
      const rule = missingOf(scorer, column);
      if (rule !== scorer.missing && !canBeMissing(type, rule)) {
        return failure("scorer/invalid:missing-value", { rule, input, type });
      }
    }
  }
  return null;
}

/**
 * Whether the first line is a row rather than a header: it holds numbers only, none of which is asked for by name, and does
 * not count its columns (0, 1, 2, …) as tables are written whose columns have no names.
 */
function isWithoutHeader(
  columns: readonly string[],
  needed: readonly string[],
  decimal: DecimalMark,
  fileName: string,
): boolean {
  if (tableFormat(fileName) !== "delimited") return false;
  if (!columns.every((name) => Number.isFinite(numberFromText(name, decimal)))) return false;
  if (needed.some((name) => columns.includes(columnName(name)))) return false;
  return columns.length < 2 || !columns.every((name, index) => name === String(index));
}

function nameOf(key: string): string {
  return key.replace(/\0.*$/s, "");
}

const shownRefused = 3;

/** The first of these columns that hold a value, with it: what a sentence names. */
function refusedCells(scorer: TabularScorer, sample: TableSample, names: readonly string[]): RefusedCell[] {
  const { isNoValue } = missingWordsOf(scorer);
  const cells: RefusedCell[] = [];
  for (const column of names) {
    if (cells.length === shownRefused) break;
    const value = cellsOf(sample, column).find((cell) => !isNoValue(cell));
    if (value !== undefined) cells.push({ column: nameOf(column), value: shortened(value) });
  }
  return cells;
}

/**
 * The column of vectors that fills an input, with the lengths that its first list has where the model leaves them open; null
 * when it is filled by columns of single values. An input whose columns are open takes the one of its own name.
 */
function vectorIn(
  { name, shape, columns, vector }: TabularScorer["inputs"][number],
  sample: TableSample,
): { readonly columns: string[]; readonly vector: [number | null, ...(number | null)[]] } | null {
  const [first, ...others] = vector ?? shape.slice(1);
  const mayBeVector = vector !== undefined || columns === null || first === null;
  const column = columns === null ? name : columns[0];
  if (first === undefined || column === undefined || (columns?.length ?? 1) !== 1 || !mayBeVector) return null;
  const lengths =
    cellsOf(sample, column)
      .map(listShape)
      .find((found) => found !== null) ?? null;
  if (vector === undefined && lengths === null) return null;
  const lengthAt = (known: number | null, depth: number) => known ?? (lengths?.[depth] || null);
  return {
    columns: [column],
    vector: [lengthAt(first, 0), ...others.map((length, index) => lengthAt(length, index + 1))],
  };
}

function fitsVector(vector: readonly (number | null)[], cell: string): boolean {
  const shape = listShape(cell);
  const width = vector.reduce<number>((product, length) => product * (length ?? Number.NaN), 1);
  if (shape?.length === 1 && shape[0] === width) return true;
  return shape?.length === vector.length && vector.every((length, depth) => length === null || length === shape[depth]);
}

/** Whether a cell would be taken: by its column's type where a signature says one, else by the model's. */
function fits(
  scorer: TabularScorer,
  { type, vector }: TabularScorer["inputs"][number],
  column: string,
  cell: string,
  decimal: DecimalMark,
): boolean {
  const columnType = scorer.columnTypes?.[column];
  const words = missingWordsOf(scorer);
  if (vector !== undefined && !words.isNoValue(cell)) return fitsVector(vector, cell);
  if (columnType === undefined || words.isNoValue(cell, decimal)) {
    return converts(type, cell, missingOf(scorer, column), words, decimal);
  }
  return isOfColumnType(columnType, cell, decimal);
}

function cellsOf(sample: TableSample, name: string): string[] {
  return sample.rows.flatMap((row) => {
    const cell = row.get(columnName(name));
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
  const words = missingWordsOf(scorer);
  const cells = cellsOf(sample, name).filter((cell) => !words.isNoValue(cell, decimal));
  const converted = cells.filter((cell) => converts(input.type, cell, scorer.missing, words, decimal)).length;
  return converted * 2 > cells.length;
}
