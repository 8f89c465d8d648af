import { encodeModel } from "./onnx-builder.ts";
import { convolutionLayers } from "./graph-parts.ts";

export type ImageModelOptions = {
  /** Pixels. Left out: 32 by 32. */
  readonly height?: number;
  readonly width?: number;
  /** Left out: 3. */
  readonly classes?: number;
  readonly seed?: number;
};

/** A small convolution net: input `image` float [N, 3, H, W], output `probabilities` float [N, classes]. */
export function imageModel(options: ImageModelOptions = {}): Uint8Array {
  const { height = 32, width = 32, classes = 3, seed = 1 } = options;
  const layers = convolutionLayers("image", classes, seed);
  return encodeModel({
    graph: {
      ...layers,
      inputs: [{ name: "image", type: "float", shape: ["N", 3, height, width] }],
      outputs: [{ name: "probabilities", type: "float", shape: ["N", classes] }],
    },
  });
}

/** The same net with channels last and a batch fixed at 1: input `image` float [1, H, W, 3]. */
export function fixedBatchImageModel(options: ImageModelOptions = {}): Uint8Array {
  const { height = 32, width = 32, classes = 3, seed = 1 } = options;
  const layers = convolutionLayers("planes", classes, seed);
  return encodeModel({
    graph: {
      nodes: [
        { op: "Transpose", inputs: ["image"], outputs: ["planes"], attributes: { perm: { ints: [0, 3, 1, 2] } } },
        ...layers.nodes,
      ],
      initializers: layers.initializers,
      inputs: [{ name: "image", type: "float", shape: [1, height, width, 3] }],
      outputs: [{ name: "probabilities", type: "float", shape: [1, classes] }],
    },
  });
}
