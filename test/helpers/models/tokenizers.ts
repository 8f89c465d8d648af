/** Small tokenizer.json files of the three common kinds, made by hand, so that the ids of any text can be told by hand. */
type Json = Readonly<Record<string, unknown>>;

const added = (id: number, content: string) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});

/** BERT's way: lower case, no accents, words apart from signs, `##` inside words; [CLS] 2 before, [SEP] 3 after. */
export const wordPieceVocabulary = [
  "[PAD]",
  "[UNK]",
  "[CLS]",
  "[SEP]",
  "the",
  "cat",
  "un",
  "##aff",
  "##able",
  ",",
  "!",
  "zurich",
  "\u4e2d",
  "dog",
  "sat",
  ".",
  "\u05e9\u05dc\u05d5\u05dd",
] as const;

export function wordPieceTokenizer(changes: Json = {}): Json {
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [0, 1, 2, 3].map((id) => added(id, wordPieceVocabulary[id] ?? "")),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [
        { SpecialToken: { id: "[CLS]", type_id: 0 } },
        { Sequence: { id: "A", type_id: 0 } },
        { SpecialToken: { id: "[SEP]", type_id: 0 } },
      ],
      pair: [],
      special_tokens: {
        "[CLS]": { id: "[CLS]", ids: [2], tokens: ["[CLS]"] },
        "[SEP]": { id: "[SEP]", ids: [3], tokens: ["[SEP]"] },
      },
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(wordPieceVocabulary.map((token, id) => [token, id])),
    },
    ...changes,
  };
}

/** The letters that GPT-2 writes for bytes: printable ones stand for themselves, the others for those from 256 on. */
function byteLetters(): readonly string[] {
  const isPlain = (byte: number) => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPlain(byte) ? byte : next++));
}

/**
 * RoBERTa's way: the id of a byte is the byte; `hello` is 260, ` hello` 261; `<s>` 300 before, `</s>` 301 after, and `<pad>`
 * 302.
 */
export function byteLevelTokenizer(changes: Json = {}): Json {
  const merged = ["he", "ll", "hell", "\u0120hell", "hello", "\u0120hello"];
  const vocabulary = [
    ...byteLetters().map((letter, byte) => [letter, byte]),
    ...merged.map((token, index) => [token, 256 + index]),
  ];
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [added(300, "<s>"), added(301, "</s>"), added(302, "<pad>")],
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: {
      type: "RobertaProcessing",
      sep: ["</s>", 301],
      cls: ["<s>", 300],
      trim_offsets: true,
      add_prefix_space: false,
    },
    decoder: { type: "ByteLevel" },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: "",
      end_of_word_suffix: "",
      fuse_unk: false,
      vocab: Object.fromEntries(vocabulary),
      merges: ["h e", "l l", "he ll", "hell o", "\u0120 hello"],
    },
    ...changes,
  };
}

/** SentencePiece's way, as T5 and XLM-RoBERTa: the likeliest pieces; `</s>` 1 after, `<pad>` 0. */
export function unigramTokenizer(changes: Json = {}): Json {
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [added(0, "<pad>"), added(1, "</s>"), added(2, "<unk>")],
    normalizer: { type: "NFKC" },
    pre_tokenizer: { type: "Metaspace", replacement: "\u2581", prepend_scheme: "always", split: true },
    post_processor: {
      type: "TemplateProcessing",
      single: [{ Sequence: { id: "A", type_id: 0 } }, { SpecialToken: { id: "</s>", type_id: 0 } }],
      pair: [],
      special_tokens: { "</s>": { id: "</s>", ids: [1], tokens: ["</s>"] } },
    },
    decoder: { type: "Metaspace", replacement: "\u2581", prepend_scheme: "always", split: true },
    model: {
      type: "Unigram",
      unk_id: 2,
      byte_fallback: false,
      vocab: [
        ["<pad>", 0],
        ["</s>", 0],
        ["<unk>", 0],
        ["\u2581new", -2],
        ["\u2581news", -5],
        ["s", -3],
        ["\u2581", -4],
        ["paper", -3],
        ["\u2581newspaper", -7],
        ["p", -6],
        ["a", -6],
        ["fi", -5],
      ],
    },
    ...changes,
  };
}
