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
  "usage/invalid:output-type": ({ output, type, place }: { output: string; type: string; place: Place }) => [
    `Job output type must be 'uri_file': "${output}" is ${type}${placeText(place)}.`,
  ],
  "usage/invalid:output-with-path": ({ output }: { output: string }) => [
    `The output "${output}" has a path, which here is given on the command line.`,
    "Give the folder with --output-path and the name with --set output_file_name=NAME.",
  ],
} satisfies Partial<WordTable>;
