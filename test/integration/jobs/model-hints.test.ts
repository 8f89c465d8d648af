import fs from "node:fs";
import path from "node:path";
import { beforeAll, expect, it } from "vitest";
import type { Preflight } from "../../../electron/contract/nouns/preflight.ts";
import { batchdeck, batchdeckJson, deploy } from "../../helpers/batchdeck.ts";
import { bitmapFile } from "../../helpers/data/bitmap.ts";
import { encodeModel } from "../../helpers/models/onnx-builder.ts";
import { temporaryPlaces } from "../../helpers/places.ts";
import { runInProcess } from "../../helpers/command-line.ts";

/** What a model says or shows of itself decides how it is run, and users are told. */
const { root, home } = temporaryPlaces("model-hints");
const input = path.join(root, "input");

/** y = x minus the mean of its run: alone, a row comes out as nothing but zeros. */
const minusMean = encodeModel({
  graph: {
    nodes: [
      { op: "ReduceMean", inputs: ["x"], outputs: ["m"], attributes: { axes: { ints: [0] }, keepdims: { int: 1 } } },
      { op: "Sub", inputs: ["x", "m"], outputs: ["y"] },
    ],
    inputs: [{ name: "x", type: "float", shape: ["N", 2] }],
    outputs: [{ name: "y", type: "float", shape: ["N", 2] }],
  },
});

/** The level of one pixel of a gray picture, as the model gets it. */
const oneLevel = encodeModel({
  graph: {
    nodes: [{ op: "Flatten", inputs: ["x"], outputs: ["y"] }],
    inputs: [{ name: "x", type: "float", shape: ["N", 1, 1, 1] }],
    outputs: [{ name: "y", type: "float", shape: ["N", 1] }],
  },
  metadata: { "Image.BitmapPixelFormat": "Gray8", "Image.NominalPixelRange": "NominalRange_0_255" },
});

beforeAll(async () => {
  fs.mkdirSync(input);
  fs.writeFileSync(path.join(input, "a.csv"), "a,b\n1,2\n3,4\n5,6\n");
  fs.writeFileSync(path.join(input, "a.bmp"), bitmapFile(1, 1, [200, 200, 200]));
  await deploy(home, "pixel", oneLevel);
});

it("a model whose items depend on each other scores each alone, and that is said", async () => {
  await deploy(home, "mean", minusMean);
  const ran = await runInProcess(home, "deployment", "update", "-f", path.join(`${home}-mean`, "deployment.yml"));
  expect(ran.stderr).toContain("The model runs one item at a time");
  const report = await batchdeckJson<Preflight>(home, "invoke", "-n", "mean", "--input", input, "--dry-run");
  expect(report.warnings).toContainEqual(expect.stringContaining("The model runs one item at a time"));
  expect(report.plan).toMatchObject({ batch: 1, batch_chosen_by: "model" });
  const out = path.join(root, "out");
  expect(await batchdeck(home, "invoke", "-n", "mean", "--input", input, "--output-path", out)).toMatchObject({
    code: 0,
  });
  const rows = fs.readFileSync(path.join(out, "predictions.csv"), "utf8");
  expect(rows).toBe("file,row,y_0,y_1\na.csv,1,0,0\na.csv,2,0,0\na.csv,3,0,0\n");
});

it("a model that says what its levels are gets them so, and the preview shows it", async () => {
  const report = await batchdeckJson<Preflight>(home, "invoke", "-n", "pixel", "--input", input, "--dry-run");
  expect(report.plan?.pixels).toMatchObject({ color: "gray", height: 1, width: 1, lowest: 0, highest: 255 });
  expect(report.sample?.rows).toEqual([["a.bmp", "200"]]);
  const words = await runInProcess(home, "invoke", "-n", "pixel", "--input", input, "--dry-run");
  expect(words.stdout).toMatch(/^pixels {3}1 × 1 gray, stretched; levels 0 to 255 become 0 to 255$/m);
});
