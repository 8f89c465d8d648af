import type { ScorerOutput } from "../../electron/contract/nouns/scorers/scorer-parts.ts";
import { maxNumberBytes } from "./number-text.ts";
import { cellWriter, floats, isFloatType, notNumbersOfArray } from "./output-cells.ts";
import type { PrepareOutput } from "./prepared-output.ts";
import type { RecordWriter } from "./segment.ts";
import type { TextStyle } from "./text-cell.ts";

const comma = 44;
const quote = 34;
const openingBracket = 91;
const closingBracket = 93;
/** Values that are written at once. */
const pieceValues = 4096;

/** A list of the values in C order; as one quoted cell where the text is turned into Parquet. */
export function listCells(output: ScorerOutput, style: TextStyle, lead: Uint8Array): PrepareOutput {
  const isQuoted = style.kind === "always-quoted";
  return ({ data }, rows) => {
    const width = data.length / rows;
    const values = isFloatType(output.type) ? floats({ ...output, width }, data, rows) : data;
    const writeValue = cellWriter(values, output, style);

    function append(record: RecordWriter, row: number): void {
      record.append(lead);
      record.append(isQuoted ? Uint8Array.of(quote, openingBracket) : Uint8Array.of(openingBracket));
      for (let from = 0; from < width; from += pieceValues) {
        const to = Math.min(width, from + pieceValues);
        record.reserve((to - from) * (maxNumberBytes + 1));
        const { chunk } = record;
        let { position } = record;
        for (let index = from; index < to; index++) {
          if (index > 0) chunk[position++] = comma;
          position = writeValue(chunk, position, row * width + index);
        }
        record.position = position;
      }
      record.append(isQuoted ? Uint8Array.of(closingBracket, quote) : Uint8Array.of(closingBracket));
    }

    const notNumbers = notNumbersOfArray(output, data, rows);
    return { write: neverWritten, append, fixedBytes: 0, textBytes: null, floats: null, notNumbers };
  };
}

function neverWritten(): number {
  throw new Error("A list is appended.");
}
