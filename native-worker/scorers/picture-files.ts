import type { ImageScorer } from "../../electron/contract/nouns/scorer.ts";
import type { InputValues } from "../readers/block.ts";
import type { PictureReader } from "../readers/images/image.ts";
import type { ImageTensorWriter } from "../readers/images/image-tensor.ts";
import { padRows, sliceValues } from "../readers/input-values.ts";
import { imageDims } from "./image-dims.ts";
import { inputTensor } from "./model-session.ts";
import type { FilesReading } from "./score-files.ts";

/** How pictures become input values. */
export function pictureFiles(
  scorer: ImageScorer,
  tensorWriter: ImageTensorWriter,
  readPicture: PictureReader,
): FilesReading {
  const { length } = tensorWriter;
  let frame: InputValues = tensorWriter.allocate(1);
  return {
    outputs: scorer.outputs,
    startFrame(frameItems) {
      if (frame.length < frameItems * length) frame = tensorWriter.allocate(frameItems);
    },
    take: (bytes, row, beforeRisk) => readPicture(bytes, frame, row, beforeRisk),
    feeds(from, to) {
      const values = sliceValues(frame, from * length, to * length);
      const rows = scorer.fixedBatch ?? to - from;
      const padded = rows === to - from ? values : padRows(values, rows, length);
      return { rows, feeds: { [scorer.input.name]: inputTensor(scorer.input.type, padded, imageDims(scorer, rows)) } };
    },
  };
}
