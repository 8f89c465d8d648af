import type { Scorer } from "../../electron/contract/nouns/scorer.ts";
import { rowLength, rowSizes } from "../../electron/contract/nouns/scorers/audio-scorer.ts";
import { inputWidth } from "../../electron/contract/nouns/scorers/tabular-scorer.ts";
import { itemSizes } from "../../electron/contract/nouns/scorers/tensor-scorer.ts";
import { allocateValues } from "../readers/input-values.ts";
import { constantFeeds } from "./constant-feeds.ts";
import { imageDims } from "./image-dims.ts";
import type { Feeds } from "./model-session.ts";
import { inputDims, inputTensor } from "./model-session.ts";

/** Of an axis of arrays that may have any. */
const inventedSize = 32;
/** Tokens of a text of middling length. */
const inventedTokens = 64;

/** Values of all inputs for so many rows: of the right types and shapes, and any model can take them. */
export function inventedRows(scorer: Scorer, rows: number): Feeds {
  const constants = scorer.kind === "script" ? {} : constantFeeds(scorer)(rows);
  const invented = Object.fromEntries(
    inputShapes(scorer, rows).map(({ name, type, dims, ...more }) => {
      const values = allocateValues(
        type,
        dims.reduce((product, size) => product * size, 1),
      );
      if (values instanceof Float32Array || values instanceof Float64Array) {
        // Not all alike and never tiny: zeros and the smallest floats take another time than other numbers do.
        for (let index = 0; index < values.length; index++) values[index] = ((index * 37) % 101) / 101 + 0.01;
      }
      // A half of 0.5; whole numbers stay 0, which is an index that every list has.
      if (type === "float16") (values as Uint16Array).fill(0x3800);
      // A text without a single token that counts would be an odd one.
      if ("holds" in more && more.holds === "attention_mask") values.fill((type === "int64" ? 1n : 1) as never);
      return [name, inputTensor(type, values, dims)];
    }),
  );
  return { ...invented, ...constants };
}

/** How many values a row has, over all inputs. */
export function valuesPerRow(scorer: Scorer): number {
  return inputShapes(scorer, 1).reduce((sum, { dims }) => sum + dims.reduce((product, size) => product * size, 1), 0);
}

function inputShapes(scorer: Scorer, rows: number) {
  if (scorer.kind === "image") {
    const { name, type } = scorer.input;
    return [{ name, type, dims: imageDims(scorer, rows) }];
  }
  if (scorer.kind === "script") return [];
  if (scorer.kind === "tensor") {
    return scorer.inputs.map((input) => {
      const sizes = itemSizes(scorer, input).map((size) => size ?? inventedSize);
      return { name: input.name, type: input.type, dims: scorer.isWhole ? sizes : [rows, ...sizes] };
    });
  }
  if (scorer.kind === "audio") {
    const [{ name, type }] = scorer.inputs;
    const sizes = rowSizes(scorer, rowLength(scorer) ?? scorer.sampleRate);
    return [{ name, type, dims: scorer.isWhole ? sizes : [rows, ...sizes] }];
  }
  if (scorer.kind === "text") {
    const length = scorer.tokenizer?.maxLength ?? inventedTokens;
    return scorer.inputs.map(({ name, type, shape, holds }) => ({
      name,
      type,
      holds,
      dims: type === "string" ? [rows, ...shape.slice(1).map(() => 1)] : [rows, shape[1] ?? length],
    }));
  }
  return scorer.inputs.map((input) => ({
    name: input.name,
    type: input.type,
    dims: inputDims(input, rows, inputWidth(input)),
  }));
}
