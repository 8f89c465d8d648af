import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "csv-parse/sync";
import { writeIrisSample } from "../../../resources/scripts/train-iris.ts";
import { floatMatrix, runModel } from "../../helpers/models/run-model.ts";

const sample = join(import.meta.dirname, "../../../resources/samples/iris");
const generated = ["model/iris.onnx", "data/held-out.csv", "truth.csv", "iris-150.csv"];
const measures = ["sepal_length", "sepal_width", "petal_length", "petal_width"];

type Flower = Record<string, string>;

function readFlowers(file: string): Flower[] {
  return parse<Flower>(readFileSync(join(sample, file)), { columns: true });
}

test("training again gives the bundled files byte for byte", () => {
  const folder = mkdtempSync(join(tmpdir(), "batchdeck-iris-"));
  try {
    writeIrisSample(folder);
    for (const file of generated) {
      expect(readFileSync(join(folder, file)).equals(readFileSync(join(sample, file))), file).toBe(true);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the 30 held-out flowers are 10 of each species out of the 150", () => {
  const heldOut = readFlowers("data/held-out.csv");
  const all = readFlowers("iris-150.csv");
  expect(all).toHaveLength(150);
  expect(heldOut).toHaveLength(30);
  for (const flower of heldOut) expect(all[Number(flower["id"]) - 1]).toEqual(flower);
  const truth = readFlowers("truth.csv");
  expect(truth).toEqual(heldOut.map(({ species }, index) => ({ row: String(index + 1), species })));
  for (const species of ["setosa", "versicolor", "virginica"]) {
    expect(heldOut.filter((flower) => flower["species"] === species)).toHaveLength(10);
  }
});

test("at least 0.9 of the held-out flowers get their species, and the label is the likeliest one", async () => {
  const flowers = readFlowers("data/held-out.csv");
  const { label, probabilities } = await runModel(join(sample, "model/iris.onnx"), {
    measurements: floatMatrix(flowers.map((flower) => measures.map((name) => Number(flower[name])))),
  });
  const right = flowers.filter((flower, index) => flower["species"] === label?.values[index]);
  expect(right.length / flowers.length).toBeGreaterThanOrEqual(0.9);
  const labels = ["setosa", "versicolor", "virginica"];
  flowers.forEach((_, index) => {
    const row = (probabilities?.values ?? []).slice(index * 3, index * 3 + 3).map(Number);
    expect(labels[row.indexOf(Math.max(...row))]).toBe(label?.values[index]);
  });
});
