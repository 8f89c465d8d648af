import type { Problem, Result } from "../../contract/problem.ts";
import { failure, success } from "../../contract/problem.ts";
import type { AzureChanges, AzureResources, AzureWhere } from "../../workspace/azure/azure.ts";
import type { EngineScope, Workspace } from "../../workspace/workspace.ts";
import type { CommandValues } from "./command-values.ts";
import { azureOptions, globalOptions } from "./common-options.ts";
import type { Interrupts } from "./interrupts.ts";
import { outputChoice, type OutputChoice, type Printer } from "./output.ts";
import { parseOptions, type ParsedOptions } from "./parse-options.ts";
import type { Screen } from "./screen.ts";
import { countPositionals, type Option, optionsOf, requiredOptions, type Usage, usageText } from "./usage.ts";

/** The screen, and what prints the result when a format or a query was asked for; null: it is told in words. */
export type Terminal = Screen & { readonly print: Printer | null };

export type CommandContext = {
  readonly terminal: Terminal;
  readonly workspace: Workspace;
  readonly interrupts: Interrupts;
  /** The bundled samples. */
  readonly samplesFolder: string;
};

type AnyCommand = {
  /** What is typed: "job show". */
  readonly words: string;
  /** What follows the words. */
  readonly usage: Usage;
  readonly summary: string;
  /** Lines of `--help` below the summary, for what belongs to no single option. */
  readonly details?: readonly string[];
  /** Options of Azure's that mean nothing here: they are taken, and that is said. */
  readonly withoutEffect?: readonly Option[];
};

/** A refusal is a Problem and ends with exit 2; anything else the command decides itself. */
export type WorkspaceCommand = AnyCommand & {
  /** Which jobs its engine works for, when it becomes one; left out: those that a command waits for. */
  readonly scope?: EngineScope;
  readonly run: (context: CommandContext, values: CommandValues) => Promise<Result<number>>;
  /** The same in an Azure ML workspace. Its usage has `azurePlace`, or `azureChange` when it changes something. */
  readonly onAzure?: OnAzure;
};

export type OnAzure = (
  this: WorkspaceCommand,
  context: CommandContext,
  values: CommandValues,
  resources: AzureResources,
  changes: AzureChanges,
  at: AzureWhere,
) => Promise<Result<number>>;

/** One command. One with `tell` needs no workspace: its lines are all that it does. */
export type Command =
  | WorkspaceCommand
  | (AnyCommand & { readonly tell: (values: CommandValues) => Result<readonly string[]> });

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
    const option = globalOption(arg);
    if (option !== undefined) {
      globals.push(arg);
      if (option.placeholder !== null && !arg.includes("=")) globals.push(args[++at] ?? "");
    } else if (arg.startsWith("-")) break;
    else words.push(arg);
  }
  return { words, rest: [...globals, ...args.slice(at)] };
}

const maxCommand = 2;

/** An option that every command takes, by one of its exact spellings; not `--help`, which means the words before it. */
export function globalOption(arg: string): Option | undefined {
  const [spelling = ""] = arg.split("=", 1);
  return globalOptions.find(
    ({ name, letter }) =>
      name !== "help" && (spelling === `--${name}` || (letter !== undefined && arg === `-${letter}`)),
  );
}

export type ParsedCommand = {
  readonly values: CommandValues;
  readonly home: string | null;
  readonly output: OutputChoice;
  readonly wantsHelp: boolean;
  /** What was given that means nothing here, as `--name`. */
  readonly withoutEffect: readonly string[];
};

export function parseCommand(command: Command, args: readonly string[]): Result<ParsedCommand> {
  const parsed = parseOptions(args, allOptions(command));
  if (!parsed.ok) return failure("usage/invalid", parsed.problem, `See: batchdeck ${command.words} --help`);
  const { values, positionals } = parsed;
  const commandValues: CommandValues = {
    text: (name) => textOf(values[name]),
    flag: (name) => values[name] === true,
    list: (name) => listOf(values[name]),
    positionals,
  };
  const isQuiet = commandValues.flag("only-show-errors");
  const idle = idleOptions(command, commandValues).filter(({ name }) => values[name] !== undefined);
  const output = outputChoice(commandValues);
  const result = {
    values: commandValues,
    home: textOf(values["home"]),
    wantsHelp: values["help"] === true,
    withoutEffect: isQuiet ? [] : idle.map(({ name }) => `--${name}`),
  };
  if (result.wantsHelp) return success({ ...result, output: { format: null, query: null } });
  if (!output.ok) return output;
  const wrong = missingOrExtra(command, parsed);
  return wrong === null ? success({ ...result, output: output.value }) : usageProblem(wrong, command);
}

/** Whether a command is to act on an Azure ML workspace. */
export function isForAzure(
  command: Command,
  values: CommandValues,
): command is WorkspaceCommand & Required<Pick<WorkspaceCommand, "onAzure">> {
  const isNamed = values.flag("remote") || values.text("workspace-name") !== null;
  return "onAzure" in command && command.onAzure !== undefined && isNamed;
}

/** The options that mean nothing to a command, given these. */
function idleOptions(command: Command, values: CommandValues): readonly Option[] {
  // Without a workspace, its resource group names nothing.
  const isLocal = "onAzure" in command && !isForAzure(command, values);
  const own = isLocal ? [] : optionsOf(command.usage).map(({ name }) => name);
  return [...azureOptions, ...(command.withoutEffect ?? [])].filter(({ name }) => !own.includes(name));
}

function missingOrExtra(
  { usage }: Command,
  { values, positionals }: Extract<ParsedOptions, { ok: true }>,
): string | null {
  // A script that passes an unset variable must not be taken to mean the folder it stands in.
  const empty = Object.keys(values).find((name) => values[name] === "");
  if (empty !== undefined) return `--${empty} is empty.`;
  const expected = countPositionals(usage);
  if (positionals.length !== expected) {
    const extra = positionals[expected];
    return extra === undefined ? "Something is missing." : `"${extra}" is not expected here.`;
  }
  const missing = requiredOptions(usage).find(({ name }) => values[name] === undefined);
  return missing === undefined ? null : `--${missing.name} is missing.`;
}

/** Every option that a command takes, its own first. */
export function allOptions({ usage, withoutEffect = [] }: Command): readonly Option[] {
  const own = [...new Map(optionsOf(usage).map((option) => [option.name, option])).values()];
  const taken = new Set(own.map(({ name }) => name));
  return [...own, ...[...withoutEffect, ...globalOptions, ...azureOptions].filter(({ name }) => !taken.has(name))];
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
