import type { PictureSize } from "../image-resize.ts";
import compiledBytes from "./jpeg-decoder.wasm";

/** What jpeg-decoder.wasm exports, in the order in which it wants to be called: scripts/jpeg-decoder/decoder.c. */
type Decoder = {
  readonly memory: WebAssembly.Memory;
  readonly room: (fileBytes: number) => number;
  readonly readHeader: () => void;
  readonly width: () => number;
  readonly height: () => number;
  readonly components: () => number;
  readonly start: () => number;
  readonly decodeRows: () => number;
  readonly warnings: () => number;
};

/** What was decoded. Components: 1 gray, 3 colour. */
export type JpegPicture = PictureSize & {
  readonly components: number;
  /** The decoder objects to something: be it broken data or a harmless oddity, it does not say which. */
  readonly isDoubtful: boolean;
};

/** Room for a picture of that size, four bytes a pixel (red, green, blue, and 255). Null: it is not wanted. */
export type JpegRoom = (size: PictureSize) => Buffer | null;

/** Decodes a JPEG into `room`. Null: it is of a kind that is not decoded here, broken, or not wanted. */
export type JpegDecoder = (bytes: Buffer, room: JpegRoom) => JpegPicture | null;

const bytesAPixel = 4;
/** Memory that is kept for the next picture. */
const maxKeptBytes = 64 << 20;

let compiled: WebAssembly.Module | null = null;

function instantiate(): Decoder {
  compiled ??= new WebAssembly.Module(compiledBytes);
  return new WebAssembly.Instance(compiled).exports as Decoder;
}

/**
 * libjpeg-turbo in WebAssembly, with the accurate transform and smooth upsampling, as PIL, OpenCV and torchvision use it.
 * Gray and colour alone.
 */
export function createJpegDecoder(): JpegDecoder {
  let decoder: Decoder | null = null;
  return (bytes, room) => {
    const current = decoder ?? instantiate();
    // Taken up again only when it comes to a good end: after an error nothing in it can be relied on.
    decoder = null;
    try {
      const picture = decode(current, bytes, room);
      // Memory only grows, so a huge picture's is thrown away with its instance.
      if (current.memory.buffer.byteLength <= maxKeptBytes) decoder = current;
      return picture;
    } catch (error) {
      // A trap: libjpeg-turbo gives up.
      if (error instanceof WebAssembly.RuntimeError) return null;
      throw error;
    }
  };
}

function decode(decoder: Decoder, bytes: Buffer, room: JpegRoom): JpegPicture | null {
  const fileAt = decoder.room(bytes.length);
  new Uint8Array(decoder.memory.buffer, fileAt, bytes.length).set(bytes);
  decoder.readHeader();
  const size = { width: decoder.width(), height: decoder.height() };
  const target = room(size);
  if (target === null) return null;
  const rowBytes = size.width * bytesAPixel;
  const stripAt = decoder.start();
  let filled = 0;
  for (let rows = decoder.decodeRows(); rows > 0; rows = decoder.decodeRows()) {
    target.set(new Uint8Array(decoder.memory.buffer, stripAt, rows * rowBytes), filled);
    filled += rows * rowBytes;
  }
  return { ...size, components: decoder.components(), isDoubtful: decoder.warnings() > 0 };
}
