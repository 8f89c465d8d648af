import type { ParseArgsOptionsConfig } from "node:util";
import { parseArgs } from "node:util";
import type { Problem, Result } from "../../contract/problem.ts";
import { failure, success } from "../../contract/problem.ts";
import type { EngineScope, Workspace } from "../../workspace/workspace.ts";
import type { Interrupts } from "./interrupts.ts";
import type { Screen } from "./screen.ts";
import { countPositionals, type Option, optionsOf, requiredOptions, type Usage, usageText } from "./usage.ts";

/** The screen, and whether a command is to print JSON on it. */
export type Terminal = Screen & { readonly isJson: boolean };

export type CommandContext = {
  readonly terminal: Terminal;
  readonly workspace: Workspace;
  readonly interrupts: Interrupts;
  /** The bundled samples. */
  readonly samplesFolder: string;
};

export type CommandValues = {
  readonly text: (name: string) => string | null;
  readonly flag: (name: string) => boolean;
  readonly list: (name: string) => readonly string[];
  readonly positionals: readonly string[];
};

/**
 * One command. `words` are what is typed ("job show"), `usage` what follows them. A refusal is a Problem and ends with
 * exit 2; anything else the command decides itself.
 */
export type Command = {
  readonly words: string;
  readonly usage: Usage;
  readonly summary: string;
  /** Lines of `--help` below the summary: what the options mean, where their names do not say it. */
  readonly details?: readonly string[];
  /** Which jobs its engine works for, when it becomes one; left out: those that a command waits for. */
  readonly scope?: EngineScope;
  readonly run: (context: CommandContext, values: CommandValues) => Promise<Result<number>>;
};

/** Every command takes these. */
const globalOptions = {
  home: { type: "string" },
  json: { type: "boolean" },
  debug: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const satisfies ParseArgsOptionsConfig;

/**
 * Splits what was typed into the words of a command and everything after them. Global options may stand anywhere: those
 * between the words go to the rest.
 */
export function splitWords(args: readonly string[]): { readonly words: string[]; readonly rest: readonly string[] } {
  const words: string[] = [];
  const globals: string[] = [];
  let at = 0;
  for (; at < args.length && words.length < maxCommand; at++) {
    const arg = args[at] ?? "";
    if (isGlobal(arg)) globals.push(arg);
    else if (arg === "--home") globals.push(`--home=${args[++at] ?? ""}`);
    else if (arg.startsWith("-")) break;
    else words.push(arg);
  }
  return { words, rest: [...globals, ...args.slice(at)] };
}

const maxCommand = 2;

/** An option, as `splitWords` gives it, that every command takes. */
export function isGlobal(arg: string): boolean {
  return arg === "--json" || arg === "--debug" || arg.startsWith("--home=");
}

export type ParsedCommand = {
  readonly values: CommandValues;
  readonly home: string | null;
  readonly isJson: boolean;
  readonly isDebug: boolean;
  readonly wantsHelp: boolean;
};

export function parseCommand(command: Command, args: readonly string[]): Result<ParsedCommand> {
  let parsed: { readonly values: Readonly<Record<string, unknown>>; readonly positionals: readonly string[] };
  try {
    parsed = parseArgs({
      args: [...args],
      options: { ...parsedOptions(command.usage), ...globalOptions },
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    return usageProblem(firstSentence((error as Error).message), command);
  }
  const { values, positionals } = parsed;
  const result: ParsedCommand = {
    values: {
      text: (name) => textOf(values[name]),
      flag: (name) => values[name] === true,
      list: (name) => listOf(values[name]),
      positionals,
    },
    home: textOf(values["home"]),
    isJson: values["json"] === true,
    isDebug: values["debug"] === true,
    wantsHelp: values["help"] === true,
  };
  if (result.wantsHelp) return success(result);
  // A script that passes an unset variable must not be taken to mean the folder it stands in.
  const empty = Object.keys(values).find((name) => values[name] === "");
  if (empty !== undefined) return usageProblem(`--${empty} is empty.`, command);
  const expected = countPositionals(command.usage);
  if (positionals.length !== expected) {
    const extra = positionals[expected];
    return usageProblem(extra === undefined ? "Something is missing." : `"${extra}" is not expected here.`, command);
  }
  for (const { name } of requiredOptions(command.usage)) {
    if (values[name] === undefined) return usageProblem(`--${name} is missing.`, command);
  }
  return success(result);
}

function parsedOptions(usage: Usage): ParseArgsOptionsConfig {
  return Object.fromEntries(optionsOf(usage).map((option) => [option.name, parsedOption(option)]));
}

function parsedOption({ letter, alias, placeholder, isRepeated }: Option): ParseArgsOptionsConfig[string] {
  const short = letter ?? alias;
  return {
    type: placeholder === null ? "boolean" : "string",
    ...(short === undefined ? {} : { short }),
    ...(isRepeated === true ? { multiple: true } : {}),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

/** "job show -n JOB [--mini-batches | --log]" */
export function usageLine({ words, usage }: Pick<Command, "words" | "usage">): string {
  return `${words} ${usageText(usage)}`.trim();
}

export function usageProblem(message: string, command: Command): { ok: false; problem: Problem } {
  return failure("usage/invalid", message, `Usage: batchdeck ${usageLine(command)}`);
}

/** A whole number of at least `least`, or a refusal that names the option. */
export function wholeNumber(values: CommandValues, name: string, least: number): Result<number | null> {
  const text = values.text(name);
  if (text === null) return success(null);
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return success(number);
  return failure("usage/invalid", `--${name} needs a whole number of at least ${least}, not "${text}".`);
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

/** Of what Node says about arguments, which may run over several lines. */
function firstSentence(text: string): string {
  const [message = ""] = text.split("\n");
  const end = message.indexOf(". ");
  return end === -1 ? `${message.replace(/\.$/, "")}.` : message.slice(0, end + 1);
}
