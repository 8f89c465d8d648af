import { someNames } from "../name-list.ts";
import type { TensorType } from "../../signature.ts";
import type { WordTable } from "../speaker.ts";
import { type Tensor, tensorText } from "./parts/tensor-words.ts";

/** `Missing`, as scorer.yml says it. */
type MissingRule = "error" | "nan" | { readonly value: number | string };

/** scorer.yml, and how it fits the model. */
export const scorerProblems = {
  "scorer/invalid:labels-outside": ({ file }: { file: string }) => [
    `The labels file "${file}" is outside the folder of scorer.yml.`,
  ],
  "scorer/invalid:labels-empty": ({ file }: { file: string }) => [`The labels file "${file}" is empty.`],
  "scorer/invalid:labels-missing": ({ file }: { file: string }) => [
    `The labels file "${file}" is not beside scorer.yml.`,
  ],
  "scorer/invalid:labels-width": ({
    labels,
    outputs,
  }: {
    labels: number;
    outputs: readonly { readonly name: string; readonly width: number }[];
  }) => [
    `scorer.yml gives ${count(labels, "label")}, and no output has that many values (${someNames(outputs.map(({ name, width }) => `${name} has ${width}`))}).`,
  ],
  "scorer/invalid:foreign-key": ({ key, kind }: { key: string; kind: string }) => [
    `"input.${key}" in scorer.yml does nothing for the kind ${kind}.`,
    "Leave it out.",
  ],
  "scorer/invalid:unknown-input": ({ input, known }: { input: string; known: readonly string[] }) => [
    `The model has no input "${input}", which scorer.yml names.`,
    `Its inputs: ${someNames(known)}.`,
  ],
  "scorer/invalid:unknown-output": ({ output, known }: { output: string; known: readonly string[] }) => [
    `The model has no output "${output}", which scorer.yml names.`,
    `Its outputs: ${someNames(known)}.`,
  ],
  "scorer/invalid:batch": ({ rows, batch }: { rows: number; batch: number }) => [
    `The model takes exactly ${count(rows, "row")} at a time, and scorer.yml says batch: ${batch}.`,
  ],

  "scorer/invalid:not-columns": ({ input }: { input: Tensor }) => [
    `The model's input ${tensorText([input])} is not columns of a table.`,
    "Name one column of lists for it, input.columns: {INPUT: COLUMN}, or use another kind.",
  ],
  "scorer/invalid:column-count": ({ input, width, columns }: { input: string; width: number; columns: number }) => [
    `The model's input "${input}" takes ${count(width, "column")}, and scorer.yml names ${columns}.`,
  ],
  "scorer/invalid:open-inputs": ({ inputs }: { inputs: readonly string[] }) => [
    `The model has ${inputs.length} inputs of several columns (${someNames(inputs)}), and nothing says which columns fill which.`,
    "Name them under input.columns in scorer.yml.",
  ],
  "scorer/invalid:missing-value": ({ rule, input, type }: { rule: MissingRule; input: string; type: TensorType }) => [
    `"input.missing" in scorer.yml says ${missingText(rule)}, and the model's input "${input}" takes ${type}.`,
    type === "string"
      ? `Say {value: "some text"} for it.`
      : `Say what fits each column: missing: {COLUMN: {value: ${type.startsWith("float") ? "0.5" : "0"}}}.`,
  ],
  "scorer/invalid:missing-column": ({ column, known }: { column: string; known: readonly string[] }) => [
    `"input.missing" in scorer.yml names the column "${column}", and no input of the model takes it.`,
    `They take ${known.join(", ")}.`,
  ],
  "scorer/invalid:nan": () => [`"missing: nan" in scorer.yml needs an input of floats, and the model has none.`],

  "scorer/invalid:image-inputs": ({ inputs }: { inputs: readonly Tensor[] }) => [
    `The kind image needs a model with one input of four dimensions; this one has ${tensorText(inputs)}.`,
  ],
  "scorer/invalid:keep-of-images": () => [`"output.keep" in scorer.yml names columns, and pictures have none.`],
  "scorer/invalid:layout": ({ input }: { input: Tensor }) => [
    `Where ${tensorText([input])} has its colour channels cannot be told.`,
    "Say input.layout: nchw or nhwc in scorer.yml.",
  ],
  "scorer/invalid:channels": ({ fixed, color, channels }: { fixed: number; color: string; channels: number }) => [
    `The model takes pictures with ${count(fixed, "channel")}, and ${color} has ${channels}.`,
  ],
  "scorer/invalid:any-size": () => [
    "The model takes pictures of any size.",
    "Say input.size: [height, width] in scorer.yml.",
  ],
  /** Fixed sizes null: any. */
  "scorer/invalid:size": ({
    fixedHeight,
    fixedWidth,
    height,
    width,
  }: {
    fixedHeight: number | null;
    fixedWidth: number | null;
    height: number;
    width: number;
  }) => [
    `The model takes pictures of ${fixedHeight ?? "any"} by ${fixedWidth ?? "any"} pixels (height by width), and scorer.yml says ${height} by ${width}.`,
  ],
  "scorer/invalid:per-channel": ({ key, numbers, channels }: { key: string; numbers: number; channels: number }) => [
    `"input.${key}" in scorer.yml has ${numbers} numbers for ${count(channels, "channel")}.`,
  ],
  "scorer/invalid:pad": ({ resize }: { resize: string }) => [
    `"input.pad" in scorer.yml is the border of resize: contain, and resize: ${resize} leaves none.`,
    "Leave it out, or use resize: contain.",
  ],
  "scorer/invalid:std": () => [`"input.std" in scorer.yml holds a 0, by which nothing can be divided.`],

  "scorer/invalid:softmax": () => [
    `"softmax: true" in scorer.yml needs an output of several floats, and there is none.`,
  ],
  "scorer/invalid:top-k-width": ({ topK, width, output }: { topK: number; width: number; output: string }) => [
    `"top_k: ${topK}" in scorer.yml is more than the ${width} values of the output "${output}".`,
  ],
  "scorer/invalid:top-k": ({ topK }: { topK: number }) => [
    `"top_k: ${topK}" in scorer.yml needs an output of several numbers, and there is none.`,
  ],
  "scorer/invalid:too-many-columns": ({ columns }: { columns: number }) => [
    `The model gives ${columns} values an item, which is more columns than a table can take.`,
    "Use output.top_k or output.outputs in scorer.yml.",
  ],
  "scorer/invalid:output-not-per-item": ({ output }: { output: Tensor }) => [
    `The model's output ${tensorText([output])} does not give one result an item.`,
    "Leave it out with output.outputs in scorer.yml.",
  ],
  "scorer/invalid:output-width": ({ output }: { output: Tensor }) => [
    `How many values the model's output ${tensorText([output])} has an item is not known before it runs.`,
    "Leave it out with output.outputs in scorer.yml, or export the model with a fixed width.",
  ],
  "scorer/invalid:column-twice": ({ column }: { column: string }) => [
    `The predictions would have two columns called "${column}".`,
    "Change output.keep, output.outputs or output.labels in scorer.yml.",
  ],

  "scorer/invalid:tokenizer-missing": ({ file }: { file: string }) => [
    `The tokenizer "${file}" is not in the model's folder.`,
    "Name the model's folder as its path.",
  ],
  "scorer/invalid:tokenizer-outside": ({ file }: { file: string }) => [
    `The tokenizer "${file}" is outside the model's folder.`,
  ],
  "scorer/invalid:tokenizer-not-a-file": ({ file }: { file: string }) => [`The tokenizer "${file}" is not a file.`],
  "scorer/invalid:tokenizer-too-large": ({ file }: { file: string }) => [
    `The tokenizer "${file}" is larger than 64 MiB.`,
  ],
  "scorer/invalid:tokenizer-process": () => [
    "The tokenizer could not be read: the process that tried it ended, or was not done within half a minute.",
    "Use the tokenizer.json that was published with the model.",
  ],
  "scorer/invalid:keep-of-texts": ({ items }: { items: string }) => [
    `"output.keep" in scorer.yml names columns, and items: ${items} has none.`,
  ],
  "scorer/invalid:encoding": ({ label }: { label: string }) => [
    `"input.encoding" in scorer.yml is "${label}", which is no encoding of the WHATWG Encoding Standard.`,
    "Name one such as windows-1251, iso-8859-2, gbk, shift_jis or utf-16le.",
  ],
  "scorer/invalid:missing-of-texts": ({ items }: { items: string }) => [
    `"input.missing" in scorer.yml is about cells, and items: ${items} has none.`,
    "Leave it out.",
  ],
  "scorer/invalid:columns-of-texts": ({ items }: { items: string }) => [
    `"input.columns" in scorer.yml names a column, and items: ${items} has none.`,
    "Use items: row.",
  ],
  "scorer/invalid:text-inputs": ({ inputs }: { inputs: readonly Pick<Tensor, "name" | "type">[] }) => [
    `The kind text needs a model with one string input, or with input_ids, attention_mask and token_type_ids of whole numbers; this one has ${someNames(inputs.map(({ name, type }) => `"${name}" ${type}`))}.`,
  ],
  "scorer/invalid:takes-texts": () => [
    "The model takes texts as they are, and scorer.yml asks for tokens.",
    "Leave out input.tokenizer and input.max_length.",
  ],
  "scorer/invalid:no-tokenizer": ({ file }: { file: string }) => [
    `The model takes tokens (input_ids), and there is no ${file} in its folder.`,
    "Put the tokenizer.json it was trained with beside the model, and name the folder as the model's path.",
  ],
  "scorer/invalid:max-length": ({ fixed, asked }: { fixed: number; asked: number }) => [
    `The model takes ${fixed} tokens, and scorer.yml says max_length: ${asked}.`,
  ],
  "scorer/invalid:cut-too-short": ({ maxLength, specialTokens }: { maxLength: number; specialTokens: number }) => [
    `Texts would be cut to ${maxLength} tokens, and the tokenizer puts ${specialTokens} of its own around each.`,
    "Give a larger input.max_length in scorer.yml.",
  ],
  "scorer/invalid:no-text-column": () => [
    "Which column holds the text is not said.",
    "Name it: input.columns: {input_ids: COLUMN}.",
  ],
  "scorer/invalid:several-text-columns": () => [
    "A scorer of texts reads one column.",
    "Name one under input.columns in scorer.yml.",
  ],
} satisfies Partial<WordTable>;

function missingText(rule: MissingRule): string {
  return typeof rule === "string" ? rule : `{value: ${JSON.stringify(rule.value)}}`;
}

function count(amount: number, noun: string): string {
  return amount === 1 ? `1 ${noun}` : `${amount} ${noun}s`;
}
