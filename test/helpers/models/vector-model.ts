import { denseLayers } from "./graph-parts.ts";
import { encodeModel } from "./onnx-builder.ts";

/**
 * Takes numbers of columns, `flat` [N, `flat`], and of one column of vectors, `vector` [N, `vector`]. Gives `score` [N, 2] of both
 * through two wide layers, which take their time, and the vector itself as `same`.
 */
export function vectorModel(width: { readonly flat: number; readonly vector: number }): Uint8Array {
  const layers = denseLayers({
    input: "joined",
    output: "score",
    widths: [width.flat + width.vector, 512, 512, 2],
    seed: 5,
  });
  return encodeModel({
    graph: {
      nodes: [
        { op: "Concat", inputs: ["flat", "vector"], outputs: ["joined"], attributes: { axis: { int: 1 } } },
        ...layers.nodes,
        { op: "Identity", inputs: ["vector"], outputs: ["same"] },
      ],
      initializers: layers.initializers,
      inputs: [
        { name: "flat", type: "float", shape: ["N", width.flat] },
        { name: "vector", type: "float", shape: ["N", width.vector] },
      ],
      outputs: [
        { name: "score", type: "float", shape: ["N", 2] },
        { name: "same", type: "float", shape: ["N", width.vector] },
      ],
    },
  });
}
