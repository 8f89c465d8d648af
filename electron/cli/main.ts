import { type Problem, type Result, written } from "../contract/problem.ts";
import { problemSentence } from "../contract/words/english-problems.ts";
import { diskProblem } from "../workspace/disk.ts";
import type { EngineScope, Workspace } from "../workspace/workspace.ts";
import { commands } from "./commands.ts";
import {
  globalOption,
  isForAzure,
  parseCommand,
  type ParsedCommand,
  splitWords,
  type WorkspaceCommand,
} from "./terminal/command.ts";
import { namedWorkspace } from "./terminal/common-options.ts";
import { exitCodes } from "./terminal/exit-codes.ts";
import { commandsOfNoun, findCommand, unknownCommand } from "./terminal/find-command.ts";
import { commandHelp, helpText, nounHelp } from "./terminal/help.ts";
import type { Interrupts } from "./terminal/interrupts.ts";
import { createPrinter } from "./terminal/output.ts";
import type { Screen } from "./terminal/screen.ts";

/** The process around the command line, so that a test can run commands without one. */
export type Surroundings = {
  /** Of Batchdeck. */
  readonly version: string;
  readonly screen: Screen;
  readonly interrupts: Interrupts;
  /** `home` is what `--home` says, null when it is left out. */
  readonly openWorkspace: (options: { readonly home: string | null; readonly scope: EngineScope }) => Result<Workspace>;
  /** The bundled samples. */
  readonly samplesFolder: string;
};

/**
 * The workspace from a terminal: results go to stdout, everything else to stderr, and the exit code is returned. Expected
 * failures are told on the screen; what is thrown is a bug.
 */
export async function runCommandLine(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { screen } = surroundings;
  const { words, rest } = splitWords(args);
  const first = words[0] ?? rest.find((word) => word.startsWith("-") && globalOption(word) === undefined);
  if (args.length === 0 || first === "help" || isHelp(first)) {
    screen.result(helpText(commands));
    return exitCodes.done;
  }
  if (first === "--version") {
    screen.result(surroundings.version);
    return exitCodes.done;
  }
  if (first === undefined) return refuse(screen, noCommand);
  const found = findCommand(commands, words);
  if (found === null) {
    if (commandsOfNoun(commands, first).length === 0 || !rest.some(isHelp))
      return refuse(screen, unknownCommand(commands, first, words[1]));
    screen.result(nounHelp(commands, first));
    return exitCodes.done;
  }
  const { command } = found;
  const parsed = parseCommand(command, [...found.rest, ...rest]);
  if (!parsed.ok) return refuse(screen, parsed.problem);
  const { values, wantsHelp, withoutEffect } = parsed.value;
  if (wantsHelp) {
    screen.result(commandHelp(command));
    return exitCodes.done;
  }
  if (withoutEffect.length > 0) {
    const where = isForAzure(command, values) ? "on Azure" : "on this computer";
    screen.note(`Without effect ${where}: ${withoutEffect.join(", ")}.`);
  }
  if (!("tell" in command)) return runInWorkspace(command, parsed.value, surroundings);
  const told = command.tell(values);
  if (!told.ok) return refuse(screen, told.problem);
  screen.result(told.value);
  return exitCodes.done;
}

async function runInWorkspace(
  command: WorkspaceCommand,
  { home, output, values }: ParsedCommand,
  { screen, openWorkspace, interrupts, samplesFolder }: Surroundings,
): Promise<number> {
  const opened = openWorkspace({ home, scope: command.scope ?? "awaited" });
  if (!opened.ok) return refuse(screen, opened.problem);
  const workspace = opened.value;
  try {
    const print = createPrinter(screen, output);
    const context = { terminal: { ...screen, print }, workspace, interrupts, samplesFolder };
    const answer = isForAzure(command, values)
      ? await workspace.azure.within(namedWorkspace(values), (resources, changes, at) =>
          command.onAzure(context, values, resources, changes, at),
        )
      : await command.run(context, values);
    if (!answer.ok) return refuse(screen, answer.problem, ...(answer.others ?? []));
    const unanswered = print?.problem() ?? null;
    if (unanswered === null) return answer.value;
    refuse(screen, unanswered);
    return answer.value === exitCodes.done ? exitCodes.refused : answer.value;
  } catch (error) {
    const problem = diskProblem(error, workspace.home);
    if (problem === null) throw error;
    return refuse(screen, problem);
  } finally {
    screen.status("");
    await workspace.close();
  }
}

const noCommand = written("usage/invalid", "No command was given.", "See: batchdeck --help");

function isHelp(word: string | undefined): boolean {
  return word === "--help" || word === "-h";
}

/** One line for each: what is wrong for several reasons is put right in one go. */
function refuse(screen: Screen, ...problems: readonly Problem[]): number {
  screen.note(problems.map(problemSentence));
  return exitCodes.refused;
}
