import { existsSync, promises as files } from "node:fs";
import path from "node:path";
import type { TokenizerFacts } from "../../contract/messages/device-messages.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { mostTokenizerBytes, type Scorer, type ScorerFile, type TextScorer } from "../../contract/nouns/scorer.ts";
import type { ModelSignature, TensorInfo } from "../../contract/signature.ts";

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
    return invalid(`The tokenizer "${name}" is not in the model's folder.`, "Name the model's folder as its path.");
  }
  const [root, real] = [await files.realpath(tokenizers.modelRoot), await files.realpath(place)];
  if (!real.startsWith(root + path.sep)) return invalid(`The tokenizer "${name}" is outside the model's folder.`);
  const stats = await files.stat(real);
  if (!stats.isFile()) return invalid(`The tokenizer "${name}" is not a file.`);
  if (stats.size > mostTokenizerBytes) return invalid(`The tokenizer "${name}" is larger than 64 MiB.`);
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
  const column = textColumn(inputs.value, file, items);
  if (!column.ok) return column;
  if (items !== "row" && parts.keep.length > 0) {
    return invalid(`"output.keep" in scorer.yml names columns, and items: ${items} has none.`);
  }
  if (items !== "row" && file.input?.missing !== undefined) {
    return invalid(`"input.missing" in scorer.yml is about cells, and items: ${items} has none.`, "Leave it out.");
  }
  return success({
    kind: "text",
    items,
    column: column.value,
    missing: file.input?.missing ?? "error",
    inputs: [...inputs.value],
    tokenizer: cut.value,
    ...parts,
  });
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
    const found = inputs.map(({ name, type }) => `"${name}" ${type}`).join(", ");
    return invalid(
      `The kind text needs a model with one string input, or with input_ids, attention_mask and token_type_ids of whole numbers; this one has ${found}.`,
    );
  }
  if (file.input?.tokenizer !== undefined || file.input?.max_length !== undefined) {
    return invalid(
      `The model takes texts as they are, and scorer.yml asks for tokens.`,
      "Leave out input.tokenizer and input.max_length.",
    );
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
  if (tokenizer === null) {
    return invalid(
      `The model takes tokens (input_ids), and there is no ${tokenizerFileName} in its folder.`,
      "Put the tokenizer.json it was trained with beside the model, and name the folder as the model's path.",
    );
  }
  const lengths = [...new Set(inputs.flatMap(({ shape }) => shape[1] ?? []))];
  if (lengths.length > 1) {
    return failure("model/unsupported", `The model's inputs fix different lengths: ${lengths.join(" and ")}.`);
  }
  const fixed = lengths[0] ?? null;
  const asked = file.input?.max_length ?? null;
  if (asked !== null && fixed !== null && asked > fixed) {
    return invalid(`The model takes ${fixed} tokens, and scorer.yml says max_length: ${asked}.`);
  }
  const own = tokenizer.facts.maxLength;
  const maxLength = asked ?? (fixed === null || own === null ? (fixed ?? own) : Math.min(fixed, own));
  const { specialTokens } = tokenizer.facts;
  if (maxLength !== null && maxLength <= specialTokens) {
    return invalid(
      `Texts would be cut to ${maxLength} tokens, and the tokenizer puts ${specialTokens} of its own around each.`,
      "Give a larger input.max_length in scorer.yml.",
    );
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
    return invalid(`"input.columns" in scorer.yml names a column, and items: ${items} has none.`, "Use items: row.");
  }
  const names = inputs.map(({ name }) => name).join(", ");
  if (given === undefined) {
    const [only] = inputs;
    // As for tables: an input that is one column wide takes the column of its own name.
    if (only?.holds === "text") return success(only.name);
    return invalid("Which column holds the text is not said.", "Name it: input.columns: {input_ids: COLUMN}.");
  }
  const [entry, ...others] = Object.entries(given);
  const columns = typeof entry?.[1] === "string" ? [entry[1]] : (entry?.[1] ?? []);
  const [column] = columns;
  if (entry === undefined || column === undefined || others.length > 0 || columns.length > 1) {
    return invalid("A scorer of texts reads one column.", "Name one under input.columns in scorer.yml.");
  }
  if (!inputs.some(({ name }) => name === entry[0])) {
    return invalid(`The model has no input "${entry[0]}", which scorer.yml names.`, `Its inputs: ${names}.`);
  }
  return success(column);
}

function invalid(message: string, remedy = ""): Result<never> {
  return failure("scorer/invalid", message, remedy);
}
