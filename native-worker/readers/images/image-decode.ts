import { createCanvas, loadImage } from "@napi-rs/canvas";
import type { ItemErrorCode } from "../../../electron/contract/item-error.ts";
import { readImageHeader } from "./image-header.ts";
import type { ImageHeader } from "./image-header.ts";
import type { PictureSize } from "./image-resize.ts";
import { createJpegDecoder, type JpegRoom } from "./jpeg/jpeg-decoder.ts";
import { type Alpha, type Samples, writePixels } from "./pixels.ts";
import { gifBackground, plainPicture } from "./plain-picture.ts";
import { decodePngWithAlpha } from "./png-decoder.ts";
import { decodeTiff } from "./tiff-decoder.ts";

export type ImageFailure = { readonly code: ItemErrorCode; readonly message: string };

/** A decoded picture; its pixels are where they were wanted. `orientation`: the turn still to be made, 1 for none. */
export type DecodedImage = PictureSize & { readonly orientation: number };

/** Where the pixels of a picture shall go: four bytes each, rows without gaps. */
export type PixelRoom = (size: PictureSize) => Buffer;

/** Larger pictures are refused by their header: a file of a few bytes can ask for any amount of memory. */
const maxPixels = 100_000_000;

/** Called just before a decoder, which may crash on hostile bytes, is given the picture. */
export type BeforeDecoding = () => void;

/**
 * Decodes a picture by its content, its first frame or page alone, to the values that are in the file, as
 * `PIL.Image.open(…).convert("RGB")` does: profiles and gamma are not obeyed, of 16 bits the higher 8 count. Anything that
 * is not an intact picture is a failure, never a guess: a cut-off file, a damaged one, or one that cannot be decoded here.
 *
 * JPEG by libjpeg-turbo in WebAssembly, TIFF and PNG with opacity by code of our own, everything else by canvas.
 */
export type ImageDecoder = (bytes: Buffer, beforeDecoding: BeforeDecoding) => Promise<DecodedImage | ImageFailure>;

const notAnImage: ImageFailure = {
  code: "image-not-an-image",
  message: "The file is not a picture: its content is of no known picture format.",
};

export function createImageDecoder(room: PixelRoom, alpha: Alpha = "drop"): ImageDecoder {
  const decodeJpeg = createJpegDecoder();
  const canvas = createCanvas(1, 1);
  const context = canvas.getContext("2d");

  return async (bytes, beforeDecoding) => {
    const header = readImageHeader(bytes);
    if (header === null) return notAnImage;
    const name = header.format.toUpperCase();
    const damaged: ImageFailure = {
      code: "image-damaged",
      message: `The ${name} picture is damaged and cannot be decoded.`,
    };
    if ("damaged" in header) return { ...damaged, message: `The ${name} picture has a damaged header.` };
    if (header.width * header.height > maxPixels) {
      const size = `${header.width} × ${header.height}`;
      return { code: "image-too-large", message: `The picture has ${size} pixels, more than 100 megapixels.` };
    }
    if (!header.isComplete) {
      return { ...damaged, message: `The ${name} picture is damaged: a part is missing or was changed.` };
    }
    beforeDecoding();
    if (header.format === "jpeg") {
      const decoded = decodeIntactJpeg(bytes, header);
      if (decoded === "damaged") return damaged;
      if (decoded !== "unknown") return decoded;
    }
    if (header.format === "tiff") {
      const samples = decodeTiff(bytes, decodeJpeg);
      if (samples === "damaged") return damaged;
      if (samples === "unsupported") {
        return {
          code: "image-unsupported",
          message: "TIFF pictures of this kind cannot be decoded; save it as PNG or JPEG.",
        };
      }
      return written(header, samples) ?? damaged;
    }
    if (header.format === "png" && header.hasAlphaChannel) {
      const samples = decodePngWithAlpha(bytes);
      return samples === null ? damaged : (written(header, samples) ?? damaged);
    }
    return (await decodeByCanvas(bytes, header)) ?? damaged;
  };

  /** Null when there are more or fewer samples than the header says. */
  function written({ width, height, orientation }: ImageHeader, samples: Samples): DecodedImage | null {
    const { data, channels, bytes } = samples;
    if (data.length !== width * height * channels * bytes) return null;
    writePixels(samples, room({ width, height }), alpha);
    return { width, height, orientation };
  }

  /** `unknown`: canvas decides. It also converts CMYK, which libjpeg-turbo does not. */
  function decodeIntactJpeg(bytes: Buffer, header: ImageHeader): DecodedImage | "damaged" | "unknown" {
    const { width, height, components, orientation } = header;
    if (components === 4) return "unknown";
    const pixels = room({ width, height });
    const picture = decodeJpeg(bytes, roomOfSize(header, pixels));
    if (picture === null) return "unknown";
    if (!picture.isDoubtful) return { width, height, orientation };
    return dataEndsEarly(bytes, header, pixels) ? "damaged" : "unknown";
  }

  async function decodeByCanvas(bytes: Buffer, header: ImageHeader): Promise<DecodedImage | null> {
    let image: Awaited<ReturnType<typeof loadImage>>;
    try {
      image = await loadImage(plainPicture(header.format, bytes, alpha !== "drop"));
    } catch {
      return null;
    }
    const { width, height } = image;
    if (width * height > maxPixels) return null;
    canvas.width = width;
    canvas.height = height;
    context.drawImage(image, 0, 0);
    // Colours already multiplied by their opacity: that is the picture over black.
    const data = canvas.data();
    // Lossless WebP keeps its opacity beside colours that are not multiplied by it.
    const isOpaque = header.isOpaque || (alpha === "drop" && header.format !== "webp");
    if (header.format === "gif" && isOpaque) fillTransparent(data, gifBackground(bytes));
    // What the decoder could not fill stays transparent.
    else if (isOpaque && hasTransparency(data)) return null;
    else if (alpha === "white") addWhite(data);
    room({ width, height }).set(data);
    // Canvas has turned the picture as its EXIF asks, but for PNG.
    return { width, height, orientation: header.format === "png" ? header.orientation : 1 };
  }

  /**
   * Whether a JPEG that the decoder objected to has too little data before its end mark: then data put in front of that
   * mark changes the picture. `pixels` is what was made of the file as it is.
   */
  function dataEndsEarly(bytes: Buffer, size: PictureSize, pixels: Buffer): boolean {
    const end = bytes.lastIndexOf(Buffer.from([0xff, 0xd9]));
    const filler = Buffer.alloc(4096, 0x5a);
    const longer = Buffer.concat([bytes.subarray(0, end), filler, bytes.subarray(end)]);
    const again = Buffer.alloc(pixels.length);
    return decodeJpeg(longer, roomOfSize(size, again)) === null || !again.equals(pixels);
  }
}

/** For a JPEG that turns out to have the size that its header told us. */
function roomOfSize({ width, height }: PictureSize, pixels: Buffer): JpegRoom {
  return (size) => (size.width === width && size.height === height ? pixels : null);
}

function hasTransparency(data: Uint8Array): boolean {
  for (let at = 3; at < data.length; at += 4) if (data[at] === 0) return true;
  return false;
}

function fillTransparent(data: Uint8Array, colour: Uint8Array): void {
  for (let at = 0; at < data.length; at += 4) if (data[at + 3] === 0) data.set(colour, at);
}

/** White behind colours that are multiplied by their opacity. */
function addWhite(data: Uint8Array): void {
  for (let at = 0; at < data.length; at += 4) {
    const white = 255 - (data[at + 3] as number);
    for (let channel = at; channel < at + 3; channel++)
      data[channel] = Math.min(255, (data[channel] as number) + white);
  }
}
