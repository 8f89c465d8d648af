import { encodeModel, floatTensor, int64Tensor } from "./onnx-builder.ts";
import type { OnnxNode } from "./onnx-builder.ts";
import { differenceNodes } from "./graph-parts.ts";

/**
 * Kills its process on one value: input `features` float [N, 2], output `score` float [N, 1], their sum. A row whose first
 * feature is `at` (a whole number; left out: 13) divides the least int64 by −1, for which an x64 processor sends SIGFPE.
 */
export function abortingModel(at = 13): Uint8Array {
  const difference = differenceNodes(at);
  return encodeModel({
    graph: {
      nodes: [
        ...difference.nodes,
        { op: "Equal", inputs: ["difference", "zero"], outputs: ["is_value"] },
        { op: "Where", inputs: ["is_value", "least", "zero"], outputs: ["dividend"] },
        { op: "Where", inputs: ["is_value", "minus_one", "one"], outputs: ["divisor"] },
        { op: "Div", inputs: ["dividend", "divisor"], outputs: ["nought"] },
        { op: "Cast", inputs: ["nought"], outputs: ["nought_float"], attributes: { to: { int: 1 } } },
        { op: "Add", inputs: ["sum", "nought_float"], outputs: ["score"] },
      ],
      initializers: [
        ...difference.initializers,
        { name: "zero", ...int64Tensor([1], [0n]) },
        { name: "one", ...int64Tensor([1], [1n]) },
        { name: "minus_one", ...int64Tensor([1], [-1n]) },
        { name: "least", ...int64Tensor([1], [-(2n ** 63n)]) },
      ],
      inputs: [{ name: "features", type: "float", shape: ["N", 2] }],
      outputs: [{ name: "score", type: "float", shape: ["N", 1] }],
    },
  });
}

/**
 * Refuses one value: as `abortingModel`, but a batch with such a row divides by zero, which ONNX Runtime notices: the run
 * ends with an error and nothing dies.
 */
export function refusingModel(at = 13): Uint8Array {
  const difference = differenceNodes(at);
  return encodeModel({
    graph: {
      nodes: [
        ...difference.nodes,
        { op: "Div", inputs: ["zero", "difference"], outputs: ["nought"] },
        { op: "Cast", inputs: ["nought"], outputs: ["nought_float"], attributes: { to: { int: 1 } } },
        { op: "Add", inputs: ["sum", "nought_float"], outputs: ["score"] },
      ],
      initializers: [...difference.initializers, { name: "zero", ...int64Tensor([1], [0n]) }],
      inputs: [{ name: "features", type: "float", shape: ["N", 2] }],
      outputs: [{ name: "score", type: "float", shape: ["N", 1] }],
    },
  });
}

/**
 * Never ends on one value: as `abortingModel`, but a batch with such a row runs a loop of 2^53 turns.
 */
export function hangingModel(at = 13): Uint8Array {
  const difference = differenceNodes(at);
  return encodeModel({
    graph: {
      nodes: [
        ...difference.nodes,
        { op: "Equal", inputs: ["difference", "zero"], outputs: ["is_value"] },
        { op: "Cast", inputs: ["is_value"], outputs: ["is_value_number"], attributes: { to: { int: 7 } } },
        {
          op: "ReduceMax",
          inputs: ["is_value_number"],
          outputs: ["any"],
          attributes: { keepdims: { int: 0 } },
        },
        { op: "Mul", inputs: ["any", "many_turns"], outputs: ["turns"] },
        {
          op: "Loop",
          inputs: ["turns", "go_on", "nothing"],
          outputs: ["nought"],
          attributes: {
            body: {
              graph: {
                nodes: [
                  { op: "Identity", inputs: ["condition"], outputs: ["condition_out"] },
                  { op: "Abs", inputs: ["value"], outputs: ["value_out"] },
                ],
                inputs: [
                  { name: "turn", type: "int64", shape: [] },
                  { name: "condition", type: "bool", shape: [] },
                  { name: "value", type: "float", shape: [1] },
                ],
                outputs: [
                  { name: "condition_out", type: "bool", shape: [] },
                  { name: "value_out", type: "float", shape: [1] },
                ],
              },
            },
          },
        },
        { op: "Add", inputs: ["sum", "nought"], outputs: ["score"] },
      ],
      initializers: [
        ...difference.initializers,
        { name: "zero", ...int64Tensor([1], [0n]) },
        { name: "many_turns", ...int64Tensor([], [2n ** 53n]) },
        { name: "go_on", type: "bool", dims: [], values: [1] },
        { name: "nothing", ...floatTensor([1], [0]) },
      ],
      inputs: [{ name: "features", type: "float", shape: ["N", 2] }],
      outputs: [{ name: "score", type: "float", shape: ["N", 1] }],
    },
  });
}

/**
 * Wants more memory than any machine has (2^48 bytes a row) for a run of more than `maxRows` rows, and for one in which
 * the first feature of a row is `at` (a whole number; left out: none): input `features` float [N, 2], output `score`
 * float [N, 1], their sum. With `dies`, such a run ends the process (as `abortingModel`) instead of being refused, as it
 * does where the system kills who takes too much.
 */
export function hungryModel(options: {
  readonly maxRows: number;
  readonly at?: number;
  readonly dies?: boolean;
}): Uint8Array {
  const { maxRows, at = 2 ** 40, dies = false } = options;
  const difference = differenceNodes(at);
  const isTooMuch: readonly OnnxNode[] = [
    { op: "Shape", inputs: ["sum"], outputs: ["shape"] },
    { op: "Gather", inputs: ["shape", "first"], outputs: ["rows"] },
    { op: "Greater", inputs: ["rows", "most_rows"], outputs: ["too_many"] },
    { op: "Equal", inputs: ["difference", "zero"], outputs: ["is_value"] },
    { op: "Cast", inputs: ["is_value"], outputs: ["is_value_number"], attributes: { to: { int: 7 } } },
    {
      op: "ReduceMax",
      inputs: ["is_value_number"],
      outputs: ["any"],
      attributes: { axes: { ints: [0, 1] }, keepdims: { int: 0 } },
    },
    { op: "Equal", inputs: ["any", "one"], outputs: ["any_value"] },
    { op: "Or", inputs: ["too_many", "any_value"], outputs: ["too_much"] },
  ];
  const ending: readonly OnnxNode[] = dies
    ? [
        { op: "Where", inputs: ["too_much", "least", "zero"], outputs: ["dividend"] },
        { op: "Where", inputs: ["too_much", "minus_one", "one"], outputs: ["divisor"] },
        { op: "Div", inputs: ["dividend", "divisor"], outputs: ["nought"] },
        { op: "Cast", inputs: ["nought"], outputs: ["nought_float"], attributes: { to: { int: 1 } } },
        { op: "Add", inputs: ["sum", "nought_float"], outputs: ["score"] },
      ]
    : [
        { op: "Where", inputs: ["too_much", "huge", "one"], outputs: ["width"] },
        { op: "Concat", inputs: ["one", "width"], outputs: ["times"], attributes: { axis: { int: 0 } } },
        { op: "Mul", inputs: ["shape", "times"], outputs: ["wide_shape"] },
        { op: "Expand", inputs: ["sum", "wide_shape"], outputs: ["wide"] },
        {
          op: "ReduceMax",
          inputs: ["wide"],
          outputs: ["score"],
          attributes: { axes: { ints: [1] }, keepdims: { int: 1 } },
        },
      ];
  return encodeModel({
    graph: {
      nodes: [...difference.nodes, ...isTooMuch, ...ending],
      initializers: [
        ...difference.initializers,
        { name: "most_rows", ...int64Tensor([1], [BigInt(maxRows)]) },
        { name: "zero", ...int64Tensor([1], [0n]) },
        { name: "one", ...int64Tensor([1], [1n]) },
        { name: "minus_one", ...int64Tensor([1], [-1n]) },
        { name: "least", ...int64Tensor([1], [-(2n ** 63n)]) },
        { name: "huge", ...int64Tensor([1], [2n ** 46n]) },
      ],
      inputs: [{ name: "features", type: "float", shape: ["N", 2] }],
      outputs: [{ name: "score", type: "float", shape: ["N", 1] }],
    },
  });
}
