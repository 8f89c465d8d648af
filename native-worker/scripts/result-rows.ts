import { Buffer } from "node:buffer";
import { joinColumns } from "../../electron/contract/nouns/script-columns.ts";
import type { ScriptColumn } from "../../electron/contract/nouns/script-columns.ts";
import type { RowForm } from "./script-program.ts";

type Cell = { readonly text: string; readonly type: ScriptColumn["type"] };

const chunkCharacters = 1 << 18;
const maxInteger = 2n ** 63n - 1n;

/**
 * What a script in JavaScript returned, as rows: objects by their keys, anything else in one column `prediction`. Texts are
 * quoted, always, and nothing else is. The same rules as in python-runner.py.
 */
export function encodeResult(
  result: readonly unknown[],
  form: RowForm,
): { readonly columns: readonly ScriptColumn[] | null; readonly rows: Iterable<Uint8Array> } {
  if (form === "none") return { columns: null, rows: [] };
  if (form === "azure") return { columns: null, rows: inPieces(result.map((element) => `${plainText(element)}\n`)) };
  const rows = result.map(cellsOf);
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
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? String(part) : part));
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
