import type { FactOf, FactTable, WrittenWords } from "../../speaker.ts";

/** Why no scoring script for Azure is made of a deployment, and what to do about it. */
export const azureScriptRefusals = {
  kind: ({ kind }: { kind: "audio" | "tensor" }) => [
    `scripts for Azure score tables, pictures and texts, and this one scores ${kind === "audio" ? "sounds" : "arrays"}`,
    "Write a scoring_script of your own, and name it in code_configuration.",
  ],
  "image-output": ({ output }: { output: string }) => [
    `its output "${output}" is written as pictures`,
    "Leave output.images out of scorer.yml, or write a scoring_script of your own.",
  ],
  "array-output": ({ output }: { output: string }) => [
    `its output "${output}" has too many values for columns`,
    "Name other outputs under output.outputs of scorer.yml, or write a scoring_script of your own.",
  ],
  "open-columns": ({ input }: { input: string }) => [
    `which columns fill its input "${input}" is found in the data, of which each computer in Azure sees a part only`,
    "Name them under input.columns of scorer.yml.",
  ],
  "open-vector": ({ input }: { input: string }) => [
    `how long the lists are that fill its input "${input}" is found in the data, of which each computer in Azure sees a part only`,
    "Export the model with that length.",
  ],
  encoding: ({ encoding }: { encoding: string }) => [
    `Python does not read texts in ${encoding}`,
    "Save the files as UTF-8, and leave input.encoding out of scorer.yml.",
  ],
  tokenizer: ({ file, part }: { file: string; part: string }) => [
    `its tokenizer "${file}" uses ${part}, which scripts for Azure do not have`,
    "Write a scoring_script of your own that uses the package tokenizers.",
  ],
  "tokenizer-file": ({ file }: { file: string }) => [
    `its tokenizer "${file}" cannot be read`,
    "Create the model again from its files.",
  ],
} satisfies FactTable<WrittenWords>;

export type AzureScriptRefusal = FactOf<typeof azureScriptRefusals>;
