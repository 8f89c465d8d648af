import { cellText, rawCells } from "../contract/tables/written-records.ts";

/** A cell is shown up to this many characters; the file holds the whole. */
export const maxShownCharacters = 4096;

/** One row of CSV text (RFC 4180 quotes, without its line end) as cells, those longer than `max` cut with an ellipsis. */
export function csvCells(row: string, separator: " " | "," = ",", max = maxShownCharacters): string[] {
  return rawCells(row, separator).map((cell) => shortened(cellText(cell), max));
}

/** A cell as it is shown. */
export function shortened(cell: string, max = maxShownCharacters): string {
  return cell.length <= max ? cell : `${cell.slice(0, max)}…`;
}
