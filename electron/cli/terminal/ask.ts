import { createInterface } from "node:readline/promises";
import type { Terminal } from "./command.ts";

/** Asks for one of a list on the terminal; null: there is none, or the answer names none of them. */
export async function askForOne(
  terminal: Terminal,
  question: string,
  names: readonly string[],
): Promise<string | null> {
  terminal.note(question);
  names.forEach((name, index) => terminal.note(`  ${index + 1}  ${name}`));
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = (await lines.question("Its number or name: ")).trim();
    return names[Number(answer) - 1] ?? names.find((name) => name === answer) ?? null;
  } finally {
    lines.close();
  }
}

/** Somebody sits there who can answer. */
export function canAsk(terminal: Terminal): boolean {
  return terminal.width !== null && process.stdin.isTTY;
}
