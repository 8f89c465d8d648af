import {
  type Advice,
  type fileFaults as englishFaults,
  type FileFault,
  type Place,
  type schemaReasons as englishReasons,
} from "../../../../electron/contract/words/english/parts/file-words.ts";
import {
  factWords,
  type SameFacts,
  type Speaker,
  type WrittenWords,
} from "../../../../electron/contract/words/speaker.ts";

import { azureNameRule } from "./common.ts";

export function placeText(place: Place): string {
  return place === null ? "" : ` (regel ${place.line}, kolom ${place.column})`;
}

const expectedWords: Readonly<Record<string, string>> = {
  number: "een getal",
  int: "een geheel getal",
  string: "tekst",
  boolean: "true of false",
  array: "een lijst",
  tuple: "een lijst",
  object: "sleutels met waarden",
  record: "sleutels met waarden",
};

export const schemaReasons: SameFacts<typeof englishReasons> = {
  type: ({ expected }) => `dit moet ${expectedWords[expected] ?? expected} zijn`,
  empty: () => "dit mag niet leeg zijn",
  "more-than": ({ limit }) => `dit moet meer dan ${limit} zijn`,
  "at-least": ({ limit }) => `dit moet minstens ${limit} zijn`,
  "less-than": ({ limit }) => `dit moet minder dan ${limit} zijn`,
  "at-most": ({ limit }) => `dit mag hoogstens ${limit} zijn`,
  "one-of": ({ values }) => `dit moet ${alternatives(values)} zijn`,
  "azure-name": () => azureNameRule.replace(/\.$/, ""),
  missing: () => 'het moet error, nan of {value: V} zijn, of een daarvan voor elke kolom, zoals {plaats: {value: ""}}',
  percent: () => "dit moet een getal van 0 tot 100 zijn",
  other: ({ reason }) => reason,
};

/** "a, b of c" */
function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} of ${words.at(-1)}`;
}

export function adviceText(advice: Advice): string {
  if (advice === null) return "";
  return 'Gebruik voor een deel van alle items de eigenschap "batchdeck.error_threshold_percent", bijvoorbeeld "5".';
}

const fileFaults: SameFacts<typeof englishFaults> = {
  "not-a-file": ({ file }) => [`"${file}" is geen bestand.`],
  "too-large": ({ name }) => [`Het bestand "${name}" is groter dan 1 MiB.`],
  "not-text": ({ name }) => [`Het bestand "${name}" is geen UTF-8-tekst.`],
  missing: ({ file }) => [`Er is geen bestand "${file}".`],
  unreadable: ({ file, reason }) => [`Het bestand "${file}" kan niet worden gelezen: ${reason}.`],
  "too-complex": ({ name, levels, values }) => [
    `Het bestand "${name}" is meer dan ${levels} niveaus diep of bevat meer dan ${values} waarden.`,
  ],
  "too-deep": ({ name, levels, place }) => [
    `Het bestand "${name}" is meer dan ${levels} niveaus diep${placeText(place)}.`,
  ],
  "too-many-values": ({ name, values, place }) => [
    `Het bestand "${name}" bevat meer dan ${values} waarden${placeText(place)}.`,
  ],
  "not-yaml": ({ name, reason, place }) => [
    `Het bestand "${name}" is geen geldige YAML: ${reason}${placeText(place)}.`,
  ],
  alias: ({ name, place }) => [`Het bestand "${name}" gebruikt een alias, en dat mag niet${placeText(place)}.`],
  "odd-key": ({ name, place }) => [
    `Het bestand "${name}" heeft een sleutel die geen gewoon woord is${placeText(place)}.`,
  ],
  "not-a-map": ({ name }) => [`Het bestand "${name}" bevat geen sleutels met waarden.`],
  "unknown-key": ({ name, key, place }) => [
    `Het bestand "${name}" heeft een onbekende sleutel "${key}"${placeText(place)}.`,
  ],
  "no-key": ({ name, key }) => [`In het bestand "${name}" ontbreekt "${key}".`],
  "wrong-value": ({ name, key, place, reason, advice }, speaker) => [
    `In het bestand "${name}" klopt "${key}" niet${placeText(place)}: ${factWords<string>(schemaReasons, reason, speaker)}.`,
    adviceText(advice),
  ],
};

export function fileWords({ fault }: { fault: FileFault }, speaker: Speaker): WrittenWords {
  return factWords<WrittenWords>(fileFaults, fault, speaker);
}
