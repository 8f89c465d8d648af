import type { Screen } from "./screen.ts";

/** Asks for one of a list on the terminal; null when the answer names none of them. */
export async function askForOne(
  { note }: Pick<Screen, "note">,
  ask: Exclude<Screen["ask"], null>,
  question: string,
  names: readonly string[],
): Promise<string | null> {
  note(question);
  names.forEach((name, index) => note(`  ${index + 1}  ${name}`));
  const answer = (await ask("Its number or name: ")).trim();
  return names[Number(answer) - 1] ?? names.find((name) => name === answer) ?? null;
}
