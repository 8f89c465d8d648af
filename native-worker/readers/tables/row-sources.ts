import { isAscii, isUtf8 } from "node:buffer";
import { trimBlanks } from "../../../electron/contract/tables/cell-values.ts";
import { columnName, repeatedNames } from "../../../electron/contract/tables/column-names.ts";
import { type ColumnType, columnTypeWords } from "../../../electron/contract/tables/column-types.ts";
import { type CsvDialect, decodeText, defaultDialect } from "../../../electron/contract/tables/csv.ts";
import type { ItemErrorCode } from "../../../electron/contract/item-error.ts";
import type { TabularScorer } from "../../../electron/contract/nouns/scorers/tabular-scorer.ts";
import {
  type Missing,
  missingOf,
  type MissingWords,
  missingWordsOf,
} from "../../../electron/contract/tables/missing.ts";
import { isWindows1252 } from "../../../electron/contract/tables/windows-1252.ts";
import type { KeptCells } from "./kept-cells.ts";

/**
 * Where the cells of one row are put down before the row is taken into a block, one place a needed column ("source").
 * A reader sets `numbers` for the sources that `needsNumber` names and the text fields for those that `needsText` names.
 */
export type RowSources = {
  /** Column names, as they are compared: those of the model's inputs, then those kept, each once. */
  readonly names: readonly string[];
  /** What a signature holds the cells to; null where there is none. */
  readonly types: readonly (ColumnType | null)[];
  readonly needsNumber: readonly boolean[];
  /** False: a number that is right once rounded to a float32 is enough. */
  readonly needsExact: readonly boolean[];
  readonly needsText: readonly boolean[];
  /** An input of the model takes it; the others are only kept. */
  readonly isInput: readonly boolean[];
  /** What a cell without a value is. */
  readonly missing: readonly Missing[];
  /** The number of a cell without a value; undefined when it fails its row. */
  readonly missingNumbers: readonly (number | undefined)[];
  readonly missingWords: MissingWords;
  readonly numbers: Float64Array;
  /** How texts are to be understood; set by the reader of a file. */
  dialect: Pick<CsvDialect, "encoding" | "decimal">;
  /** The text is `textBytes[textStart..textEnd)`. */
  readonly textBytes: Uint8Array[];
  readonly textStart: Float64Array;
  readonly textEnd: Float64Array;
  readonly textKind: Uint8Array;
};

/**
 * A short way into a block for the cells that most tables have: floats go straight to the values of the model's inputs,
 * and kept texts straight to the block. One entry a source; -1 and null where there is no such way.
 */
export type DirectRows = {
  /** The values of all inputs of type float32, one input after another. */
  readonly values: Float32Array;
  /** The number of row r goes to `places[source] + r * strides[source]`. */
  readonly places: Int32Array;
  readonly strides: Int32Array;
  readonly kept: readonly (KeptCells | null)[];
  /** Takes what has no short way from `sources`, and says whether it converted; null when nothing is left. */
  readonly takeRest: ((row: number) => boolean) | null;
};

/** How a source's text is to be taken: as it is, with doubled quotes, not at all (a null), or as UTF-8 whatever the file is. */
export const plainText = 0;
export const doubledQuotes = 1;
export const noText = 2;
export const utf8Text = 3;

export type CellFault = { readonly source: number; readonly code: ItemErrorCode; readonly wants: string };

const shownCharacters = 60;

/** The sentence for a cell that does not convert; `raw` is its text as the file has it. */
export function faultMessage(
  fault: CellFault,
  sources: RowSources,
  raw: string,
): { code: ItemErrorCode; message: string } {
  const name = sources.names[fault.source] as string;
  if (fault.code === "file-encoding") return { code: fault.code, message: `Column "${name}" is not ${fault.wants}.` };
  if (sources.missingWords.isNoValue(raw, sources.dialect.decimal)) {
    const word = trimBlanks(raw);
    const what = word === "" ? "is empty" : `holds "${word}", which stands for no value`;
    return { code: "cell-empty", message: `Column "${name}" ${what}; the model needs ${fault.wants}.` };
  }
  const oneLine = raw.replace(/\s+/g, " ");
  const shown = oneLine.length > shownCharacters ? `${oneLine.slice(0, shownCharacters)}…` : oneLine;
  const type = sources.types[fault.source] ?? null;
  if (type === null)
    return { code: fault.code, message: `Column "${name}" holds "${shown}"; the model needs ${fault.wants}.` };
  return {
    code: "signature-mismatch",
    message: `Column "${name}" holds "${shown}"; the model's signature says ${type}: ${columnTypeWords[type]}.`,
  };
}

export const wantsNumber = "a number";

/** Why no row of a table with these columns can be taken, all of them named; null when each of `wanted` is there once. */
export function unfitHeader(
  wanted: readonly string[],
  columns: readonly string[],
): { readonly code: ItemErrorCode; readonly message: string } | null {
  const missing = wanted.filter((name) => !columns.includes(name));
  if (missing.length > 0) return { code: "column-missing", message: `The file has no column ${quoted(missing)}.` };
  const repeated = repeatedNames(wanted, columns);
  if (repeated.length === 0) return null;
  return { code: "column-repeated", message: `The file has more than one column ${quoted(repeated)}.` };
}

function quoted(names: readonly string[]): string {
  return names
    .map((name) => `"${name}"`)
    .join(", ")
    .replace(/\s+/g, " ");
}

export function columnsOf(input: TabularScorer["inputs"][number]): readonly string[] {
  if (input.columns === null) throw new Error(`The columns of the model's input "${input.name}" are not known.`);
  return input.columns;
}

export function createSources(scorer: TabularScorer): RowSources {
  const names = new Set([...scorer.inputs.flatMap(columnsOf), ...scorer.keep].map(columnName));
  const list = [...names];
  const isUsed = (name: string, isKind: (input: TabularScorer["inputs"][number]) => boolean): boolean =>
    scorer.inputs.some((input) => isKind(input) && columnsOf(input).some((column) => columnName(column) === name));
  const types = new Map(Object.entries(scorer.columnTypes ?? {}).map(([name, type]) => [columnName(name), type]));
  const isChecked = (name: string): boolean => isCheckedType(types.get(name) ?? null);
  const missing = list.map((name) => missingOf(scorer, name));
  const missingWords = missingWordsOf(scorer);
  // A word that is a number is compared as one.
  const hasNumberWords = missingWords.numbers.size > 0;
  const isKept = (name: string): boolean => scorer.keep.some((column) => columnName(column) === name);
  return {
    names: list,
    types: list.map((name) => types.get(name) ?? null),
    // A cell that is held to a type is checked as text, and made a number of then.
    needsNumber: list.map((name) => !isChecked(name) && isUsed(name, (input) => !takesText(input))),
    needsExact: list.map((name) =>
      isUsed(name, (input) => !takesText(input) && (hasNumberWords || input.type !== "float32")),
    ),
    needsText: list.map((name) => isKept(name) || isChecked(name) || isUsed(name, takesText)),
    isInput: list.map((name) => isUsed(name, () => true)),
    missing,
    missingNumbers: missing.map(numberOfRule),
    missingWords,
    numbers: new Float64Array(list.length),
    dialect: defaultDialect,
    textBytes: list.map(() => new Uint8Array(0)),
    textStart: new Float64Array(list.length),
    textEnd: new Float64Array(list.length),
    textKind: new Uint8Array(list.length),
  };
}

function numberOfRule(rule: Missing): number | undefined {
  if (rule === "error") return undefined;
  if (rule === "nan") return Number.NaN;
  return typeof rule.value === "number" ? rule.value : undefined;
}

/** Inputs that are made from a cell's text, since a double would not hold every value of theirs. */
function takesText({ type, vector }: TabularScorer["inputs"][number]): boolean {
  return vector !== undefined || type === "string" || type === "bool" || type === "int64" || type === "uint64";
}

export type CheckedType = Exclude<ColumnType, "string" | "float" | "double">;

/** A text may be anything, and a number is one by the same grammar wherever it is read: only the others are looked at. */
export function isCheckedType(type: ColumnType | null): type is CheckedType {
  return type !== null && type !== "string" && type !== "float" && type !== "double";
}

const quoteMark = 0x22;
const noBytes = new Uint8Array(0);

/** A source's text with its doubled quotes made single; empty for a null. */
export function sourceBytes(sources: RowSources, source: number): Uint8Array {
  const kind = sources.textKind[source];
  if (kind === noText) return noBytes;
  const bytes = (sources.textBytes[source] as Uint8Array).subarray(sources.textStart[source], sources.textEnd[source]);
  if (kind !== doubledQuotes) return bytes;
  const target = new Uint8Array(bytes.length);
  return target.subarray(0, copyUnquoted(bytes, 0, bytes.length, target, 0));
}

/**
 * A source's text as UTF-8; null when its bytes are no text in the file's encoding. Hardly any Windows-1252 text beyond
 * ASCII is valid UTF-8, so one that is comes from a file of the other encoding.
 */
export function sourceText(sources: RowSources, source: number): Uint8Array | null {
  const bytes = sourceBytes(sources, source);
  if (sources.textKind[source] === utf8Text) return bytes;
  const { encoding } = sources.dialect;
  if (encoding === "utf-8") return isUtf8(bytes) ? bytes : null;
  if (isAscii(bytes)) return bytes;
  return isUtf8(bytes) || !isWindows1252(bytes) ? null : Buffer.from(decodeText(bytes, encoding));
}

export function wrongEncoding(sources: RowSources, source: number): CellFault {
  const wants = sources.dialect.encoding === "utf-8" ? "UTF-8 text" : "Windows-1252 text as the input is read";
  return { source, code: "file-encoding", wants };
}

/** Copies text, taking each doubled quote for one; answers the position after the copy. */
function copyUnquoted(bytes: Uint8Array, start: number, end: number, target: Uint8Array, position: number): number {
  let to = position;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    target[to++] = byte;
    if (byte === quoteMark) at++;
  }
  return to;
}
