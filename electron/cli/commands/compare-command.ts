import type { Comparison } from "../../contract/messages/compare-messages.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { type WorkspaceCommand, type CommandContext, usageProblem } from "../terminal/command.ts";
import type { CommandValues } from "../terminal/command-values.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { shortList } from "../terminal/short-lists.ts";
import { optionals, positional, text } from "../terminal/usage.ts";
import { numberText } from "../text/numbers.ts";

export const compareCommand: WorkspaceCommand = {
  words: "job compare",
  usage: [
    positional("A"),
    positional("B"),
    ...optionals(
      text("tolerance", "X", "numbers that are at most X apart are the same; left out: 0"),
      text(
        "output-path",
        "FILE|DIR",
        "where the differences go: a .csv file, or a folder; left out: WORKSPACE/outputs/A-vs-B",
      ),
    ),
  ],
  summary: "line two finished jobs up by item: what is the same, changed, or only in one of them",
  details: [
    "Items are lined up by file and row; their formats may differ. It ends with 0 whether or not there are differences.",
  ],
  async run(context, values) {
    const [a, b] = values.positionals;
    if (a === undefined || b === undefined) return usageProblem("It needs the names of two jobs.", compareCommand);
    const tolerance = toleranceOf(values);
    return tolerance.ok ? compare(context, { a, b }, tolerance.value, values.text("output-path")) : tolerance;
  },
};

function toleranceOf(values: CommandValues): Result<number> {
  const given = values.text("tolerance") ?? "0";
  const tolerance = given.trim() === "" ? Number.NaN : Number(given);
  if (Number.isFinite(tolerance) && tolerance >= 0) return success(tolerance);
  return failure("usage/invalid", `--tolerance needs a number of at least 0, not "${given}".`);
}

async function compare(
  { terminal, workspace, interrupts }: CommandContext,
  { a, b }: { readonly a: string; readonly b: string },
  tolerance: number,
  outputPath: string | null,
): Promise<Result<number>> {
  const ending = new AbortController();
  const release = interrupts.take(() => ending.abort());
  try {
    const compared = await workspace.jobs.compare(a, b, {
      tolerance,
      outputPath,
      onProgress: (items, total) => terminal.status(`Comparing: ${numberText(items)} of ${numberText(total)}`),
      signal: ending.signal,
    });
    terminal.status("");
    if (!compared.ok) return compared;
    if (compared.value === null) return success(exitCodes.interrupted);
    if (terminal.print !== null) terminal.print.view(compared.value);
    else terminal.result(comparisonLines(compared.value));
    return success(exitCodes.done);
  } finally {
    release();
  }
}

const linedUp: Readonly<Record<Comparison["lined_up_by"], string | null>> = {
  item: null,
  mini_batch: "Rows of a script are lined up by their place among the files of their mini-batch.",
  line: "The scripts return another number of rows than files: rows are lined up by their place in the whole file.",
  nothing: "The scripts return another number of rows than files, and not as many in both: rows cannot be lined up.",
};

/** What a comparison says on a terminal. */
function comparisonLines(compared: Comparison): readonly string[] {
  const rows = [
    `A  ${compared.a}: ${numberText(compared.rows_in_a)} rows`,
    `B  ${compared.b}: ${numberText(compared.rows_in_b)} rows`,
  ];
  const how = linedUp[compared.lined_up_by];
  if (how !== null) rows.push(how);
  if (compared.lined_up_by === "nothing") return rows;
  const counts: readonly (readonly [string, number, string])[] = [
    ["same", compared.same, ""],
    ["changed", compared.changed, inputText(compared.changed_input)],
    ["only in A", compared.only_in_a, onlyText("B", compared.only_in_a, compared.failed_in_b)],
    ["only in B", compared.only_in_b, onlyText("A", compared.only_in_b, compared.failed_in_a)],
  ];
  return [
    ...rows,
    ...counts.map(([title, count, more]) => `${title.padEnd(9)}  ${numberText(count)}${more}`),
    ...compared.columns.filter(({ changed, largest }) => changed > 0 || (largest ?? 0) > 0).flatMap(columnLines),
    ...missingColumns("A", compared.columns_only_in_a),
    ...missingColumns("B", compared.columns_only_in_b),
    `Differences: ${compared.differences_file ?? ""}`,
  ];
}

function inputText(count: number): string {
  return count === 0 ? "" : ` (${numberText(count)} in kept columns, which are of the input)`;
}

function onlyText(other: "A" | "B", count: number, failed: number): string {
  if (count === 0) return "";
  return ` (${numberText(failed)} failed in ${other}, ${numberText(count - failed)} not in its input)`;
}

function columnLines(column: Comparison["columns"][number]): readonly string[] {
  const { name, changed, largest, largest_at: place, mean, changes } = column;
  const where =
    place === null
      ? ""
      : ` (${[place.file, place.row === null ? "" : `row ${place.row}`].filter((word) => word !== "").join(", ")})`;
  const apart = largest === null || mean === null ? "" : `; at most ${largest} apart${where}, ${mean} on average`;
  return [
    `${name}: ${numberText(changed)} changed${apart}`,
    ...changes.map(({ from, to, count }) => `  ${JSON.stringify(from)} → ${JSON.stringify(to)}: ${numberText(count)}`),
  ];
}

function missingColumns(where: "A" | "B", names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`Columns only in ${where}: ${shortList(names)}`];
}
