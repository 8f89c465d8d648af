import path from "node:path";
import { failure, type Result, success } from "../../contract/problem.ts";

/** What was typed after a command's words, by the names of its options. */
export type CommandValues = {
  readonly text: (name: string) => string | null;
  readonly flag: (name: string) => boolean;
  readonly list: (name: string) => readonly string[];
  readonly positionals: readonly string[];
};

/** A whole number of at least `least`, or a refusal that names the option. */
export function wholeNumber(values: CommandValues, name: string, least: number): Result<number | null> {
  const text = values.text(name);
  if (text === null) return success(null);
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return success(number);
  return failure("usage/invalid", `--${name} needs a whole number of at least ${least}, not "${text}".`);
}

/** What the command line says over a file: `--set`, and the options of these names, which go first. */
export function fileEdits(
  values: CommandValues,
  options: readonly string[],
): Result<{
  readonly set: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string | null>>;
}> {
  const set = keyValues("set", values.list("set"));
  if (!set.ok) return set;
  const named = options.map((option) => [option.replaceAll("-", "_"), values.text(option)] as const);
  return success({ set: set.value, options: Object.fromEntries(named) });
}

/** A path as it was typed is one of where the command is run; one in a file, of where the file is. */
export function typedPath(values: CommandValues): string | null {
  const typed = values.text("path");
  return typed === null || /^[a-z][a-z0-9+.-]+:/i.test(typed) ? typed : path.resolve(typed);
}

/** `k=v` pairs of a repeated option. */
export function keyValues(name: string, pairs: readonly string[]): Result<Readonly<Record<string, string>>> {
  const result: Record<string, string> = {};
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    if (at < 1) return failure("usage/invalid", `--${name} needs key=value, not "${pair}".`);
    result[pair.slice(0, at)] = pair.slice(at + 1);
  }
  return success(result);
}
