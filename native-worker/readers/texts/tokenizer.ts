import { Tokenizer } from "@huggingface/tokenizers";
import { readTokenizerFile, type TokenizerFile } from "./tokenizer-file.ts";

/** Makes tokens of texts by a tokenizer.json; the same text always gives the same tokens. */
export type TextTokenizer = {
  /** Ids of a text's own tokens, without special ones: the first `most`, or the last where the file says so. */
  readonly encode: (text: string, most: number | null) => number[] | TextFlaw;
  /** What is put around the tokens of every text. */
  readonly before: readonly SpecialToken[];
  readonly after: readonly SpecialToken[];
  /** `token_type_ids` of a text's own tokens. */
  readonly contentType: number;
  readonly padding: Padding;
  /** The length, special tokens included, that the file itself cuts texts to; null: it does not. */
  readonly ownMaxLength: number | null;
};

export type SpecialToken = { readonly id: number; readonly type: number };

export type Padding = {
  readonly id: number;
  readonly type: number;
  readonly isLeft: boolean;
  /** Tokens that the file fills every text up to; null: to the longest. */
  readonly length: number | null;
};

/** Why a text has no tokens: a sentence. */
export type TextFlaw = { readonly code: "text-too-long" | "model-error"; readonly message: string };

/** A text of which every token is wanted has no more characters: some tokenizers take a kilobyte for each. */
const maxCharacters = 1_000_000;

/**
 * Of a long text that is cut to a few tokens only the beginning is looked at: so many characters for each token, and
 * some more. When they do not give the tokens and a few to spare (a word that is cut may be split otherwise), twice as
 * many are looked at.
 */
const charactersPerToken = 32;
const moreCharacters = 1024;
const spareTokens = 8;

const samples = ["a", "Batchdeck reads 12 texts.", "\u00e9\u4e2d\ud83d\ude00"];

/** Opens a tokenizer.json. Throws an error whose message is a clause for people; a hostile file may also take for ever. */
export function openTokenizer(path: string): TextTokenizer {
  const file = readTokenizerFile(path);
  const tokenizer = buildTokenizer(file);
  const isCutLeft = file.truncation?.direction === "Left";

  const idsOf = (text: string): number[] => {
    const { ids, tokens } = tokenizer.encode(text, { add_special_tokens: false });
    for (let index = 0; index < ids.length; index++) {
      const id: unknown = ids[index];
      if (!Number.isInteger(id)) throw new Error(`it knows no token for "${shortened(tokens[index] ?? "")}"`);
    }
    return ids;
  };

  const idsOfBeginning = (text: string, most: number): number[] | TextFlaw => {
    for (let size = most * charactersPerToken + moreCharacters; ; size *= 2) {
      const end = text.length > size ? betweenWords(text, size) : text.length;
      if (end > maxCharacters) return tooLong(end);
      const ids = idsOf(end === text.length ? text : text.slice(0, end));
      if (end === text.length || ids.length >= most + spareTokens) return ids.slice(0, most);
    }
  };

  return {
    encode(text, most) {
      try {
        if (most !== null && !isCutLeft) return idsOfBeginning(text, most);
        if (text.length > maxCharacters) return tooLong(text.length);
        const ids = idsOf(text);
        return most === null || ids.length <= most ? ids : ids.slice(ids.length - most);
      } catch (error) {
        // A text that is too much for the library's own stack, or that its tokens have no id for.
        return { code: "model-error", message: `The tokenizer cannot read this text: ${reasonOf(error)}.` };
      }
    },
    ...specialTokens(tokenizer),
    padding: paddingOf(file, tokenizer),
    ownMaxLength: file.truncation?.max_length ?? null,
  };
}

function buildTokenizer(file: TokenizerFile): Tokenizer {
  const { added_tokens, normalizer, pre_tokenizer, post_processor, model } = file;
  // Its decoder is for the way back, which nobody goes here.
  const parts = { added_tokens, normalizer, pre_tokenizer, post_processor, model, decoder: null };
  return new Tokenizer(parts, { unk_token: model.unk_token ?? undefined });
}

/** What the file puts around a text, found by looking at what it makes of a few. */
function specialTokens(tokenizer: Tokenizer): Pick<TextTokenizer, "before" | "after" | "contentType"> {
  const looks = samples.map((sample) => {
    const { ids: bare } = tokenizer.encode(sample, { add_special_tokens: false });
    const whole = tokenizer.encode(sample, { return_token_type_ids: true });
    const types = whole.token_type_ids ?? whole.ids.map(() => 0);
    const places = new Set<number>();
    for (let place = 0; place + bare.length <= whole.ids.length; place++) {
      if (bare.every((id, index) => whole.ids[place + index] === id)) places.add(place);
    }
    return { bare: bare.length, ids: whole.ids, types, places };
  });
  const look = looks.find(({ bare }) => bare > 0);
  if (look === undefined) throw new Error("it makes no tokens of plain words");
  const extra = look.ids.length - look.bare;
  const place = [...look.places].find((candidate) => looks.every(({ places }) => places.has(candidate)));
  const isAlike = looks.every(({ ids, bare }) => ids.length - bare === extra);
  if (place === undefined || !isAlike) throw new Error("it does not put the same tokens before and after every text");
  const special = (from: number, to: number): SpecialToken[] =>
    look.ids.slice(from, to).map((id, index) => {
      if (!Number.isInteger(id)) throw new Error("it has no number for one of its special tokens");
      return { id, type: look.types[from + index] ?? 0 };
    });
  return {
    before: special(0, place),
    after: special(place + look.bare, look.ids.length),
    contentType: look.types[place] ?? 0,
  };
}

const defaultPadTokens = ["[PAD]", "<pad>", "<|pad|>"];

function paddingOf({ padding }: TokenizerFile, tokenizer: Tokenizer): Padding {
  const names = padding?.pad_token === undefined ? defaultPadTokens : [padding.pad_token, ...defaultPadTokens];
  const named = names.map((name) => tokenizer.token_to_id(name)).find((id) => id !== undefined);
  const strategy = padding?.strategy;
  return {
    id: padding?.pad_id ?? named ?? 0,
    type: padding?.pad_type_id ?? 0,
    isLeft: padding?.direction === "Left",
    length: typeof strategy === "object" ? (strategy.Fixed ?? null) : null,
  };
}

/** Where a text may be cut near `size` characters: before white space; its end when there is none for long. */
function betweenWords(text: string, size: number): number {
  for (let at = size; at > size / 2; at--) {
    if (isWhiteSpace(text.charCodeAt(at)) && !isWhiteSpace(text.charCodeAt(at - 1))) return at;
  }
  const next = /\S\s/.exec(text.slice(size));
  return next === null ? text.length : size + next.index + 1;
}

function isWhiteSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0x3000;
}

function tooLong(characters: number): TextFlaw {
  return {
    code: "text-too-long",
    message: `The text has ${characters} characters in one piece, and no more than ${maxCharacters} are made tokens of.`,
  };
}

function shortened(token: string): string {
  return token.length > 20 ? `${token.slice(0, 20)}…` : token;
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\s+/g, " ").replace(/\.$/, "");
}
