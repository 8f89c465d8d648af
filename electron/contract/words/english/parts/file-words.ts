import { azureNameRule } from "../../../names.ts";
import { factWords, type FactOf, type FactTable, type Speaker, type WrittenWords } from "../../speaker.ts";

/** Where in a text file, counted from 1; null: nowhere in it. */
export type Place = { readonly line: number; readonly column: number } | null;

export function placeText(place: Place): string {
  return place === null ? "" : ` (line ${place.line}, column ${place.column})`;
}

const expectedWords: Readonly<Record<string, string>> = {
  number: "a number",
  int: "a whole number",
  string: "text",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "keys with values",
  record: "keys with values",
};

/** What a schema wants instead, as the end of a sentence. */
export const schemaReasons = {
  type: ({ expected }: { expected: string }) => `it must be ${expectedWords[expected] ?? expected}`,
  empty: () => "it must not be empty",
  "more-than": ({ limit }: { limit: number }) => `it must be more than ${limit}`,
  "at-least": ({ limit }: { limit: number }) => `it must be at least ${limit}`,
  "less-than": ({ limit }: { limit: number }) => `it must be less than ${limit}`,
  "at-most": ({ limit }: { limit: number }) => `it must be at most ${limit}`,
  "one-of": ({ values }: { values: readonly string[] }) => `it must be ${alternatives(values)}`,
  "azure-name": () => azureNameRule.replace(/\.$/, ""),
  missing: () => 'it must be error, nan or {value: V}, or one of these for each column, such as {city: {value: ""}}',
  percent: () => "it must be a number from 0 to 100",
  /** As the schema's library says it. */
  other: ({ reason }: { reason: string }) => reason,
} satisfies FactTable<string>;

export type SchemaReason = FactOf<typeof schemaReasons>;

/** "a, b or c" */
function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** What to write instead, where that has a place of its own: `share`: a part of all items is a property. */
export type Advice = "share" | null;

export function adviceText(advice: Advice): string {
  if (advice === null) return "";
  return 'For a share of all items set the property "batchdeck.error_threshold_percent", such as "5".';
}

/** What is wrong with a file that a user wrote. */
export const fileFaults = {
  "not-a-file": ({ file }: { file: string }) => [`"${file}" is not a file.`],
  "too-large": ({ name }: { name: string }) => [`The file "${name}" is larger than 1 MiB.`],
  "not-text": ({ name }: { name: string }) => [`The file "${name}" is not UTF-8 text.`],
  missing: ({ file }: { file: string }) => [`There is no file "${file}".`],
  unreadable: ({ file, reason }: { file: string; reason: string }) => [`The file "${file}" cannot be read: ${reason}.`],
  "too-complex": ({ name, levels, values }: { name: string; levels: number; values: number }) => [
    `The file "${name}" is nested deeper than ${levels} levels or holds more than ${values} values.`,
  ],
  "too-deep": ({ name, levels, place }: { name: string; levels: number; place: Place }) => [
    `The file "${name}" is nested deeper than ${levels} levels${placeText(place)}.`,
  ],
  "too-many-values": ({ name, values, place }: { name: string; values: number; place: Place }) => [
    `The file "${name}" holds more than ${values} values${placeText(place)}.`,
  ],
  "not-yaml": ({ name, reason, place }: { name: string; reason: string; place: Place }) => [
    `The file "${name}" is not valid YAML: ${reason}${placeText(place)}.`,
  ],
  alias: ({ name, place }: { name: string; place: Place }) => [
    `The file "${name}" uses an alias, which is not allowed${placeText(place)}.`,
  ],
  "odd-key": ({ name, place }: { name: string; place: Place }) => [
    `The file "${name}" has a key that is not a plain word${placeText(place)}.`,
  ],
  "not-a-map": ({ name }: { name: string }) => [`The file "${name}" does not hold a map of keys and values.`],
  "unknown-key": ({ name, key, place }: { name: string; key: string; place: Place }) => [
    `The file "${name}" has a key "${key}" that is not known${placeText(place)}.`,
  ],
  "no-key": ({ name, key }: { name: string; key: string }) => [`The file "${name}" has no "${key}".`],
  "wrong-value": ({ name, key, place, reason, advice }: WrongValue, speaker: Speaker) => [
    `In the file "${name}", "${key}" is invalid${placeText(place)}: ${factWords(schemaReasons, reason, speaker)}.`,
    adviceText(advice),
  ],
} satisfies FactTable<WrittenWords>;

type WrongValue = { name: string; key: string; place: Place; reason: SchemaReason; advice: Advice };

export type FileFault = FactOf<typeof fileFaults>;

/** The words of `…:file`, whichever code a file is refused with. */
export function fileWords({ fault }: { fault: FileFault }, speaker: Speaker): WrittenWords {
  return factWords<WrittenWords>(fileFaults, fault, speaker);
}
