import { someNames } from "../name-list.ts";
import type { TensorType } from "../../signature.ts";
import type { WordTable } from "../speaker.ts";
import { type Tensor, tensorText } from "./parts/tensor-words.ts";

/** `Missing`, as scorer.yml says it. */
type MissingRule = "error" | "nan" | { readonly value: number | string };

type NotPerItem = {
  readonly output: Tensor;
  /** It is the model's only output. */
  readonly isOnly: boolean;
  /** Rows that the model fixes for a run. */
  readonly rows: number | null;
};

/** scorer.yml, and how it fits the model. */
type AudioLength = {
  readonly key: string;
  readonly samples: number;
  readonly fixed: number;
  readonly sampleRate: number;
};

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
  "scorer/invalid:only-constants": () => [
    '"input.constants" in scorer.yml fills every input of the model, so nothing is left for the data.',
    "Leave out the input that data fills.",
  ],
  "scorer/invalid:needs-constant": ({ input }: { input: Tensor }) => [
    `The model's input ${tensorText([input])} is one value for a whole run, which no item can fill.`,
    `Give it in scorer.yml: input: {constants: {${input.name}: VALUE}}.`,
  ],
  "scorer/invalid:constant-shape": ({ input, given }: { input: Tensor; given: readonly number[] | null }) => [
    `"input.constants" in scorer.yml gives ${given === null ? "lists of different lengths" : `lists of the shape [${given.join(", ")}]`} for the model's input ${tensorText([input])}.`,
    "Give one value, which fills it, or lists of its shape.",
  ],
  "scorer/invalid:constant-size": ({ input }: { input: Tensor }) => [
    `The model's input ${tensorText([input])} is too large to be filled with a constant.`,
  ],
  "scorer/invalid:constant-value": ({ input, value }: { input: Tensor; value: string }) => [
    `"input.constants" in scorer.yml gives ${value}, which the model's input ${tensorText([input])} cannot hold.`,
    "Put whole numbers of more than 15 digits in quotes.",
  ],
  "scorer/invalid:items": ({ items, kind, known }: { items: string; kind: string; known: readonly string[] }) => [
    `"input.items: ${items}" in scorer.yml is nothing that the kind ${kind} has.`,
    `Use ${known.join(", ")}.`,
  ],
  "scorer/invalid:text-array": ({ input }: { input: Tensor }) => [
    `The model's input ${tensorText([input])} takes texts, and arrays of files hold numbers alone.`,
    "Name columns that fill the inputs (input.columns), or give it under input.constants.",
  ],
  "scorer/invalid:audio-input": ({ inputs }: { inputs: readonly Tensor[] }) => [
    `Sounds fill one input of floats, [N, samples] or [N, 1, samples], and the model has ${tensorText(inputs)}.`,
    "Give the other inputs under input.constants in scorer.yml.",
  ],
  "scorer/invalid:audio-rate": () => [
    'Nothing says which sample rate the model was trained with: "input.sample_rate" in scorer.yml is missing.',
    "Add it, for example sample_rate: 16000.",
  ],
  "scorer/invalid:audio-length": ({ key, samples }: { key: string; samples: number }) => [
    `"input.${key}" in scorer.yml makes ${samples.toLocaleString("en")} samples, and from 1 to 67,108,864 are possible.`,
  ],
  "scorer/invalid:audio-fixed": ({ key, samples, fixed, sampleRate }: AudioLength) => [
    `"input.${key}" in scorer.yml makes ${samples} samples at ${sampleRate} Hz, and the model takes exactly ${fixed}.`,
    `Use ${fixed / sampleRate}, or leave it out.`,
  ],
  "scorer/invalid:audio-window": () => [
    'The model takes windows of any length, and "input.windows.seconds" in scorer.yml is missing.',
    "Add it, for example windows: {seconds: 1, step: 0.5}.",
  ],
  "scorer/invalid:audio-step": () => [
    '"input.windows.step" in scorer.yml is longer than a window, which would leave out what lies between them.',
    "Use a step of at most the length of a window.",
  ],
  "scorer/invalid:carry-constant": ({ input }: { input: string }) => [
    `"input.windows.carry" in scorer.yml names "${input}", and nothing says what fills it in the first window of a sound.`,
    `Name an input of the model, and give its first value under input.constants: {${input}: 0}.`,
  ],
  "scorer/invalid:carry-shape": ({ input, output }: { input: Tensor; output: Tensor }) => [
    `"input.windows.carry" in scorer.yml fills ${tensorText([input])} with ${tensorText([output])}, which has another type or number of dimensions.`,
    "Name the output that holds the next value of that state.",
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
    "Say input.layout: nchw or nhwc in scorer.yml, or input.kind: tensor when it takes arrays and no pictures.",
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
  "scorer/invalid:crop": ({ present }: { present: "resize_shorter" | "crop" }) => [
    `"input.${present}" in scorer.yml needs "${present === "crop" ? "resize_shorter" : "crop"}" beside it.`,
    "Say resize_shorter: 256 and crop: center, or leave both out.",
  ],
  "scorer/invalid:crop-resize": ({ resize }: { resize: string }) => [
    `"input.resize: ${resize}" in scorer.yml does not go with resize_shorter and crop, which resize by themselves.`,
    "Leave resize out, or the other two.",
  ],
  "scorer/invalid:crop-size": ({ shorter, height, width }: { shorter: number; height: number; width: number }) => [
    `${height} by ${width} pixels (height by width) cannot be cut out of a picture whose shorter side has ${shorter}.`,
    `Say resize_shorter: ${Math.max(height, width)} or more in scorer.yml.`,
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
  "scorer/invalid:detections-kind": ({ kind }: { kind: string }) => [
    `"output.detections" in scorer.yml is for pictures, and the kind is ${kind}.`,
  ],
  "scorer/invalid:detections-beside": ({ key }: { key: string }) => [
    `"output.${key}" in scorer.yml does nothing beside output.detections.`,
    "Leave it out.",
  ],
  "scorer/invalid:detections-shape": ({
    format,
    shapes,
    formats,
    outputs,
  }: {
    format: string;
    /** What models of the format give. */
    shapes: string;
    formats: readonly string[];
    outputs: readonly Tensor[];
  }) => [
    `The format ${format} is of models that give ${shapes}; this one gives ${tensorText(outputs)}.`,
    `Say another output.detections.format in scorer.yml: ${formats.join(", ")}.`,
  ],
  "scorer/invalid:detections-several": ({ format, outputs }: { format: string; outputs: readonly string[] }) => [
    `Which of the model's outputs ${someNames(outputs)} holds what the format ${format} reads cannot be told.`,
    "Export the model with the outputs of that format alone, or with their usual names.",
  ],
  "scorer/invalid:detections-labels": ({
    format,
    labels,
    classes,
  }: {
    format: string;
    labels: number;
    classes: number;
  }) => [`scorer.yml gives ${count(labels, "label")}, and the model, read as ${format}, has ${classes} classes.`],
  "scorer/invalid:pool-kind": () => [
    `"output.pool" in scorer.yml is for models that take the tokens of texts (input_ids), and this one does not.`,
  ],
  "scorer/invalid:pool": ({ outputs }: { outputs: readonly Tensor[] }) => [
    `"output.pool" in scorer.yml needs an output with a vector a token, [N, tokens, width]; this model gives ${tensorText(outputs)}.`,
    "Leave it out.",
  ],
  "scorer/invalid:normalize": () => [
    `"normalize: true" in scorer.yml needs an output of several floats, and there is none.`,
  ],
  "scorer/invalid:image-left-out": ({ output }: { output: string }) => [
    `"output.images" in scorer.yml names the output "${output}", which output.outputs leaves out.`,
    "Name it in both, or in neither.",
  ],
  "scorer/invalid:image-shape": ({
    output,
    as,
    channels,
    mostClasses,
  }: {
    output: Tensor;
    as: string;
    /** Null: as many as there are classes. */
    channels: readonly number[] | null;
    mostClasses: number;
  }) => [
    `The model's output ${tensorText([output])} is no picture, which is [N, height, width], [N, channels, height, width] or [N, height, width, channels], the channels being ${channels === null ? `at most ${mostClasses}` : oneOf(channels)}.`,
    as === "levels"
      ? "Say as: classes where they are scores of classes, or take it out of output.images in scorer.yml."
      : "Take it out of output.images in scorer.yml.",
  ],
  "scorer/invalid:image-range": ({ output, at }: { output: string; at: number }) => [
    `The range of "${output}" under output.images in scorer.yml begins and ends at ${at}.`,
    "Give the values that become black and white, for example range: [0, 1], or range: auto.",
  ],
  "scorer/invalid:image-opposites": ({ output, settings }: { output: string; settings: readonly string[] }) => [
    `What scorer.yml says of "${output}" under output.images does not go together: ${settings.join(", ")}.`,
    "Leave one of them out.",
  ],
  "scorer/invalid:image-input": ({ output, setting, kind }: { output: string; setting: string; kind: string }) => [
    `"${setting}" of "${output}" under output.images in scorer.yml needs pictures that are scored, and the kind is ${kind}.`,
    "Leave it out.",
  ],
  "scorer/invalid:too-many-columns": ({ columns }: { columns: number }) => [
    `The model gives ${columns} values an item, which is more columns than a table can take.`,
    "Use output.top_k or output.outputs in scorer.yml.",
  ],
  "scorer/invalid:too-many-values": ({ values, most }: { values: number; most: number }) => [
    `The model gives ${values} values an item, and at most ${most} can be written.`,
    "Leave outputs out with output.outputs in scorer.yml.",
  ],
  "scorer/invalid:output-not-per-item": ({ output, isOnly, rows }: NotPerItem) => [
    `The model's output ${tensorText([output])} does not give one result an item.`,
    [
      isOnly ? "" : "Leave it out with output.outputs in scorer.yml, or, ",
      isOnly ? "If " : "if ",
      rows === null
        ? "all of it belongs to the one item of a run, say batch: 1 in scorer.yml."
        : "the model takes one item at a time, without a batch dimension, say input: {kind: tensor} in scorer.yml.",
    ].join(""),
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

/** 1, 3, or 4. */
function oneOf(numbers: readonly number[]): string {
  return new Intl.ListFormat("en", { type: "disjunction" }).format(numbers.map(String));
}
