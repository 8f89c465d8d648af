import { encodeModel, floatTensor, int64Tensor, type OnnxModel } from "./onnx-builder.ts";

const along = (axis: number, keepdims: 0 | 1) => ({ axes: { ints: [axis] }, keepdims: { int: keepdims } });
const modelOf = (graph: OnnxModel["graph"]): Uint8Array => encodeModel({ graph });

/** `x` [N, samples] → `energy` [N, 1]: the mean square. */
export function energyModel(samples: number | string = "T", rows: number | string = "N"): Uint8Array {
  return modelOf({
    nodes: [
      { op: "Mul", inputs: ["x", "x"], outputs: ["squares"] },
      { op: "ReduceMean", inputs: ["squares"], outputs: ["energy"], attributes: along(1, 1) },
    ],
    inputs: [{ name: "x", type: "float", shape: [rows, samples] }],
    outputs: [{ name: "energy", type: "float", shape: [rows, 1] }],
  });
}

/** `x` [N, 1, samples] → `peaks` [N, 2]: the mean of what two filters make of the sound, squared. */
export function filterModel(samples: number | string = "T"): Uint8Array {
  return modelOf({
    nodes: [
      { op: "Conv", inputs: ["x", "w"], outputs: ["filtered"], attributes: { kernel_shape: { ints: [4] } } },
      { op: "Mul", inputs: ["filtered", "filtered"], outputs: ["squares"] },
      { op: "ReduceMean", inputs: ["squares"], outputs: ["peaks"], attributes: along(2, 0) },
    ],
    initializers: [{ name: "w", ...floatTensor([2, 1, 4], [1, -1, 1, -1, 0.25, 0.25, 0.25, 0.25]) }],
    inputs: [{ name: "x", type: "float", shape: ["N", 1, samples] }],
    outputs: [{ name: "peaks", type: "float", shape: ["N", 2] }],
  });
}

/** `x` [samples], no batch → `energy` [1]. */
export function wholeSoundModel(samples: number): Uint8Array {
  return modelOf({
    nodes: [
      { op: "Mul", inputs: ["x", "x"], outputs: ["squares"] },
      { op: "ReduceMean", inputs: ["squares"], outputs: ["energy"], attributes: along(0, 1) },
    ],
    inputs: [{ name: "x", type: "float", shape: [samples] }],
    outputs: [{ name: "energy", type: "float", shape: [1] }],
  });
}

/** As detectors of speech have it: `x` [N, T] and `sr` int64 [1] → `energy` [N, 1], with the rate added. */
export function toldRateModel(): Uint8Array {
  return modelOf({
    nodes: [
      { op: "ReduceMean", inputs: ["x"], outputs: ["mean"], attributes: along(1, 1) },
      { op: "Cast", inputs: ["sr"], outputs: ["rate"], attributes: { to: { int: 1 } } },
      { op: "Add", inputs: ["mean", "rate"], outputs: ["energy"] },
    ],
    inputs: [
      { name: "x", type: "float", shape: ["N", "T"] },
      { name: "sr", type: "int64", shape: [1] },
    ],
    outputs: [{ name: "energy", type: "float", shape: ["N", 1] }],
  });
}

/**
 * As detectors of speech that remember are: `input` [N, T], `state` [1, N, 1] and `sr` int64 of rank 0 → `output` [N, 1], the state and
 * the mean of the input and sr, and `stateN` [1, N, 1], the state and that mean.
 */
export function speechModel(): Uint8Array {
  return modelOf({
    nodes: [
      { op: "ReduceMean", inputs: ["input"], outputs: ["mean"], attributes: along(1, 1) },
      { op: "Add", inputs: ["state", "mean"], outputs: ["stateN"] },
      { op: "Cast", inputs: ["sr"], outputs: ["rate"], attributes: { to: { int: 1 } } },
      { op: "Reshape", inputs: ["stateN", "column"], outputs: ["sum"] },
      { op: "Add", inputs: ["sum", "rate"], outputs: ["output"] },
    ],
    initializers: [{ name: "column", ...int64Tensor([2], [-1n, 1n]) }],
    inputs: [
      { name: "input", type: "float", shape: ["N", "T"] },
      { name: "state", type: "float", shape: [1, "N", 1] },
      { name: "sr", type: "int64", shape: [] },
    ],
    outputs: [
      { name: "output", type: "float", shape: ["N", 1] },
      { name: "stateN", type: "float", shape: [1, "N", 1] },
    ],
  });
}
