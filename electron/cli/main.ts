import { type Problem, type Result, written } from "../contract/problem.ts";
import { englishWords, problemSentence } from "../contract/words/english-problems.ts";
import type { EngineScope } from "../jobs/queue/engine.ts";
import { blockedBy, errnoOf } from "../jobs/folder/blocked.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { commandHelp, findCommand, helpText, nearbyCommands, nounHelp } from "./commands.ts";
import type { Screen } from "./terminal/command.ts";
import { parseCommand } from "./terminal/command.ts";
import { exitCodes } from "./terminal/exit-codes.ts";
import type { Interrupts } from "./terminal/interrupts.ts";

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
  const words = globalOptionsLast(args);
  if (words.length === 0 || words[0] === "help" || words[0] === "--help" || words[0] === "-h") {
    screen.result(helpText());
    return exitCodes.done;
  }
  if (words[0] === "--version") {
    screen.result(surroundings.version);
    return exitCodes.done;
  }
  const found = findCommand(words);
  if (found === null) {
    const [noun = "", ...rest] = words;
    if (nearbyCommands(noun).length === 0 || !rest.some((word) => word === "--help" || word === "-h")) {
      return refuse(screen, unknownWord(words));
    }
    screen.result(nounHelp(noun));
    return exitCodes.done;
  }
  const parsed = parseCommand(found.command, found.rest);
  if (!parsed.ok) return refuse(screen, parsed.problem);
  const { wantsHelp, home, isJson, values } = parsed.value;
  if (wantsHelp) {
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

/** `batchdeck --home X --json job list` is as good as with them at the end. */
function globalOptionsLast(args: readonly string[]): readonly string[] {
  const [first, second = ""] = args;
  if (first === "--json" || first === "--debug") return globalOptionsLast([...args.slice(1), first]);
  if (first === "--home") return globalOptionsLast([...args.slice(2), `--home=${second}`]);
  return args;
}

function unknownWord(words: readonly string[]): Problem {
  const nearby = nearbyCommands(words[0]);
  const typed = nearby.length > 0 ? words.slice(0, 2).join(" ") : words[0];
  return written(
    "usage/invalid",
    `"${typed}" is not a command.`,
    nearby.length > 0 ? `Known: ${nearby.join(", ")}.` : "See: batchdeck --help",
  );
}

/** The disk of the workspace does not take what a command has to write down; null for any other error. */
function diskProblem(error: unknown, home: string): Problem | null {
  const isOfRegistry = String((error as { code?: unknown } | null)?.code).startsWith("SQLITE_");
  const blocked = isOfRegistry ? blockedBy(errnoOf(error), home) : null;
  if (blocked === null) return null;
  return written(blocked.code, englishWords(blocked).message, "Check the disk and run the command again.");
}

/** One line for each: what is wrong for several reasons is put right in one go. */
function refuse(screen: Screen, ...problems: readonly Problem[]): number {
  screen.note(problems.map(problemSentence).join("\n"));
  return exitCodes.refused;
}
