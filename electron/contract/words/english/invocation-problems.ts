import type { WordTable } from "../speaker.ts";
import { type Place, placeText } from "./parts/file-words.ts";

/** The file that names an invocation's input. Sentences that Azure has too begin with its words. */
export const invocationProblems = {
  "usage/invalid:input-without-path": ({ input, place }: { input: string; place: Place }) => [
    `Input path can't be empty for batch endpoint invoke: the input "${input}" has no path${placeText(place)}.`,
  ],
  "usage/invalid:no-input": ({ file }: { file: string }) => [
    `Input path can't be empty for batch endpoint invoke: "${file}" names no input.`,
  ],
  "input/unsupported:literal": ({ input, place }: { input: string; place: Place }) => [
    `The specified job input type 'LiteralJobInput' is not supported: "${input}" is a value${placeText(place)}.`,
    "The supported types are: UriFileJobInput, UriFolderJobInput.",
  ],
  "input/unsupported:many-inputs": ({ file, inputs }: { file: string; inputs: number }) => [
    `A model deployment takes one data input, and "${file}" names ${inputs}.`,
    "Leave the others out.",
  ],
  "input/unsupported:input-type": ({ input, type }: { input: string; type: string }) => [
    `The input "${input}" is of the type ${type}, which a model deployment does not take.`,
    "Use uri_folder or uri_file.",
  ],
  "input/unsupported:many-outputs": ({ file, outputs }: { file: string; outputs: number }) => [
    `A model deployment has one output, and "${file}" names ${outputs}.`,
    "Leave the others out.",
  ],
  "usage/invalid:output-type": ({ output, type, place }: { output: string; type: string; place: Place }) => [
    `The output "${output}" is of the type ${type}, which a model deployment does not make${placeText(place)}.`,
    "Use uri_folder, for the folder of results, or uri_file, for the file of predictions.",
  ],
  "usage/invalid:output-without-name": ({ output, path }: { output: string; path: string }) => [
    `The output "${output}" is a uri_file, and its path "${path}" names no file.`,
    "Name the file of predictions, or use uri_folder.",
  ],
} satisfies Partial<WordTable>;
