import { readFileSync } from "node:fs";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { createJpegDecoder } from "../../../native-worker/readers/images/jpeg/jpeg-decoder.ts";

/**
 * Processor time a JPEG costs each decoder, in turn, many times over: the least, the middle and the most of all rounds.
 * Arguments: a file, how many rounds (100).
 */

const [file = "", rounds = "100"] = process.argv.slice(2);
const bytes = readFileSync(file);
const decodeJpeg = createJpegDecoder();
const canvas = createCanvas(1, 1);
let pixels = Buffer.alloc(0);

const decoders: Readonly<Record<string, () => unknown>> = {
  "libjpeg-turbo in WebAssembly": () =>
    decodeJpeg(bytes, ({ width, height }) => {
      if (pixels.length !== width * height * 4) pixels = Buffer.alloc(width * height * 4);
      return pixels;
    }),
  canvas: async () => {
    const image = await loadImage(bytes);
    canvas.width = image.width;
    canvas.height = image.height;
    canvas.getContext("2d").drawImage(image, 0, 0);
    return canvas.data();
  },
};

const spent = Object.fromEntries(Object.keys(decoders).map((name): [string, number[]] => [name, []]));
for (let round = 0; round < Number(rounds); round += 1) {
  for (const [name, decode] of Object.entries(decoders)) {
    const before = process.cpuUsage();
    await decode();
    const { user, system } = process.cpuUsage(before);
    // The first round compiles.
    if (round > 0) spent[name]?.push((user + system) / 1000);
  }
}
for (const [name, times] of Object.entries(spent)) {
  const sorted = times.toSorted((a, b) => a - b);
  const [least, middle, most] = [0, Math.floor(sorted.length / 2), sorted.length - 1].map((at) =>
    sorted[at]?.toFixed(2),
  );
  console.log(`${name}: ${least} / ${middle} / ${most} ms`);
}
