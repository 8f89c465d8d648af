import type { CsvDialect } from "../../electron/contract/tables/csv.ts";
import { defaultDialect } from "../../electron/contract/tables/csv.ts";
import type { TextScorer } from "../../electron/contract/nouns/scorer.ts";
import type { TabularReaders } from "../readers/record-reader.ts";
import { textOfFile } from "../readers/texts/text-file.ts";
import type { FilesReading } from "./score-files.ts";
import type { TableReading } from "./score-table.ts";
import type { EncodedText, TextInputs } from "./text-inputs.ts";

/** A text of so many characters is worth to be named on its own before it is taken apart. */
const longText = 10_000;

/** Texts that are rows of a table, or lines. */
export function textRows(scorer: TextScorer, inputs: TextInputs, readers: TabularReaders): TableReading {
  return {
    outputs: scorer.outputs,
    readers,
    prepare(block, first, next, beforeRisk) {
      const texts = (block.inputs[0] as readonly string[]).slice(first, next);
      let isNamed = false;
      const encoded = texts.map((text, row): EncodedText => {
        const isLong = text.length > longText;
        if (isLong) beforeRisk(first + row, first + row + 1);
        else if (!isNamed) beforeRisk(first, next);
        isNamed = !isLong;
        return inputs.encode(text);
      });
      return (from, to) => inputs.feeds(encoded, from, to);
    },
  };
}

/** Texts that are whole files. */
export function textFiles(scorer: TextScorer, inputs: TextInputs, dialect: CsvDialect | null): FilesReading {
  const { encoding } = dialect ?? defaultDialect;
  let frame: EncodedText[] = [];
  return {
    outputs: scorer.outputs,
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
  };
}
