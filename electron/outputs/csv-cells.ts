/** A cell is shown up to this many characters; the file holds the whole. */
export const longestCell = 4096;

/** One row of CSV text (RFC 4180 quotes, without its line end) as cells, those longer than `longest` cut with an ellipsis. */
export function csvCells(row: string, separator: " " | "," = ",", longest = longestCell): string[] {
  const cells: string[] = [];
  let position = 0;
  for (;;) {
    if (row.charCodeAt(position) === 0x22) {
      let cell = "";
      let end = position + 1;
      for (;;) {
        const quote = row.indexOf('"', end);
        if (quote === -1) {
          cell += row.slice(end);
          end = row.length;
          break;
        }
        cell += row.slice(end, quote);
        if (row.charCodeAt(quote + 1) !== 0x22) {
          end = quote + 1;
          break;
        }
        cell += '"';
        end = quote + 2;
      }
      const next = row.indexOf(separator, end);
      cells.push(shortened(cell, longest));
      if (next === -1) return cells;
      position = next + 1;
    } else {
      const next = row.indexOf(separator, position);
      cells.push(shortened(next === -1 ? row.slice(position) : row.slice(position, next), longest));
      if (next === -1) return cells;
      position = next + 1;
    }
  }
}

/** A cell as it is shown. */
export function shortened(cell: string, longest = longestCell): string {
  return cell.length <= longest ? cell : `${cell.slice(0, longest)}…`;
}
