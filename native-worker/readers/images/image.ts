import type { ImageScorer } from "../../../electron/contract/nouns/scorer.ts";
import type { InputValues, PartProblem } from "../block.ts";
import { createImageDecoder } from "./image-decode.ts";
import type { BeforeDecoding } from "./image-decode.ts";
import { createPictureFitter, turnImage } from "./image-resize.ts";
import type { ImageTensorWriter } from "./image-tensor.ts";
import type { JpegDecoder } from "./jpeg-decoder.ts";

/** Turns the bytes of one file into the `index`-th picture of `values`; null when that worked. */
export type PictureReader = (
  bytes: Buffer,
  values: InputValues,
  index: number,
  beforeDecoding: BeforeDecoding,
) => Promise<PartProblem | null>;

export function createPictureReader(
  scorer: ImageScorer,
  tensorWriter: ImageTensorWriter,
  jpegDecoder: JpegDecoder,
): PictureReader {
  const fitter = createPictureFitter();
  const decode = createImageDecoder(fitter.pixels, jpegDecoder);
  return async (bytes, values, index, beforeDecoding) => {
    if (bytes.length === 0) return { stage: "read", code: "file-empty", message: "The file is empty." };
    const decoded = await decode(bytes, beforeDecoding);
    if ("code" in decoded) return { stage: "preprocess", ...decoded };
    const { orientation } = decoded;
    const isSideways = orientation >= 5;
    // A picture that lies on its side is fitted lying, then turned: the small picture is quicker to turn.
    const width = isSideways ? scorer.height : scorer.width;
    const height = isSideways ? scorer.width : scorer.height;
    const fitted = turnImage(fitter.fit(decoded, width, height, scorer), width, height, orientation);
    tensorWriter.write(fitted, values, index);
    return null;
  };
}
