import { isRecord } from "./json-text.ts";

/** What a person reads of a long list; a program gets all of it with `--json`. */
const longest = 12;
const shown = 8;
const longestText = 2000;
const longestJson = 600;

/** "a, b, c", and how many more there are of a long list. */
export function shortList(names: readonly string[], mostShown = shown): string {
  if (names.length <= Math.max(longest, mostShown)) return shortText(names.join(", "));
  return `${shortText(names.slice(0, mostShown).join(", "))} and ${names.length - mostShown} more`;
}

export function shortText(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText)}…`;
}

/** A value as JSON of at most some lines: long lists in it are cut, and so is what is still too long. */
export function shortJson(value: unknown): string {
  const text = JSON.stringify(shortened(value)) ?? "";
  return text.length <= longestJson ? text : `${text.slice(0, longestJson)}… (--json has all)`;
}

function shortened(value: unknown): unknown {
  if (Array.isArray(value)) {
    if (value.length <= longest) return value.map(shortened);
    return [...value.slice(0, shown).map(shortened), `… and ${value.length - shown} more`];
  }
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, entry]) => [key, shortened(entry)] as const);
  if (entries.length <= longest) return Object.fromEntries(entries);
  return Object.fromEntries([...entries.slice(0, shown), ["…", `${entries.length - shown} more`] as const]);
}
