/** A name that is wanted, and one that is there and looks like it. */
export type LookAlike = { readonly wanted: string; readonly found: string };

/** How the found name differs: in capitals, by the characters that it has or lacks, or in their places. */
export type Difference = {
  readonly kind: "capitals" | "more" | "fewer" | "places";
  readonly characters: readonly string[];
};

export function differenceOf({ wanted, found }: LookAlike): Difference {
  if (found.toLowerCase() === wanted.toLowerCase()) return { kind: "capitals", characters: [] };
  const more = characterNumbers(found, wanted);
  if (more.length > 0) return { kind: "more", characters: more };
  const fewer = characterNumbers(wanted, found);
  return fewer.length > 0 ? { kind: "fewer", characters: fewer } : { kind: "places", characters: [] };
}

/** The characters of `one` that `other` lacks, by number: `U+00A0`. */
function characterNumbers(one: string, other: string): string[] {
  const inOther = new Set(other);
  const own = [...new Set(one)].filter((character) => !inOther.has(character));
  return own.map((character) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`);
}
