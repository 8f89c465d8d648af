import type { Constant } from "../../electron/contract/nouns/scorers/constants.ts";
import type { Scorer } from "../../electron/contract/nouns/scorer.ts";
import type { TensorType } from "../../electron/contract/signature.ts";
import { halfBits } from "../../electron/contract/half-float.ts";
import { allocateValues } from "../readers/input-values.ts";
import { type Feeds, inputTensor } from "./model-session.ts";
import type { RowsRefused, RunInputs } from "./run-rows.ts";
import type { Reading } from "./score-mini-batch.ts";

/** The inputs that are the same for every item, for a run of so many rows. Runs of as many rows share their tensors. */
export function constantFeeds({ constants = [] }: Pick<ModelScorer, "constants">): (rows: number) => Feeds {
  let last: { readonly rows: number; readonly feeds: Feeds } | null = null;
  return (rows) => {
    if (last?.rows === rows) return last.feeds;
    const feeds = Object.fromEntries(constants.map((constant) => [constant.name, constantTensor(constant, rows)]));
    last = { rows, feeds };
    return feeds;
  };
}

type ModelScorer = Exclude<Scorer, { readonly kind: "script" }>;

function constantTensor({ type, shape, values }: Constant, rows: number): Feeds[string] {
  const rowAxis = shape.indexOf(null);
  const dims = shape.map((size) => size ?? rows);
  const length = dims.reduce((product, size) => product * size, 1);
  const target = allocateValues(type, length);
  const single = values.length === 1 ? elementOf(type, values[0] as string) : undefined;
  if (single !== undefined) target.fill(single as never);
  else {
    const elements = values.map((text) => elementOf(type, text));
    // What lies behind the axis of the rows stands once a row.
    const inner = rowAxis < 0 ? length : dims.slice(rowAxis + 1).reduce((product, size) => product * size, 1);
    const copies = rowAxis < 0 ? 1 : rows;
    for (let at = 0; at < length; at++) {
      const outer = Math.floor(at / (inner * copies));
      (target as { [index: number]: unknown })[at] = elements[outer * inner + (at % inner)];
    }
  }
  return inputTensor(type, target, dims);
}

function elementOf(type: TensorType, text: string): string | number | bigint {
  if (type === "string") return text;
  if (type === "int64" || type === "uint64") return BigInt(text);
  return type === "float16" ? halfBits(Number(text)) : Number(text);
}

/** The same reading, whose runs have the constants beside what was read. */
export function withConstants(reading: Reading, constants: (rows: number) => Feeds): Reading {
  const added = (inputs: RunInputs | RowsRefused): RunInputs | RowsRefused =>
    "refused" in inputs ? inputs : { ...inputs, feeds: { ...inputs.feeds, ...constants(inputs.rows) } };
  if (reading.kind === "files") {
    const { files } = reading;
    return { kind: "files", files: { ...files, feeds: (from, to) => added(files.feeds(from, to)) } };
  }
  const { table } = reading;
  return {
    kind: "rows",
    table: {
      ...table,
      prepare(...frame) {
        const prepared = table.prepare(...frame);
        return { ...prepared, feeds: (from, to) => added(prepared.feeds(from, to)) };
      },
    },
  };
}
