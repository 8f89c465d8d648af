import path from "node:path";
import packageJson from "../package.json" with { type: "json" };
import { commandHelp, findCommand, helpText, nearbyCommands, nounHelp } from "./cli/commands.ts";
import type { Terminal } from "./cli/terminal/command.ts";
import { parseCommand } from "./cli/terminal/command.ts";
import { exitCodes } from "./cli/terminal/exit-codes.ts";
import { listenForInterrupts } from "./cli/terminal/interrupts.ts";
import { nodeMachineUse } from "./compute/node-machine-use.ts";
import { nodeProcessHost } from "./compute/node-process-host.ts";
import { chooseAddon } from "./contract/native-addons.ts";
import type { Problem } from "./contract/problem.ts";
import { withFullStop } from "./contract/problem.ts";
import { blockedBy, errnoOf } from "./jobs/folder/blocked.ts";
import { openWorkspace } from "./workspace/workspace.ts";
import { englishWords, problemSentence } from "./contract/words/english-problems.ts";
import { written } from "./contract/problem.ts";

/** The same workspace from a terminal: results on stdout, everything else on stderr, exit codes of interface.md. */
async function main(args: readonly string[]): Promise<number> {
  const words = globalOptionsLast(args);
  if (words.length === 0 || words[0] === "help" || words[0] === "--help" || words[0] === "-h") {
    process.stdout.write(`${helpText()}\n`);
    return exitCodes.done;
  }
  if (words[0] === "--version") {
    process.stdout.write(`${packageJson.version}\n`);
    return exitCodes.done;
  }
  const found = findCommand(words);
  if (found === null) {
    const [noun = "", ...rest] = words;
    if (nearbyCommands(noun).length === 0 || !rest.some((word) => word === "--help" || word === "-h")) {
      return refuse(unknownWord(words));
    }
    process.stdout.write(`${nounHelp(noun)}\n`);
    return exitCodes.done;
  }
  const parsed = parseCommand(found.command, found.rest);
  if (!parsed.ok) return refuse(parsed.problem);
  if (parsed.value.wantsHelp) {
    process.stdout.write(`${commandHelp(found.command)}\n`);
    return exitCodes.done;
  }
  if (isNodeTooOld()) return refuse(nodeTooOld);
  const terminal = createTerminal(parsed.value.isJson);
  const interrupts = listenForInterrupts();
  const opened = openWorkspace({
    home: parsed.value.home ?? process.env["BATCHDECK_HOME"] ?? null,
    processHost: nodeProcessHost(__dirname),
    machineUse: nodeMachineUse(),
    scope: found.command.scope ?? "awaited",
  });
  if (!opened.ok) return refuse(opened.problem);
  const workspace = opened.value;
  try {
    const samplesFolder = path.join(__dirname, "..", "resources", "samples");
    const answer = await found.command.run({ terminal, workspace, interrupts, samplesFolder }, parsed.value.values);
    return answer.ok ? answer.value : refuse(answer.problem, ...(answer.others ?? []));
  } catch (error) {
    const problem = diskProblem(error, workspace.home);
    if (problem === null) throw error;
    return refuse(problem);
  } finally {
    terminal.status("");
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

const nodeTooOld: Problem = written(
  "usage/invalid",
  `Batchdeck needs Node 22.14 or newer, and this is ${process.versions.node}.`,
  "Install a newer Node, or run it through npm from a checkout.",
);

/** Some native addon cannot be loaded. */
function isNodeTooOld(): boolean {
  return !chooseAddon("sqlite", process).ok || !chooseAddon("jpeg", process).ok;
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
function refuse(...problems: readonly Problem[]): number {
  process.stderr.write(`${problems.map(problemSentence).join("\n")}\n`);
  return exitCodes.refused;
}

function createTerminal(isJson: boolean): Terminal {
  const width = process.stderr.isTTY ? process.stderr.columns : null;
  let shown = "";
  const show = (text: string) => {
    if (width === null || text === shown) return;
    process.stderr.write(`\r\u001b[2K${text}`);
    shown = text;
  };
  return {
    isJson,
    width,
    result: (text) => {
      show("");
      process.stdout.write(`${text}\n`);
    },
    note: (text) => {
      show("");
      process.stderr.write(`${text}\n`);
    },
    status: show,
  };
}

function tellBug(error: unknown): void {
  const text = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(
    process.argv.includes("--debug")
      ? `${text.stack ?? text.message}\n`
      : `Batchdeck stopped because of a mistake of its own: ${withFullStop(text.message)} Repeat with --debug and report it.\n`,
  );
}

// Whoever reads our words may stop reading (`| head`): a job goes on without them.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}
process.on("uncaughtException", (error) => {
  tellBug(error);
  process.exit(exitCodes.failed);
});

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    tellBug(error);
    process.exitCode = exitCodes.failed;
  },
);
