import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { openTokenizer } from "../../../native-worker/readers/texts/tokenizer.ts";
import { tokenizerFacts } from "../../../native-worker/readers/texts/try-tokenizer.ts";
import { seededRandom } from "../../helpers/random.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { byteLevelTokenizer, unigramTokenizer, wordPieceTokenizer } from "../../helpers/models/tokenizers.ts";

/** The ids are those that follow by hand from the small files in test/helpers/models/tokenizers.ts. */
const root = temporaryFolder("tokenizer");
let files = 0;

function write(content: unknown): string {
  files += 1;
  const file = path.join(root, `tokenizer-${files}.json`);
  fs.writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

const open = (content: unknown) => openTokenizer(write(content));
const aroundOf = ({ before, after }: ReturnType<typeof openTokenizer>) => [
  before.map(({ id }) => id),
  after.map(({ id }) => id),
];

describe("WordPiece, as BERT uses it", () => {
  const tokenizer = open(wordPieceTokenizer());
  const cases: readonly [string, string, readonly number[]][] = [
    ["words, pieces of words and signs", "The cat, unaffable!", [4, 5, 9, 6, 7, 8, 10]],
    ["an accent as one character", "Z\u00fcrich", [11]],
    ["an accent of its own (NFD)", "Zu\u0308rich", [11]],
    ["Chinese, a character a token", "\u4e2d\u6587", [12, 1]],
    ["Hebrew", "\u05e9\u05dc\u05d5\u05dd", [16]],
    ["emoji", "cat \ud83d\ude00\ud83c\udffd dog", [5, 1, 13]],
    ["NUL, which is left out", "c\u0000at", [5]],
    ["line ends and tabs", "the\r\n\tcat\n", [4, 5]],
    ["nothing", "", []],
    ["a word longer than any", "c".repeat(101), [1]],
  ];
  for (const [what, text, ids] of cases) {
    it(`reads ${what}`, () => expect(tokenizer.encode(text, null)).toEqual(ids));
  }

  it("puts [CLS] and [SEP] around a text and pads with [PAD]", () => {
    expect(aroundOf(tokenizer)).toEqual([[2], [3]]);
    expect(tokenizer.padding).toEqual({ id: 0, type: 0, isLeft: false, length: null });
  });

  it("keeps the first tokens of a text that is too long, or the last where the file says so", () => {
    expect(tokenizer.encode("the cat sat, the dog", 3)).toEqual([4, 5, 14]);
    const truncation = { max_length: 5, strategy: "LongestFirst", stride: 0, direction: "Left" };
    const left = open(wordPieceTokenizer({ truncation }));
    expect(left.encode("the cat sat, the dog", 3)).toEqual([9, 4, 13]);
    expect(left.ownMaxLength).toBe(5);
  });
});

describe("byte-level BPE, as GPT-2 and RoBERTa use it", () => {
  const tokenizer = open(byteLevelTokenizer());

  it("merges what it was taught to and spells out the rest in bytes", () => {
    expect(tokenizer.encode("hello hello", null)).toEqual([260, 261]);
    expect(tokenizer.encode("hell", null)).toEqual([258]);
    for (const text of ["\u00e9", "\u4e2d\u6587", "\ud83d\ude00", "\u0000", "\u05e9", "x\ty"]) {
      expect(tokenizer.encode(text, null)).toEqual([...Buffer.from(text)]);
    }
  });

  it("puts <s> and </s> around a text and pads with <pad>", () => {
    expect(aroundOf(tokenizer)).toEqual([[300], [301]]);
    expect(tokenizer.padding.id).toBe(302);
  });
});

describe("Unigram, as T5 and XLM-RoBERTa use it", () => {
  const tokenizer = open(unigramTokenizer());

  it("takes the likeliest pieces", () => {
    // new + s + paper is -8 together, news + paper too; newspaper alone is -7.
    expect(tokenizer.encode("newspaper", null)).toEqual([8]);
    expect(tokenizer.encode("new paper", null)).toEqual([3, 6, 7]);
    expect(tokenizer.encode("papa", null)).toEqual([6, 9, 10, 9, 10]);
  });

  it("knows one token for a run of what it does not know, and NFKC before it", () => {
    expect(tokenizer.encode("\ud83d\ude00\ud83d\ude00", null)).toEqual([6, 2]);
    expect(tokenizer.encode("\ufb01", null)).toEqual([6, 11]);
  });

  it("puts </s> after a text", () => expect(aroundOf(tokenizer)).toEqual([[], [1]]));
});

describe("words cut as Hugging Face cuts them", () => {
  const words = (preTokenizer: unknown, vocabulary: readonly string[]) =>
    open(
      wordPieceTokenizer({
        normalizer: null,
        pre_tokenizer: preTokenizer,
        post_processor: null,
        added_tokens: [],
        model: {
          type: "WordLevel",
          unk_token: "?",
          vocab: Object.fromEntries(vocabulary.map((word, id) => [word, id])),
        },
      }),
    );

  it("Whitespace keeps words with letters beyond ASCII whole", () => {
    const tokenizer = words({ type: "Whitespace" }, ["?", "Z\u00fcrich", "caf\u00e9", "!?"]);
    expect(tokenizer.encode("Z\u00fcrich caf\u00e9!? x", null)).toEqual([1, 2, 3, 0]);
  });

  it("Punctuation takes signs one by one", () => {
    const sequence = { type: "Sequence", pretokenizers: [{ type: "WhitespaceSplit" }, { type: "Punctuation" }] };
    expect(words(sequence, ["?", "a", "!"]).encode("a!! a", null)).toEqual([1, 2, 2, 1]);
  });

  it("a word-level file without its word for the unknown fails the text, not the job", () => {
    const tokenizer = open(
      wordPieceTokenizer({
        normalizer: null,
        pre_tokenizer: { type: "WhitespaceSplit" },
        post_processor: null,
        added_tokens: [],
        model: {
          type: "WordLevel",
          vocab: { a: 1, Batchdeck: 2, reads: 3, "12": 4, "texts.": 5, "\u00e9\u4e2d\ud83d\ude00": 6 },
        },
      }),
    );
    expect(tokenizer.encode("a b", null)).toMatchObject({
      code: "model-error",
      message: expect.stringContaining('"b"'),
    });
  });
});

describe("a long text that is cut to a few tokens", () => {
  it("has the tokens that it has when all of it is read", () => {
    const random = seededRandom(5);
    const words = ["the", "cat", ",", "unaffable", "dog", "\u4e2d\u4e2d", "Z\u00fcrich", "\n", "  ", "xyz", "sat."];
    for (const content of [wordPieceTokenizer(), byteLevelTokenizer(), unigramTokenizer()]) {
      const tokenizer = open(content);
      for (let round = 0; round < 5; round++) {
        const text = Array.from({ length: 5000 }, () => words[Math.floor(random() * words.length)]).join(" ");
        const whole = tokenizer.encode(text, null) as number[];
        for (const most of [1, 16, 200]) expect(tokenizer.encode(text, most)).toEqual(whole.slice(0, most));
      }
    }
  });

  it("is read no further than it must, be it 16 MiB", () => {
    const tokenizer = open(wordPieceTokenizer());
    expect(tokenizer.encode("the cat sat. ".repeat(1_300_000), 6)).toEqual([4, 5, 14, 15, 4, 5]);
  });

  it("fails when it is one word of a million characters, or all of it is wanted", () => {
    const tokenizer = open(wordPieceTokenizer());
    expect(tokenizer.encode("c".repeat(1_000_001), 6)).toMatchObject({ code: "text-too-long" });
    expect(tokenizer.encode("the cat sat. ".repeat(100_000), null)).toMatchObject({ code: "text-too-long" });
  });
});

describe("a tokenizer.json that cannot be used", () => {
  const split = (behavior: string, invert = false) => ({ type: "Split", pattern: { Regex: "x" }, behavior, invert });
  const broken: readonly [string, unknown, RegExp][] = [
    ["no JSON", "{", /not JSON/],
    ["a list", "[]", /not what a tokenizer.json/],
    ["no model", { ...wordPieceTokenizer(), model: undefined }, /"model"/],
    ["an unknown model", wordPieceTokenizer({ model: { type: "Oracle", vocab: {} } }), /"model.type"/],
    ["an unknown normalizer", wordPieceTokenizer({ normalizer: { type: "Rot13" } }), /Rot13/],
    ["a negative id", wordPieceTokenizer({ added_tokens: [{ id: -1, content: "x" }] }), /added_tokens/],
    [
      "a pattern that is none",
      wordPieceTokenizer({ pre_tokenizer: { ...split("Isolated"), pattern: { Regex: "(" } } }),
      /./,
    ],
    [
      "a split that the library would do otherwise",
      wordPieceTokenizer({ pre_tokenizer: split("MergedWithNext") }),
      /MergedWithNext/,
    ],
    ["an inverted split likewise", wordPieceTokenizer({ pre_tokenizer: split("Isolated", true) }), /inverted/],
    [
      "a list where a table belongs",
      wordPieceTokenizer({ model: { type: "WordPiece", vocab: 5, unk_token: "[UNK]" } }),
      /./,
    ],
  ];
  for (const [what, content, reason] of broken) {
    it(`is refused with a reason: ${what}`, () => {
      const file = write(content);
      expect(() => tokenizerFacts(file)).toThrow(reason);
    });
  }

  it("of a kind that works tells what it adds and where it cuts", () => {
    const truncation = { max_length: 128, strategy: "LongestFirst", stride: 0, direction: "Right" };
    expect(tokenizerFacts(write(wordPieceTokenizer({ truncation })))).toEqual({ maxLength: 128, specialTokens: 2 });
  });
});
