import { floatTensor, int64Tensor } from "./onnx-builder.ts";
import type { OnnxNode, OnnxTensor } from "./onnx-builder.ts";
import { seededRandom } from "../random.ts";

type GraphPart = { readonly nodes: readonly OnnxNode[]; readonly initializers: readonly OnnxTensor[] };

/** From `features` [N, 2]: `sum` float [N, 1], and `difference` int64 [N, 1], the first feature (cut to a whole number) − `at`. */
export function differenceNodes(at: number): GraphPart {
  return {
    nodes: [
      { op: "ReduceSum", inputs: ["features", "columns"], outputs: ["sum"] },
      { op: "Gather", inputs: ["features", "first"], outputs: ["column"], attributes: { axis: { int: 1 } } },
      { op: "Cast", inputs: ["column"], outputs: ["column_number"], attributes: { to: { int: 7 } } },
      { op: "Sub", inputs: ["column_number", "at"], outputs: ["difference"] },
    ],
    initializers: [
      { name: "columns", ...int64Tensor([1], [1n]) },
      { name: "first", ...int64Tensor([1], [0n]) },
      { name: "at", ...int64Tensor([1], [BigInt(at)]) },
    ],
  };
}

/** Fully connected layers with Relu between them; `widths` are the input's, each hidden layer's and the output's. */
export function denseLayers(options: {
  readonly input: string;
  readonly output: string;
  readonly widths: readonly number[];
  readonly seed: number;
}): GraphPart {
  const random = seededRandom(options.seed);
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const last = options.widths.length - 2;
  let current = options.input;
  for (let layer = 0; layer <= last; layer++) {
    const rows = options.widths[layer] ?? 0;
    const columns = options.widths[layer + 1] ?? 0;
    initializers.push(randomTensor(`weights_${layer}`, [rows, columns], Math.sqrt(3 / rows), random));
    initializers.push(randomTensor(`bias_${layer}`, [columns], 0.1, random));
    const output = layer === last ? options.output : `layer_${layer}`;
    nodes.push({ op: "Gemm", inputs: [current, `weights_${layer}`, `bias_${layer}`], outputs: [output] });
    current = output;
    if (layer < last) {
      nodes.push({ op: "Relu", inputs: [output], outputs: [`${output}_relu`] });
      current = `${output}_relu`;
    }
  }
  return { nodes, initializers };
}

export function convolutionLayers(input: string, classes: number, seed: number): GraphPart {
  const random = seededRandom(seed);
  const channels = 8;
  const dense = denseLayers({ input: "means", output: "logits", widths: [channels, classes], seed: seed + 1 });
  return {
    nodes: [
      {
        op: "Conv",
        inputs: [input, "kernel", "kernel_bias"],
        outputs: ["edges"],
        attributes: { kernel_shape: { ints: [3, 3] }, strides: { ints: [2, 2] }, pads: { ints: [1, 1, 1, 1] } },
      },
      { op: "Relu", inputs: ["edges"], outputs: ["edges_relu"] },
      { op: "GlobalAveragePool", inputs: ["edges_relu"], outputs: ["pooled"] },
      { op: "Flatten", inputs: ["pooled"], outputs: ["means"] },
      ...dense.nodes,
      { op: "Softmax", inputs: ["logits"], outputs: ["probabilities"], attributes: { axis: { int: 1 } } },
    ],
    initializers: [
      randomTensor("kernel", [channels, 3, 3, 3], 0.5, random),
      randomTensor("kernel_bias", [channels], 0.1, random),
      ...dense.initializers,
    ],
  };
}

/** Uniform in ±`range`. */
function randomTensor(name: string, dims: readonly number[], range: number, random: () => number): OnnxTensor {
  const count = dims.reduce((product, dimension) => product * dimension, 1);
  return {
    name,
    ...floatTensor(
      dims,
      Float32Array.from({ length: count }, () => (random() * 2 - 1) * range),
    ),
  };
}
