import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { Tensor } from "onnxruntime-node";
import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { scorerFileSchema } from "../../../electron/contract/nouns/scorers/scorer-file.ts";
import { copyOrientationModel } from "../../../resources/scripts/make-text-orientation.ts";
import { runModel } from "../../helpers/models/run-model.ts";

const sample = join(import.meta.dirname, "../../../resources/samples/text-orientation");
const scorer = scorerFileSchema.parse(parseYaml(readFileSync(join(sample, "model/scorer.yml"), "utf8")));
const truth = parse<{ file: string; orientation: string }>(readFileSync(join(sample, "truth.csv")), { columns: true });

test("the model is the package's, unchanged, and its licence lies beside it", () => {
  const folder = mkdtempSync(join(tmpdir(), "batchdeck-orientation-"));
  try {
    copyOrientationModel(folder);
    const hash = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");
    expect(hash(join(sample, "model/orientation.onnx"))).toBe(hash(join(folder, "model/orientation.onnx")));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  expect(readFileSync(join(sample, "model/LICENSE"), "utf8")).toMatch(/Apache License\s+Version 2\.0/);
});

test("every picture has its truth, half of them stand on their heads, and both file kinds occur", () => {
  expect(truth.map((row) => row.file)).toEqual(readdirSync(join(sample, "data")).sort());
  expect(truth).toHaveLength(48);
  expect(truth.filter((row) => row.orientation === "upside-down")).toHaveLength(24);
  for (const ending of [".jpg", ".png"]) {
    const orientations = truth.filter((row) => row.file.endsWith(ending)).map((row) => row.orientation);
    expect(new Set(orientations).size).toBe(2);
  }
});

test("at least 0.9 of the pictures are told right with the settings of scorer.yml", async () => {
  const { size: [height, width] = [0, 0], color, resize, scale, mean, std } = scorer.input ?? {};
  const labels = scorer.output?.labels;
  expect({ height, width, color, resize }).toEqual({ height: 48, width: 192, color: "bgr", resize: "stretch" });
  const values = new Float32Array(truth.length * 3 * height * width);
  for (const [index, { file }] of truth.entries()) {
    const picture = await loadImage(join(sample, "data", file));
    const context = createCanvas(width, height).getContext("2d");
    context.drawImage(picture, 0, 0, width, height);
    const pixels = context.getImageData(0, 0, width, height).data;
    for (let channel = 0; channel < 3; channel++) {
      const plane = (index * 3 + channel) * height * width;
      for (let pixel = 0; pixel < height * width; pixel++) {
        // Blue first: channel 0 is the picture's third.
        const value = pixels[pixel * 4 + 2 - channel] ?? 0;
        values[plane + pixel] = (value * Number(scale) - Number(mean)) / Number(std);
      }
    }
  }
  const outputs = await runModel(join(sample, "model/orientation.onnx"), {
    x: new Tensor("float32", values, [truth.length, 3, height, width]),
  });
  const scores = outputs["softmax_0.tmp_0"];
  expect(scores?.dims).toEqual([truth.length, 2]);
  const right = truth.filter(({ orientation }, index) => {
    const isUpsideDown = Number(scores?.values[index * 2 + 1]) > Number(scores?.values[index * 2]);
    return labels?.[isUpsideDown ? 1 : 0] === orientation;
  });
  expect(right.length / truth.length).toBeGreaterThanOrEqual(0.9);
});
