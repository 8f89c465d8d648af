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
  "usage/invalid:output-type": ({ output, type, place }) => [
    `De uitvoer van een taak moet van het type uri_file zijn: "${output}" is ${type}${placeText(place)}.`,
  ],
  "usage/invalid:output-with-path": ({ output }) => [
    `De uitvoer "${output}" heeft een pad, en dat wordt hier op de opdrachtregel gegeven.`,
    "Geef de map met --output-path en de naam met --set output_file_name=NAAM.",
  ],
};
