import { visibleText } from "../../contract/plain-text.ts";
import type { Result } from "../../contract/problem.ts";
import { failure, success } from "../../contract/problem.ts";
import type { CommandContext } from "./command.ts";
import { type CommandValues, wholeNumber } from "./command-values.ts";
import { exitCodes } from "./exit-codes.ts";
import { inWords, isRecord } from "./json-text.ts";
import { shortJson, shortList, shortText } from "./short-lists.ts";
import { tableLines } from "./tables.ts";

/** Prints one thing: as it was asked for, or its facts one a line. `columns`: of its table. */
export function showOne(
  { terminal }: CommandContext,
  view: Readonly<Record<string, unknown>>,
  columns?: readonly string[],
): Result<number> {
  if (terminal.print !== null) terminal.print.view(view, columns);
  else {
    const facts = factsOf(inWords(view) as object, "");
    const width = Math.max(...facts.map(([key]) => key.length));
    terminal.result(facts.map(([key, value]) => `${key.padEnd(width)}  ${cell(value)}`));
  }
  return success(exitCodes.done);
}

/** More of one thing than this fill no screen: they are counted, and JSON has them. */
const mostFacts = 30;

/** What lies within a fact is a fact of its own, named as `--set` names it: settings.retry_settings.timeout. */
function factsOf(view: object, before: string): readonly (readonly [key: string, value: unknown])[] {
  const entries = Object.entries(view) as [string, unknown][];
  const facts = entries
    .slice(0, mostFacts)
    .flatMap(([key, value]) =>
      isRecord(value) ? factsOf(value, `${before}${key}.`) : [[visibleText(`${before}${key}`), value] as const],
    );
  if (entries.length <= mostFacts) return facts;
  return [...facts, [visibleText(`${before}…`), `${entries.length - mostFacts} more; --json has all`] as const];
}

/** Says that something is gone: a sentence, and a document that names it when a format was asked for. */
export function showDeleted(
  { terminal }: CommandContext,
  deleted: { readonly name: string; readonly [fact: string]: unknown },
  sentence: string,
): Result<number> {
  terminal.note(sentence);
  terminal.print?.view({ ...deleted, deleted: true });
  return success(exitCodes.done);
}

/** Prints a list: as it was asked for, or as a table of the named keys. */
export function showList(
  { terminal }: CommandContext,
  views: readonly Readonly<Record<string, unknown>>[],
  columns: readonly string[],
  whenEmpty: string,
): Result<number> {
  if (terminal.print !== null) terminal.print.view(views, columns);
  else if (views.length === 0) terminal.note(whenEmpty);
  else {
    const rows = views.map((view) => columns.map((column) => cell(view[column])));
    terminal.result(tableLines([columns, ...rows], terminal.resultWidth));
  }
  return success(exitCodes.done);
}

/** The first of a list that `--max-results` lets through. */
export function firstOf<Item>(items: readonly Item[], values: CommandValues): Result<readonly Item[]> {
  const most = wholeNumber(values, "max-results", 1);
  if (!most.ok) return failure("usage/invalid", `--max-results needs a whole number of at least 1.`);
  return success(most.value === null ? items : items.slice(0, most.value));
}

/** As it will be seen, since columns are aligned by its length. */
function cell(value: unknown): string {
  return visibleText(cellText(value));
}

function cellText(value: unknown): string {
  if (value === null || value === undefined || value === "") return "-";
  if (Array.isArray(value) && value.every((entry) => typeof entry === "string")) return shortList(value) || "-";
  return shortText(typeof value === "string" ? value : shortJson(value));
}
