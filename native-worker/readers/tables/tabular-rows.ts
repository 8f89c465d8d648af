import { isAscii, isUtf8 } from "node:buffer";
import {
  booleanFromText,
  type IntegerType,
  integerFromText,
  integerLimits,
  isIntegerType,
  isMissing,
  type Missing,
  trimBlanks,
} from "../../../electron/contract/tables/cell-values.ts";
import {
  type ColumnType,
  columnTypeWords,
  isOfColumnType,
  typedNumber,
} from "../../../electron/contract/tables/column-types.ts";
import { type CsvDialect, decodeText, usualDialect } from "../../../electron/contract/tables/csv.ts";
import type { ItemErrorCode } from "../../../electron/contract/item-error.ts";
import type { TabularScorer } from "../../../electron/contract/nouns/scorer.ts";
import type { TensorType } from "../../../electron/contract/signature.ts";
import { isWindows1252 } from "../../../electron/contract/tables/windows-1252.ts";
import { type InputValues, type ItemFailure, nullCell, type TabularBlock } from "../block.ts";
import { allocateValues } from "../input-values.ts";
import { halfBits } from "../half-float.ts";

/**
 * Where the cells of one row are put down before the row is taken into a block, one place a needed column ("source").
 * A reader sets `numbers` for the sources that `needsNumber` names and the text fields for those that `needsText` names.
 */
export type RowSources = {
  /** Column names, trimmed: those of the model's inputs, then those kept, each once. */
  readonly names: readonly string[];
  /** What a signature holds the cells to; null where there is none. */
  readonly types: readonly (ColumnType | null)[];
  readonly needsNumber: readonly boolean[];
  /** False: a number that is right once rounded to a float32 is enough. */
  readonly needsExact: readonly boolean[];
  readonly needsText: readonly boolean[];
  readonly numbers: Float64Array;
  /** How texts are to be understood; set by the reader of a file. */
  dialect: Pick<CsvDialect, "encoding" | "decimal">;
  /** The text is `textBytes[textStart..textEnd)`. */
  readonly textBytes: Uint8Array[];
  readonly textStart: Float64Array;
  readonly textEnd: Float64Array;
  readonly textKind: Uint8Array;
};

/** How a source's text is to be taken: as it is, with doubled quotes, or not at all (a null). */
export const plainText = 0;
export const doubledQuotes = 1;
export const noText = 2;

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

/** Collects the rows of a block. Its arrays are used again for the next one. */
export type RowCollector = {
  readonly sources: RowSources;
  readonly direct: DirectRows;
  /** Rows of the block so far. */
  readonly rowCount: () => number;
  readonly capacity: number;
  /** Starts a block whose first record is item `firstItem` of the part, row `firstRow` of the file. */
  readonly start: (firstItem: number, firstRow: number) => void;
  /** Counts rows in that were put into the block by the short way: consecutive items, the first of them `item`. */
  readonly addDirect: (item: number, count: number) => void;
  /** Takes the row that stands in `sources`; null when it converted, else what is wrong with which source. */
  readonly take: (item: number) => CellFault | null;
  readonly fail: (item: number, code: ItemErrorCode, message: string, value: string) => void;
  /** What the number of an empty cell is; undefined when an empty cell fails its row. */
  readonly missingNumber: number | undefined;
  /** The block so far; `records` counts every record in it, failed and left out ones included. */
  readonly finish: (records: number) => TabularBlock;
};

export type CellFault = { readonly source: number; readonly code: ItemErrorCode; readonly wants: string };

type Store = (row: number) => CellFault | null;

/**
 * A collector for a scorer whose inputs all have columns. `capacity`: records in a block, at most.
 */
export function createRowCollector(scorer: TabularScorer, capacity: number): RowCollector {
  const sources = createSources(scorer);
  const missingNumber =
    scorer.missing === "error" ? undefined : scorer.missing === "nan" ? Number.NaN : scorer.missing.value;
  const floats = new Float32Array(capacity * floatColumns(scorer));
  let floatsUsed = 0;
  const inputs = scorer.inputs.map((input) => {
    const columns = Uint32Array.from(columnsOf(input), (name) => sources.names.indexOf(name.trim()));
    const length = capacity * columns.length;
    const place = floatsUsed;
    if (input.type === "float32") floatsUsed += length;
    const values = input.type === "float32" ? floats.subarray(place, floatsUsed) : allocateValues(input.type, length);
    const store = createStore(input.type, columns, values, sources, scorer.missing);
    return { type: input.type, columns, width: columns.length, place, values, store };
  });
  const checks = sources.types.flatMap((type, source) =>
    isCheckedType(type) ? [createTypeCheck(type, sources, source, scorer)] : [],
  );
  const stores: readonly Store[] = [...checks, ...inputs.map((input) => input.store)];
  const keep = scorer.keep.map((name) => {
    const source = sources.names.indexOf(name.trim());
    const cells = createKeptCells(capacity);
    return { source, cells, store: (row: number) => storeText(sources, source, cells, row) };
  });

  // An input's columns have a short way when nothing else wants them as numbers.
  const places = new Int32Array(sources.names.length).fill(-1);
  const strides = new Int32Array(sources.names.length);
  const uses = new Uint32Array(sources.names.length);
  for (const { columns } of inputs) for (const source of columns) uses[source] = (uses[source] as number) + 1;
  const rest: Store[] = stores.slice(0, checks.length);
  for (const { type, columns, width, place, store } of inputs) {
    if (
      type !== "float32" ||
      columns.some((source) => uses[source] !== 1 || isCheckedType(sources.types[source] ?? null))
    ) {
      rest.push(store);
      continue;
    }
    for (const [index, source] of columns.entries()) {
      places[source] = place + index;
      strides[source] = width;
    }
  }
  const kept: (KeptCells | null)[] = sources.names.map(() => null);
  for (const { source, cells, store } of keep) {
    if (kept[source] === null) kept[source] = cells;
    else rest.push(store);
  }
  const takeRest = (row: number): boolean => {
    for (let index = 0; index < rest.length; index++) if ((rest[index] as Store)(row) !== null) return false;
    return true;
  };
  const direct = { values: floats, places, strides, kept, takeRest: rest.length === 0 ? null : takeRest };

  const itemOf = new Uint32Array(capacity);
  const rowNumbers = new Uint32Array(capacity);
  let firstItem = 0;
  let rowOfFirst = 1;
  let rows = 0;
  let failures: ItemFailure[] = [];

  return {
    sources,
    direct,
    capacity,
    missingNumber,
    rowCount: () => rows,
    start(item, row) {
      firstItem = item;
      rowOfFirst = row;
      rows = 0;
      failures = [];
    },
    addDirect(item, count) {
      for (let index = 0; index < count; index++) {
        itemOf[rows + index] = item + index;
        rowNumbers[rows + index] = rowOfFirst + (item + index - firstItem);
      }
      rows += count;
    },
    take(item) {
      for (let index = 0; index < stores.length; index++) {
        const fault = (stores[index] as Store)(rows);
        if (fault !== null) return fault;
      }
      for (let index = 0; index < keep.length; index++) {
        const fault = (keep[index] as (typeof keep)[number]).store(rows);
        if (fault !== null) return fault;
      }
      itemOf[rows] = item;
      rowNumbers[rows] = rowOfFirst + (item - firstItem);
      rows += 1;
      return null;
    },
    fail(item, code, message, value) {
      const stage = code.startsWith("cell-") || code === "signature-mismatch" ? "preprocess" : "read";
      failures.push({ item, row: rowOfFirst + (item - firstItem), stage, code, message, value });
    },
    finish: (records) => ({
      firstItem,
      records,
      rows,
      inputs: inputs.map(({ values, width }) => firstValues(values, rows * width)),
      itemOf: itemOf.subarray(0, rows),
      rowNumbers: rowNumbers.subarray(0, rows),
      keep: keep.map(({ cells }) => ({ bytes: cells.bytes, starts: cells.starts, ends: cells.ends })),
      failures,
    }),
  };
}

const shownCharacters = 60;

/** The sentence for a cell that does not convert; `raw` is its text as the file has it. */
export function faultMessage(
  fault: CellFault,
  sources: RowSources,
  raw: string,
): { code: ItemErrorCode; message: string } {
  const name = sources.names[fault.source] as string;
  if (fault.code === "file-encoding") return { code: fault.code, message: `Column "${name}" is not ${fault.wants}.` };
  if (isMissing(raw)) {
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

function floatColumns(scorer: TabularScorer): number {
  return scorer.inputs.reduce((sum, input) => sum + (input.type === "float32" ? columnsOf(input).length : 0), 0);
}

function columnsOf(input: TabularScorer["inputs"][number]): readonly string[] {
  if (input.columns === null) throw new Error(`The columns of the model's input "${input.name}" are not known.`);
  return input.columns;
}

function createSources(scorer: TabularScorer): RowSources {
  const names = new Set([...scorer.inputs.flatMap(columnsOf), ...scorer.keep].map((name) => name.trim()));
  const list = [...names];
  const isUsed = (name: string, isType: (type: TensorType) => boolean): boolean =>
    scorer.inputs.some((input) => isType(input.type) && columnsOf(input).some((column) => column.trim() === name));
  const types = new Map(Object.entries(scorer.columnTypes ?? {}).map(([name, type]) => [name.trim(), type]));
  const isChecked = (name: string): boolean => isCheckedType(types.get(name) ?? null);
  const isKept = (name: string): boolean => scorer.keep.some((column) => column.trim() === name);
  return {
    names: list,
    types: list.map((name) => types.get(name) ?? null),
    // A cell that is held to a type is checked as text, and made a number of then.
    needsNumber: list.map((name) => !isChecked(name) && isUsed(name, (type) => !isTextType(type))),
    needsExact: list.map((name) => isUsed(name, (type) => !isTextType(type) && type !== "float32")),
    needsText: list.map((name) => isKept(name) || isChecked(name) || isUsed(name, isTextType)),
    numbers: new Float64Array(list.length),
    dialect: usualDialect,
    textBytes: list.map(() => new Uint8Array(0)),
    textStart: new Float64Array(list.length),
    textEnd: new Float64Array(list.length),
    textKind: new Uint8Array(list.length),
  };
}

/** Types that are made from a cell's text, since a double would not hold every value of theirs. */
function isTextType(type: TensorType): boolean {
  return type === "string" || type === "bool" || type === "int64" || type === "uint64";
}

function firstValues(values: InputValues, length: number): InputValues {
  // An array of texts is handed over whole, so that it may be kept.
  return Array.isArray(values) ? values.slice(0, length) : values.subarray(0, length);
}

function createStore(
  type: TensorType,
  columns: Uint32Array,
  values: InputValues,
  sources: RowSources,
  missing: Missing,
): Store {
  const { numbers } = sources;
  const width = columns.length;
  if (values instanceof Float32Array || values instanceof Float64Array) {
    return (row) => {
      const base = row * width;
      for (let index = 0; index < width; index++) values[base + index] = numbers[columns[index] as number] as number;
      return null;
    };
  }
  if (type === "float16") {
    const bits = values as Uint16Array;
    return (row) => {
      const base = row * width;
      for (let index = 0; index < width; index++)
        bits[base + index] = halfBits(numbers[columns[index] as number] as number);
      return null;
    };
  }
  if (values instanceof BigInt64Array || values instanceof BigUint64Array || type === "bool" || type === "string") {
    const convert = createTextConverter(type, missing);
    const target = values as { [index: number]: unknown };
    // The halves of 64-bit integers, the lower one first (typed arrays are little-endian wherever we run).
    const halves = type === "int64" ? new Int32Array((values as BigInt64Array).buffer) : null;
    return (row) => {
      const base = row * width;
      for (let index = 0; index < width; index++) {
        const source = columns[index] as number;
        if (halves !== null) {
          const short = shortWholeNumber(sources, source);
          if (short !== notShort) {
            halves[2 * (base + index)] = short;
            halves[2 * (base + index) + 1] = short >> 31;
            continue;
          }
        }
        const value = convert(sources, source);
        if (isFault(value)) return value;
        target[base + index] = value;
      }
      return null;
    };
  }
  const limits = integerLimits[type as IntegerType];
  const low = Number(limits[0]);
  const high = Number(limits[1]);
  const whole = values as Int32Array;
  return (row) => {
    const base = row * width;
    for (let index = 0; index < width; index++) {
      const source = columns[index] as number;
      const value = numbers[source] as number;
      if (!Number.isInteger(value)) return { source, code: "cell-not-a-number", wants: wantsWhole };
      if (value < low || value > high) return { source, code: "cell-out-of-range", wants: wantsBetween(limits) };
      whole[base + index] = value;
    }
    return null;
  };
}

type CheckedType = Exclude<ColumnType, "string" | "float" | "double">;

/** A text may be anything, and a number is one by the same grammar wherever it is read: only the others are looked at. */
function isCheckedType(type: ColumnType | null): type is CheckedType {
  return type !== null && type !== "string" && type !== "float" && type !== "double";
}

/** Holds a source's text to a signature's type and puts down the number that it is. */
function createTypeCheck(
  type: CheckedType,
  sources: RowSources,
  source: number,
  { missing }: TabularScorer,
): () => CellFault | null {
  const mismatch: CellFault = { source, code: "signature-mismatch", wants: columnTypeWords[type] };
  const replacement = missing === "error" ? null : missing === "nan" ? Number.NaN : missing.value;
  return () => {
    if (type === "integer" || type === "long") {
      const short = shortWholeNumber(sources, source);
      if (short !== notShort) {
        sources.numbers[source] = short;
        return null;
      }
    }
    const text = decodeText(sourceBytes(sources, source));
    if (isMissing(text)) {
      if (replacement === null) return mismatch;
      sources.numbers[source] = replacement;
      return null;
    }
    if (!isOfColumnType(type, text, sources.dialect.decimal)) return mismatch;
    sources.numbers[source] = typedNumber(type, text, sources.dialect.decimal) ?? Number.NaN;
    return null;
  };
}

const wantsWhole = "a whole number";

function wantsBetween([low, high]: readonly [bigint, bigint]): string {
  return `a number from ${low} to ${high}`;
}

function isFault(value: bigint | number | string | CellFault): value is CellFault {
  return typeof value === "object";
}

const notShort = -0x80000000;

/** A source's text as a 32-bit integer when it is nothing but nine digits at most, with a minus or none; else `notShort`. */
function shortWholeNumber(sources: RowSources, source: number): number {
  if (sources.textKind[source] !== plainText) return notShort;
  const bytes = sources.textBytes[source] as Uint8Array;
  const end = sources.textEnd[source] as number;
  let at = sources.textStart[source] as number;
  const isNegative = at < end && bytes[at] === 0x2d;
  if (isNegative) at++;
  if (end - at < 1 || end - at > 9) return notShort;
  let value = 0;
  for (; at < end; at++) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0 || digit > 9) return notShort;
    value = (Math.imul(value, 10) + digit) | 0;
  }
  return isNegative ? -value : value;
}

/** Makes a value of a text type from a source's text. */
function createTextConverter(
  type: TensorType,
  missing: Missing,
): (sources: RowSources, source: number) => bigint | number | string | CellFault {
  const replacement = missing === "error" || missing === "nan" ? null : missing.value;
  if (type === "string") {
    return (sources, source) => {
      const text = sourceText(sources, source);
      if (text === null) return wrongEncoding(sources, source);
      if (text.length === 0) {
        if (missing === "error") return { source, code: "cell-empty", wants: "a text" };
        return replacement === null ? "" : String(replacement);
      }
      return decodeText(text);
    };
  }
  if (type === "bool") {
    return (sources, source) => {
      const text = decodeText(sourceBytes(sources, source));
      const value = isMissing(text) && replacement !== null ? replacement !== 0 : booleanFromText(text);
      return value === undefined ? { source, code: "cell-not-a-number", wants: "true or false" } : Number(value);
    };
  }
  if (!isIntegerType(type)) throw new Error(`Values of type ${type} are not made from text.`);
  const limits = integerLimits[type];
  return (sources, source) => {
    const text = decodeText(sourceBytes(sources, source));
    const isReplaced = replacement !== null && isMissing(text);
    const value = isReplaced ? integerFromText(String(replacement)) : integerFromText(text, sources.dialect.decimal);
    if (value === undefined) return { source, code: "cell-not-a-number", wants: wantsWhole };
    if (value < limits[0] || value > limits[1])
      return { source, code: "cell-out-of-range", wants: wantsBetween(limits) };
    return value;
  };
}

const quoteMark = 0x22;
const noBytes = new Uint8Array(0);

/** A source's text with its doubled quotes made single; empty for a null. */
function sourceBytes(sources: RowSources, source: number): Uint8Array {
  const kind = sources.textKind[source];
  if (kind === noText) return noBytes;
  const bytes = (sources.textBytes[source] as Uint8Array).subarray(sources.textStart[source], sources.textEnd[source]);
  if (kind === plainText) return bytes;
  const target = new Uint8Array(bytes.length);
  return target.subarray(0, copyUnquoted(bytes, 0, bytes.length, target, 0));
}

/**
 * A source's text as UTF-8; null when its bytes are no text in the file's encoding. Hardly any Windows-1252 text beyond
 * ASCII is valid UTF-8, so one that is comes from a file of the other encoding.
 */
function sourceText(sources: RowSources, source: number): Uint8Array | null {
  const bytes = sourceBytes(sources, source);
  const { encoding } = sources.dialect;
  if (encoding === "utf-8") return isUtf8(bytes) ? bytes : null;
  if (isAscii(bytes)) return bytes;
  return isUtf8(bytes) || !isWindows1252(bytes) ? null : Buffer.from(decodeText(bytes, encoding));
}

function wrongEncoding(sources: RowSources, source: number): CellFault {
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

/** The cells of one kept column, copied out of the window that they were read into. */
export type KeptCells = {
  bytes: Uint8Array;
  /** The cell of a row begins where that of the row before it ends. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
};

function createKeptCells(capacity: number): KeptCells {
  return {
    bytes: new Uint8Array(capacity * 16),
    starts: new Uint32Array(capacity),
    ends: new Uint32Array(capacity),
  };
}

const shortText = 40;

/** Keeps `from[start..end)`, taken as it is, as the cell of `row`. */
export function keepCell(cells: KeptCells, row: number, from: Uint8Array, start: number, end: number): void {
  const position = row === 0 ? 0 : (cells.ends[row - 1] as number);
  const length = end - start;
  if (cells.bytes.length < position + length) makeRoom(cells, position, length);
  const { bytes } = cells;
  if (length <= shortText) {
    for (let index = 0; index < length; index++) bytes[position + index] = from[start + index] as number;
  } else {
    bytes.set(from.subarray(start, end), position);
  }
  cells.starts[row] = position;
  cells.ends[row] = position + length;
}

/** Keeps no value at all as the cell of `row`. */
export function keepNull(cells: KeptCells, row: number): void {
  cells.starts[row] = nullCell;
  cells.ends[row] = row === 0 ? 0 : (cells.ends[row - 1] as number);
}

function makeRoom(cells: KeptCells, used: number, length: number): void {
  const larger = new Uint8Array(Math.max(cells.bytes.length * 2, used + length));
  larger.set(cells.bytes.subarray(0, used));
  cells.bytes = larger;
}

/** Keeps a source's text as the cell of `row`. */
function storeText(sources: RowSources, source: number, cells: KeptCells, row: number): CellFault | null {
  const kind = sources.textKind[source];
  if (kind === noText) {
    keepNull(cells, row);
    return null;
  }
  if (kind !== plainText) return keepText(sources, source, cells, row);
  const bytes = sources.textBytes[source] as Uint8Array;
  const start = sources.textStart[source] as number;
  const end = sources.textEnd[source] as number;
  let seen = end - start > shortText ? 0x80 : 0;
  for (let at = start; at < end && seen < 0x80; at++) seen |= bytes[at] as number;
  // Plain ASCII, as most texts are, is text in any encoding.
  if (seen >= 0x80) return keepText(sources, source, cells, row);
  keepCell(cells, row, bytes, start, end);
  return null;
}

function keepText(sources: RowSources, source: number, cells: KeptCells, row: number): CellFault | null {
  const text = sourceText(sources, source);
  if (text === null) return wrongEncoding(sources, source);
  keepCell(cells, row, text, 0, text.length);
  return null;
}
