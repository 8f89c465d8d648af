import fs from "node:fs";
import * as z from "zod";
import { maxTokenizerBytes } from "../../../electron/contract/nouns/scorers/text-scorer.ts";
import { opener } from "../source-file.ts";

const component = z.looseObject({ type: z.string().optional() });
const direction = z.enum(["Left", "Right"]).default("Right");
const count = z.number().int().min(0).max(0x7fffffff);

/** What is used of a tokenizer.json; what its parts hold is left to the library, which throws when it is wrong. */
const tokenizerFileSchema = z.object({
  added_tokens: z.array(z.looseObject({ id: count, content: z.string().min(1) })).default([]),
  normalizer: component.nullable().default(null),
  pre_tokenizer: component.nullable().default(null),
  post_processor: component.nullable().default(null),
  model: z.looseObject({
    // The library takes any other kind for a list of words; very old files name none.
    type: z.enum(["WordPiece", "WordLevel", "BPE", "Unigram"]).optional(),
    unk_token: z.string().nullish(),
    // A vocabulary may hold a million words: what it maps them to is looked at when one is used.
    vocab: z.custom<object>((value) => typeof value === "object" && value !== null),
  }),
  truncation: z.looseObject({ max_length: count.min(1), direction }).nullish(),
  padding: z
    .looseObject({
      strategy: z.union([z.string(), z.looseObject({ Fixed: count.min(1).optional() })]).optional(),
      direction,
      pad_id: count.optional(),
      pad_type_id: count.optional(),
      pad_token: z.string().optional(),
    })
    .nullish(),
});
export type TokenizerFile = Readonly<z.infer<typeof tokenizerFileSchema>>;

/** Reads a tokenizer.json. Throws an error whose message is a clause for people. */
export function readTokenizerFile(file: string): TokenizerFile {
  const text = readText(file);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Error("it is not JSON");
  }
  const checked = tokenizerFileSchema.safeParse(parsed);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw new Error(`"${issue?.path.join(".") ?? ""}" is not what a tokenizer.json of Hugging Face holds there`);
  }
  const { pre_tokenizer: preTokenizer } = checked.data;
  return { ...checked.data, pre_tokenizer: preTokenizer === null ? null : mended(preTokenizer) };
}

function readText(file: string): string {
  const opened = fs.openSync(file, opener.namedFlags);
  try {
    const stats = fs.fstatSync(opened);
    if (!stats.isFile()) throw new Error("it is not a file");
    if (stats.size > maxTokenizerBytes) throw new Error(`it is larger than ${maxTokenizerBytes / 1024 / 1024} MiB`);
    return fs.readFileSync(opened, "utf8");
  } finally {
    fs.closeSync(opened);
  }
}

type Component = z.infer<typeof component>;

/** ASCII's signs count as punctuation beside Unicode's. */
const punctuation = "[\\p{P}\\u0021-\\u002F\\u003A-\\u0040\\u005B-\\u0060\\u007B-\\u007E]";

/**
 * The library cuts words in a few ways that Hugging Face's own does not (only ASCII letters for `Whitespace`, runs of
 * signs for `Punctuation`), and takes some behaviours for others: those are put in words that both read alike, or refused.
 */
function mended(config: Component): Component {
  switch (config.type) {
    case "Sequence": {
      const parts = z.array(component).safeParse(config["pretokenizers"]);
      return parts.success ? { ...config, pretokenizers: parts.data.map(mended) } : config;
    }
    case "Whitespace":
      return split("\\w+|[^\\w\\s]+", "Removed", true);
    case "Digits":
      return split(config["individual_digits"] === true ? "\\p{N}" : "\\p{N}+", "Isolated", false);
    case "Punctuation": {
      const behavior = config["behavior"] ?? "Isolated";
      if (behavior === "Contiguous") return split(`${punctuation}+`, "Isolated", false);
      return checkedSplit(split(punctuation, behavior, false));
    }
    case "Split":
      return checkedSplit(config);
    case "Metaspace":
      return config["prepend_scheme"] === undefined && config["add_prefix_space"] === false
        ? { ...config, prepend_scheme: "never" }
        : config;
    default:
      return config;
  }
}

function split(pattern: string, behavior: unknown, invert: boolean): Component {
  return { type: "Split", pattern: { Regex: pattern }, behavior, invert };
}

function checkedSplit(config: Component): Component {
  const { behavior, invert } = config;
  const isKnown = behavior === "Removed" || (behavior === "Isolated" && invert !== true);
  if (isKnown) return config;
  throw new Error(
    `it splits by the behaviour "${String(behavior)}"${invert === true ? " inverted" : ""}, which is not supported`,
  );
}
