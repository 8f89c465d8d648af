import { type LeftOut, type LeftOutWords, reasonsText } from "../../../electron/contract/sentences/left-out.ts";

const words: LeftOutWords = {
  reasons: {
    hidden: "verborgen",
    system: "van het systeem",
    "our-workspace": "van een werkruimte van Batchdeck",
    "our-output": "geschreven door een taak",
    "unfinished-output": "niet afgemaakt (.part)",
    "other-ending": "zonder een extensie die wordt gelezen",
    "other-content": "met inhoud die niet wordt herkend",
    "outside-link": "als koppeling die uit de map leidt",
    "broken-link": "als koppeling die nergens heen leidt",
    "repeated-link": "als koppeling naar een map die al wordt gelezen",
    "unreadable-name": "met een naam die geen tekst is",
    "not-a-file": "van een andere soort dan bestand of map",
  },
  joint: "en",
  more: (count) => `nog ${count}`,
};

const number = new Intl.NumberFormat("nl-NL", { maximumFractionDigits: 0 });

export function dutchLeftOut({ files, by, names }: LeftOut): string {
  const counted = files === 1 ? "1 bestand wordt" : `${number.format(files)} bestanden worden`;
  return `${counted} weggelaten: ${reasonsText(by, names, words)}.`;
}
