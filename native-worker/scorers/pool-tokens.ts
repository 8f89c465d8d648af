import { type ScorerOutput, valuesPerItem } from "../../electron/contract/nouns/scorers/scorer-parts.ts";
import type { TextScorer } from "../../electron/contract/nouns/scorers/text-scorer.ts";
import type { OutputValues } from "../writers/prepared-output.ts";
import type { OutputTensor } from "./model-session.ts";
import { numbersOf } from "../writers/output-numbers.ts";
import { type RunResults, resultsPerRow } from "./run-rows.ts";
import type { EncodedText, TextInputs } from "./text-inputs.ts";

/** How what came out of a run of texts becomes values a text. */
export type TextResults = {
  readonly results: RunResults;
  /** Each output for `texts[from..to)`, which were run together. */
  readonly valuesOf: (
    tensors: readonly OutputTensor[],
    texts: readonly EncodedText[],
    from: number,
    to: number,
  ) => readonly OutputValues[];
};

type Pool = NonNullable<ScorerOutput["pool"]>;

/**
 * Outputs with a vector a token, [N, tokens, width], become one a text, as sentence-transformers makes them: of its own
 * tokens alone, special ones included and padding left out. All others stay as they are.
 */
export function textResults({ outputs }: TextScorer, inputs: TextInputs): TextResults {
  const perRow = resultsPerRow(outputs.filter(({ pool }) => pool === undefined));
  const isPooled = outputs.map(({ pool }) => pool !== undefined);
  return {
    results: {
      names: outputs.map(({ name }) => name),
      objectionTo(tensors, rows, mostValues) {
        const length = inputs.length();
        for (const [index, output] of outputs.entries()) {
          const { name, pool } = output;
          const width = valuesPerItem(output);
          const dims = (tensors[index] as OutputTensor).dims;
          if (pool === undefined || [rows, length, width].join() === dims.join()) continue;
          return `The model's output "${name}" has the shape [${dims.join(", ")}] here, where [${rows}, ${length}, ${width}] was expected.`;
        }
        return perRow.objectionTo(
          tensors.filter((_, index) => isPooled[index] === false),
          rows,
          mostValues,
        );
      },
    },
    valuesOf(tensors, texts, from, to) {
      return tensors.map((tensor, index) => {
        const output = outputs[index] as ScorerOutput;
        const { pool, type } = output;
        if (pool === undefined) return tensor;
        const width = valuesPerItem(output) ?? 0;
        const length = tensor.dims[1] as number;
        const values = numbersOf(tensor).data;
        const pooled =
          type === "float64" ? new Float64Array((to - from) * width) : new Float32Array((to - from) * width);
        for (let row = 0; row < to - from; row++) {
          const [first, end] = inputs.ownTokens(texts[from + row] as EncodedText, length);
          const start = row * length;
          const vector = poolers[pool](values, start + first, start + end, width);
          pooled.set(vector, row * width);
        }
        return { data: pooled, dims: [to - from, width] };
      });
    },
  };
}

/** Of the vectors `first`..`end` of all tokens, each `width` long. */
const poolers: Readonly<
  Record<Pool, (values: ArrayLike<number>, first: number, end: number, width: number) => Float64Array>
> = {
  mean(values, first, end, width) {
    const sum = new Float64Array(width);
    for (let token = first; token < end; token++) {
      const at = token * width;
      for (let place = 0; place < width; place++) sum[place] = (sum[place] as number) + (values[at + place] as number);
    }
    // A text without a token has the mean 0.
    return sum.map((value) => value / Math.max(end - first, 1e-9));
  },
  cls(values, first, end, width) {
    const at = first * width;
    return Float64Array.from({ length: width }, (_, place) => (end > first ? (values[at + place] as number) : 0));
  },
  max(values, first, end, width) {
    const most = new Float64Array(width).fill(end > first ? Number.NEGATIVE_INFINITY : 0);
    for (let token = first; token < end; token++) {
      const at = token * width;
      // Unlike a comparison, keeps what is no number.
      for (let place = 0; place < width; place++)
        most[place] = Math.max(most[place] as number, values[at + place] as number);
    }
    return most;
  },
};
