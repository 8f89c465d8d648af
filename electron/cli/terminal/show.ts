import { visibleText } from "../../contract/plain-text.ts";
import type { Result } from "../../contract/problem.ts";
import { success } from "../../contract/problem.ts";
import type { CommandContext } from "./command.ts";
import { exitCodes } from "./exit-codes.ts";
import { inWords, jsonText } from "./json-text.ts";

/** Prints one thing: JSON, or its facts one a line. */
export function showOne(context: CommandContext, view: Readonly<Record<string, unknown>>): Result<number> {
  const { terminal } = context;
  if (terminal.isJson) terminal.document(jsonText(view));
  else {
    const facts = factsOf(inWords(view) as object, "");
    const width = Math.max(...facts.map(([key]) => key.length));
    terminal.result(facts.map(([key, value]) => `${key.padEnd(width)}  ${cell(value)}`));
  }
  return success(exitCodes.done);
}

/** What lies within a fact is a fact of its own, named as `--set` names it: settings.retry_settings.timeout. */
function factsOf(view: object, before: string): readonly (readonly [key: string, value: unknown])[] {
  return Object.entries(view).flatMap(([key, value]: [string, unknown]) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? factsOf(value, `${before}${key}.`)
      : [[visibleText(`${before}${key}`), value] as const],
  );
}

/** Says that something is gone: a sentence, and with --json a document that names it. */
export function showDeleted(
  { terminal }: CommandContext,
  deleted: { readonly name: string; readonly [fact: string]: unknown },
  sentence: string,
): Result<number> {
  terminal.note(sentence);
  if (terminal.isJson) terminal.document(jsonText({ ...deleted, deleted: true }));
  return success(exitCodes.done);
}

/** Prints a list: a JSON array, or a table of the named keys. */
export function showList(
  context: CommandContext,
  views: readonly Readonly<Record<string, unknown>>[],
  columns: readonly string[],
  whenEmpty: string,
): Result<number> {
  const { terminal } = context;
  if (terminal.isJson) {
    terminal.document(jsonText(views));
    return success(exitCodes.done);
  }
  if (views.length === 0) {
    terminal.note(whenEmpty);
    return success(exitCodes.done);
  }
  const lines = [columns, ...views.map((view) => columns.map((column) => cell(view[column])))];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  terminal.result(lines.map((line) => tableLine(line, widths)));
  return success(exitCodes.done);
}

function tableLine(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((text, index) => text.padEnd(widths[index] ?? 0))
    .join("  ")
    .trimEnd();
}

/** As it will be seen, since columns are aligned by its length. */
function cell(value: unknown): string {
  return visibleText(cellText(value));
}

function cellText(value: unknown): string {
  if (value === null || value === undefined || value === "") return "-";
  if (Array.isArray(value) && value.every((entry) => typeof entry === "string")) return value.join(", ") || "-";
  return typeof value === "string" ? value : JSON.stringify(value);
}
