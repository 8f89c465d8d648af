import type {
  ComparedColumn,
  ComparedColumnSummary,
  ComparedJob,
  ComparedKind,
} from "../contract/messages/compare-messages.ts";
import { arrayComparison, shownArray } from "./compare-arrays.ts";
import { pictureComparison } from "./compare-pictures.ts";
import { formulaSafe } from "../contract/tables/csv-cell.ts";
import type { ResultsFormat } from "../contract/messages/results-messages.ts";
import type { Row } from "./compare-rows.ts";

/** A cell that is not the same in both. `difference` is null unless both hold a finite number. */
export type ChangedCell = {
  readonly column: string;
  readonly isInput: boolean;
  readonly isNumber: boolean;
  readonly a: string;
  readonly b: string;
  readonly difference: number | null;
};

/** The columns that both jobs have, by name, and what was found in them so far. */
export type ColumnComparison = {
  readonly hasColumns: boolean;
  /** The cells that differ in the rows of one item; remembers it in the sums. */
  readonly compare: (a: Row, b: Row, file: string, row: number) => readonly ChangedCell[];
  readonly summaries: () => readonly ComparedColumnSummary[];
};

type Side = Pick<ComparedJob, "name" | "format" | "formulas" | "arrays" | "outputFolder"> & {
  readonly columns: readonly ComparedColumn[];
};

/** What is found of one column; changed with every row. */
type Tally = {
  changed: number;
  numbers: number;
  sum: number;
  largest: number;
  largestAt: { readonly file: string; readonly row: number | null } | null;
  /** By the texts of both sides; null: there are so many that it is no column of labels. */
  changes: Map<string, { readonly from: string; readonly to: string; count: number }> | null;
};

type Pair = {
  readonly name: string;
  readonly role: "input" | "output";
  readonly a: number;
  readonly b: number;
  readonly compareCells: (a: string, b: string) => { readonly isSame: boolean; readonly difference: number | null };
  readonly isNumber: boolean;
  /** A cell as the file of differences has it. */
  readonly shown: (cell: string) => string;
  readonly tally: Tally;
};

/** More different changes than that, or longer texts, are no labels. */
const maxChanges = 2000;
const maxLabel = 200;
const shownChanges = 10;

export function compareColumns(a: Side, b: Side, tolerance: number): ColumnComparison {
  const pairs = pairsOf(a, b, tolerance);
  return {
    hasColumns: pairs.length > 0,
    compare(rowA, rowB, file, row) {
      let changed: ChangedCell[] | null = null;
      for (const pair of pairs) {
        const [cellA, cellB] = [rowA[pair.a] ?? "", rowB[pair.b] ?? ""];
        const { isSame, difference } = pair.compareCells(cellA, cellB);
        if (difference !== null) addNumber(pair.tally, difference, file, row);
        if (isSame) continue;
        addChange(pair.tally, cellA, cellB);
        changed ??= [];
        changed.push({
          column: pair.name,
          isInput: pair.role === "input",
          isNumber: pair.isNumber,
          a: pair.shown(cellA),
          b: pair.shown(cellB),
          difference,
        });
      }
      return changed ?? noCells;
    },
    summaries: () => pairs.map(summaryOf),
  };
}

const noCells: readonly ChangedCell[] = [];

/** Names of the columns that only the first of the two has. */
export function columnsOnlyIn(one: readonly ComparedColumn[], other: readonly ComparedColumn[]): readonly string[] {
  const names = new Set(other.map(({ name }) => name));
  return one.filter(({ name, role }) => role !== "place" && !names.has(name)).map(({ name }) => name);
}

function pairsOf(a: Side, b: Side, tolerance: number): readonly Pair[] {
  return a.columns.flatMap((column, index): Pair[] => {
    const place = b.columns.findIndex(({ name, role }) => name === column.name && role !== "place");
    const other = b.columns[place];
    if (column.role === "place" || other === undefined) return [];
    const kind = commonKind(column.kind, other.kind);
    // Text where only one has files or lists.
    const content = column.content === other.content ? column.content : undefined;
    const isNumber = content !== undefined || (kind !== "text" && kind !== "boolean");
    return [
      {
        name: column.name,
        role: column.role === "input" && other.role === "input" ? "input" : "output",
        a: index,
        b: place,
        compareCells: comparisonOf(content, kind, a, b, tolerance),
        isNumber,
        shown: content === "array" ? shownArray : (cell) => cell,
        tally: {
          ...{ changed: 0, numbers: 0, sum: 0, largest: 0, largestAt: null },
          changes: content !== undefined || (isNumber && kind !== "integer") ? null : new Map(),
        },
      },
    ];
  });
}

function comparisonOf(
  content: ComparedColumn["content"],
  kind: ComparedKind,
  a: Side,
  b: Side,
  tolerance: number,
): Pair["compareCells"] {
  if (content === "array") return arrayComparison(roundTo(kind), a, b, tolerance);
  return content === "image" ? pictureComparison(a, b, tolerance) : cellComparison(kind, a, b, tolerance);
}

const floatWidths: Partial<Readonly<Record<ComparedKind, number>>> = {
  float16: 16,
  float32: 32,
  float64: 64,
  integer: 64,
};
const floatOfWidth: Readonly<Record<number, ComparedKind>> = { 16: "float16", 32: "float32", 64: "float64" };

/** What both can be compared as: a value that one wrote in fewer bits is compared as if both had. */
function commonKind(a: ComparedKind, b: ComparedKind): ComparedKind {
  if (a === b) return a;
  const [one, other] = [floatWidths[a], floatWidths[b]];
  if (one === undefined || other === undefined) return "text";
  return floatOfWidth[Math.min(one, other)] ?? "float64";
}

type Compared = { readonly isSame: boolean; readonly difference: number | null };
const same: Compared = { isSame: true, difference: null };
const different: Compared = { isSame: false, difference: null };
const sameNumber: Compared = { isSame: true, difference: 0 };

function cellComparison(kind: ComparedKind, a: Side, b: Side, tolerance: number): (a: string, b: string) => Compared {
  if (kind === "boolean") return (x, y) => (x.toLowerCase() === y.toLowerCase() ? same : different);
  if (kind === "text") {
    const [textA, textB] = [textAs(a, b), textAs(b, a)];
    return (x, y) => (x === y || textA(x) === textB(y) ? same : different);
  }
  const [numberA, numberB] = [numberReader(kind, a.format), numberReader(kind, b.format)];
  return (textX, textY) => {
    const [x, y] = [numberA(textX), numberB(textY)];
    if (x === null || y === null)
      return x === y && (textX === textY || (isBlank(textX) && isBlank(textY))) ? same : different;
    if (x === y) return isBeyondExact(kind, x) ? comparedWhole(textX, textY, tolerance) : finite(x) ? sameNumber : same;
    if (Number.isNaN(x) && Number.isNaN(y)) return same;
    if (!finite(x) || !finite(y)) return different;
    if (isBeyondExact(kind, x) || isBeyondExact(kind, y)) return comparedWhole(textX, textY, tolerance);
    const difference = Math.abs(x - y);
    return { isSame: difference <= tolerance, difference };
  };
}

/** A text as it must be to equal the other side's: the formula rule is put on one that was written without it. */
function textAs(side: Side, other: Side): (text: string) => string {
  return side.formulas === "keep" && other.formulas === "escape" ? formulaSafe : (text) => text;
}

function isBlank(text: string): boolean {
  return text === "";
}

function finite(value: number): boolean {
  return Number.isFinite(value);
}

function isBeyondExact(kind: ComparedKind, value: number): boolean {
  return kind === "integer" && finite(value) && !Number.isSafeInteger(value);
}

/** Whole numbers that a float64 does not hold. */
function comparedWhole(a: string, b: string, tolerance: number): Compared {
  if (!/^-?\d+$/.test(a) || !/^-?\d+$/.test(b)) return a === b ? same : different;
  const apart = BigInt(a) - BigInt(b);
  const difference = Number(apart < 0n ? -apart : apart);
  return { isSame: difference <= tolerance, difference };
}

/** Null: no number, or none at all. Azure's bytes have an empty cell for NaN. */
function numberReader(kind: ComparedKind, format: ResultsFormat): (text: string) => number | null {
  const empty = format === "azureml-frame" || format === "azureml-mlflow" ? Number.NaN : null;
  const round = roundTo(kind);
  return (text) => {
    if (text === "") return empty;
    const value = Number(text);
    return Number.isNaN(value) ? (namedNumbers[text.toLowerCase()] ?? null) : round(value);
  };
}

function roundTo(kind: ComparedKind): (value: number) => number {
  return kind === "float32" ? Math.fround : kind === "float16" ? nearestHalf : (value) => value;
}

const namedNumbers: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
};

/** The float16 that a number is nearest to: 10 bits behind the first one, and none below 2^-24. */
function nearestHalf(value: number): number {
  if (!finite(value) || value === 0) return value;
  const step = 2 ** (Math.max(-14, Math.floor(Math.log2(Math.abs(value)))) - 10);
  return Math.round(value / step) * step;
}

function addNumber(tally: Tally, difference: number, file: string, row: number): void {
  tally.numbers += 1;
  tally.sum += difference;
  if (tally.largestAt !== null && difference <= tally.largest) return;
  tally.largest = difference;
  tally.largestAt = { file, row: row === 0 ? null : row };
}

function addChange(tally: Tally, from: string, to: string): void {
  tally.changed += 1;
  if (tally.changes === null) return;
  const key = JSON.stringify([from, to]);
  const known = tally.changes.get(key);
  if (known !== undefined) known.count += 1;
  else if (tally.changes.size === maxChanges || from.length > maxLabel || to.length > maxLabel) {
    tally.changes = null;
  } else tally.changes.set(key, { from, to, count: 1 });
}

function summaryOf({ name, role, tally }: Pair): ComparedColumnSummary {
  const hasDifference = tally.largest > 0;
  return {
    name,
    role,
    changed: tally.changed,
    largest: tally.numbers === 0 ? null : tally.largest,
    largest_at: hasDifference ? tally.largestAt : null,
    mean: tally.numbers === 0 ? null : tally.sum / tally.numbers,
    changes: [...(tally.changes ?? new Map<string, never>()).values()]
      .sort((one, other) => other.count - one.count)
      .slice(0, shownChanges),
  };
}
