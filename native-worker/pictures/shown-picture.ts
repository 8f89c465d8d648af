import { createCanvas } from "@napi-rs/canvas";
import type { ShownPicture } from "../../electron/contract/nouns/pictures/shown-picture.ts";
import type { DecodedImage } from "../readers/images/image-decode.ts";
import type { PictureFitter } from "../readers/images/image-resize.ts";
import { fitUpright } from "../readers/images/image.ts";

/** JPEG for what came as JPEG, which PNG would make large; PNG keeps the edges of all else. */
export type ImageFormat = "jpeg" | "png";

const jpegQuality = 90;

/** The picture that lies in the fitter, turned as it asks and no side longer than `mostSide` pixels. */
export function shownPicture(
  fitter: PictureFitter,
  decoded: DecodedImage,
  mostSide: number,
  format: ImageFormat,
): ShownPicture {
  const isSideways = decoded.orientation >= 5;
  const [width, height] = isSideways ? [decoded.height, decoded.width] : [decoded.width, decoded.height];
  const ratio = Math.min(1, mostSide / Math.max(width, height));
  const scaled = (side: number): number => Math.max(1, Math.round(side * ratio));
  const size = { width: scaled(width), height: scaled(height) };
  const { pixels } = fitUpright(fitter, decoded, { ...size, resize: "stretch" });
  return { width, height, image: imageOf(pixels, size, format) };
}

/** The address of an image of `pixels`, three bytes each. */
function imageOf(
  pixels: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
  format: ImageFormat,
): string {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let from = 0, to = 0; to < image.data.length; from += 3, to += 4) {
    image.data[to] = pixels[from] as number;
    image.data[to + 1] = pixels[from + 1] as number;
    image.data[to + 2] = pixels[from + 2] as number;
    image.data[to + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  const bytes = format === "jpeg" ? canvas.toBuffer("image/jpeg", jpegQuality) : canvas.toBuffer("image/png");
  return `data:image/${format};base64,${bytes.toString("base64")}`;
}
