import type { SameKinds } from "../../../../electron/contract/words/english-problems.ts";
import type { invocationProblems as english } from "../../../../electron/contract/words/english/invocation-problems.ts";
import { placeText } from "../parts/file-words.ts";

export const invocationProblems: SameKinds<typeof english> = {
  "usage/invalid:input-without-path": ({ input, place }) => [
    `Een batcheindpunt heeft het pad van de invoer nodig: de invoer "${input}" heeft geen pad${placeText(place)}.`,
  ],
  "usage/invalid:no-input": ({ file }) => [
    `Een batcheindpunt heeft het pad van de invoer nodig: "${file}" noemt geen invoer.`,
  ],
  "input/unsupported:literal": ({ input, place }) => [
    `Een losse waarde kan geen invoer van een taak zijn: "${input}" is een waarde${placeText(place)}.`,
    "Een invoer is een uri_file of een uri_folder.",
  ],
  "input/unsupported:many-inputs": ({ file, inputs }, { number }) => [
    `Een modelimplementatie neemt één invoer met gegevens, en "${file}" noemt er ${number(inputs)}.`,
    "Laat de andere weg.",
  ],
  "input/unsupported:input-type": ({ input, type }) => [
    `De invoer "${input}" is van het type ${type}, dat een modelimplementatie niet neemt.`,
    "Gebruik uri_folder of uri_file.",
  ],
  "input/unsupported:many-outputs": ({ file, outputs }) => [
    `Een modelimplementatie heeft één uitvoer, en "${file}" noemt er ${outputs}.`,
    "Laat de andere weg.",
  ],
  "usage/invalid:output-type": ({ output, type, place }) => [
    `De uitvoer "${output}" is van het type ${type}, dat een modelimplementatie niet maakt${placeText(place)}.`,
    "Gebruik uri_folder voor de map met resultaten, of uri_file voor het bestand met voorspellingen.",
  ],
  "usage/invalid:output-without-name": ({ output, path }) => [
    `De uitvoer "${output}" is een uri_file, en het pad "${path}" noemt geen bestand.`,
    "Noem het bestand met voorspellingen, of gebruik uri_folder.",
  ],
};
