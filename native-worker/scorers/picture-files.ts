import type { ImageScorer } from "../../electron/contract/nouns/scorers/image-scorer.ts";
import { mostJpegSide } from "../../electron/contract/nouns/scorers/output-images.ts";
import type { InputValues, PartProblem } from "../readers/block.ts";
import type { PictureReader, ReadPicture } from "../readers/images/image.ts";
import type { ImageTensorWriter } from "../readers/images/image-tensor.ts";
import { padRows, sliceValues } from "../readers/input-values.ts";
import { detectionResults } from "./detections/detection-results.ts";
import { imageDims } from "./image-dims.ts";
import { inputTensor } from "./model-session.ts";
import { resultsPerRow } from "./run-rows.ts";
import type { FilesReading } from "./score-files.ts";

const tooLongForJpeg: PartProblem = {
  stage: "preprocess",
  code: "image-too-large",
  message: `The picture has a side of more than ${mostJpegSide} pixels, which JPEG does not hold: use format: png.`,
};

/** How pictures become input values. */
export function pictureFiles(
  scorer: ImageScorer,
  tensorWriter: ImageTensorWriter,
  readPicture: PictureReader,
): FilesReading {
  const { length } = tensorWriter;
  let frame: InputValues = tensorWriter.allocate(1);
  const read: ReadPicture[] = [];
  const taken = { width: scorer.width, height: scorer.height };
  const isJpegOfItsSize = scorer.outputs.some(({ image }) => image?.size === "input" && image.format === "jpg");
  const found = scorer.detections === undefined ? null : detectionResults(scorer.detections, scorer);
  return {
    results: found?.results ?? resultsPerRow(scorer.outputs, scorer.wholeOutputs),
    startFrame(frameItems) {
      if (frame.length < frameItems * length) frame = tensorWriter.allocate(frameItems);
    },
    async take(bytes, row, beforeRisk) {
      const picture = await readPicture(bytes, frame, row, beforeRisk);
      if ("code" in picture) return picture;
      const { width, height } = picture.place.size;
      if (isJpegOfItsSize && Math.max(width, height) > mostJpegSide) return tooLongForJpeg;
      read[row] = picture;
      return null;
    },
    feeds(from, to) {
      const values = sliceValues(frame, from * length, to * length);
      const rows = scorer.fixedBatch ?? to - from;
      const padded = rows === to - from ? values : padRows(values, rows, length);
      return { rows, feeds: { [scorer.input.name]: inputTensor(scorer.input.type, padded, imageDims(scorer, rows)) } };
    },
    pictureAt: (row) => ({ ...(read[row] as ReadPicture), taken }),
    ...(found !== null && {
      boxesOf: (tensors, from, row) => found.boxesOf(tensors, row - from, (read[row] as ReadPicture).place),
    }),
  };
}
