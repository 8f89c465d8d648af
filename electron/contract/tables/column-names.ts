import type { LookAlike } from "../words/look-alike.ts";

/** What names of columns are compared as: without the blanks around them, and in Unicode's form NFC, so that an accent is one. */
export function columnName(text: string): string {
  return text.trim().normalize("NFC");
}

/** A key for each column: its name, with a number where an earlier column has the same name. */
export function columnKeys(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const earlier = seen.get(name) ?? 0;
    seen.set(name, earlier + 1);
    return earlier === 0 ? name : `${name}\0${earlier + 1}`;
  });
}

/** Those of `wanted` that more than one column has, each once. */
export function repeatedNames(wanted: Iterable<string>, names: readonly string[]): string[] {
  const keys = new Set(columnKeys(names));
  return [...new Set(wanted)].filter((name) => keys.has(`${columnName(name)}\0${2}`));
}

/** The first of `wanted` that is not there itself, but as another name that looks like it. */
export function lookAlikeOf(wanted: readonly string[], names: readonly string[]): LookAlike | null {
  for (const name of wanted) {
    const found = names.find((other) => columnName(other) !== columnName(name) && looksLike(other, name));
    if (found !== undefined) return { wanted: name, found };
  }
  return null;
}

function looksLike(one: string, other: string): boolean {
  if (appearance(one) === appearance(other)) return true;
  const [left, right] = [[...columnName(one)], [...columnName(other)]];
  if (left.length !== right.length) return false;
  return left.every((character, index) => character === right[index] || isForeignTwin(character, right[index] ?? ""));
}

/** A name without what is hardly seen: capitals, kinds of blanks, width, what has no shape of its own. */
function appearance(name: string): string {
  return name
    .normalize("NFKC")
    .replace(/\p{Default_Ignorable_Code_Point}|\p{Cc}/gu, "")
    .replace(/\s+/g, " ")
    .trim()
    .toLowerCase();
}

const ascii = /^[A-Za-z]$/;
const twinScripts = /^[\p{Script=Cyrillic}\p{Script=Greek}]$/u;

/** A letter of ASCII, and one of the alphabets that share shapes with it. */
function isForeignTwin(one: string, other: string): boolean {
  return (ascii.test(one) && twinScripts.test(other)) || (ascii.test(other) && twinScripts.test(one));
}
