import { type Command, usageLine } from "./terminal/command.ts";
import { computeCommands } from "./commands/compute-commands.ts";
import { dataCommands, datastoreCommands } from "./commands/data-commands.ts";
import { demoCommand } from "./commands/demo-command.ts";
import { deploymentCommands } from "./commands/deployment-commands.ts";
import { endpointCommands } from "./commands/endpoint-commands.ts";
import { environmentCommands } from "./commands/environment-commands.ts";
import { invokeCommand, jobCommands } from "./commands/job-commands.ts";
import { modelCommands } from "./commands/model-commands.ts";
import { watchCommands } from "./commands/watch-commands.ts";

/** Every command there is; the help and the refusal of unknown words are made from it. */
export const commands: readonly Command[] = [
  ...endpointCommands,
  ...deploymentCommands,
  ...modelCommands,
  ...dataCommands,
  ...datastoreCommands,
  ...environmentCommands,
  ...computeCommands,
  invokeCommand,
  ...jobCommands,
  ...watchCommands,
  demoCommand,
];

/** `rest`: the words that do not belong to its name. */
export function findCommand(words: readonly string[]): { command: Command; rest: readonly string[] } | null {
  for (const command of commands) {
    const wanted = command.words.split(" ");
    if (wanted.every((word, index) => words[index] === word)) return { command, rest: words.slice(wanted.length) };
  }
  return null;
}

export function helpText(): readonly string[] {
  const width = Math.max(...commands.map((command) => command.words.length));
  return [
    "Azure Machine Learning's batch endpoints on this computer.",
    "",
    "Usage: batchdeck COMMAND [--home DIR] [--json] [--debug]",
    "",
    ...commands.map((command) => `  ${command.words.padEnd(width)}  ${command.summary}`),
    "",
    "batchdeck COMMAND --help shows what a command takes.",
    "The workspace is --home DIR, else BATCHDECK_HOME, else the desktop's own.",
    "Exit: 0 done, 1 started and failed, 2 refused, 3 completed with failed items, 130 paused or cancelled.",
  ];
}

export function commandHelp(command: Command): readonly string[] {
  const summary = `${command.summary[0]?.toUpperCase()}${command.summary.slice(1)}.`;
  const details = command.details === undefined ? [] : ["", ...command.details.map((line) => `  ${line}`)];
  return [`batchdeck ${usageLine(command)}`, "", summary, ...details];
}

/** What `batchdeck NOUN --help` shows: the commands of that noun. */
export function nounHelp(noun: string): readonly string[] {
  const ours = commands.filter((command) => command.words.startsWith(`${noun} `));
  const width = Math.max(...ours.map((command) => command.words.length));
  return ours.map((command) => `batchdeck ${command.words.padEnd(width)}  ${command.summary}`);
}

/** The commands that begin like what was typed, for the refusal of a word that is unknown. */
export function nearbyCommands(word: string | undefined): readonly string[] {
  return commands.filter((command) => command.words.split(" ")[0] === word).map((command) => command.words);
}
