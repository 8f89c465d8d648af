import type {
  CountedPart,
  wireFaults as english,
} from "../../../../electron/contract/words/english/parts/wire-words.ts";
import type { SameFacts } from "../../../../electron/contract/words/speaker.ts";

export const wireFaults: SameFacts<typeof english> = {
  "number-of-field": ({ byte }) => `een te groot veldnummer bij byte ${byte}`,
  "field-zero": ({ byte }) => `veldnummer 0 bij byte ${byte}`,
  "field-too-long": ({ byte }) => `een veld bij byte ${byte} is langer dan waar het in staat`,
  "field-too-large": ({ byte }) => `een veld bij byte ${byte} zou groter zijn dan 2 GiB`,
  "wire-type": ({ type, byte }) => `draadtype ${type} bij byte ${byte}`,
  "unfinished-number": ({ byte }) => `een onvolledig getal bij byte ${byte}`,
  "long-number": ({ byte }) => `een te lang getal bij byte ${byte}`,
  "cut-short": () => "het bestand houdt te vroeg op",
  "cut-list": () => "een lijst van getallen houdt midden in een getal op",
  "long-list": ({ most }) => `een lijst van meer dan ${most} getallen`,
  "long-name": ({ bytes }) => `een naam is langer dan ${bytes} bytes`,
  "too-deep": ({ levels }) => `het is meer dan ${levels} niveaus diep`,
  "too-many-parts": ({ most }) => `het heeft meer dan ${most} onderdelen`,
  "too-many": ({ most, what }) => `het heeft meer dan ${most} ${countedParts[what]}`,
  "too-many-files": ({ most }) => `de gegevens staan in meer dan ${most} bestanden`,
  "unknown-field": ({ field, message }) => `veld ${field} van een ${message} hoort niet bij ONNX`,
  "wrong-form": ({ field, message }) => `${field} van een ${message} is als iets anders geschreven`,
  "field-twice": ({ field, message }) => `${field} van een ${message} staat er twee keer`,
  "attribute-kind": ({ kind }) => `een attribuut van de onbekende soort ${kind}`,
  "opset-version": ({ version }) => `versie ${version} van een operatorset`,
  "format-version": ({ version }) => `versie ${version} van de indeling`,
  "tensor-dimensions": () => "een tensor met te veel dimensies",
  "sparse-dimensions": () => "een ijle tensor met te veel dimensies",
  "tensor-entries": () => "een tensor met te veel vermeldingen",
  "dimension-size": ({ size }) => `een dimensie met de grootte ${size}`,
  "shape-dimensions": ({ most }) => `een vorm met meer dan ${most} dimensies`,
};

const countedParts: Readonly<Record<CountedPart, string>> = {
  opsets: "operatorsets",
  functions: "functies",
  values: "invoeren of uitvoeren",
  operators: "verschillende operatoren",
};
