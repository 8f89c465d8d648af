import type { ImageScorer } from "../../../electron/contract/nouns/scorers/image-scorer.ts";
import type { InputValues, PartProblem } from "../block.ts";
import { createImageDecoder } from "./image-decode.ts";
import type { BeforeDecoding, DecodedImage } from "./image-decode.ts";
import { createPictureFitter, type FitRules, type PictureFitter } from "./image-resize.ts";
import type { ImageTensorWriter } from "./image-tensor.ts";
import { turnImage } from "./image-turn.ts";
import { type PicturePlace, picturePlace } from "./picture-place.ts";

/** Where a picture lies in what the model takes, and its own pixels, four bytes each, where they are wanted. */
export type ReadPicture = { readonly place: PicturePlace; readonly pixels: Uint8Array | null };

/** Turns the bytes of one file into the `index`-th picture of `values`. */
export type PictureReader = (
  bytes: Buffer,
  values: InputValues,
  index: number,
  beforeDecoding: BeforeDecoding,
) => Promise<PartProblem | ReadPicture>;

export function createPictureReader(scorer: ImageScorer, tensorWriter: ImageTensorWriter): PictureReader {
  const fitter = createPictureFitter();
  const decode = createImageDecoder(fitter.pixels, scorer.alpha);
  const keepsPixels = scorer.outputs.some(({ image }) => image?.as === "alpha");
  return async (bytes, values, index, beforeDecoding) => {
    if (bytes.length === 0) return { stage: "read", code: "file-empty", message: "The file is empty." };
    const decoded = await decode(bytes, beforeDecoding);
    if ("code" in decoded) return { stage: "preprocess", ...decoded };
    // Before they are fitted, which uses the same memory.
    const own = keepsPixels ? uprightPixels(fitter, decoded) : null;
    const { pixels, place } = fitUpright(fitter, decoded, scorer);
    tensorWriter.write(pixels, values, index);
    return { place, pixels: own };
  };
}

/** A copy of a picture's pixels, as it is shown. */
function uprightPixels(fitter: PictureFitter, { orientation, ...size }: DecodedImage): Uint8Array {
  const stored = fitter.pixels(size);
  return orientation === 1 ? new Uint8Array(stored) : turnImage(stored, size.width, size.height, orientation, 4);
}

/** Three bytes a pixel, `width` × `height`, turned as the picture asks, and where the picture lies in them. */
export function fitUpright(
  fitter: PictureFitter,
  { orientation, ...size }: DecodedImage,
  { width, height, ...rules }: FitRules & { readonly width: number; readonly height: number },
): { readonly pixels: Uint8Array; readonly place: PicturePlace } {
  const isSideways = orientation >= 5;
  const isSymmetric = rules.resizeShorter === undefined && (rules.resample ?? "area") === "area";
  if (isSymmetric) {
    // A picture that lies on its side is fitted lying, then turned: the small picture is quicker to turn.
    const [lyingWidth, lyingHeight] = isSideways ? [height, width] : [width, height];
    const lying = fitter.fit(size, lyingWidth, lyingHeight, rules);
    return {
      pixels: turnImage(lying, lyingWidth, lyingHeight, orientation),
      place: picturePlace(size, lyingWidth, lyingHeight, rules, orientation),
    };
  }
  // PIL's filters go across first, and the middle is not always the same from both sides.
  const upright = isSideways ? { width: size.height, height: size.width } : size;
  if (orientation !== 1) {
    fitter.pixels(upright).set(turnImage(fitter.pixels(size), size.width, size.height, orientation, 4));
  }
  return { pixels: fitter.fit(upright, width, height, rules), place: picturePlace(upright, width, height, rules, 1) };
}
