import type { ImageScorer } from "../../../electron/contract/nouns/scorers/image-scorer.ts";
import type { TensorType } from "../../../electron/contract/signature.ts";

/** A scorer that stretches pictures to a size and gives their levels as they are, red, green and blue of each pixel together. */
export function pictureScorer(type: TensorType, height: number, width: number): ImageScorer {
  return {
    kind: "image",
    input: { name: "image", type, shape: [null, height, width, 3] },
    height,
    width,
    resize: "stretch",
    color: "rgb",
    layout: "nhwc",
    scale: [1, 1, 1],
    mean: [0, 0, 0],
    std: [1, 1, 1],
    outputs: [{ name: "o", type: "float32", width: 1, labels: null, softmax: false, topK: 0, columns: ["o"] }],
    keep: [],
    batch: "auto",
    fixedBatch: null,
  };
}
