import type { TensorScorer } from "../../electron/contract/nouns/scorers/tensor-scorer.ts";
import type { TensorInfo } from "../../electron/contract/signature.ts";
import { type ItemInput, readTensorItem, type TensorItem } from "../readers/tensors/array-items.ts";
import { padRows } from "../readers/input-values.ts";
import { type Feeds, inputTensor } from "./model-session.ts";
import { resultsPerRow, type RowsRefused, type RunInputs } from "./run-rows.ts";
import type { FilesReading } from "./score-files.ts";

/** Arrays that are whole files. Only items of one shape run together: nothing is padded, which would change their values. */
export function tensorFiles(scorer: TensorScorer): FilesReading {
  let frame: TensorItem[] = [];
  return {
    results: resultsPerRow(scorer.outputs, scorer.wholeOutputs),
    startFrame() {
      frame = [];
    },
    async take(bytes, row) {
      const item = readTensorItem(scorer, bytes);
      if ("code" in item) {
        const isBroken = item.code === "array-damaged" || item.code === "array-unsupported";
        return { stage: isBroken ? "read" : "preprocess", ...item };
      }
      frame[row] = item;
      return null;
    },
    feeds: (from, to) => frameFeeds(scorer, frame.slice(from, to)),
  };
}

/** The run of some items; several that are not of one shape are refused. */
export function frameFeeds(
  scorer: Pick<TensorScorer, "isWhole" | "fixedBatch"> & { readonly inputs: readonly TensorInfo[] },
  items: readonly TensorItem[],
): RunInputs | RowsRefused {
  const [first] = items;
  if (first === undefined) throw new Error("A run has at least one item.");
  if (items.length > 1 && (scorer.isWhole || !items.every((item) => isAlike(item, first)))) return otherShapes;
  const rows = scorer.fixedBatch ?? items.length;
  const feeds: Record<string, Feeds[string]> = {};
  for (const [index, { name, type }] of scorer.inputs.entries()) {
    const { shape } = first[index] as ItemInput;
    const stacked = stack(items.map((item) => (item[index] as ItemInput).values));
    const width = stacked.length / items.length;
    const values = rows === items.length ? stacked : padRows(stacked, rows, width);
    feeds[name] = inputTensor(type, values, scorer.isWhole ? shape : [rows, ...shape]);
  }
  return { feeds, rows, ...(scorer.isWhole ? { isWhole: true } : {}) };
}

function isAlike(one: TensorItem, other: TensorItem): boolean {
  return one.every(({ shape }, index) => shape.join() === other[index]?.shape.join());
}

function stack(parts: readonly ItemInput["values"][]): ItemInput["values"] {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first as ItemInput["values"];
  const allocate = first.constructor as new (length: number) => ItemInput["values"];
  const stacked = new allocate(first.length * parts.length);
  for (const [index, part] of parts.entries()) stacked.set(part as never, index * first.length);
  return stacked;
}

const otherShapes: RowsRefused = {
  refused: { stage: "preprocess", code: "array-wrong-shape", message: "These items do not run together." },
};
