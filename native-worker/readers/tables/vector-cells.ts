import {
  booleanFromText,
  integerLimits,
  isIntegerType,
  wholeNumberOfCell,
} from "../../../electron/contract/tables/cell-values.ts";
import { decodeText } from "../../../electron/contract/tables/csv.ts";
import { createListReader, type ListReader, listWords } from "../../../electron/contract/tables/list-cells.ts";
import type { TensorType } from "../../../electron/contract/signature.ts";
import type { InputValues } from "../block.ts";
import { halfBits } from "../../../electron/contract/half-float.ts";
import type { Converter } from "./cell-converters.ts";
import { numberFromBytes } from "./csv-numbers.ts";
import { type CellFault, type RowSources, sourceBytes } from "./row-sources.ts";

const noElement = Buffer.from("null");

/** The value of an element, as it stands in the tensor's array; undefined when it is none of the type's. */
type ElementOf = (bytes: Buffer, start: number, end: number) => unknown;

/** Converts the cells of an input that is filled by one column of vectors, each of `shape`. */
export function createVectorConverter(
  type: TensorType,
  source: number,
  shape: readonly number[],
  values: InputValues,
  sources: RowSources,
): Converter {
  const width = shape.reduce((product, length) => product * length, 1);
  const readNested = createListReader(shape);
  const readFlat = createListReader([width]);
  // A plain list of all values is as clear.
  const read: ListReader = (...cell) => {
    const fault = readNested(...cell);
    return fault === "wrong-shape" && shape.length > 1 ? readFlat(...cell) : fault;
  };
  const elementOf = elementsOf(type, source, sources);
  const target = values as { [index: number]: unknown };
  const wants = listWords(shape, type === "string" ? "texts" : type === "bool" ? "truth values" : "numbers");
  const faults = {
    "not-a-list": { source, code: "cell-wrong-shape", wants },
    "wrong-shape": { source, code: "cell-wrong-shape", wants },
    refused: { source, code: "cell-not-a-number", wants },
  } as const satisfies Record<string, CellFault>;

  // A vector that is not there is one of elements that are not.
  const filler = elementOf(noElement, 0, noElement.length);
  const isMissing = type === "string" ? sources.missingWords.isNoText : sources.missingWords.isNoValue;
  let bytes: Buffer = Buffer.alloc(0);
  let first = 0;
  const take = (place: number, start: number, end: number): boolean => {
    const value = elementOf(bytes, start, end);
    if (value === undefined) return false;
    target[first + place] = value;
    return true;
  };
  return (row) => {
    const cell = sourceBytes(sources, source);
    bytes = Buffer.from(cell.buffer, cell.byteOffset, cell.length);
    first = row * width;
    const fault = read(bytes, 0, bytes.length, take);
    if (fault === null) return null;
    if (fault !== "not-a-list" || filler === undefined || !isMissing(decodeText(bytes))) return faults[fault];
    for (let place = 0; place < width; place++) target[first + place] = filler;
    return null;
  };
}

/** An element that stands for no value is what the rule of its column says. */
function elementsOf(type: TensorType, source: number, sources: RowSources): ElementOf {
  const { missingWords } = sources;
  const isNoValue = (bytes: Buffer, start: number, end: number) =>
    missingWords.isNoValue(decodeText(bytes.subarray(start, end)));
  if (type === "string") return textElements(source, sources);
  const missing = sources.missingNumbers[source];
  if (type === "bool" || type === "int64" || type === "uint64") {
    const limits = type === "bool" ? null : integerLimits[type];
    return (bytes, start, end) => {
      const raw = decodeText(bytes.subarray(start, end));
      const isReplaced = missingWords.isNoValue(raw);
      if (isReplaced && (missing === undefined || Number.isNaN(missing))) return undefined;
      const text = isReplaced ? String(missing) : unquoted(raw);
      if (limits === null) {
        const truth = booleanFromText(text);
        return truth === undefined ? undefined : Number(truth);
      }
      const whole = wholeNumberOfCell(text);
      return whole === undefined || whole < limits[0] || whole > limits[1] ? undefined : whole;
    };
  }
  const numberOf = (bytes: Buffer, start: number, end: number): number | undefined => {
    // A number in quotes is one, as it is in a cell of its own.
    const inner = bytes[start] === 0x22 && end - start >= 2 ? 1 : 0;
    const value = numberFromBytes(bytes, start + inner, end - inner, type !== "float32");
    if (value === undefined) return isNoValue(bytes, start + inner, end - inner) ? missing : undefined;
    return missingWords.numbers.has(value) ? missing : value;
  };
  if (type === "float16") {
    return (bytes, start, end) => {
      const value = numberOf(bytes, start, end);
      return value === undefined ? undefined : halfBits(value);
    };
  }
  if (!isIntegerType(type)) return numberOf;
  const [low, high] = integerLimits[type].map(Number) as [number, number];
  return (bytes, start, end) => {
    const value = numberOf(bytes, start, end);
    return value !== undefined && Number.isInteger(value) && value >= low && value <= high ? value : undefined;
  };
}

function textElements(source: number, { missing, missingWords }: RowSources): ElementOf {
  const rule = missing[source];
  const replacement = rule === "error" || rule === undefined ? undefined : rule === "nan" ? "" : String(rule.value);
  return (bytes, start, end) => {
    const raw = decodeText(bytes.subarray(start, end));
    const text = raw === "null" ? "" : unquoted(raw);
    return missingWords.isNoText(text) ? replacement : text;
  };
}

/** The text of a JSON string; any other text as it is. */
function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}
