import type { TextScorer } from "../../electron/contract/nouns/scorers/text-scorer.ts";
import type { TextFlaw, TextTokenizer } from "../readers/texts/tokenizer.ts";
import type { Feeds } from "./model-session.ts";
import { inputDims, inputTensor } from "./model-session.ts";
import type { RowsRefused, RunInputs } from "./run-rows.ts";

/** A text as the model takes it: itself, the ids of all its tokens, or why there are none. */
export type EncodedText = string | readonly number[] | TextFlaw;

/** Texts → the inputs of a run; made once a job. */
export type TextInputs = {
  readonly encode: (text: string) => EncodedText;
  /** Tokens of each text of the last inputs, padding included; 0 where there are none. */
  readonly length: () => number;
  /** Where the tokens of a text begin and end among so many. */
  readonly ownTokens: (text: EncodedText, length: number) => readonly [from: number, to: number];
  /** The inputs of `texts[from..to)`; they hold until the next call. */
  readonly feeds: (texts: readonly EncodedText[], from: number, to: number) => RunInputs | RowsRefused;
};

/** Texts that the model takes as they are. */
export function plainTextInputs(scorer: TextScorer): TextInputs {
  const [input] = scorer.inputs;
  if (input === undefined) throw new Error("A text scorer has an input.");
  return {
    encode: (text) => text,
    length: () => 0,
    ownTokens: () => [0, 0],
    feeds(texts, from, to) {
      const rows = scorer.fixedBatch ?? to - from;
      const values = Array.from({ length: rows }, (_, row) => texts[Math.min(from + row, to - 1)] as string);
      return { rows, feeds: { [input.name]: inputTensor("string", values, inputDims(input, rows, 1)) } };
    },
  };
}

/** Tokens that one run may hold, padding included: 8 MiB an input. */
const maxRunTokens = 1024 * 1024;

/** Values that one run may give of outputs with a vector a token. */
const maxRunVectorValues = 64 * 1024 * 1024;

/**
 * Texts as tokens. The rows of a run are padded to the longest of them, or to the length that the model fixes. A model
 * that is not told which tokens are padding would count it in: then only texts of one length run together, unless its
 * tokenizer fills up every text to the same length.
 */
export function tokenInputs(scorer: TextScorer, tokenizer: TextTokenizer, maxLength: number | null): TextInputs {
  const { before, after, contentType, padding } = tokenizer;
  const special = before.length + after.length;
  const most = maxLength === null ? null : maxLength - special;
  const [beforeIds, afterIds] = [before.map(({ id }) => id), after.map(({ id }) => id)];
  const hasMask = scorer.inputs.some(({ holds }) => holds === "attention_mask");
  const fixedLength = scorer.inputs[0]?.shape[1] ?? (hasMask ? null : padding.length);
  /** A buffer an input, which grows as far as a run needs it. */
  const buffers = scorer.inputs.map(() => new Int32Array(0));
  let lastLength = 0;
  const widest = Math.max(1, ...scorer.outputs.map(({ pool, width }) => (pool === undefined ? 1 : width)));
  const maxTokens = Math.min(maxRunTokens, Math.floor(maxRunVectorValues / widest));

  const lengthOf = (texts: readonly EncodedText[], from: number, to: number): number | RowsRefused => {
    let longest = fixedLength ?? 1;
    for (let row = from; row < to; row++) {
      const text = texts[row] as readonly number[] | TextFlaw;
      if ("code" in text) return { refused: { stage: "preprocess", ...text } };
      longest = Math.max(longest, text.length);
    }
    const wouldCount = !hasMask && longest !== fixedLength;
    const isMixed = wouldCount && texts.slice(from, to).some((text) => (text as readonly number[]).length !== longest);
    return to - from > 1 && (isMixed || longest * (to - from) > maxTokens) ? tooManyTogether : longest;
  };

  /** One value a token: `own` of a text's own places, `pad` of the padding. */
  const fill = (
    target: Int32Array,
    step: number,
    texts: readonly EncodedText[],
    from: number,
    to: number,
    rows: number,
    length: number,
    own: (ids: readonly number[], place: number) => number,
    pad: number,
  ): void => {
    for (let row = 0; row < rows; row++) {
      const ids = texts[Math.min(from + row, to - 1)] as readonly number[];
      const empty = length - ids.length;
      const first = row * length + (padding.isLeft ? empty : 0);
      const firstPad = row * length + (padding.isLeft ? 0 : ids.length);
      for (let place = 0; place < ids.length; place++) target[(first + place) * step] = own(ids, place);
      for (let place = 0; place < empty; place++) target[(firstPad + place) * step] = pad;
    }
  };

  const typeAt = (ids: readonly number[], place: number): number =>
    before[place]?.type ?? after[place - (ids.length - after.length)]?.type ?? contentType;
  const values = {
    text: { own: () => 0, pad: 0 },
    input_ids: { own: (ids: readonly number[], place: number) => ids[place] as number, pad: padding.id },
    attention_mask: { own: () => 1, pad: 0 },
    token_type_ids: { own: typeAt, pad: padding.type },
  };

  return {
    encode(text) {
      const ids = tokenizer.encode(text, most);
      if ("code" in ids) return ids;
      return special === 0 ? ids : [...beforeIds, ...ids, ...afterIds];
    },
    length: () => lastLength,
    ownTokens(text, length) {
      const own = (text as readonly number[]).length;
      return padding.isLeft ? [length - own, length] : [0, own];
    },
    feeds(texts, from, to) {
      const length = lengthOf(texts, from, to);
      if (typeof length === "object") return length;
      lastLength = length;
      const rows = scorer.fixedBatch ?? to - from;
      const feeds: Record<string, Feeds[string]> = {};
      for (const [index, { name, type, holds }] of scorer.inputs.entries()) {
        // The halves of 64-bit integers, the lower one first; ids are never negative, so the upper one stays 0.
        const step = type === "int64" ? 2 : 1;
        const size = rows * length * step;
        if ((buffers[index] as Int32Array).length < size) buffers[index] = new Int32Array(size);
        const target = (buffers[index] as Int32Array).subarray(0, size);
        const { own, pad } = values[holds];
        fill(target, step, texts, from, to, rows, length, own, pad);
        const tensorValues = type === "int64" ? new BigInt64Array(target.buffer, 0, rows * length) : target;
        feeds[name] = inputTensor(type, tensorValues, [rows, length]);
      }
      return { rows, feeds };
    },
  };
}

const tooManyTogether: RowsRefused = {
  refused: { stage: "preprocess", code: "text-too-long", message: "These texts do not run together." },
};
