import { numberOfCell } from "../../../electron/contract/tables/cell-values.ts";
import { keepCell, keepNull } from "./kept-cells.ts";
import { type CellFault, type DirectRows, noText, type RowSources, utf8Text, wantsNumber } from "./row-sources.ts";

/** Sources that have the same cell in every row of a part: the columns of its folders. */
export type ConstantCells = {
  /** Takes the cells of a part, by the name of the column; null: no value. Readers leave these sources alone. */
  readonly set: (cells: ReadonlyMap<string, string | null>) => void;
  readonly has: (source: number) => boolean;
  /** The text of a source, as the folder has it; null when it is no constant one. */
  readonly textOf: (source: number) => string | null;
  /** What is wrong with one of them, and so with every row of the part; null when nothing is. */
  readonly fault: () => CellFault | null;
  /** Puts the cells into the sources again, after a reader has put others there. */
  readonly put: () => void;
  /** Fills rows `from`..`to` of the block, where others were put by the short way. */
  readonly fill: (from: number, to: number) => void;
};

type ConstantCell = { readonly source: number; readonly text: string | null; readonly bytes: Buffer };

export function createConstantCells(sources: RowSources, direct: DirectRows): ConstantCells {
  let cells: readonly ConstantCell[] = [];
  let fault: CellFault | null = null;

  const put = (): void => {
    for (const { source, text, bytes } of cells) {
      sources.textBytes[source] = bytes;
      sources.textStart[source] = 0;
      sources.textEnd[source] = bytes.length;
      sources.textKind[source] = text === null ? noText : utf8Text;
      if (sources.needsNumber[source]) sources.numbers[source] = numberOf(sources, source, text) ?? Number.NaN;
    }
  };

  return {
    set(values) {
      cells = sources.names.flatMap((name, source) => {
        const text = values.get(name);
        return text === undefined ? [] : [{ source, text, bytes: Buffer.from(text ?? "") }];
      });
      const bad = cells.find(
        ({ source, text }) => sources.needsNumber[source] && numberOf(sources, source, text) === undefined,
      );
      fault = bad === undefined ? null : { source: bad.source, code: "cell-not-a-number", wants: wantsNumber };
      put();
    },
    has: (source) => cells.some((cell) => cell.source === source),
    textOf(source) {
      const cell = cells.find((candidate) => candidate.source === source);
      return cell === undefined ? null : (cell.text ?? "");
    },
    fault: () => fault,
    put,
    fill(from, to) {
      for (const { source, text, bytes } of cells) {
        const place = direct.places[source] as number;
        const stride = direct.strides[source] as number;
        const value = sources.numbers[source] as number;
        const kept = direct.kept[source] ?? null;
        for (let row = from; row < to; row++) {
          if (place >= 0) direct.values[place + stride * row] = value;
          if (kept === null) continue;
          if (text === null) keepNull(kept, row);
          else keepCell(kept, row, bytes, 0, bytes.length);
        }
      }
    },
  };
}

/** Undefined when it is none. Folders know no decimal comma. */
function numberOf(
  { missingNumbers, missingWords }: RowSources,
  source: number,
  text: string | null,
): number | undefined {
  if (text === null || missingWords.isNoValue(text)) return missingNumbers[source];
  return numberOfCell(text);
}
