import { encodeModel, floatTensor, type OnnxNode, type OnnxTensor } from "./onnx-builder.ts";

type Output = {
  readonly nodes: readonly OnnxNode[];
  readonly initializers?: readonly OnnxTensor[];
  /** Behind the batch. */
  readonly shape: (side: number) => readonly number[];
};

/** What a model may give of `x`, three colours from 0 to 1: by the output's name. */
const outputs = {
  /** How bright each pixel is. */
  mask: {
    nodes: [{ op: "ReduceMean", inputs: ["x"], outputs: ["mask"], attributes: { axes: { ints: [1] } } }],
    shape: (side) => [1, side, side],
  },
  /** The same again. */
  opacity: {
    nodes: [{ op: "ReduceMean", inputs: ["x"], outputs: ["opacity"], attributes: { axes: { ints: [1] } } }],
    shape: (side) => [1, side, side],
  },
  /** The same from 5 to 7, without a dimension of channels. */
  depth: {
    nodes: [
      {
        op: "ReduceMean",
        inputs: ["x"],
        outputs: ["brightness"],
        attributes: { axes: { ints: [1] }, keepdims: { int: 0 } },
      },
      { op: "Mul", inputs: ["brightness", "two"], outputs: ["twice"] },
      { op: "Add", inputs: ["twice", "five"], outputs: ["depth"] },
    ],
    initializers: [
      { name: "two", ...floatTensor([1], [2]) },
      { name: "five", ...floatTensor([1], [5]) },
    ],
    shape: (side) => [side, side],
  },
  /** Six scores a pixel: its colours, and what each lacks. */
  scores: {
    nodes: [
      { op: "Sub", inputs: ["one", "x"], outputs: ["lack"] },
      { op: "Concat", inputs: ["x", "lack"], outputs: ["scores"], attributes: { axis: { int: 1 } } },
    ],
    initializers: [{ name: "one", ...floatTensor([1], [1]) }],
    shape: (side) => [6, side, side],
  },
  /** The picture at twice the size. */
  large: {
    nodes: [{ op: "Resize", inputs: ["x", "", "scales"], outputs: ["large"] }],
    initializers: [{ name: "scales", ...floatTensor([4], [1, 1, 2, 2]) }],
    shape: (side) => [3, 2 * side, 2 * side],
  },
} as const satisfies Readonly<Record<string, Output>>;

/** `x` float [N, 3, side, side] in, those outputs out, each [N, …]. */
export function picturesModel(names: readonly (keyof typeof outputs)[], side = 32): Uint8Array {
  const parts: readonly Output[] = names.map((name) => outputs[name]);
  return encodeModel({
    graph: {
      nodes: parts.flatMap(({ nodes }) => nodes),
      initializers: parts.flatMap(({ initializers = [] }) => initializers),
      inputs: [{ name: "x", type: "float", shape: ["N", 3, side, side] }],
      outputs: names.map((name) => ({ name, type: "float", shape: ["N", ...outputs[name].shape(side)] })),
    },
  });
}
