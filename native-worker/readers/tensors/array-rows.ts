import { closeSync, fstatSync } from "node:fs";
import { systemErrno } from "../../../electron/contract/errno.ts";
import { isAsListed } from "../../../electron/contract/listed-files.ts";
import { itemSizes, type TensorScorer } from "../../../electron/contract/nouns/scorers/tensor-scorer.ts";
import { arraysFor, rowShape, type StoredArray } from "../../../electron/contract/tensors/array-file.ts";
import { type ArrayFault, type ArrayType, valuesIn } from "../../../electron/contract/tensors/npy-header.ts";
import type { InputValues, ItemFailure, PartProblem, TabularBlock } from "../block.ts";
import { allocateValues } from "../input-values.ts";
import type { TabularPart, TabularReader, TabularReaders } from "../record-reader.ts";
import { changed, opener, unreadable } from "../source-file.ts";
import { type ArrayValues, fitValues, unfitProblem } from "./array-values.ts";
import { openedFile, openRows, type RowStream } from "./array-stream.ts";
import { arrayFile } from "./unpack-array.ts";

/** A block holds whole runs, of about so many bytes. */
const blockBytes = 8 * 1024 * 1024;
const mostBlockRows = 8192;

/** Reads entries of the first axis of arrays; `batch` are the rows of a run. */
export function createArrayReaders(scorer: TensorScorer, batch: number): TabularReaders {
  return { open: (part) => openPart(scorer, batch, part) };
}

async function openPart(scorer: TensorScorer, batch: number, wanted: TabularPart): Promise<TabularReader> {
  let file: number | null;
  try {
    file = opener.open(wanted.path, wanted.part);
  } catch (error) {
    return brokenReader(unreadable(error), systemErrno(error));
  }
  if (file === null) return brokenReader(changed, null);
  const opened = file;
  try {
    const rows = openArrays(scorer, wanted, opened);
    if ("code" in rows) {
      closeSync(opened);
      return brokenReader(partProblem(rows), null);
    }
    return blocksOf(scorer, batch, wanted, opened, rows);
  } catch (error) {
    closeSync(opened);
    if (systemErrno(error) === null) throw error;
    return brokenReader(unreadable(error), systemErrno(error));
  }
}

function brokenReader(problem: PartProblem, errno: string | null): TabularReader {
  return { next: async () => ({ kind: "problem", problem, errno }), close: async () => undefined };
}

function partProblem(fault: ArrayFault): PartProblem {
  return { stage: "read", ...fault };
}

type InputRows = {
  readonly name: string;
  readonly from: ArrayType;
  readonly to: ArrayType;
  /** Of one entry. */
  readonly shape: readonly number[];
  readonly width: number;
  readonly stream: RowStream;
};

function openArrays(
  scorer: TensorScorer,
  { part, range }: TabularPart,
  opened: number,
): readonly InputRows[] | ArrayFault {
  const file = openedFile(opened, part.sizeBytes);
  const names = scorer.inputs.map(({ name }) => name);
  const arrays = arraysFor(arrayFile(file), names);
  if ("code" in arrays) return arrays;
  const firstRow = part.firstRow - 1;
  const counts = new Set(arrays.map(({ header }) => header.shape[0] ?? 0));
  if (counts.size > 1) {
    const message = `The arrays have different numbers of items along their first axis: ${[...counts].join(", ")}.`;
    return { code: "array-wrong-shape", message };
  }
  const rows: InputRows[] = [];
  for (const [index, input] of scorer.inputs.entries()) {
    const array = arrays[index] as StoredArray;
    const shape = rowShape(input.name, array.header.shape, itemSizes(scorer, input));
    if ("code" in shape) return shape;
    if ((array.header.shape[0] ?? 0) < firstRow + part.items)
      return { code: "input-changed", message: changed.message };
    const stream = openRows(file, array, firstRow + range.start);
    if ("code" in stream) return stream;
    const types = { from: array.header.type, to: input.type as ArrayType };
    rows.push({ name: input.name, ...types, shape, width: valuesIn(shape), stream });
  }
  return rows;
}

function blocksOf(
  scorer: TensorScorer,
  batch: number,
  wanted: TabularPart,
  opened: number,
  inputs: readonly InputRows[],
): TabularReader {
  const { range, part } = wanted;
  const rowBytes = inputs.reduce((sum, { width }) => sum + width * 8, 0);
  const runs = Math.floor(Math.min(mostBlockRows, blockBytes / Math.max(1, rowBytes)) / batch);
  const blockRows = Math.max(1, runs) * batch;
  let at = range.start;
  return {
    async next() {
      try {
        if (at < range.end) {
          const records = Math.min(blockRows, range.end - at);
          const block = await readBlock(inputs, wanted, at, records);
          if ("code" in block) return { kind: "problem", problem: partProblem(block), errno: null };
          at += records;
          return { kind: "block", block };
        }
        for (const { stream } of inputs) {
          const fault = await stream.end();
          if (fault !== null) return { kind: "problem", problem: partProblem(fault), errno: null };
        }
        const isSame = isAsListed(fstatSync(opened), part);
        return isSame ? { kind: "end" } : { kind: "problem", problem: changed, errno: null };
      } catch (error) {
        if (systemErrno(error) === null) throw error;
        return { kind: "problem", problem: unreadable(error), errno: systemErrno(error) };
      }
    },
    async close() {
      for (const { stream } of inputs) stream.close();
      closeSync(opened);
    },
  };
}

/** `records` entries from item `firstItem` of the part on. */
async function readBlock(
  inputs: readonly InputRows[],
  { part, leaveOut }: TabularPart,
  firstItem: number,
  records: number,
): Promise<TabularBlock | ArrayFault> {
  const raw: ArrayValues[] = [];
  for (const { stream } of inputs) {
    const values = await stream.next(records);
    if ("code" in values) return values;
    raw.push(values);
  }
  const failures: ItemFailure[] = [];
  const items: number[] = [];
  for (let row = 0; row < records; row++) {
    const item = firstItem + row;
    if (leaveOut.has(item)) continue;
    items.push(item);
  }
  const fitted = inputs.map(({ from, to }, index) => fitValues(raw[index] as ArrayValues, from, to));
  const isAllFit = fitted.every((values) => !("value" in values));
  const kept = isAllFit
    ? items
    : items.filter((item) => {
        const fault = faultOfRow(inputs, raw, item - firstItem);
        if (fault === null) return true;
        const { value, ...problem } = fault;
        failures.push({ item, row: part.firstRow + item, stage: "preprocess", ...problem, value });
        return false;
      });
  const isWhole = isAllFit && kept.length === records;
  const packed = inputs.map((input, index): InputValues => {
    if (isWhole) return fitted[index] as ArrayValues;
    return packRows(input, raw[index] as ArrayValues, kept, firstItem);
  });
  return {
    firstItem,
    records,
    rows: kept.length,
    inputs: packed,
    shapes: inputs.map(({ shape }) => shape),
    itemOf: Uint32Array.from(kept),
    rowNumbers: Uint32Array.from(kept, (item) => part.firstRow + item),
    keep: [],
    failures,
  };
}

function rowOf({ width }: InputRows, raw: ArrayValues, row: number): ArrayValues {
  return raw.subarray(row * width, (row + 1) * width);
}

function faultOfRow(
  inputs: readonly InputRows[],
  raw: readonly ArrayValues[],
  row: number,
): (ArrayFault & { readonly value: string }) | null {
  for (const [index, input] of inputs.entries()) {
    const { name, from, to } = input;
    const unfit = fitValues(rowOf(input, raw[index] as ArrayValues, row), from, to);
    if ("value" in unfit) return { ...unfitProblem(name, unfit, from, to), value: unfit.value };
  }
  return null;
}

/** The rows of some items, one behind another. */
function packRows(input: InputRows, raw: ArrayValues, items: readonly number[], firstItem: number): InputValues {
  const { from, to, width } = input;
  const packed = allocateValues(to, items.length * width) as ArrayValues;
  for (const [place, item] of items.entries()) {
    packed.set(fitValues(rowOf(input, raw, item - firstItem), from, to) as never, place * width);
  }
  return packed;
}
