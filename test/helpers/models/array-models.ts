import { encodeModel, floatTensor, int64Tensor } from "./onnx-builder.ts";

/** Values an item of `arrayModel`, as [30, 40]. */
export const arrayShape = [30, 40] as const;
const values = arrayShape[0] * arrayShape[1];

/**
 * `features` float [N, 2] in; out come `grid` float [N, 30, 40], value i of it f0 + i × f1, and `sum` float [N, 1]; with
 * `hasMask` also `mask`, the same as `grid`.
 */
export function arrayModel({ hasMask = false } = {}): Uint8Array {
  const weights = new Float32Array(2 * values);
  for (let index = 0; index < values; index++) {
    weights[index] = 1;
    weights[values + index] = index;
  }
  return encodeModel({
    graph: {
      nodes: [
        { op: "MatMul", inputs: ["features", "weights"], outputs: ["flat"] },
        { op: "Reshape", inputs: ["flat", "shape"], outputs: ["grid"] },
        { op: "ReduceSum", inputs: ["features", "columns"], outputs: ["sum"] },
        ...(hasMask ? [{ op: "Identity", inputs: ["grid"], outputs: ["mask"] }] : []),
      ],
      initializers: [
        { name: "weights", ...floatTensor([2, values], weights) },
        { name: "shape", ...int64Tensor([3], [-1n, BigInt(arrayShape[0]), BigInt(arrayShape[1])]) },
        { name: "columns", ...int64Tensor([1], [1n]) },
      ],
      inputs: [{ name: "features", type: "float", shape: ["N", 2] }],
      outputs: [
        { name: "grid", type: "float", shape: ["N", ...arrayShape] },
        { name: "sum", type: "float", shape: ["N", 1] },
        ...(hasMask ? [{ name: "mask", type: "float" as const, shape: ["N", ...arrayShape] }] : []),
      ],
    },
  });
}

/** `features` float [1, 4] in, `places` int64 [1, 2, ?] out: where they are not zero, so another number for each item. */
export function varyingModel(): Uint8Array {
  return encodeModel({
    graph: {
      nodes: [
        { op: "NonZero", inputs: ["features"], outputs: ["found"] },
        { op: "Unsqueeze", inputs: ["found", "axis"], outputs: ["places"] },
      ],
      initializers: [{ name: "axis", ...int64Tensor([1], [0n]) }],
      inputs: [{ name: "features", type: "float", shape: [1, 4] }],
      outputs: [{ name: "places", type: "int64", shape: [1, 2, "found"] }],
    },
  });
}

/** `features` float [N, width] in and out, unchanged. */
export function wideModel(width: number): Uint8Array {
  return encodeModel({
    graph: {
      nodes: [{ op: "Identity", inputs: ["features"], outputs: ["same"] }],
      inputs: [{ name: "features", type: "float", shape: ["N", width] }],
      outputs: [{ name: "same", type: "float", shape: ["N", width] }],
    },
  });
}

/** `features` float [N, 2] → `near` float [N, N]: the product of each row with every row of the run. */
export function similarityModel(): Uint8Array {
  return encodeModel({
    graph: {
      nodes: [
        { op: "Transpose", inputs: ["features"], outputs: ["columns"], attributes: { perm: { ints: [1, 0] } } },
        { op: "MatMul", inputs: ["features", "columns"], outputs: ["near"] },
      ],
      inputs: [{ name: "features", type: "float", shape: ["N", 2] }],
      outputs: [{ name: "near", type: "float", shape: ["N", "M"] }],
    },
  });
}
