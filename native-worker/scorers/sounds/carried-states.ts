import type { AudioScorer } from "../../../electron/contract/nouns/scorers/audio-scorer.ts";
import type { TensorType } from "../../../electron/contract/signature.ts";
import type { InputValues } from "../../readers/block.ts";
import { type Feeds, inputTensor, type OutputTensor } from "../model-session.ts";
import type { RowsRefused, RunInputs, RunResults } from "../run-rows.ts";

/** The states of a model that one window of a sound leaves to the next. */
export type CarriedStates = {
  /** What a run is asked for: the states too. */
  readonly results: RunResults;
  /** The inputs of a window, with the states that the one before it left in the place of the constants. */
  readonly fill: (inputs: RunInputs | RowsRefused) => RunInputs | RowsRefused;
  /** Keeps the states of what came out of a run. */
  readonly keep: (tensors: readonly OutputTensor[]) => void;
};

/** Made anew for each sound; null when its windows do not depend on each other. */
export function carriedStates(
  { windows, isWhole, wholeOutputs }: AudioScorer,
  results: RunResults,
): CarriedStates | null {
  const carry = windows?.carry;
  if (carry === undefined) return null;
  const names = [...new Set([...results.names, ...carry.map(({ output }) => output)])];
  let states: Feeds = {};
  return {
    results: { ...results, names },
    fill: (inputs) => ("refused" in inputs ? inputs : { ...inputs, feeds: { ...inputs.feeds, ...states } }),
    keep(tensors) {
      states = Object.fromEntries(
        carry.map(({ input, output }) => {
          const { type, data, dims } = tensors[names.indexOf(output)] as OutputTensor;
          // Such a run has put a dimension in front.
          const shape = isWhole || wholeOutputs === true ? dims.slice(1) : dims;
          return [input, inputTensor(type as TensorType, data as InputValues, shape)];
        }),
      );
    },
  };
}
