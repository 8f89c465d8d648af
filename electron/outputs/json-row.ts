import { maxShownCharacters, shortened } from "./csv-cells.ts";

/** Cells of a row by column, in the row's order. */
export type JsonRow = ReadonlyMap<string, string>;

/** A text, a list of numbers, or anything else up to the next comma or the end: numbers, true, false, null. */
const pair = /("(?:[^"\\]|\\.)*"):("(?:[^"\\]|\\.)*"|\[[^\]]*\]|[^,}]*)[,}]/y;

/**
 * One line of predictions.jsonl as cells, those longer than `max` cut with an ellipsis: texts without their quotes, null empty, and
 * numbers by their own digits, which `JSON.parse` would round.
 */
export function jsonRow(line: string, max = maxShownCharacters): JsonRow {
  const cells = new Map<string, string>();
  pair.lastIndex = 1;
  for (let found = pair.exec(line); found !== null; found = pair.exec(line)) {
    const [, name = "", value = ""] = found;
    const text = value.startsWith('"') ? textOf(value) : value === "null" ? "" : value;
    cells.set(textOf(name), shortened(text, max));
  }
  return cells;
}

/** The text that a JSON string stands for. */
function textOf(json: string): string {
  const text: unknown = JSON.parse(json);
  return String(text);
}
