import { encodeModel, floatTensor, int64Tensor, type OnnxModel } from "./onnx-builder.ts";

const reduced = (axes: readonly number[], keepdims: 0 | 1) => ({ axes: { ints: axes }, keepdims: { int: keepdims } });
const flat = { axis: { int: 1 } };
const modelOf = (graph: OnnxModel["graph"]): Uint8Array => encodeModel({ graph });

/** `x` [N, 4, 3] → `y` [N, 2]: weighed sums of an item's twelve values. */
export function rankThreeModel(rows: number | string = "N"): Uint8Array {
  const weights = Array.from({ length: 24 }, (_, index) => Math.fround(((index * 7) % 11) / 8 - 0.5));
  return modelOf({
    nodes: [
      { op: "Flatten", inputs: ["x"], outputs: ["flat"], attributes: flat },
      { op: "MatMul", inputs: ["flat", "w"], outputs: ["y"] },
    ],
    initializers: [{ name: "w", ...floatTensor([12, 2], weights) }],
    inputs: [{ name: "x", type: "float", shape: [rows, 4, 3] }],
    outputs: [{ name: "y", type: "float", shape: [rows, 2] }],
  });
}

/** `x` [N, A, B] of any size → `mean` [N, 1] and, as another answer to each shape, `size` [N, 1]: the sum of its axes' lengths. */
export function anySizeModel(): Uint8Array {
  return modelOf({
    nodes: [
      { op: "ReduceMean", inputs: ["x"], outputs: ["inner"], attributes: reduced([2], 0) },
      { op: "ReduceMean", inputs: ["inner"], outputs: ["mean"], attributes: reduced([1], 1) },
    ],
    inputs: [{ name: "x", type: "float", shape: ["N", "A", "B"] }],
    outputs: [{ name: "mean", type: "float", shape: ["N", 1] }],
  });
}

/** `ids` int64 [N, T] → `total` [N, 1] and `ids` again where T is three. */
export function wholeNumbersModel(): Uint8Array {
  return modelOf({
    nodes: [{ op: "ReduceMax", inputs: ["ids"], outputs: ["largest"], attributes: reduced([1], 1) }],
    inputs: [{ name: "ids", type: "int64", shape: ["N", "T"] }],
    outputs: [{ name: "largest", type: "int64", shape: ["N", 1] }],
  });
}

/** `a` float [N, 2, 2, 2, 2] and `b` int64 [N, 3] → `joined` [N, 19]: all their values. */
export function twoTensorsModel(): Uint8Array {
  return modelOf({
    nodes: [
      { op: "Flatten", inputs: ["a"], outputs: ["flat"], attributes: flat },
      { op: "Cast", inputs: ["b"], outputs: ["floats"], attributes: { to: { int: 1 } } },
      { op: "Concat", inputs: ["flat", "floats"], outputs: ["joined"], attributes: { axis: { int: 1 } } },
    ],
    inputs: [
      { name: "a", type: "float", shape: ["N", 2, 2, 2, 2] },
      { name: "b", type: "int64", shape: ["N", 3] },
    ],
    outputs: [{ name: "joined", type: "float", shape: ["N", 19] }],
  });
}

/**
 * As recurrent detectors of speech are: `input` [N, T], `state` [2, N, 4] with its rows second, `sr` int64 of rank 0. Gives `output`
 * [N, 1], the mean of the input, the sum of the state and sr, and `next` [2, N, 4], a state of its own.
 */
export function stateModel(): Uint8Array {
  return modelOf({
    nodes: [
      { op: "ReduceMean", inputs: ["input"], outputs: ["mean"], attributes: reduced([1], 1) },
      { op: "ReduceMean", inputs: ["state"], outputs: ["layers"], attributes: reduced([0, 2], 0) },
      { op: "Reshape", inputs: ["layers", "column"], outputs: ["states"] },
      { op: "Cast", inputs: ["sr"], outputs: ["rate"], attributes: { to: { int: 1 } } },
      { op: "Add", inputs: ["mean", "states"], outputs: ["sum"] },
      { op: "Add", inputs: ["sum", "rate"], outputs: ["output"] },
      { op: "Identity", inputs: ["state"], outputs: ["next"] },
    ],
    initializers: [{ name: "column", ...int64Tensor([2], [-1n, 1n]) }],
    inputs: [
      { name: "input", type: "float", shape: ["N", "T"] },
      { name: "state", type: "float", shape: [2, "N", 4] },
      { name: "sr", type: "int64", shape: [] },
    ],
    outputs: [
      { name: "output", type: "float", shape: ["N", 1] },
      { name: "next", type: "float", shape: [2, "N", 4] },
    ],
  });
}

/** `x` [4, 3], which has no batch dimension → `y` [3], the means of its columns. */
export function wholeItemModel(): Uint8Array {
  return modelOf({
    nodes: [{ op: "ReduceMean", inputs: ["x"], outputs: ["y"], attributes: reduced([0], 0) }],
    inputs: [{ name: "x", type: "float", shape: [4, 3] }],
    outputs: [{ name: "y", type: "float", shape: [3] }],
  });
}
