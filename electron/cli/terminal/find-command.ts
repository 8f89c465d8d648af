import { type Problem, written } from "../../contract/problem.ts";
import type { Command } from "./command.ts";
import { nearest } from "./nearest.ts";

/** Azure's words for two nouns of ours. */
export const nounAliases: Readonly<Record<string, string>> = {
  "batch-endpoint": "endpoint",
  "batch-deployment": "deployment",
};

/** `rest`: the words that do not belong to its name. */
export function findCommand(
  commands: readonly Command[],
  words: readonly string[],
): { command: Command; rest: readonly string[] } | null {
  const [first = "", ...others] = words;
  const typed = [nounOf(first), ...others];
  for (const command of commands) {
    const wanted = command.words.split(" ");
    if (wanted.every((word, index) => typed[index] === word)) return { command, rest: typed.slice(wanted.length) };
  }
  return null;
}

/** The noun that a word stands for. */
export function nounOf(word: string): string {
  return Object.hasOwn(nounAliases, word) ? (nounAliases[word] ?? word) : word;
}

export function commandsOfNoun(commands: readonly Command[], word: string): readonly Command[] {
  return commands.filter((command) => command.words.split(" ")[0] === nounOf(word));
}

/** Why there is no such command, and which was most likely meant. */
export function unknownCommand(commands: readonly Command[], first: string, second: string | undefined): Problem {
  const ofNoun = commandsOfNoun(commands, first).map(({ words }) => words);
  if (ofNoun.length === 0) {
    const nouns = [...new Set(commands.map(({ words }) => words.split(" ")[0] ?? "")), ...Object.keys(nounAliases)];
    const near = nearest(first, nouns);
    const meant = near === null ? "." : `; did you mean "${near}"?`;
    return written("usage/invalid", `"${first}" is not a command${meant}`, "See: batchdeck --help");
  }
  const known = `Known: ${ofNoun.join(", ")}.`;
  if (second === undefined) return written("usage/invalid", `"${first}" needs a verb.`, known);
  const near = nearest(`${nounOf(first)} ${second}`, ofNoun);
  const meant = near === null ? "." : `; did you mean "${near}"?`;
  return written("usage/invalid", `"${first} ${second}" is not a command${meant}`, known);
}
