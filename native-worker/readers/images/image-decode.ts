import { createCanvas, loadImage } from "@napi-rs/canvas";
import type { ItemErrorCode } from "../../../electron/contract/item-error.ts";
import { readImageHeader } from "./image-header.ts";
import type { ImageHeader } from "./image-header.ts";
import type { PictureSize } from "./image-resize.ts";
import type { JpegDecoder } from "./jpeg-decoder.ts";

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
 * Decodes a picture by its content, first frame alone: JPEG by libjpeg-turbo, everything else by canvas. Transparent
 * pixels are laid over black. Anything that is not an intact picture is a failure, never a guess: a cut-off file, a
 * damaged one, or one of a format that cannot be decoded here.
 */
export type ImageDecoder = (bytes: Buffer, beforeDecoding: BeforeDecoding) => Promise<DecodedImage | ImageFailure>;

const notAnImage: ImageFailure = {
  code: "image-not-an-image",
  message: "The file is not a picture: its content is of no known picture format.",
};

export function createImageDecoder(room: PixelRoom, turbo: JpegDecoder): ImageDecoder {
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
    // Turbo does not convert CMYK.
    if (header.format === "jpeg" && header.components !== 4) {
      const pixels = room(header);
      const decoded = decodeByTurbo(turbo, bytes, pixels, header);
      if (decoded !== null) return decoded;
      if (dataEndsEarly(turbo, bytes, pixels)) return damaged;
    }
    return decodeByCanvas(bytes, header, damaged);
  };

  async function decodeByCanvas(
    bytes: Buffer,
    header: ImageHeader,
    damaged: ImageFailure,
  ): Promise<DecodedImage | ImageFailure> {
    let image: Awaited<ReturnType<typeof loadImage>>;
    try {
      image = await loadImage(bytes);
    } catch {
      if (header.format !== "tiff") return damaged;
      return {
        code: "image-unsupported",
        message: "TIFF pictures of this kind cannot be decoded; save it as PNG or JPEG.",
      };
    }
    canvas.width = image.width;
    canvas.height = image.height;
    context.drawImage(image, 0, 0);
    // Colours already multiplied by their opacity: that is the picture over black.
    const data = canvas.data();
    // What the decoder could not fill stays transparent.
    if (header.isOpaque && hasTransparency(data)) return damaged;
    // Canvas has turned the picture as its EXIF asks.
    const { width, height } = image;
    room({ width, height }).set(data);
    return { orientation: 1, width, height };
  }
}

/** Null when turbo objects, be it to broken data or to a harmless oddity: it does not say which. */
function decodeByTurbo(turbo: JpegDecoder, bytes: Buffer, target: Buffer, header: ImageHeader): DecodedImage | null {
  const { width, height, orientation } = header;
  try {
    const decoded = turbo.decompressSync(bytes, target, { format: turbo.FORMAT_RGBX });
    if (decoded.width !== width || decoded.height !== height) return null;
    return { orientation, width, height };
  } catch {
    return null;
  }
}

/**
 * Whether a JPEG that turbo objected to has too little data before its end mark: then data put in front of that mark
 * changes the picture. `pixels` is what turbo made of the file as it is.
 */
function dataEndsEarly(turbo: JpegDecoder, bytes: Buffer, pixels: Buffer): boolean {
  const end = bytes.lastIndexOf(Buffer.from([0xff, 0xd9]));
  const filler = Buffer.alloc(4096, 0x5a);
  const lengthened = Buffer.concat([bytes.subarray(0, end), filler, bytes.subarray(end)]);
  const again = Buffer.from(pixels);
  try {
    turbo.decompressSync(lengthened, again, { format: turbo.FORMAT_RGBX });
  } catch {
    // It objects again; what counts is what it filled in.
  }
  return !again.equals(pixels);
}

function hasTransparency(data: Uint8Array): boolean {
  for (let at = 3; at < data.length; at += 4) if (data[at] === 0) return true;
  return false;
}
