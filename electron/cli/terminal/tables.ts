import { visibleText } from "../../contract/plain-text.ts";
import { isRecord } from "./json-text.ts";

/** A line for each row; with a width the widest columns are cut so that a line fits it. */
export function tableLines(lines: readonly (readonly string[])[], width: number | null): readonly string[] {
  const columns = Math.max(0, ...lines.map((line) => line.length));
  const wanted = Array.from({ length: columns }, (_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  const widths = width === null ? wanted : fittingWidths(wanted, width);
  return lines.map((line) =>
    line
      .map((text, at) => cutTo(text, widths[at] ?? text.length).padEnd(widths[at] ?? 0))
      .join(gap)
      .trimEnd(),
  );
}

const gap = "  ";
const narrowest = 8;

/** The widest columns give way, one character after the other, down to what can still be read. */
function fittingWidths(wanted: readonly number[], width: number): readonly number[] {
  const widths = [...wanted];
  let total = widths.reduce((sum, one) => sum + one, gap.length * (widths.length - 1));
  while (total > width) {
    const widest = Math.max(...widths);
    if (widest <= narrowest) break;
    const at = widths.lastIndexOf(widest);
    widths[at] = widest - 1;
    total -= 1;
  }
  return widths;
}

function cutTo(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** A result as the table of `az`: a row for each record, its plain facts as columns, a line under their names. */
export function factTable(
  value: unknown,
  columns: readonly string[] | undefined,
  width: number | null,
): readonly string[] {
  const rows = (Array.isArray(value) ? value : value === null ? [] : [value]).map(recordOf);
  if (rows.length === 0) return [];
  const names = columns?.filter((name) => rows.some((row) => name in row)) ?? [...new Set(rows.flatMap(plainKeys))];
  const titles = names.map((name) => visibleText(`${name.slice(0, 1).toUpperCase()}${name.slice(1)}`));
  const cells = rows.map((row) => names.map((name) => visibleText(plainText(row[name]))));
  const all = [titles, ...cells];
  const underlines = titles.map((_, at) => "-".repeat(Math.max(...all.map((line) => line[at]?.length ?? 0))));
  return tableLines([titles, underlines, ...cells], width).map((line, at) =>
    at === 1 ? line.replace(/…/g, "-") : line,
  );
}

/** What is no record has a single column. */
function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  if (Array.isArray(value)) return Object.fromEntries(value.map((one: unknown, at) => [`Column${at + 1}`, one]));
  return isRecord(value) ? value : { Result: value };
}

function plainKeys(row: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(row)
    .filter(([, value]) => typeof value !== "object" || value === null)
    .map(([key]) => key);
}

/** Lines of values for programs: those of a record in its order, of a list within a list its values. */
export function tsvRows(value: unknown): readonly (readonly string[])[] {
  if (value === null) return [];
  const rows: readonly unknown[] = Array.isArray(value) ? value : [value];
  return rows.map((row) =>
    (Array.isArray(row) ? row : isRecord(row) ? Object.values(row) : [row]).map((cell: unknown) => plainText(cell)),
  );
}

/** A value that holds others is told as JSON; null is nothing. */
function plainText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
