import { allOptions, type Command, usageLine } from "./command.ts";
import { azureOptions, globalOptions } from "./common-options.ts";
import { commandsOfNoun, nounAliases } from "./find-command.ts";
import { type Option, optionsOf, spellingsOf } from "./usage.ts";

/** What `batchdeck --help` shows. */
export function helpText(commands: readonly Command[]): readonly string[] {
  const width = Math.max(...commands.map((command) => command.words.length));
  return [
    "Azure Machine Learning's batch endpoints on this computer.",
    "",
    "Usage: batchdeck COMMAND [OPTIONS]",
    "",
    ...commands.map((command) => `  ${command.words.padEnd(width)}  ${command.summary}`),
    "",
    ...Object.entries(nounAliases).map(([alias, noun]) => `"${alias}" is another word for "${noun}".`),
    "batchdeck COMMAND --help shows what a command takes. Every command takes:",
    ...optionLines(globalOptions),
    "",
    "The workspace is --home DIR, else BATCHDECK_HOME, else the desktop's own.",
    "Exit: 0 done, 1 started and failed, 2 refused, 3 completed with failed items, 130 paused or cancelled.",
  ];
}

/** What `batchdeck NOUN --help` shows: the commands of that noun. */
export function nounHelp(commands: readonly Command[], noun: string): readonly string[] {
  const ours = commandsOfNoun(commands, noun);
  const width = Math.max(...ours.map((command) => command.words.length));
  return [
    ...ours.map((command) => `batchdeck ${command.words.padEnd(width)}  ${command.summary}`),
    "",
    "batchdeck COMMAND --help shows what a command takes.",
  ];
}

/** What `batchdeck COMMAND --help` shows: every option that it takes. */
export function commandHelp(command: Command): readonly string[] {
  const { summary, details = [], withoutEffect = [] } = command;
  const own = allOptions(command).filter((option) => option.help !== "" || !isAnywhere(option, withoutEffect));
  const ofAll = new Set<string>(globalOptions.map(({ name }) => name));
  const [ours, others] = [own.filter(({ name }) => !ofAll.has(name)), own.filter(({ name }) => ofAll.has(name))];
  const used = new Set(optionsOf(command.usage).map(({ name }) => name));
  const idle = [...withoutEffect, ...azureOptions]
    .filter(({ name }) => !used.has(name))
    .map((option) => spellingsOf(option).toReversed().join(" "));
  return [
    `batchdeck ${usageLine(command)}`,
    "",
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
    ...(details.length === 0 ? [] : ["", ...details.map((line) => `  ${line}`)]),
    ...(ours.length === 0 ? [] : ["", "Options:", ...optionLines(ours)]),
    "",
    "As every command:",
    ...optionLines(others),
    "",
    "Azure's options without a meaning here, which are taken and passed over:",
    ...wrapped(idle),
  ];
}

function isAnywhere(option: Option, withoutEffect: readonly Option[]): boolean {
  return [...withoutEffect, ...azureOptions].some(({ name }) => name === option.name);
}

const widestOption = 34;

function optionLines(options: readonly Option[]): readonly string[] {
  const rows = options.map((option) => {
    const spelt = spellingsOf(option).join(", ");
    const value = option.placeholder === null ? "" : ` ${option.placeholder}`;
    return [`${spelt}${value}`, option.help] as const;
  });
  const width = Math.min(widestOption, Math.max(...rows.map(([left]) => left.length)));
  return rows.flatMap(([left, help]) => {
    if (left.length <= width) return [`  ${left.padEnd(width)}  ${help}`.trimEnd()];
    return [`  ${left}`, ...(help === "" ? [] : [`  ${" ".repeat(width)}  ${help}`])];
  });
}

function wrapped(words: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length > 96) lines.push(`  ${word}`);
    else lines[lines.length - 1] = `${last}, ${word}`;
  }
  return lines;
}
