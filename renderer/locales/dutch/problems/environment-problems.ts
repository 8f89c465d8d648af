import { someNames } from "../../../../electron/contract/words/name-list.ts";
import type { SameKinds } from "../../../../electron/contract/words/english-problems.ts";
import type {
  environmentProblems as english,
  pythonFaults as englishFaults,
} from "../../../../electron/contract/words/english/environment-problems.ts";
import { factWords, type SameFacts } from "../../../../electron/contract/words/speaker.ts";
import { assetNameRule } from "../parts/common.ts";

const pythonFaults: SameFacts<typeof englishFaults> = {
  system: ({ reason }) => reason,
  exit: ({ code, line }) => `het eindigde met ${code}${bracketed(line)}`,
  signal: ({ signal, line }) => `het werd beëindigd door ${signal}${bracketed(line)}`,
  version: ({ said }) => `het zegt dat het ${JSON.stringify(said)} is`,
  "no-answer": () => "het gaf geen antwoord",
};

function bracketed(line: string): string {
  return line === "" ? "" : ` (${line})`;
}

const languages = { python: "Python", node: "Node" } as const;
const nameProgram = "Geef met --python het pad van de interpreter zelf.";
const makeOne = 'Maak er een met "environment create -n NAAM --python PAD" en geef die dan met --environment NAAM.';

export const environmentProblems: SameKinds<typeof english> = {
  "environment/invalid:name": ({ name }) => [`"${name}" kan niet de naam van een omgeving zijn.`, assetNameRule],
  "environment/invalid:not-on-path": ({ program }) => [`Er is geen programma "${program}" op het PATH.`, nameProgram],
  "environment/invalid:no-program": ({ program }) => [`Er is geen programma op "${program}".`, nameProgram],
  "environment/invalid:not-python": ({ interpreter, fault }, speaker) => [
    `"${interpreter}" draait niet als Python 3: ${factWords<string>(pythonFaults, fault, speaker)}.`,
    "Geef de interpreter van een Python 3, of installeer die opnieuw.",
  ],
  "environment/invalid:script-not-read": ({ interpreter, script, fault }, speaker) => [
    `"${interpreter}" kon het script "${script}" niet lezen: ${factWords<string>(pythonFaults, fault, speaker)}.`,
  ],
  "environment/invalid:cannot-run": ({ environment, cause }, speaker) => [
    `De omgeving "${environment}" kan het script niet uitvoeren: ${speaker.problem(cause).message}`,
    "Installeer de interpreter opnieuw, of geef de implementatie een andere omgeving.",
  ],
  "environment/invalid:language": ({ environment, runs, script }) => [
    `De omgeving "${environment}" draait ${languages[runs]}, en het script is geschreven voor ${languages[script]}.`,
    "Geef een andere met --environment NAAM.",
  ],

  "environment/not-found": ({ environment }) => [
    `Er is geen omgeving "${environment}".`,
    `Maak die met "environment create -n ${environment} --python PAD" of "--node".`,
  ],
  "environment/not-found:others": ({ environment, known }) => [
    `Er is geen omgeving "${environment}".`,
    `Er zijn ${someNames(known)}.`,
  ],
  "environment/not-found:not-named": ({ known }) => [
    "De implementatie noemt geen omgeving om het script in uit te voeren.",
    known.length === 0 ? makeOne : `Geef er een uit deze werkruimte met --environment NAAM: ${someNames(known)}.`,
  ],
  "environment/not-found:reference": ({ reference, known }) => [
    `De implementatie noemt de omgeving "${reference}", die niet in deze werkruimte staat.`,
    known.length === 0
      ? makeOne
      : `Geef er een uit deze werkruimte met --environment NAAM; dat wordt onthouden: ${someNames(known)}.`,
  ],
  "environment/in-use": ({ environment, deployment, endpoint }) => [
    `De omgeving "${environment}" wordt gebruikt door de implementatie "${deployment}" van het eindpunt "${endpoint}".`,
    "Geef die eerst een andere omgeving, of verwijder die.",
  ],
};
