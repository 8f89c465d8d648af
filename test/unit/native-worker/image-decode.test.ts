import { createCanvas } from "@napi-rs/canvas";
import { describe, expect, test } from "vitest";
import type { DecodedImage, ImageFailure } from "../../../native-worker/readers/images/image-decode.ts";
import { createImageDecoder } from "../../../native-worker/readers/images/image-decode.ts";
import { readImageHeader } from "../../../native-worker/readers/images/image-header.ts";
import { createImageTensorWriter } from "../../../native-worker/readers/images/image-tensor.ts";
import type { ImageScorer } from "../../../electron/contract/nouns/scorers/image-scorer.ts";
import { createPictureReader } from "../../../native-worker/readers/images/image.ts";
import { referenceFile } from "../../helpers/data/reference-pictures.ts";
import { seededRandom } from "../../helpers/random.ts";
import { pictureScorer } from "../../helpers/data/picture-scorer.ts";

const width = 60;
const height = 40;

/** Left half red, right half blue, with a green corner at the top left. */
function drawing() {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  context.fillStyle = "#ff0000";
  context.fillRect(0, 0, width / 2, height);
  context.fillStyle = "#0000ff";
  context.fillRect(width / 2, 0, width / 2, height);
  context.fillStyle = "#00ff00";
  context.fillRect(0, 0, 10, 10);
  return canvas;
}

const files = {
  jpeg: drawing().toBuffer("image/jpeg", 95),
  png: drawing().toBuffer("image/png"),
  webp: drawing().toBuffer("image/webp", 100),
  gif: drawing().encodeSync("gif"),
  bmp: bmpFile(),
};

function bmpFile(): Buffer {
  const rowBytes = width * 3;
  const bytes = Buffer.alloc(54 + rowBytes * height);
  bytes.write("BM");
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  const pixels = drawing().getContext("2d").getImageData(0, 0, width, height).data;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = ((height - 1 - y) * width + x) * 4;
      const to = 54 + y * rowBytes + x * 3;
      for (const channel of [0, 1, 2]) bytes[to + channel] = pixels[from + 2 - channel] as number;
    }
  }
  return bytes;
}

let pixels = Buffer.alloc(0);
const decode = createImageDecoder(({ width, height }) => {
  pixels = Buffer.alloc(width * height * 4);
  return pixels;
});
const decoded = async (bytes: Buffer): Promise<DecodedImage> => {
  const result = await decode(bytes, () => undefined);
  if ("code" in result) throw new Error(result.message);
  return result;
};
const failure = async (bytes: Buffer): Promise<ImageFailure> => {
  const result = await decode(bytes, () => undefined);
  if (!("code" in result)) throw new Error("it was decoded");
  return result;
};
/** Of the picture that was decoded last. */
const pixelAt = (image: DecodedImage, x: number, y: number): number[] => {
  const at = (y * image.width + x) * 4;
  return Array.from(pixels.subarray(at, at + 3));
};
const near = (found: readonly number[], wanted: readonly number[]) =>
  found.every((value, channel) => Math.abs(value - (wanted[channel] as number)) <= 12);

/** A JPEG with an EXIF segment that asks for a turn; little-endian or big-endian TIFF. */
function withOrientation(jpeg: Buffer, orientation: number, isLittle: boolean): Buffer {
  const tiff = Buffer.alloc(26);
  tiff.write(isLittle ? "II" : "MM");
  const short = (value: number, at: number) =>
    isLittle ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at);
  const long = (value: number, at: number) =>
    isLittle ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at);
  short(42, 2);
  long(8, 4);
  short(1, 8);
  short(0x0112, 10);
  short(3, 12);
  long(1, 14);
  short(orientation, 18);
  const body = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
  const segment = Buffer.from([0xff, 0xe1, 0, body.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), segment, body, jpeg.subarray(2)]);
}

describe("headers", () => {
  test("size and format come from the content", () => {
    for (const [format, bytes] of Object.entries(files)) {
      expect(readImageHeader(bytes)).toMatchObject({ format, width, height, isComplete: true });
    }
  });

  test("EXIF's orientation is read in both byte orders", () => {
    for (const orientation of [1, 3, 6, 8]) {
      for (const isLittle of [true, false]) {
        expect(readImageHeader(withOrientation(files.jpeg, orientation, isLittle))).toMatchObject({ orientation });
      }
    }
    expect(readImageHeader(withOrientation(files.jpeg, 77, true))).toMatchObject({ orientation: 1 });
  });

  test("any beginning of any file is read without an exception", () => {
    for (const bytes of [...Object.values(files), withOrientation(files.jpeg, 6, true)]) {
      // One byte less than a GIF still holds the whole frame: the last is only the end mark.
      for (let length = 0; length < Math.min(bytes.length - 1, 700); length++) {
        const header = readImageHeader(bytes.subarray(0, length));
        if (header !== null && !("damaged" in header)) expect(header.isComplete).toBe(false);
      }
    }
  });
});

describe("decoding", () => {
  test("every format shows the same picture", async () => {
    for (const [format, bytes] of Object.entries(files)) {
      const image = await decoded(bytes);
      expect([format, image.width, image.height]).toEqual([format, width, height]);
      expect(near(pixelAt(image, 4, 4), [0, 255, 0])).toBe(true);
      expect(near(pixelAt(image, 20, 30), [255, 0, 0])).toBe(true);
      expect(near(pixelAt(image, 50, 30), [0, 0, 255])).toBe(true);
    }
  });

  test("pictures larger and smaller than the one before come out right", async () => {
    for (const side of [64, 8, 300, 16]) {
      const canvas = createCanvas(side, side);
      const context = canvas.getContext("2d");
      context.fillStyle = "#ff8000";
      context.fillRect(0, 0, side, side);
      for (const bytes of [canvas.toBuffer("image/jpeg", 95), canvas.toBuffer("image/png")]) {
        const image = await decoded(bytes);
        expect(image.width).toBe(side);
        expect(near(pixelAt(image, side - 1, side - 1), [255, 128, 0])).toBe(true);
      }
    }
  });

  test("bytes that a camera left before the end mark are harmless", async () => {
    const end = files.jpeg.length - 2;
    const odd = Buffer.concat([files.jpeg.subarray(0, end), Buffer.from([1, 2, 3, 4]), files.jpeg.subarray(end)]);
    expect(near(pixelAt(await decoded(odd), 50, 30), [0, 0, 255])).toBe(true);
  });
});

describe("what is no intact picture", () => {
  test("a JPEG cut off anywhere is damaged, never half a picture", async () => {
    for (let length = 3; length < files.jpeg.length; length += 97) {
      expect((await failure(files.jpeg.subarray(0, length))).code).toBe("image-damaged");
    }
    expect((await failure(files.jpeg.subarray(0, -2))).code).toBe("image-damaged");
  });

  test("a JPEG whose data ends early is damaged though it has an end mark", async () => {
    const cut = Buffer.concat([files.jpeg.subarray(0, Math.floor(files.jpeg.length * 0.8)), Buffer.from([0xff, 0xd9])]);
    expect((await failure(cut)).code).toBe("image-damaged");
  });

  test("cut-off files of the other formats are damaged", async () => {
    for (const format of ["png", "webp", "bmp", "gif"] as const) {
      const cut = files[format].subarray(0, Math.floor(files[format].length * 0.7));
      expect([format, (await failure(cut)).code]).toEqual([format, "image-damaged"]);
    }
  });

  test("a PNG with one changed byte in its data is damaged", async () => {
    const changed = Buffer.from(files.png);
    const at = changed.indexOf("IDAT") + 20;
    changed[at] = (changed[at] as number) ^ 0x55;
    expect((await failure(changed)).code).toBe("image-damaged");
  });

  test("text, and other files that are no pictures", async () => {
    for (const bytes of [Buffer.from("This is a shopping list."), Buffer.from("BM is a car"), Buffer.alloc(40)]) {
      expect((await failure(bytes)).code).toBe("image-not-an-image");
    }
  });

  test("a picture of more than 100 megapixels is refused before a decoder sees it", async () => {
    const bomb = Buffer.from(files.jpeg);
    const frame = bomb.indexOf(Buffer.from([0xff, 0xc0]));
    bomb.writeUInt16BE(20_000, frame + 5);
    bomb.writeUInt16BE(20_000, frame + 7);
    let isDecoding = false;
    const result = await decode(bomb, () => {
      isDecoding = true;
    });
    expect(result).toMatchObject({ code: "image-too-large" });
    expect(isDecoding).toBe(false);
  });

  test("a TIFF that cannot be decoded is called unsupported", async () => {
    const tiff = Buffer.from("49492a00080000000200000103000100000002000000010103000100000002000000", "hex");
    expect(await failure(tiff)).toMatchObject({ code: "image-unsupported" });
  });
});

describe("changed bytes", () => {
  const names = [
    ...["q75-420.jpg", "cmyk.jpg", "rgba-interlaced.png", "palette-4.png", "lossless-alpha.webp", "animated.webp"],
    ...["transparent.gif", "palette-8.bmp", "alpha.avif", "rgb-tiff_lzw.tif", "tiles-deflate.tif", "planes.tif"],
    ...["rgb-packbits.tif", "jpeg.tif", "palette.tiff", "gray-16-lzw.tif"],
  ];

  test("give a picture of the size in its header, or a failure, in every format", async () => {
    const random = seededRandom(11);
    for (const name of names) {
      const content = referenceFile(name);
      for (let round = 0; round < 60; round++) {
        const changed = Buffer.from(content);
        for (let flip = 0; flip <= round % 4; flip++) {
          // Half of them near the start, where the structure is.
          const at = Math.floor(random() * (flip % 2 === 0 ? Math.min(400, changed.length) : changed.length));
          changed[at] = Math.floor(random() * 256);
        }
        const result = await decode(changed, () => undefined);
        if ("code" in result) expect(result.code).toMatch(/^image-/);
        else expect(pixels.length).toBe(result.width * result.height * 4);
      }
    }
  });

  test("a cut-off file is damaged in every format", async () => {
    for (const name of names) {
      const content = referenceFile(name);
      for (const part of [0.3, 0.6, 0.9]) {
        const result = await decode(content.subarray(0, Math.floor(content.length * part)), () => undefined);
        // A TIFF without its directory tells no kind.
        const codes = ["image-damaged", "image-unsupported"];
        expect([name, part, "code" in result ? codes.includes(result.code) : false]).toEqual([name, part, true]);
      }
    }
  });
});

describe("a picture that lies on its side", () => {
  const plain = pictureScorer("float32", 30, 20);
  const image = {
    ...({ format: "png", as: "alpha", range: [0, 1], bits: 8, size: "input" } as const),
    ...({ layout: "nhw", channels: 1 } as const),
  };
  /** Its own pixels are kept. */
  const scorer: ImageScorer = { ...plain, outputs: plain.outputs.map((output) => ({ ...output, image })) };

  test("is turned as its EXIF asks, whatever decodes it, and so are its own pixels", async () => {
    const writer = createImageTensorWriter(scorer);
    if (writer === null) throw new Error("float32 holds pictures");
    const read = createPictureReader(scorer, writer);
    const end = files.jpeg.length - 2;
    // The decoder objects to stray bytes, so canvas decodes the second one.
    const odd = Buffer.concat([files.jpeg.subarray(0, end), Buffer.from([1, 2, 3, 4]), files.jpeg.subarray(end)]);
    // Where the green corner of the upright picture is seen, for each orientation.
    const corners = { 1: [0, 0], 2: [19, 0], 3: [19, 29], 4: [0, 29], 5: [0, 0], 6: [19, 0], 7: [19, 29], 8: [0, 29] };
    for (const [orientation, [x = 0, y = 0]] of Object.entries(corners)) {
      for (const jpeg of [files.jpeg, odd]) {
        const values = writer.allocate(1) as Float32Array;
        const picture = await read(withOrientation(jpeg, Number(orientation), false), values, 0, () => undefined);
        if ("code" in picture || picture.pixels === null) throw new Error("It was not read.");
        const { width, height } = picture.place.size;
        const corner = ((y === 0 ? 0 : height - 1) * width + (x === 0 ? 0 : width - 1)) * 4;
        const seen = Array.from(picture.pixels.slice(corner, corner + 3));
        expect([orientation, near(seen, [0, 255, 0])]).toEqual([orientation, true]);
        const greens = [0, 19].flatMap((column) => [0, 29].map((row) => [column, row]));
        const found = greens.filter(([column = 0, row = 0]) =>
          near(Array.from(values.slice((row * 20 + column) * 3, (row * 20 + column) * 3 + 3)), [0, 255, 0]),
        );
        expect([orientation, found]).toEqual([orientation, [[x, y]]]);
      }
    }
  });
});
