/** What steers a terminal, turns the direction of writing, ends a line, or has no shape of its own. */
const unseenClass = String.raw`[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]`;
/** Letters of scripts that are written with joiners between them. */
const joinedLetter = String.raw`[[${[
  "Arab",
  "Syrc",
  "Deva",
  "Beng",
  "Guru",
  "Gujr",
  "Orya",
  "Taml",
  "Telu",
  "Knda",
  "Mlym",
  "Sinh",
]
  .map((script) => String.raw`\p{scx=${script}}`)
  .join("")}]--${unseenClass}]`;
/** What is of the class and yet needed: joiners between such letters, joiners and selectors within an emoji that is in use. */
const needed = [
  String.raw`[\p{RGI_Emoji}--\p{RGI_Emoji_Tag_Sequence}]`,
  String.raw`(?<=${joinedLetter})[\u200C\u200D](?=${joinedLetter})`,
];
const unseen = new RegExp(unseenClass, "v");
/** Made when it is needed: that takes 10 ms, which every process would lose at its start. */
let unseenOrNeeded: RegExp | null = null;

/**
 * A text of somebody else's as it may be shown: on one line, and with everything in it to be seen. What is not is spelt as
 * `\u{1b}`. Doing it twice changes nothing more.
 */
export function visibleText(text: string): string {
  return spelt(text, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The same as JSON spells it within quotes, and YAML within double ones. Line breaks and tabs stay: they are layout. */
export function visibleDocument(text: string): string {
  return spelt(text, (character) => (character === "\n" || character === "\t" ? character : unitsOf(character)));
}

function spelt(text: string, spell: (character: string) => string): string {
  if (!unseen.test(text)) return text;
  unseenOrNeeded ??= new RegExp(`${needed.join("|")}|(${unseenClass})`, "gv");
  return text.replace(unseenOrNeeded, (found, character: string | undefined) =>
    character === undefined ? found : spell(character),
  );
}

function unitsOf(character: string): string {
  return character.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A text of somebody else's as a line of its own: its line breaks and the spaces around them become one space. */
export function oneLine(text: string): string {
  return visibleText(text.replace(/\s*[\r\n\u2028\u2029]+\s*/g, " ").trim());
}

/** What an exception says and where it came from, a line each. Its message is one of them, whatever it holds. */
export function traceOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [String(error)];
  const { message, stack = message } = error;
  const end = stack.includes(message) ? stack.indexOf(message) + message.length : stack.length;
  return [stack.slice(0, end), ...stack.slice(end).split("\n").slice(1)];
}

/** A name or text out of a model for a sentence: short, without quotes, and with everything in it to be seen. */
export function plainText(text: string): string {
  const longest = 120;
  const plain = visibleText(text.slice(0, longest)).replaceAll('"', "?");
  return text.length > longest ? `${plain}…` : plain;
}
