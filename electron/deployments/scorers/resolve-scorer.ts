import { existsSync, promises as files } from "node:fs";
import path from "node:path";
import { predictionColumns } from "../../contract/nouns/prediction-columns.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import type { ImageScorer, Scorer, ScorerFile, ScorerOutput, TabularScorer } from "../../contract/nouns/scorer.ts";
import { scorerFileSchema } from "../../contract/nouns/scorer.ts";
import type { ModelSignature, OutputInfo, TensorInfo } from "../../contract/signature.ts";
import { resolveEncoding } from "./resolve-encoding.ts";
import { resolveMissing } from "./resolve-missing.ts";
import { readSmallTextFile, readYamlFile, schemaProblem } from "../yaml/read-yaml.ts";
import {
  findTokenizer,
  isTextModel,
  type NamedTokenizer,
  textScorer,
  type TokenizerReader,
} from "./resolve-text-scorer.ts";

type Batch = Pick<Scorer, "batch" | "fixedBatch">;
type Parts = Pick<Scorer, "outputs" | "keep" | "batch" | "fixedBatch"> & { readonly notANumber?: "error" };

const maxColumns = 10_000;
/** Floats get 0 to 1, whole numbers the pixels as they are. */
const defaultScale = (type: TensorInfo["type"]): number => (isFloat(type) ? 0.00392157 : 1);

/**
 * Reads a scorer.yml and the labels file that it names (in the same folder, or in the model's) and makes one of it with
 * the model's signature. `file` null: everything is inferred. `given` stands where the file says nothing of its input.
 * Problems: scorer/invalid, model/unsupported (nothing can be inferred), deployment/unsupported (tensor).
 */
export async function readScorer(
  signature: ModelSignature,
  file: string | null,
  modelFolder: string,
  tokenizers: TokenizerReader,
  given: NonNullable<ScorerFile["input"]> = {},
): Promise<Result<Scorer>> {
  const finished = async (said: ScorerFile, labels: readonly string[] | null): Promise<Result<Scorer>> => {
    const scorerFile = { ...said, input: { ...given, ...said.input } };
    const tokenizer = await findTokenizer(signature, scorerFile, modelFolder, tokenizers);
    return tokenizer.ok ? resolveScorer(signature, scorerFile, labels, tokenizer.value) : tokenizer;
  };
  if (file === null) return finished({}, null);
  const yaml = await readYamlFile(file, "scorer/invalid");
  if (!yaml.ok) return yaml;
  const parsed = scorerFileSchema.safeParse(yaml.value.value);
  if (!parsed.success) return schemaProblem(yaml.value, parsed.error, "scorer/invalid");
  const named = parsed.data.output?.labels;
  if (named === undefined) return finished(parsed.data, null);
  if (typeof named !== "string") return finished(parsed.data, named);
  const labels = await readLabels(named, [path.dirname(yaml.value.file), modelFolder]);
  return labels.ok ? finished(parsed.data, labels.value) : labels;
}

/** One label a line, in the order of the model's classes. The file lies in one of the folders, and links do not lead out. */
async function readLabels(name: string, folders: readonly string[]): Promise<Result<readonly string[]>> {
  for (const folder of folders) {
    const file = path.resolve(folder, name);
    if (!existsSync(file)) continue;
    const [root, real] = [await files.realpath(folder), await files.realpath(file)];
    if (!real.startsWith(root + path.sep)) return failure("scorer/invalid:labels-outside", { file: name });
    const text = await readSmallTextFile(file, "scorer/invalid", real);
    if (!text.ok) return text;
    const lines = text.value.split(/\r?\n/);
    while (lines.at(-1) === "") lines.pop();
    return lines.length > 0 ? success(lines) : failure("scorer/invalid:labels-empty", { file: name });
  }
  return failure("scorer/invalid:labels-missing", { file: name });
}

/**
 * The whole rule by which scorer.yml and a signature become what a worker obeys. `labels` are those that `file` names,
 * `tokenizer` is what `findTokenizer` found.
 */
export function resolveScorer(
  signature: ModelSignature,
  file: ScorerFile,
  labels: readonly string[] | null,
  tokenizer: NamedTokenizer | null = null,
): Result<Scorer> {
  const kind = file.input?.kind ?? inferKind(signature, file, tokenizer);
  if (kind === null) {
    return failure("model/unsupported:inputs", { inputs: signature.inputs.map(described) });
  }
  if (kind === "tensor" || kind === "script") {
    return failure("deployment/unsupported:scorer-kind", { kind });
  }
  const strange = keysOfOtherKinds(kind, file);
  if (strange !== undefined) return failure("scorer/invalid:foreign-key", { key: strange, kind });

  const outputs = resolveOutputs(signature, file, labels);
  if (!outputs.ok) return outputs;
  const batch = resolveBatch(signature, file);
  if (!batch.ok) return batch;
  const parts: Parts = {
    outputs: outputs.value,
    keep: file.output?.keep ?? [],
    ...batch.value,
    ...(file.output?.not_a_number === "error" ? { notANumber: "error" } : {}),
  };
  const scorer =
    kind === "tabular"
      ? tabularScorer(signature, file, parts)
      : kind === "image"
        ? imageScorer(signature, file, parts)
        : textScorer(signature, file, tokenizer, parts);
  return scorer.ok ? withoutDuplicates(scorer.value) : scorer;
}

function inferKind(
  signature: ModelSignature,
  file: ScorerFile,
  tokenizer: NamedTokenizer | null,
): Scorer["kind"] | null {
  if (isTextModel(signature, tokenizer)) return "text";
  const { inputs } = signature;
  const named = Object.keys(file.input?.columns ?? {});
  const isOfTable = ({ name, shape }: TensorInfo) =>
    shape.length === 1 || shape.length === 2 || (shape.length > 2 && named.includes(name));
  if (inputs.every(isOfTable)) return "tabular";
  return inputs.length === 1 && inputs.every(isPictureInput) ? "image" : null;
}

/** Whole numbers of four dimensions may be anything, unless the layout is that of pictures. */
function isPictureInput(input: TensorInfo): boolean {
  return input.shape.length === 4 && (isFloat(input.type) || (input.type === "uint8" && inferLayout(input) !== null));
}

const keysOfKinds = {
  tabular: ["columns", "encoding", "missing", "missing_words"],
  image: ["size", "resize", "pad", "color", "layout", "scale", "mean", "std"],
  text: ["columns", "encoding", "missing", "missing_words", "items", "tokenizer", "max_length"],
} as const;

function keysOfOtherKinds(kind: keyof typeof keysOfKinds, file: ScorerFile): string | undefined {
  const own: readonly string[] = keysOfKinds[kind];
  const all = Object.values(keysOfKinds).flat();
  return all.find((key) => !own.includes(key) && file.input?.[key] !== undefined);
}

function tabularScorer({ inputs }: ModelSignature, file: ScorerFile, parts: Parts): Result<TabularScorer> {
  const mapping = file.input?.columns ?? {};
  const unknown = Object.keys(mapping).find((name) => !inputs.some((input) => input.name === name));
  if (unknown !== undefined) {
    return failure("scorer/invalid:unknown-input", { input: unknown, known: namesOf(inputs) });
  }
  const resolved: TabularScorer["inputs"][number][] = [];
  for (const input of inputs) {
    const columns = inputColumns(input, Object.hasOwn(mapping, input.name) ? mapping[input.name] : undefined);
    if (!columns.ok) return columns;
    resolved.push({ ...input, ...columns.value });
  }
  const open = resolved.filter(({ columns }) => columns === null);
  if (open.length > 1) return failure("scorer/invalid:open-inputs", { inputs: namesOf(open) });
  const missing = resolveMissing(resolved, file);
  if (!missing.ok) return missing;
  const encoding = resolveEncoding(file);
  if (!encoding.ok) return encoding;
  const [first, ...rest] = resolved;
  if (first === undefined) return failure("model/unsupported:no-input");
  return success({ kind: "tabular", inputs: [first, ...rest], ...encoding.value, ...missing.value, ...parts });
}

type InputColumns = Pick<TabularScorer["inputs"][number], "columns" | "vector">;

/**
 * What fills an input: a list of as many columns as it is wide, or the name of one that holds vectors, nested where the input
 * has more dimensions.
 */
function inputColumns(input: TensorInfo, given: string | readonly string[] | undefined): Result<InputColumns> {
  const [, ...sizes] = input.shape;
  if (input.shape.length === 0) return failure("scorer/invalid:not-columns", { input: described(input) });
  const width = sizes.length === 0 ? 1 : (sizes[0] ?? null);
  const isNested = sizes.length > 1;
  const columns = typeof given === "string" ? [given] : (given ?? (width === 1 ? [input.name] : null));
  const [first, ...others] = sizes;
  if (typeof given === "string" && first !== undefined && (isNested || (width !== null && width !== 1))) {
    return success({ columns: [given], vector: [first, ...others] });
  }
  if (isNested) return failure("scorer/invalid:not-columns", { input: described(input) });
  if (columns !== null && width !== null && columns.length !== width) {
    return failure("scorer/invalid:column-count", { input: input.name, width, columns: columns.length });
  }
  return success({ columns: columns === null ? null : [...columns] });
}

/** What holds no pixels: the reader of pictures does not write it. */
const noPixels: readonly TensorInfo["type"][] = ["string", "bool", "int64", "uint64"];

function imageScorer({ inputs }: ModelSignature, file: ScorerFile, parts: Parts): Result<ImageScorer> {
  const [input, ...others] = inputs;
  if (input === undefined || others.length > 0 || input.shape.length !== 4 || noPixels.includes(input.type)) {
    return failure("scorer/invalid:image-inputs", { inputs: inputs.map(described) });
  }
  if (parts.keep.length > 0) return failure("scorer/invalid:keep-of-images");

  const settings = file.input ?? {};
  const layout = settings.layout ?? inferLayout(input);
  if (layout === null) return failure("scorer/invalid:layout", { input: described(input) });
  const [, second = null, third = null, fourth = null] = input.shape;
  const [channelsFixed, heightFixed, widthFixed] =
    layout === "nchw" ? [second, third, fourth] : [fourth, second, third];
  const color = settings.color ?? (channelsFixed === 1 ? "gray" : "rgb");
  const channels = color === "gray" ? 1 : 3;
  if (channelsFixed !== null && channelsFixed !== channels) {
    return failure("scorer/invalid:channels", { fixed: channelsFixed, color, channels });
  }
  const [height, width] = settings.size ?? [heightFixed, widthFixed];
  if (height === null || width === null) return failure("scorer/invalid:any-size");
  if ((heightFixed !== null && heightFixed !== height) || (widthFixed !== null && widthFixed !== width)) {
    return failure("scorer/invalid:size", { fixedHeight: heightFixed, fixedWidth: widthFixed, height, width });
  }
  const lists = { scale: settings.scale ?? defaultScale(input.type), mean: settings.mean ?? 0, std: settings.std ?? 1 };
  for (const [key, value] of Object.entries(lists)) {
    if (Array.isArray(value) && value.length !== channels) {
      return failure("scorer/invalid:per-channel", { key, numbers: value.length, channels });
    }
  }
  const std = perChannel(lists.std, channels);
  if (std.includes(0)) return failure("scorer/invalid:std");
  const { resize = "stretch", pad } = settings;
  if (pad !== undefined && resize !== "contain") return failure("scorer/invalid:pad", { resize });
  return success({
    kind: "image",
    input,
    height,
    width,
    resize,
    ...(pad === undefined ? {} : { pad: typeof pad === "number" ? [pad, pad, pad] : pad }),
    color,
    layout,
    scale: perChannel(lists.scale, channels),
    mean: perChannel(lists.mean, channels),
    std,
    ...parts,
  });
}

/** The channels are the dimension of 1 or 3; when both may be, channels first, as most exporters write them. */
function inferLayout({ shape }: TensorInfo): ImageScorer["layout"] | null {
  const mayBeChannels = (size: number | null | undefined): boolean => size === 1 || size === 3;
  if (mayBeChannels(shape[1])) return "nchw";
  return mayBeChannels(shape[3]) ? "nhwc" : null;
}

function perChannel(value: number | readonly number[], channels: number): number[] {
  return typeof value === "number" ? new Array<number>(channels).fill(value) : [...value];
}

function resolveBatch({ fixedBatch }: ModelSignature, file: ScorerFile): Result<Batch> {
  const batch = file.batch ?? "auto";
  if (fixedBatch === null) return success({ batch, fixedBatch });
  if (batch === "auto" || batch === fixedBatch) return success({ batch: fixedBatch, fixedBatch });
  return failure("scorer/invalid:batch", { rows: fixedBatch, batch });
}

function resolveOutputs(
  signature: ModelSignature,
  file: ScorerFile,
  labels: readonly string[] | null,
): Result<Scorer["outputs"]> {
  const wanted = file.output?.outputs;
  const unknown = wanted?.find((name) => !signature.outputs.some((output) => output.name === name));
  if (unknown !== undefined) {
    return failure("scorer/invalid:unknown-output", { output: unknown, known: namesOf(signature.outputs) });
  }
  const chosen = signature.outputs.filter(({ name }) => wanted === undefined || wanted.includes(name));
  const widths: { readonly info: OutputInfo; readonly width: number }[] = [];
  for (const info of chosen) {
    const width = widthOf(info, signature.fixedBatch);
    if (!width.ok) return width;
    widths.push({ info, width: width.value });
  }
  if (labels !== null && !widths.some(({ width }) => width > 1 && width === labels.length)) {
    const widthsOf = widths.map(({ info, width }) => ({ name: info.name, width }));
    return failure("scorer/invalid:labels-width", { labels: labels.length, outputs: widthsOf });
  }
  const softmax = file.output?.softmax ?? false;
  if (softmax && !widths.some(({ info, width }) => takesSoftmax(info, width))) {
    return failure("scorer/invalid:softmax");
  }
  const topK = file.output?.top_k ?? 0;
  const tooNarrow = widths.find(({ info, width }) => takesTopK(info, width) && width < topK);
  if (tooNarrow !== undefined) {
    const { info, width } = tooNarrow;
    return failure("scorer/invalid:top-k-width", { topK, width, output: info.name });
  }
  if (topK > 0 && !widths.some(({ info, width }) => takesTopK(info, width))) {
    return failure("scorer/invalid:top-k", { topK });
  }
  // Before the columns are named, which of a picture's millions of values would fill the memory.
  const columns = widths.reduce(
    (sum, { info, width }) => sum + (takesTopK(info, width) && topK > 0 ? 2 * topK : width),
    0,
  );
  if (columns > maxColumns) return failure("scorer/invalid:too-many-columns", { columns });
  const outputs = widths.map(({ info, width }): ScorerOutput => {
    const ownLabels = labels !== null && labels.length === width && width > 1 ? labels : info.labels;
    const common = {
      name: info.name,
      type: info.type,
      width,
      labels: ownLabels === null || ownLabels.length !== width ? null : [...ownLabels],
      softmax: softmax && takesSoftmax(info, width),
      topK: takesTopK(info, width) ? topK : 0,
    };
    return { ...common, columns: outputColumns(common) };
  });
  const [first, ...rest] = outputs;
  if (first === undefined) return failure("model/unsupported:no-output");
  return success([first, ...rest]);
}

function takesSoftmax({ type }: OutputInfo, width: number): boolean {
  return width > 1 && isFloat(type);
}

function takesTopK({ type }: OutputInfo, width: number): boolean {
  return width > 1 && type !== "string" && type !== "bool";
}

function outputColumns({ name, width, labels, topK }: Omit<ScorerOutput, "columns">): string[] {
  if (topK > 0) {
    return Array.from({ length: topK }, (_, index) => [
      `${name}_top${index + 1}`,
      `${name}_top${index + 1}_score`,
    ]).flat();
  }
  if (width === 1) return [name];
  return Array.from({ length: width }, (_, index) => `${name}_${labels?.[index] ?? index}`);
}

/** Values of an output that belong to one item: what lies behind its first dimension, which is the batch. */
function widthOf(output: OutputInfo, fixedBatch: number | null): Result<number> {
  const [rows, ...rest] = output.shape;
  const isPerItem = rows !== undefined && rows === fixedBatch;
  if (!isPerItem) return failure("scorer/invalid:output-not-per-item", { output: described(output) });
  let width = 1;
  for (const size of rest) {
    if (size === null) return failure("scorer/invalid:output-width", { output: described(output) });
    width *= size;
  }
  return success(width);
}

function withoutDuplicates(scorer: Scorer): Result<Scorer> {
  const seen = new Set<string>();
  for (const { name } of predictionColumns(scorer)) {
    if (seen.has(name)) return failure("scorer/invalid:column-twice", { column: name });
    seen.add(name);
  }
  return success(scorer);
}

function described({ name, type, shape }: TensorInfo): TensorInfo {
  return { name, type, shape };
}

function namesOf(tensors: readonly TensorInfo[]): readonly string[] {
  return tensors.map(({ name }) => name);
}

function isFloat(type: TensorInfo["type"]): boolean {
  return type === "float32" || type === "float16" || type === "float64";
}
