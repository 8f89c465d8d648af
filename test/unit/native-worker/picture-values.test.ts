import { crc32, deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { ImageScorer } from "../../../electron/contract/nouns/scorers/image-scorer.ts";
import { createImageTensorWriter } from "../../../native-worker/readers/images/image-tensor.ts";
import { createPictureReader } from "../../../native-worker/readers/images/image.ts";
import { pictureScorer } from "../../helpers/data/picture-scorer.ts";
import {
  type ReferencePicture,
  referenceFile,
  referencePictures,
  resizedPictures,
} from "../../helpers/data/reference-pictures.ts";

const pictures = referencePictures();

/** The bytes that a model of `width` × `height` is given, three a pixel. */
async function read(
  content: Buffer,
  width: number,
  height: number,
  settings: Partial<ImageScorer> = {},
): Promise<Uint8Array> {
  const scorer: ImageScorer = { ...pictureScorer("uint8", height, width), ...settings };
  const writer = createImageTensorWriter(scorer);
  if (writer === null) throw new Error("uint8 holds pictures");
  const values = writer.allocate(1) as Uint8Array;
  const read = await createPictureReader(scorer, writer)(content, values, 0, () => undefined);
  if ("code" in read) throw new Error(read.message);
  return values;
}

function furthest(found: Uint8Array, wanted: Uint8Array): number {
  expect(found.length).toBe(wanted.length);
  return found.reduce((most, level, at) => Math.max(most, Math.abs(level - (wanted[at] as number))), 0);
}

async function distance({ content, width, height, pixels }: ReferencePicture): Promise<number | string> {
  try {
    return furthest(await read(content, width, height), pixels);
  } catch (error) {
    return String(error);
  }
}

describe("pixels are those that PIL reads", () => {
  test("there are at least 150 pictures", () => {
    expect(pictures.length).toBeGreaterThanOrEqual(150);
  });

  for (const ending of ["jpg|jpeg|jpe|jfif", "png", "webp", "gif", "bmp", "tif|tiff", "avif"]) {
    test(`${ending}: none is more than a level off`, async () => {
      const off: string[] = [];
      for (const picture of pictures.filter(({ name }) => new RegExp(`\\.(${ending})$`).test(name))) {
        const most = await distance(picture);
        if (typeof most === "string" || most > 1) off.push(`${picture.name}: ${most}`);
      }
      expect(off).toEqual([]);
    });
  }
});

describe("opacity", () => {
  const [opaque, half, hidden] = [
    [10, 20, 30, 255],
    [200, 100, 50, 128],
    [90, 80, 70, 0],
  ] as const;
  const over = (level: number, opacity: number, background: number) =>
    Math.round((level * opacity + background * (255 - opacity)) / 255);
  const file = rgbaPng([opaque, half, hidden]);

  test("is left out: hidden colours are those of the file", async () => {
    const wanted = [opaque, half, hidden].flatMap((pixel) => pixel.slice(0, 3));
    expect([...(await read(file, 3, 1))]).toEqual(wanted);
    expect([...(await read(file, 3, 1, { alpha: "drop" }))]).toEqual(wanted);
  });

  test("is black or white behind the picture where that is asked for", async () => {
    for (const [alpha, background] of [
      ["black", 0],
      ["white", 255],
    ] as const) {
      const wanted = [opaque, half, hidden].flatMap(([red, green, blue, opacity]) =>
        [red, green, blue].map((level) => over(level, opacity, background)),
      );
      expect([...(await read(file, 3, 1, { alpha }))]).toEqual(wanted);
    }
  });

  test("of WebP, GIF, AVIF and palettes too", async () => {
    const names = [
      "lossless-hidden.webp",
      "lossy-alpha-80.webp",
      "transparent.gif",
      "alpha.avif",
      "palette-transparent.png",
    ];
    for (const name of names) {
      const picture = pictures.find((known) => known.name === name) as ReferencePicture;
      const [black, white] = await Promise.all(
        (["black", "white"] as const).map((alpha) => read(picture.content, picture.width, picture.height, { alpha })),
      );
      const lighter = (white as Uint8Array).map((level, at) => level - ((black as Uint8Array)[at] as number));
      // Behind a pixel that is not seen at all one background is black, the other white.
      expect([name, Math.max(...lighter)]).toEqual([name, 255]);
      expect(Math.min(...lighter)).toBe(0);
    }
  });
});

describe("resized pixels", () => {
  for (const filter of ["bilinear", "bicubic", "lanczos"] as const) {
    test(`${filter}: as PIL's, stretched, cut and with the middle cut out`, async () => {
      for (const { file, settings, width, height, pixels } of resizedPictures()) {
        if (settings.resample !== filter) continue;
        const found = await read(referenceFile(file), width, height, settings);
        expect([file, settings, width, height, furthest(found, pixels)]).toEqual([file, settings, width, height, 0]);
      }
    });
  }

  test("area: as OpenCV's INTER_AREA, and linear where it grows", async () => {
    const known = resizedPictures().filter(({ settings }) => settings.resample === undefined);
    expect(known.length).toBeGreaterThan(10);
    for (const { file, width, height, pixels } of known) {
      const most = furthest(await read(referenceFile(file), width, height), pixels);
      expect([file, width, height, most <= 1]).toEqual([file, width, height, true]);
    }
  });

  test("the middle that is cut out by area is that of the whole picture resized", async () => {
    const whole = await read(referenceFile("wide.png"), 43, 32);
    const middle = await read(referenceFile("wide.png"), 20, 20, { resizeShorter: 32 });
    const rows = Array.from({ length: 20 }, (_, row) =>
      whole.slice(((row + 6) * 43 + 12) * 3, ((row + 6) * 43 + 32) * 3),
    );
    expect(furthest(middle, Uint8Array.from(rows.flatMap((row) => [...row])))).toBe(0);
  });

  test("contain keeps its border under every filter", async () => {
    const settings = { resize: "contain", resample: "bicubic", pad: [1, 2, 3] } as const;
    const found = await read(referenceFile("wide.png"), 30, 30, { ...settings, pad: [...settings.pad] });
    expect([...found.slice(0, 3)]).toEqual([1, 2, 3]);
    const inner = await read(referenceFile("wide.png"), 30, 22, { resample: "bicubic" });
    expect(furthest(found.slice(4 * 30 * 3, 26 * 30 * 3), inner)).toBe(0);
  });
});

/** One row of pixels. */
function rgbaPng(pixels: readonly (readonly number[])[]): Buffer {
  const chunk = (name: string, body: Buffer): Buffer => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(body.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(Buffer.concat([Buffer.from(name), body])));
    return Buffer.concat([head, Buffer.from(name), body, sum]);
  };
  const header = Buffer.from([0, 0, 0, pixels.length, 0, 0, 0, 1, 8, 6, 0, 0, 0]);
  const row = Buffer.from([0, ...pixels.flat()]);
  const signature = Buffer.from("89504e470d0a1a0a", "hex");
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(row)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
