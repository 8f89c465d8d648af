import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { imageModel, fixedBatchImageModel } from "../../helpers/models/image-models.ts";
import * as fixtures from "../../helpers/models/model-fixtures.ts";
import { float16Bits } from "../../helpers/models/onnx-builder.ts";
import { floatMatrix, runModel, tensorValues } from "../../helpers/models/run-model.ts";

const threeRows = floatMatrix([
  [0, 1, 2, 3],
  [4, -5, 6, 7],
  [8, 9, -1, 1],
]);

test("the dense classifier gives a label and probabilities that add up to 1, and depends on its seed", async () => {
  const { label, probabilities } = await runModel(fixtures.denseModel(), { features: threeRows });
  expect(label?.dims).toEqual([3]);
  expect(probabilities?.dims).toEqual([3, 3]);
  const values = probabilities?.values.map(Number) ?? [];
  for (const [row, expected] of (label?.values ?? []).entries()) {
    const ofRow = values.slice(row * 3, row * 3 + 3);
    expect(ofRow.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    expect(ofRow.indexOf(Math.max(...ofRow))).toBe(Number(expected));
  }
  expect(fixtures.denseModel({ seed: 1 })).toEqual(fixtures.denseModel());
  expect(fixtures.denseModel({ seed: 2 })).not.toEqual(fixtures.denseModel());
});

test("the fixed batch models take one item and refuse three", async () => {
  const one = await runModel(fixtures.fixedBatchModel(), { features: floatMatrix([[0, 1, 2, 3]]) });
  expect(one["probabilities"]?.dims).toEqual([1, 3]);
  await expect(runModel(fixtures.fixedBatchModel(), { features: threeRows })).rejects.toThrow(/Got: 3 Expected: 1/);
});

test("the models for benchmarks take 20 columns", async () => {
  const row = floatMatrix([Array.from({ length: 20 }, (_, index) => index)]);
  for (const width of [64, 512] as const) {
    const { probabilities } = await runModel(fixtures.bigDenseModel(width), { features: row });
    expect(probabilities?.dims).toEqual([1, 3]);
  }
});

test("the model that does nothing gives back its input", async () => {
  const { same } = await runModel(fixtures.noOpModel(), { features: threeRows });
  expect(same?.values).toEqual(tensorValues(threeRows));
});

test("the model with an input a column is linear in each of them", async () => {
  const score = async (age: number, income: number, children: bigint): Promise<number> => {
    const results = await runModel(fixtures.perColumnModel(), {
      age: floatMatrix([[age]]),
      income: floatMatrix([[income]]),
      children: new Tensor("int64", BigInt64Array.of(children), [1, 1]),
    });
    return Number(results["score"]?.values[0]);
  };
  const base = await score(0, 0, 0n);
  const steps = [(await score(1, 0, 0n)) - base, (await score(0, 1, 0n)) - base, (await score(0, 0, 1n)) - base];
  expect(new Set(steps.map((step) => step.toFixed(4))).size).toBe(3);
  const all = await score(2, 3, 4n);
  expect(all).toBeCloseTo(base + 2 * (steps[0] ?? 0) + 3 * (steps[1] ?? 0) + 4 * (steps[2] ?? 0), 4);
});

test("the scikit-learn model ends in a list of maps that cannot be fetched, its label can", async () => {
  const feeds = { float_input: threeRows };
  await expect(runModel(fixtures.zipMapModel(), feeds)).rejects.toThrow(/Non tensor type/);
  const { output_label } = await runModel(fixtures.zipMapModel(), feeds, ["output_label"]);
  expect(output_label?.dims).toEqual([3]);
  for (const label of output_label?.values ?? []) expect(fixtures.zipMapLabels).toContain(label);
  const numbers = await runModel(fixtures.zipMapModel({ labels: "int64" }), feeds, ["output_label"]);
  expect(numbers["output_label"]?.values).toEqual(
    output_label?.values.map((label) => BigInt(fixtures.zipMapLabels.findIndex((name) => name === label))),
  );
});

test("the text model gives text and numbers", async () => {
  const cities = new Tensor("string", ["Lyon", "São Paulo", "Springfield"], [3, 1]);
  expect(await runModel(fixtures.stringModel(), { city: cities })).toEqual({
    country: { dims: [3, 1], values: ["France", "Brazil", "unknown"] },
    code: { dims: [3, 1], values: [33n, 55n, -1n] },
  });
});

test("the whole-number model goes beyond what a double holds", async () => {
  const ids = new Tensor("int64", BigInt64Array.of(1n, 2n ** 60n + 1n), [2, 1]);
  expect(await runModel(fixtures.int64Model(), { id: ids })).toEqual({
    same: { dims: [2, 1], values: [1n, 2n ** 60n + 1n] },
    moved: { dims: [2, 1], values: [2n ** 53n + 2n, 2n ** 60n + 2n ** 53n + 2n] },
  });
});

test("the half-precision model halves", async () => {
  const bits = Uint16Array.of(float16Bits(3), float16Bits(-0.25));
  const features = new Tensor("float16", bits, [1, 2]);
  // Where Float16Array exists, the tensor holds one, which the native side takes for an empty array.
  Object.defineProperty(features, "data", { value: bits });
  const session = await InferenceSession.create(fixtures.float16Model());
  const data = (await session.run({ features }))["halved"]?.data as Uint16Array;
  expect([...new Uint16Array(data.buffer, data.byteOffset, data.length)]).toEqual([
    float16Bits(1.5),
    float16Bits(-0.125),
  ]);
});

test("the two picture models agree, whatever the layout", async () => {
  const [height, width] = [32, 32];
  const planes = Float32Array.from({ length: 3 * height * width }, (_, index) => ((index * 7) % 255) / 255);
  const pixels = new Float32Array(planes.length);
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      pixels[pixel * 3 + channel] = planes[channel * height * width + pixel] ?? 0;
    }
  }
  const first = await runModel(imageModel(), { image: new Tensor("float32", planes, [1, 3, height, width]) });
  const last = await runModel(fixedBatchImageModel(), {
    image: new Tensor("float32", pixels, [1, height, width, 3]),
  });
  expect(first["probabilities"]?.dims).toEqual([1, 3]);
  expect(last["probabilities"]?.values).toEqual(first["probabilities"]?.values);
});
