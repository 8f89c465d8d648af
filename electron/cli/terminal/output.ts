import { failure, type Problem, type Result, success } from "../../contract/problem.ts";
import type { CommandValues } from "./command-values.ts";
import { yamlText } from "../../workspace/deployments.ts";
import { inWords } from "./json-text.ts";
import { nearest } from "./nearest.ts";
import { compileQuery, type Query } from "./query.ts";
import type { Screen } from "./screen.ts";
import { factTable, tsvRows } from "./tables.ts";

const formats = ["json", "jsonc", "yaml", "table", "tsv", "none"] as const;
export type OutputFormat = (typeof formats)[number];

/** What `--output` and `--query` ask for; both null: the result is told in words. */
export type OutputChoice = { readonly format: OutputFormat | null; readonly query: Query | null };

/** Prints a result as it was asked for. */
export type Printer = {
  readonly format: OutputFormat;
  /** `columns`: those that a table shows when no query chooses others. */
  readonly view: (view: unknown, columns?: readonly string[]) => void;
  /** Records that are read page by page, as one array. */
  readonly pages: (pages: Iterable<readonly object[]>) => void;
  /** Why the query could not be answered; null: nothing is wrong. */
  readonly problem: () => Problem | null;
};

export function outputChoice(values: CommandValues): Result<OutputChoice> {
  const given = values.text("output");
  const format = formats.find((one) => one === given?.toLowerCase()) ?? null;
  if (given !== null && format === null) {
    const near = nearest(given, formats);
    const meant = near === null ? "" : `; did you mean ${near}?`;
    return failure(
      "usage/invalid",
      `--output "${given}" is not a format${meant === "" ? "." : meant}`,
      `Use ${formats.slice(0, -1).join(", ")} or ${formats.at(-1)}.`,
    );
  }
  if (values.flag("json") && format !== null && format !== "json") {
    return failure("usage/invalid", `--json and --output ${format} exclude each other.`, "Give one of them.");
  }
  const expression = values.text("query");
  const query = expression === null ? null : compileQuery(expression);
  if (query !== null && !query.ok) return query;
  const isChosen = values.flag("json") || query !== null;
  return success({ format: format ?? (isChosen ? "json" : null), query: query?.value ?? null });
}

export function createPrinter(screen: Screen, { format, query }: OutputChoice): Printer | null {
  if (format === null) return null;
  let problem: Problem | null = null;

  function view(view: unknown, columns?: readonly string[]): void {
    const whole = asJson(inWords(view));
    const asked = query === null ? success(whole) : query(whole);
    if (asked.ok) print(screen, format ?? "json", asked.value, query === null ? columns : undefined);
    else ({ problem } = asked);
  }

  return {
    format,
    view,
    problem: () => problem,
    pages(pages) {
      if (format !== "json" || query !== null) {
        view([...pages].flat());
        return;
      }
      let before = "[";
      for (const page of pages) {
        screen.document(before + page.map((record) => JSON.stringify(record)).join(",\n"));
        before = ",";
      }
      screen.document(before === "[" ? "[]" : "]");
    },
  };
}

/** As it will be printed: without what JSON does not know. */
function asJson(view: unknown): unknown {
  return view === undefined ? null : JSON.parse(JSON.stringify(view));
}

function print(screen: Screen, format: OutputFormat, value: unknown, columns?: readonly string[]): void {
  switch (format) {
    case "json":
    case "jsonc":
      screen.document(JSON.stringify(value, null, 2), format === "jsonc" ? "json" : "none");
      break;
    case "yaml":
      screen.document(yamlText(value).trimEnd());
      break;
    case "table":
      screen.result(factTable(value, columns, screen.resultWidth));
      break;
    case "tsv":
      screen.rows(tsvRows(value));
      break;
    case "none":
      break;
  }
}
