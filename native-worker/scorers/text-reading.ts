import type { CsvDialect } from "../../electron/contract/tables/csv.ts";
import { defaultDialect } from "../../electron/contract/tables/csv.ts";
import { isSortedByLength } from "../../electron/contract/nouns/scorer.ts";
import type { TextScorer } from "../../electron/contract/nouns/scorers/text-scorer.ts";
import type { TabularBlock } from "../readers/block.ts";
import type { TabularReaders } from "../readers/record-reader.ts";
import { textOfFile } from "../readers/texts/text-file.ts";
import { textResults } from "./pool-tokens.ts";
import type { FilesReading } from "./score-files.ts";
import type { TableReading } from "./score-table.ts";
import type { PrepareRows } from "./sorted-rows.ts";
import type { EncodedText, TextInputs } from "./text-inputs.ts";

/** A text of so many characters is worth to be named on its own before it is taken apart. */
const longText = 10_000;

/** Texts that are rows of a table, or lines. */
export function textRows(scorer: TextScorer, inputs: TextInputs, readers: TabularReaders): TableReading {
  const { results, valuesOf } = textResults(scorer, inputs);
  const textOf = ({ inputs: [texts] }: TabularBlock, row: number): string =>
    (texts as readonly string[])[row] as string;
  const prepare: PrepareRows = (block, rows, beforeRisk) => {
    let isNamed = false;
    const encoded = rows.map((row): EncodedText => {
      const text = textOf(block, row);
      const isLong = text.length > longText;
      if (isLong) beforeRisk(row, row + 1);
      else if (!isNamed) beforeRisk(rows[0] as number, (rows.at(-1) as number) + 1);
      isNamed = !isLong;
      return inputs.encode(text);
    });
    return {
      feeds: (from, to) => inputs.feeds(encoded, from, to),
      valuesOf: (tensors, from, to) => valuesOf(tensors, encoded, from, to),
    };
  };
  return {
    results,
    readers,
    prepare(block, first, next, beforeRisk) {
      const rows = Array.from({ length: next - first }, (_, index) => first + index);
      return prepare(block, rows, beforeRisk);
    },
    sorted: isSortedByLength(scorer) ? { lengthOf: (block, row) => textOf(block, row).length, prepare } : null,
  };
}

/** Texts that are whole files. */
export function textFiles(scorer: TextScorer, inputs: TextInputs, dialect: CsvDialect | null): FilesReading {
  const { encoding } = dialect ?? defaultDialect;
  const { results, valuesOf } = textResults(scorer, inputs);
  let frame: EncodedText[] = [];
  return {
    results,
    startFrame() {
      frame = [];
    },
    async take(bytes, row, beforeRisk) {
      const text = textOfFile(bytes, encoding);
      if (typeof text !== "string") return text;
      beforeRisk();
      const encoded = inputs.encode(text);
      if (typeof encoded === "object" && "code" in encoded) return { stage: "preprocess", ...encoded };
      frame[row] = encoded;
      return null;
    },
    feeds: (from, to) => inputs.feeds(frame, from, to),
    valuesOf: (tensors, from, to) => valuesOf(tensors, frame, from, to),
  };
}
