import { type ScriptColumn, widerType } from "../../../contract/nouns/script-columns.ts";

/**
 * Cells that pandas wrote: it names no types, and writes nothing for what is missing. A column is what all of its cells can be
 * without being written otherwise, so that `007` stays a text.
 */
const integer = /^-?(0|[1-9]\d{0,17})$/;
const float = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
/** Python's words, and ours. */
const words: Readonly<Record<string, readonly [type: ScriptColumn["type"], ours: string]>> = {
  True: ["boolean", "true"],
  False: ["boolean", "false"],
  true: ["boolean", "true"],
  false: ["boolean", "false"],
  nan: ["float", "NaN"],
  NaN: ["float", "NaN"],
  inf: ["float", "Infinity"],
  Infinity: ["float", "Infinity"],
  "-inf": ["float", "-Infinity"],
  "-Infinity": ["float", "-Infinity"],
};

function typeOf(cell: string): ScriptColumn["type"] {
  if (cell === "") return "empty";
  if (integer.test(cell)) return "integer";
  if (float.test(cell)) return "float";
  return Object.hasOwn(words, cell) ? (words[cell]?.[0] ?? "text") : "text";
}

/** The narrowest type of each column, over rows that are added one by one. */
export function createColumnTypes(): {
  readonly add: (cells: readonly string[]) => void;
  readonly all: () => readonly ScriptColumn["type"][];
} {
  const types: ScriptColumn["type"][] = [];
  return {
    add(cells) {
      for (const [place, cell] of cells.entries()) {
        const known = types[place] ?? "empty";
        if (known !== "text") types[place] = widerType(known, typeOf(cell));
      }
    },
    all: () => types,
  };
}

/** A cell as workers write one of a script: texts are always quoted, nothing else is, and nothing stands for no value. */
export function recordCell(cell: string, type: ScriptColumn["type"]): string {
  if (cell === "") return "";
  if (type === "text") return `"${cell.replaceAll('"', '""')}"`;
  return Object.hasOwn(words, cell) ? (words[cell]?.[1] ?? cell) : cell;
}

export function isNotANumber(cell: string): boolean {
  return Object.hasOwn(words, cell) && words[cell]?.[0] === "float";
}
