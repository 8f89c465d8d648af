import type { InferenceSession, Tensor } from "onnxruntime-node";
import { float16ToNumber } from "../../contract/half-float.ts";
import type { TensorInfo } from "../../contract/signature.ts";
import { madeUpItems } from "./made-up-tensors.ts";

/** The largest share of an output's largest value that rounding changes: a run of two rows adds in another order than two runs. */
const roundingShare = 1e-3;
/** Rows of an output that is all but zero. */
const leastDifference = 1e-6;
/** Of an input: more would take long to make up. */
const mostValues = 4_000_000;

/** What one output has for one item: scores as numbers, or whole numbers, truth values and texts. */
type Row = { readonly isScore: boolean; readonly values: ArrayLike<number | bigint | string> };
type Rows = ReadonlyMap<string, Row>;

/**
 * Whether what comes out for an item depends on what shares its run, as with a model whose first dimension is a time and no
 * batch. Two made-up items are run together and alone; where the model fixes the size of its batch, one of them beside two
 * different others. Null when the model takes none of it. False also when it answers the same question differently each time.
 * `dynamicSize`: of dimensions that the model leaves open.
 */
export async function areItemsDependent(
  session: InferenceSession,
  inputs: readonly TensorInfo[],
  fixedBatch: number | null,
  dynamicSize: number,
): Promise<boolean | null> {
  if (fixedBatch === 1 || inputs.some(({ shape }) => shape.length === 0 || shape[0] !== fixedBatch)) return false;
  const run = (items: readonly number[]): Promise<Rows> => firstRows(session, inputs, items, dynamicSize);
  const others = (item: number) => [0, ...new Array<number>((fixedBatch ?? 2) - 1).fill(item)];
  try {
    const alone = fixedBatch === null ? [0] : others(1);
    const [one, again, other] = [await run(alone), await run(alone), await run(others(2))];
    return !areDifferent(one, again) && areDifferent(one, other);
  } catch {
    return null;
  }
}

/** What comes out for the first of the items, of each output that has a row an item. */
async function firstRows(
  session: InferenceSession,
  inputs: readonly TensorInfo[],
  items: readonly number[],
  dynamicSize: number,
): Promise<Rows> {
  const feeds: Record<string, Tensor> = {};
  for (const { name, type, shape } of inputs) {
    const dims = [items.length, ...shape.slice(1).map((size) => size ?? dynamicSize)];
    if (dims.reduce((product, size) => product * size, 1) > mostValues) throw new RangeError(`${name} is too large`);
    feeds[name] = madeUpItems(type, dims, items);
  }
  const outputs = await session.run(feeds);
  const rows = new Map<string, Row>();
  for (const [name, { type, data, dims }] of Object.entries(outputs)) {
    if (dims[0] === items.length) rows.set(name, firstRow(type, data, items.length));
  }
  return rows;
}

function firstRow(type: Tensor.Type, data: Tensor.DataType, items: number): Row {
  const values = Array.from(data as ArrayLike<number | bigint | string>).slice(0, data.length / items);
  if (type !== "float16") return { isScore: type === "float32" || type === "float64", values };
  // Bits, or numbers already, as the JavaScript side of ONNX Runtime gives them.
  const isBits = data instanceof Uint16Array;
  return { isScore: true, values: isBits ? (values as number[]).map(float16ToNumber) : values };
}

/** Beyond rounding. Labels follow from scores, and are looked at where there are none. */
function areDifferent(one: Rows, other: Rows): boolean {
  const pairs = [...one].flatMap(([name, row]) => {
    const beside = other.get(name);
    return beside === undefined || beside.values.length !== row.values.length ? [] : [{ row, beside }];
  });
  const scores = pairs.filter(({ row }) => row.isScore);
  return (scores.length > 0 ? scores : pairs).some(({ row, beside }) =>
    row.isScore
      ? isBeyondRounding(row.values as ArrayLike<number>, beside.values as ArrayLike<number>)
      : Array.from(row.values).some((value, index) => value !== beside.values[index]),
  );
}

function isBeyondRounding(row: ArrayLike<number>, beside: ArrayLike<number>): boolean {
  let largest = 0;
  let difference = 0;
  for (let index = 0; index < row.length; index++) {
    const [value = 0, next = 0] = [row[index], beside[index]];
    if (!Number.isFinite(value) || !Number.isFinite(next)) continue;
    largest = Math.max(largest, Math.abs(value), Math.abs(next));
    difference = Math.max(difference, Math.abs(value - next));
  }
  return difference > Math.max(leastDifference, largest * roundingShare);
}
