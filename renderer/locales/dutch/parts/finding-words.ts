import type {
  englishFindings,
  FindingFact,
  tensorFaults as englishFaults,
} from "../../../../electron/contract/words/english/parts/finding-words.ts";
import {
  factWords,
  type NestedProblem,
  type SameFacts,
  type Speaker,
  type WrittenWords,
} from "../../../../electron/contract/words/speaker.ts";
import { wireFaults } from "./wire-words.ts";

const tensorFaults: SameFacts<typeof englishFaults> = {
  "unknown-type": ({ type }) => `heeft het onbekende elementtype ${type}`,
  segment: () => "is maar een stuk van een tensor, en ONNX Runtime voegt stukken niet samen",
  "too-many-dimensions": ({ most }) => `heeft meer dan ${most} dimensies`,
  "negative-dimension": ({ size }) => `heeft een dimensie met de grootte ${size}`,
  "too-many-elements": () => "heeft een vorm met meer elementen dan een computer kan bevatten",
  "file-not-said": () => "noemt een gegevensbestand, maar zegt niet dat de gegevens daar staan",
  "data-in-both": () => "heeft gegevens in het model en ook in een bestand",
  "texts-in-file": () => "heeft teksten in een gegevensbestand, waar alleen getallen kunnen staan",
  "data-twice": () => "heeft de gegevens twee keer",
  "raw-texts": () => "heeft teksten als ruwe bytes",
  "raw-bytes": ({ needed, found }) => `heeft voor zijn vorm ${needed} bytes nodig en heeft er ${found}`,
  "foreign-data": ({ type }) => `is van het type ${type} en heeft gegevens van een ander type`,
  numbers: ({ needed, found }) => `heeft voor zijn vorm ${needed} getallen nodig en heeft er ${found}`,
  prepacked: () => "heeft bewerkte kopieën van de gegevens, die niet kunnen worden gecontroleerd",
  "unknown-entry": ({ key }) => `vermeldt "${key}" bij het gegevensbestand, wat voor ONNX niets betekent`,
  "entry-twice": ({ key }) => `vermeldt ${key} van de gegevens twee keer`,
  "no-location": () => "zegt dat de gegevens in een bestand staan en niet in welk",
  "no-bytes": ({ key, text }) => `heeft als ${key} "${text}", en dat is geen aantal bytes`,
  "file-bytes": ({ needed, found }) =>
    `heeft voor zijn vorm ${needed} bytes nodig en zegt dat de gegevens er ${found} hebben`,
  "no-parts": () => "mist de waarden of hun plaatsen",
  "too-many-values": () => "heeft meer waarden dan zijn vorm plaatsen heeft",
  "odd-places": () => "heeft plaatsen die geen gehele getallen zijn",
  "uneven-places": () => "heeft niet één plaats voor elke waarde",
  "too-many-places": () => "heeft meer plaatsen dan kunnen worden gecontroleerd",
  "place-outside": () => "heeft een waarde op een plaats buiten zijn vorm",
};

const exportAgain = "Exporteer het model opnieuw.";
const exportStandard = "Exporteer het model met standaardoperatoren.";
const exportInlined = "Exporteer het model zonder functies.";

/** The Dutch words of what a scan finds wrong with a model. */
export const dutchFindings: SameFacts<typeof englishFindings> = {
  "malformed:no-graph": () => ["Het model is geen ONNX-bestand: er staat geen graaf in.", "Exporteer het opnieuw."],
  "malformed:file": ({ fault }, speaker) => [
    `Het model is geen leesbaar ONNX-bestand: ${factWords<string>(wireFaults, fault, speaker)}.`,
    "Misschien is het beschadigd of onvolledig; exporteer of kopieer het opnieuw.",
  ],
  "malformed:two-opsets": ({ domain }) => [
    `Het model vraagt om twee versies van de operatorset "${domain}".`,
    exportAgain,
  ],
  settings: ({ key }) => [
    `Het model bevat instellingen voor ONNX Runtime ("${key}"), en die horen niet in een model.`,
    "Exporteer het model zonder die instellingen.",
  ],
  "unknown-operator": ({ operator, domain }) => [
    `Het model gebruikt de operator "${operator}" van "${domain}", die niet bij ONNX Runtime hoort.`,
    "Exporteer het model met standaardoperatoren, of gebruik het in een script dat ze laadt.",
  ],
  "bad-function:replaces": ({ operator, domain }) => [
    `Het model vervangt de operator "${operator}" van "${domain}" door een eigen versie.`,
    exportStandard,
  ],
  "bad-function:twice": ({ operator, domain }) => [
    `Het model heeft twee functies "${operator}" van "${domain}".`,
    exportAgain,
  ],
  "bad-function:calls-itself": () => ["Een functie van het model roept zichzelf aan.", exportInlined],
  "bad-function:calls-deep": ({ depth }) => [
    `Een functie van het model roept andere aan, meer dan ${depth} diep.`,
    exportInlined,
  ],
  "too-large:functions": ({ operators }) => [
    `De functies van het model staan uitgeschreven voor meer dan ${operators} operatoren.`,
    exportInlined,
  ],
  "too-large:generated": ({ operator, elements }) => [
    `De operator "${operator}" van het model maakt uit het niets een tensor van meer dan ${elements} elementen.`,
    "Exporteer het model met kleinere constanten.",
  ],
  "too-large:file": ({ bytes }) => [
    `Het .onnx-bestand van het model heeft ${bytes} bytes, en een ONNX-bestand kan niet groter zijn dan 2 GiB.`,
    "Exporteer het model met de gegevens in een bestand ernaast.",
  ],
  "too-large:memory": ({ needed, memory, repeated }) => [
    `Het model zou ${gibibytes(needed)} GiB geheugen nodig hebben; deze computer heeft ${gibibytes(memory)} GiB, ` +
      `en hoogstens ${gibibytes(repeated)} GiB mag uit herhaalde of ijle gegevens bestaan.`,
    "Gebruik een kleiner model, of een computer met meer geheugen.",
  ],
  "wrong-size:tensor": ({ tensor, fault }, speaker) => [
    `In het model geldt: ${tensor === null ? "een tensor" : `de tensor "${tensor}"`} ${factWords<string>(tensorFaults, fault, speaker)}.`,
    "Exporteer het model opnieuw; de gegevens passen niet bij wat het erover zegt.",
  ],
  "wrong-size:sparse": ({ fault }, speaker) => [
    `Een ijle tensor van het model ${factWords<string>(tensorFaults, fault, speaker)}.`,
    "Exporteer het model zonder die tensor.",
  ],
  "wrong-size:data-file": ({ file, needed, found }) => [
    `Het model heeft ${needed} bytes nodig van het gegevensbestand "${file}", dat er ${found} heeft.`,
    "Kopieer het gegevensbestand opnieuw; misschien is het onvolledig.",
  ],
  "outside-folder:capitals": ({ file, other }) => [
    `De gegevensbestanden "${file}" en "${other}" van het model verschillen alleen in hoofdletters, en niet elke schijf ziet dat verschil.`,
    "Geef ze verschillende namen.",
  ],
  "outside-folder:file": causeWords,
  "missing-data:file": causeWords,
};

export function findingWords(finding: FindingFact, speaker: Speaker): WrittenWords {
  return factWords<WrittenWords>(dutchFindings, finding, speaker);
}

function causeWords({ cause }: { cause: NestedProblem }, speaker: Speaker): WrittenWords {
  const { message, remedy } = speaker.problem(cause);
  return [message, remedy];
}

function gibibytes(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(1).replace(".", ",");
}
