import { Buffer } from "node:buffer";
import { joinColumns } from "../../electron/contract/nouns/script-columns.ts";
import type { ScriptColumn } from "../../electron/contract/nouns/script-columns.ts";
import { maxNumberBytes, writeFloat32 } from "../writers/number-text.ts";
import type { RowForm } from "./script-program.ts";

type Cell = { readonly text: string; readonly type: ScriptColumn["type"] };

const chunkCharacters = 1 << 18;
const maxInteger = 2n ** 63n - 1n;

/** What run() in JavaScript may return once it has crossed to this thread: a list, or numbers in an array of one type. */
export type ScriptResult = readonly unknown[] | TypedArray;

type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

export function isScriptResult(value: unknown): value is ScriptResult {
  return Array.isArray(value) || isTypedArray(value);
}

function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** The numbers of a typed array. Those of float32 are given with no more digits than read back as the same float32. */
function elementsOf(result: ScriptResult): readonly unknown[] {
  if (!isTypedArray(result)) return result;
  if (!(result instanceof Float32Array)) return Array.from<number | bigint>(result);
  return Array.from(result, (_value, index) => {
    const end = writeFloat32(numberText32, 0, result, index);
    return Number(numberText32.toString("latin1", 0, end));
  });
}

const numberText32 = Buffer.alloc(maxNumberBytes);

/**
 * What a script in JavaScript returned, as rows: objects by their keys, anything else in one column `prediction`. Texts are
 * quoted, always, and nothing else is. The same rules as in python-runner.py.
 */
export function encodeResult(
  result: ScriptResult,
  form: RowForm,
): { readonly columns: readonly ScriptColumn[] | null; readonly rows: Iterable<Uint8Array> } {
  if (form === "none") return { columns: null, rows: [] };
  const elements = elementsOf(result);
  if (form === "azure") return { columns: null, rows: inPieces(elements.map((element) => `${plainText(element)}\n`)) };
  const rows = elements.map(cellsOf);
  const columns = rows.reduce<readonly ScriptColumn[]>(
    (known, row) =>
      joinColumns(
        known,
        [...row].map(([name, { type }]) => ({ name, type })),
      ),
    [],
  );
  if (columns.length === 0) return { columns, rows: [] };
  return {
    columns,
    rows: inPieces(rows.map((row) => `${columns.map(({ name }) => row.get(name)?.text ?? "").join(",")}\n`)),
  };
}

function cellsOf(element: unknown): ReadonlyMap<string, Cell> {
  const isRecord =
    typeof element === "object" && element !== null && Object.getPrototypeOf(element) === Object.prototype;
  const fields: [string, unknown][] = isRecord ? Object.entries(element) : [["prediction", element]];
  return new Map(fields.map(([name, value]) => [name, cellOf(value)]));
}

function cellOf(value: unknown): Cell {
  switch (typeof value) {
    case "number":
      return { text: numberText(value), type: Number.isSafeInteger(value) ? "integer" : "float" };
    case "bigint":
      return {
        text: String(value),
        type: value <= maxInteger && value >= -maxInteger - 1n ? "integer" : "text",
      };
    case "boolean":
      return { text: String(value), type: "boolean" };
    case "undefined":
      return { text: "", type: "empty" };
    default:
      return value === null ? { text: "", type: "empty" } : { text: quoted(plainText(value)), type: "text" };
  }
}

function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** A text as it is, a date as ISO 8601 writes it, anything with parts as JSON. */
function plainText(value: unknown): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? String(value) : value.toISOString();
  if (typeof value !== "object" || value === null) return String(value);
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === "bigint") return String(part);
    return isTypedArray(part) ? elementsOf(part) : part;
  });
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

function* inPieces(lines: readonly string[]): Generator<Uint8Array> {
  let waiting: string[] = [];
  let characters = 0;
  for (const line of lines) {
    waiting.push(line);
    characters += line.length;
    if (characters < chunkCharacters) continue;
    yield Buffer.from(waiting.join(""), "utf8");
    waiting = [];
    characters = 0;
  }
  if (waiting.length > 0) yield Buffer.from(waiting.join(""), "utf8");
}
