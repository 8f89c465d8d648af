import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { home, input, inFreshInputs } from "../../helpers/azure-script/fresh-inputs.ts";
import { expectSameRows } from "../../helpers/azure-script/scored-in-azure.ts";
import { deploy } from "../../helpers/batchdeck.ts";
import { bitmapFile } from "../../helpers/data/bitmap.ts";
import { oddPictures } from "../../helpers/data/malformed-pictures.ts";
import { referencePictures } from "../../helpers/data/reference-pictures.ts";
import { detectorLayouts } from "../../helpers/models/detector-layouts.ts";
import { encodeModel } from "../../helpers/models/onnx-builder.ts";

/** The script for Azure, run by Python, beside Batchdeck's own engine: pictures. */
inFreshInputs("azure-pictures");

/** Gives the levels that it takes, so that a level which differs is seen. */
function pixelsModel(shape: readonly (string | number)[], type: "float" | "uint8" = "float"): Uint8Array {
  return encodeModel({
    graph: {
      nodes: [{ op: "Identity", inputs: ["image"], outputs: ["pixels"] }],
      inputs: [{ name: "image", type, shape }],
      outputs: [{ name: "pixels", type, shape }],
    },
  });
}

/**
 * Not by the same decoder here: CMYK and AVIF; and what Debian's Pillow 9 reads otherwise than Pillow 12, with which the pictures were made (BMP
 * of 16 bits).
 */
const otherDecoder = /avif|cmyk|rgb-5[56]5/;
/** Pillow shows a background where the first frame of a GIF leaves its screen free; here it lies over black or white. */
const placed = /placed\.gif/;
/** Pillow reads what is left of these, and nobody is told. */
const readByPillow = ["flip-2.jpg", "more-behind.webp", "palette-missing.png", "size-lies.png"];

const level = 0.0039217;

describe("a script for pictures in Azure", () => {
  test.each([
    ["gray levels, stretched", "resize: stretch, color: gray", pixelsModel(["N", 9, 11, 1]), /size|gray/, 0],
    [
      "bytes with borders",
      "resize: contain, pad: [10, 20, 30], color: bgr",
      pixelsModel(["N", 3, 12, 10], "uint8"),
      /./,
      0,
    ],
    [
      "the middle",
      "resize_shorter: 14, crop: center, resample: bilinear",
      pixelsModel([1, 12, 12, 3]),
      /turned|tall/,
      0,
    ],
    // Its weights come from the sine of another library; and canvas, which reads WebP here, loses a level to opacity.
    [
      "Lanczos over black",
      "resize: cover, resample: lanczos, alpha: black",
      pixelsModel(["N", 3, 12, 10]),
      /rgb|palette|alpha/,
      2 * level,
    ],
  ])("has the same levels: %s", async (name, words, model, files, near) => {
    for (const { name: file, content } of referencePictures()) {
      if (otherDecoder.test(file) || !files.test(file) || (words.includes("alpha") && placed.test(file))) continue;
      fs.writeFileSync(path.join(input, file), content);
    }
    const endpoint = name.replace(/[^a-z]+/gi, "-");
    await deploy(home, endpoint, model, { scorer: `input: {kind: image, ${words}}\n` });
    const { rows } = await expectSameRows(home, endpoint, input, near);
    expect(rows.length).toBeGreaterThan(20);
  });

  test("fails what is no picture, or a broken one", async () => {
    for (const { name, content } of oddPictures()) {
      if (!readByPillow.includes(name)) fs.writeFileSync(path.join(input, name), content);
    }
    await deploy(home, "broken", pixelsModel(["N", 3, 4, 4]), { scorer: "input: {kind: image}\n" });
    const { errors } = await expectSameRows(home, "broken", input);
    expect(errors.length).toBeGreaterThan(50);
  });

  test("gives a row a box, in the pixels of the picture as it is shown", async () => {
    const things = [
      { corners: [50, 20, 70, 60], group: 0, score: 0.6 },
      { corners: [24, 28, 40, 36], group: 1, score: 0.9 },
      { corners: [25, 28, 41, 36], group: 1, score: 0.8 },
      { corners: [2, 20, 10, 30], group: 0, score: 0.3 },
    ] as const;
    const detections = "{format: yolov8, score: 0.25, labels: [cat, dog]}";
    await deploy(home, "boxes", detectorLayouts["yolov8"]?.(things) as Uint8Array, {
      scorer: `input: {resize: contain, pad: 255}\noutput: {detections: ${detections}}\n`,
    });
    for (const { name, content } of referencePictures()) {
      if (/turned|orientation|gray|rgba/.test(name) && !otherDecoder.test(name))
        fs.writeFileSync(path.join(input, name), content);
    }
    fs.writeFileSync(path.join(input, "black.bmp"), bitmapFile(20, 10, [0, 0, 0]));
    const { columns, rows } = await expectSameRows(home, "boxes", input, 1e-4);
    expect(columns).toEqual(["label", "score", "x1", "y1", "x2", "y2"]);
    expect(rows.length).toBeGreaterThan(20);
  });
});
