import { existsSync, promises as files } from "node:fs";
import path from "node:path";
import type { TokenizerFacts } from "../../contract/messages/device-messages.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import type { Scorer } from "../../contract/nouns/scorer.ts";
import type { ScorerFile } from "../../contract/nouns/scorers/scorer-file.ts";
import { maxTokenizerBytes, type TextScorer } from "../../contract/nouns/scorers/text-scorer.ts";
import type { ModelSignature, TensorInfo } from "../../contract/signature.ts";
import { resolveEncoding } from "./resolve-encoding.ts";
import { resolveMissing } from "./resolve-missing.ts";

/** A model's tokenizer; `file` is relative to the folder of the .onnx file, with `/`. */
export type NamedTokenizer = { readonly file: string; readonly facts: TokenizerFacts };

/** What a scorer of texts is made with: the folder of the whole model in the store, and a process that reads tokenizers. */
export type TokenizerReader = {
  readonly modelRoot: string;
  readonly read: (file: string) => Promise<Result<TokenizerFacts>>;
};

export const tokenizerFileName = "tokenizer.json";

const idInputs = ["input_ids", "attention_mask", "token_type_ids"] as const;

/** Whether a model takes tokens: `input_ids`, and beside it nothing but the two inputs that go with it. */
export function takesTokens({ inputs }: ModelSignature): boolean {
  return inputs.some(({ name }) => name === "input_ids") && inputs.every(isTokenInput);
}

function isTokenInput({ name, type, shape }: TensorInfo): boolean {
  return (idInputs as readonly string[]).includes(name) && isId(type) && shape.length === 2;
}

function isId(type: TensorInfo["type"]): boolean {
  return type === "int64" || type === "int32";
}

/**
 * The tokenizer that scorer.yml names, or the tokenizer.json that lies beside a model of tokens; null when there is none
 * or none is needed. `folder` is that of the .onnx file. Problems: scorer/invalid.
 */
export async function findTokenizer(
  signature: ModelSignature,
  { input }: ScorerFile,
  folder: string,
  tokenizers: TokenizerReader,
): Promise<Result<NamedTokenizer | null>> {
  const kind = input?.kind ?? "text";
  if (kind !== "text" || !takesTokens(signature)) return success(null);
  const name = input?.tokenizer ?? tokenizerFileName;
  const place = path.resolve(folder, name);
  if (!existsSync(place)) {
    if (input?.tokenizer === undefined) return success(null);
    return failure("scorer/invalid:tokenizer-missing", { file: name });
  }
  const [root, real] = [await files.realpath(tokenizers.modelRoot), await files.realpath(place)];
  if (!real.startsWith(root + path.sep)) return failure("scorer/invalid:tokenizer-outside", { file: name });
  const stats = await files.stat(real);
  if (!stats.isFile()) return failure("scorer/invalid:tokenizer-not-a-file", { file: name });
  if (stats.size > maxTokenizerBytes) return failure("scorer/invalid:tokenizer-too-large", { file: name });
  const facts = await tokenizers.read(real);
  if (!facts.ok) return facts;
  const relative = path.relative(await files.realpath(folder), real);
  return success({ file: relative.split(path.sep).join("/"), facts: facts.value });
}

/** Whether a model without a word about it is one of texts. */
export function isTextModel(signature: ModelSignature, tokenizer: NamedTokenizer | null): boolean {
  return tokenizer !== null && takesTokens(signature);
}

/** The scorer of texts, of a model whose inputs are one text, or tokens. */
export function textScorer(
  signature: ModelSignature,
  file: ScorerFile,
  tokenizer: NamedTokenizer | null,
  parts: Pick<Scorer, "outputs" | "keep" | "batch" | "fixedBatch">,
): Result<TextScorer> {
  const inputs = textInputs(signature, file);
  if (!inputs.ok) return inputs;
  const cut = textCut(inputs.value, file, tokenizer);
  if (!cut.ok) return cut;
  const items = file.input?.items ?? (file.input?.columns === undefined ? "file" : "row");
  if (items === "axis") return failure("scorer/invalid:items", { items, kind: "text", known: ["file", "line", "row"] });
  const column = textColumn(inputs.value, file, items);
  if (!column.ok) return column;
  if (items !== "row" && parts.keep.length > 0) {
    return failure("scorer/invalid:keep-of-texts", { items });
  }
  if (items !== "row" && (file.input?.missing ?? file.input?.missing_words) !== undefined) {
    return failure("scorer/invalid:missing-of-texts", { items });
  }
  const missing = resolveMissing([{ name: "text", type: "string", columns: nameOf(column.value) }], file);
  if (!missing.ok) return missing;
  const encoding = resolveEncoding(file);
  if (!encoding.ok) return encoding;
  return success({
    kind: "text",
    items,
    column: column.value,
    ...encoding.value,
    ...missing.value,
    inputs: [...inputs.value],
    tokenizer: cut.value,
    ...parts,
  });
}

function nameOf(column: string | null): readonly string[] {
  return column === null ? [] : [column];
}

type TextInput = TextScorer["inputs"][number];

function textInputs(signature: ModelSignature, file: ScorerFile): Result<readonly TextInput[]> {
  const { inputs } = signature;
  if (takesTokens(signature)) {
    return success(inputs.map((input): TextInput => ({ ...input, holds: input.name as TextInput["holds"] })));
  }
  const [only, ...others] = inputs;
  const isOneText =
    only?.type === "string" && (only.shape.length === 1 || (only.shape.length === 2 && (only.shape[1] ?? 1) === 1));
  if (!isOneText || others.length > 0) {
    return failure("scorer/invalid:text-inputs", { inputs: inputs.map(({ name, type }) => ({ name, type })) });
  }
  if (file.input?.tokenizer !== undefined || file.input?.max_length !== undefined) {
    return failure("scorer/invalid:takes-texts");
  }
  return success([{ ...only, holds: "text" }]);
}

/** The tokenizer, and how many tokens a text is cut to: as asked, else as the model or else the tokenizer fixes it. */
function textCut(
  inputs: readonly TextInput[],
  file: ScorerFile,
  tokenizer: NamedTokenizer | null,
): Result<TextScorer["tokenizer"]> {
  if (inputs.some(({ holds }) => holds === "text")) return success(null);
  if (tokenizer === null) return failure("scorer/invalid:no-tokenizer", { file: tokenizerFileName });
  const lengths = [...new Set(inputs.flatMap(({ shape }) => shape[1] ?? []))];
  if (lengths.length > 1) return failure("model/unsupported:fixed-lengths", { lengths });
  const fixed = lengths[0] ?? null;
  const asked = file.input?.max_length ?? null;
  if (asked !== null && fixed !== null && asked > fixed) {
    return failure("scorer/invalid:max-length", { fixed, asked });
  }
  const own = tokenizer.facts.maxLength;
  const maxLength = asked ?? (fixed === null || own === null ? (fixed ?? own) : Math.min(fixed, own));
  const { specialTokens } = tokenizer.facts;
  if (maxLength !== null && maxLength <= specialTokens) {
    return failure("scorer/invalid:cut-too-short", { maxLength, specialTokens });
  }
  return success({ file: tokenizer.file, maxLength });
}

function textColumn(
  inputs: readonly TextInput[],
  file: ScorerFile,
  items: TextScorer["items"],
): Result<TextScorer["column"]> {
  const given = file.input?.columns;
  if (items !== "row") {
    if (given === undefined) return success(null);
    return failure("scorer/invalid:columns-of-texts", { items });
  }
  if (given === undefined) {
    const [only] = inputs;
    // As for tables: an input that is one column wide takes the column of its own name.
    if (only?.holds === "text") return success(only.name);
    return failure("scorer/invalid:no-text-column");
  }
  const [entry, ...others] = Object.entries(given);
  const columns = typeof entry?.[1] === "string" ? [entry[1]] : (entry?.[1] ?? []);
  const [column] = columns;
  if (entry === undefined || column === undefined || others.length > 0 || columns.length > 1) {
    return failure("scorer/invalid:several-text-columns");
  }
  if (!inputs.some(({ name }) => name === entry[0])) {
    return failure("scorer/invalid:unknown-input", { input: entry[0], known: inputs.map(({ name }) => name) });
  }
  return success(column);
}
