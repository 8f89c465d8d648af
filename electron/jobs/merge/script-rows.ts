import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { csvTextCell } from "../../contract/tables/csv-cell.ts";
import { cellText, createRecordCutter, rawCells, recordTexts } from "../../contract/tables/written-records.ts";

/**
 * Rows that a script returned, from the form in which workers write them to that of the job's file. In a worker's records
 * texts are always quoted and nothing else is: numbers, `true`, `false` and (for no value) nothing stand bare.
 */
type Target = Pick<JobSpec["output"], "format" | "csvFormulas">;

/** The first line of the file, LF included; empty where there is none. */
export function scriptRowsHeader(columns: readonly string[], { format, csvFormulas }: Target): string {
  if (format === "jsonl" || columns.length === 0) return "";
  const formulas = format === "parquet" ? "keep" : csvFormulas;
  return `${columns.map((name) => csvTextCell(name, formulas)).join(",")}\n`;
}

/**
 * Puts the rows of one record, whose columns are `from`, under the columns `to` of the file. Takes the record in pieces cut
 * anywhere and gives whole rows; the last piece ends with the last row.
 */
export function translateRows(
  from: readonly string[],
  to: readonly string[],
  target: Target,
): (bytes: Buffer) => Buffer {
  const isAlike = from.length === to.length && from.every((name, place) => name === to[place]);
  if (isAlike && target.format === "parquet") return (bytes) => bytes;
  const places = to.map((name) => from.indexOf(name));
  const writeRow = target.format === "jsonl" ? jsonRow(to, places) : csvRow(places, target);
  const cut = createRecordCutter("quoted");
  return (bytes) => {
    let rows = "";
    for (const record of recordTexts(cut(bytes), "quoted")) rows += writeRow(rawCells(record));
    return Buffer.from(rows, "utf8");
  };
}

function csvRow(places: readonly number[], { format, csvFormulas }: Target): (cells: readonly string[]) => string {
  const asFound = format === "parquet";
  const write = (cell: string) => (asFound || !isText(cell) ? cell : csvTextCell(cellText(cell), csvFormulas));
  return (cells) => {
    const line = places.map((place) => write(cells[place] ?? "")).join(",");
    // An empty line would be no row at all to most readers.
    return line === "" && !asFound ? '""\n' : `${line}\n`;
  };
}

function jsonRow(names: readonly string[], places: readonly number[]): (cells: readonly string[]) => string {
  const keys = names.map((name) => JSON.stringify(name));
  return (cells) => `{${places.map((place, index) => `${keys[index]}:${jsonValue(cells[place] ?? "")}`).join(",")}}\n`;
}

/** JSON has no infinities and no NaN: they are texts there, as they are for the built-in scorers. */
function jsonValue(cell: string): string {
  if (cell === "") return "null";
  if (isText(cell)) return JSON.stringify(cellText(cell));
  return /^-?(NaN|Infinity)$/.test(cell) ? `"${cell}"` : cell;
}

function isText(cell: string): boolean {
  return cell.startsWith('"');
}
