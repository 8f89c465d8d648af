import { promises as files } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { failure, type Result, success } from "../../contract/problem.ts";
import { maxTokenizerBytes } from "../../contract/nouns/scorers/text-scorer.ts";

/** A tokenizer.json, as far as it says which parts a text goes through. */
const part = z.looseObject({ type: z.string().optional() }).nullish();
const tokenizerSchema = z.looseObject({
  normalizer: part,
  pre_tokenizer: part,
  post_processor: part,
  model: z.looseObject({ type: z.string().optional() }),
  added_tokens: z.array(z.looseObject({ content: z.string(), normalized: z.boolean().optional() })).nullish(),
});
type TokenizerFile = Readonly<z.infer<typeof tokenizerSchema>>;

const unicodeForms = ["NFC", "NFD", "NFKC", "NFKD"];
const known = {
  normalizer: ["BertNormalizer", "Lowercase", ...unicodeForms],
  post_processor: ["TemplateProcessing", "BertProcessing", "RobertaProcessing", "ByteLevel"],
};
/** By kind of model, the only way in which texts are cut before it. */
const cutters: Readonly<Record<string, string>> = { WordPiece: "BertPreTokenizer", BPE: "ByteLevel" };

/** The first part of a tokenizer that the script does not have, as a sentence names it; null: it has them all. */
function unknownPart(tokenizer: TokenizerFile): string | null {
  const { model, pre_tokenizer, added_tokens } = tokenizer;
  const kind = model.type ?? "";
  const cutter = cutters[kind];
  if (cutter === undefined) return kind === "" ? "a model without a type" : `the model ${kind}`;
  if (kind === "BPE" && ["byte_fallback", "continuing_subword_prefix", "end_of_word_suffix"].some((key) => model[key]))
    return "subwords with marks";
  if (pre_tokenizer?.type !== cutter || pre_tokenizer["use_regex"] === false)
    return `the pre-tokenizer ${pre_tokenizer?.type ?? "none"}`;
  for (const [key, kinds] of Object.entries(known)) {
    const type = (tokenizer[key] as z.infer<typeof part>)?.type;
    if (type !== undefined && !kinds.includes(type)) return `the ${key.replace("_", "-")} ${type}`;
  }
  const isNormalized = tokenizer.normalizer && added_tokens?.some(({ normalized }) => normalized === true);
  return isNormalized === true ? "added tokens that are normalized" : null;
}

/**
 * Whether a script can make the same tokens as the tokenizer of a model. `folder` is that of the .onnx file. Problem:
 * deployment/unsupported.
 */
export async function checkTokenizer(deployment: string, folder: string, file: string): Promise<Result<null>> {
  const unreadable = failure("deployment/unsupported:azure-script", {
    deployment,
    refusal: { kind: "tokenizer-file", params: { file } },
  });
  const place = path.join(folder, ...file.split("/"));
  const stats = await files.stat(place).catch(() => null);
  if (stats === null || !stats.isFile() || stats.size > maxTokenizerBytes) return unreadable;
  const text = await files.readFile(place, "utf8").catch(() => null);
  const parsed = tokenizerSchema.safeParse(parsedJson(text ?? ""));
  if (!parsed.success) return unreadable;
  const unknown = unknownPart(parsed.data);
  if (unknown === null) return success(null);
  const refusal = { kind: "tokenizer", params: { file, part: unknown } } as const;
  return failure("deployment/unsupported:azure-script", { deployment, refusal });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
