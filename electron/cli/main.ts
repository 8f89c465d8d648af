import { type Problem, type Result, written } from "../contract/problem.ts";
import { problemSentence } from "../contract/words/english-problems.ts";
import { diskProblem } from "../workspace/disk.ts";
import type { EngineScope, Workspace } from "../workspace/workspace.ts";
import { commandHelp, findCommand, helpText, nearbyCommands, nounHelp } from "./commands.ts";
import { isGlobal, parseCommand, splitWords } from "./terminal/command.ts";
import { exitCodes } from "./terminal/exit-codes.ts";
import type { Interrupts } from "./terminal/interrupts.ts";
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
  const first = words[0] ?? rest.find((word) => !isGlobal(word));
  if (args.length === 0 || first === "help" || isHelp(first)) {
    screen.result(helpText());
    return exitCodes.done;
  }
  if (first === "--version") {
    screen.result(surroundings.version);
    return exitCodes.done;
  }
  if (first === undefined) return refuse(screen, noCommand);
  const found = findCommand(words);
  if (found === null) {
    if (nearbyCommands(first).length === 0 || !rest.some(isHelp))
      return refuse(screen, unknownCommand(first, words[1]));
    screen.result(nounHelp(first));
    return exitCodes.done;
  }
  const parsed = parseCommand(found.command, [...found.rest, ...rest]);
  if (!parsed.ok) return refuse(screen, parsed.problem);
  const { home, isJson, values } = parsed.value;
  if (parsed.value.wantsHelp) {
    screen.result(commandHelp(found.command));
    return exitCodes.done;
  }
  const opened = surroundings.openWorkspace({ home, scope: found.command.scope ?? "awaited" });
  if (!opened.ok) return refuse(screen, opened.problem);
  const workspace = opened.value;
  try {
    const { interrupts, samplesFolder } = surroundings;
    const terminal = { ...screen, isJson };
    const answer = await found.command.run({ terminal, workspace, interrupts, samplesFolder }, values);
    return answer.ok ? answer.value : refuse(screen, answer.problem, ...(answer.others ?? []));
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

function unknownCommand(first: string, second: string | undefined): Problem {
  const nearby = nearbyCommands(first);
  if (nearby.length === 0) {
    return written("usage/invalid", `"${first}" is not a command.`, "See: batchdeck --help");
  }
  const message = second === undefined ? `"${first}" needs a verb.` : `"${first} ${second}" is not a command.`;
  return written("usage/invalid", message, `Known: ${nearby.join(", ")}.`);
}

/** One line for each: what is wrong for several reasons is put right in one go. */
function refuse(screen: Screen, ...problems: readonly Problem[]): number {
  screen.note(problems.map(problemSentence));
  return exitCodes.refused;
}
