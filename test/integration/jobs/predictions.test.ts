import fs from "node:fs";
import path from "node:path";
import { createCanvas } from "@napi-rs/canvas";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { batchdeck, deploy } from "../../helpers/batchdeck.ts";
import {
  tableRows,
  writeCsvFolder,
  writeJsonLinesFolder,
  writeParquetFolder,
} from "../../helpers/data/data-fixtures.ts";
import {
  denseModel,
  fixedBatchModel,
  float16Model,
  int64Model,
  perColumnModel,
  stringModel,
  zipMapModel,
} from "../../helpers/models/model-fixtures.ts";
import { float16Bits } from "../../helpers/models/onnx-builder.ts";
import { seededRandom } from "../../helpers/random.ts";
import { floatMatrix, runModel } from "../../helpers/models/run-model.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { fixedBatchImageModel, imageModel } from "../../helpers/models/image-models.ts";

/** What a job writes is what ONNX Runtime itself gives for the same inputs, in the order of the input. */
const root = temporaryFolder("predictions");
let folders = 0;

type Row = Readonly<Record<string, string>>;

function newHome(): { home: string; input: string; out: string } {
  folders += 1;
  const place = path.join(root, String(folders));
  return { home: path.join(place, "home"), input: path.join(place, "input"), out: path.join(place, "out") };
}

async function score(
  place: ReturnType<typeof newHome>,
  model: Uint8Array,
  options: Parameters<typeof deploy>[3] = {},
): Promise<readonly Row[]> {
  await deploy(place.home, "scored", model, options);
  const ran = await batchdeck(place.home, "invoke", "-n", "scored", "--input", place.input, "--output-path", place.out);
  expect(ran.code, ran.stderr).toBe(0);
  return parse<Row>(fs.readFileSync(path.join(place.out, "predictions.csv")), { columns: true });
}

function writeText(folder: string, name: string, text: string): void {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, name), text);
}

function expectClose(found: readonly number[], wanted: ArrayLike<number | bigint | string>): void {
  expect(found).toHaveLength(wanted.length);
  // The text is the shortest that reads back as the same float32, so it is read back as one.
  const worst = found.reduce(
    (most, value, index) => Math.max(most, Math.abs(Math.fround(value) - Number(wanted[index]))),
    0,
  );
  expect(worst).toBeLessThanOrEqual(1e-5);
}

/** A picture of seeded noise: its PNG, and the red, green and blue of each pixel, row by row. */
function noise(width: number, height: number, seed: number): { png: Buffer; pixels: Uint8Array } {
  const random = seededRandom(seed + 1);
  const pixels = Uint8Array.from({ length: width * height * 3 }, () => Math.floor(random() * 256));
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    image.data.set([...pixels.subarray(pixel * 3, pixel * 3 + 3), 255], pixel * 4);
  }
  context.putImageData(image, 0, 0);
  return { png: canvas.toBuffer("image/png"), pixels };
}

/** (pixel × scale − mean) / std, as interface.md defines it. */
function tensorOf(pixels: Uint8Array, layout: "nchw" | "nhwc"): Float32Array {
  const count = pixels.length / 3;
  const result = new Float32Array(pixels.length);
  for (let pixel = 0; pixel < count; pixel += 1) {
    for (const [channel, [mean, std]] of (
      [
        [0.4, 0.2],
        [0.5, 0.3],
        [0.6, 0.4],
      ] as const
    ).entries()) {
      const value = ((pixels[pixel * 3 + channel] ?? 0) * 0.00392157 - mean) / std;
      result[layout === "nchw" ? channel * count + pixel : pixel * 3 + channel] = value;
    }
  }
  return result;
}

const numbers = (rows: readonly Row[], columns: readonly string[]) =>
  rows.flatMap((row) => columns.map((column) => Number(row[column])));

describe("predictions equal a direct ONNX Runtime call, in input order", () => {
  const table = { files: 7, rowsPerFile: 613, features: 4, seed: 3 };
  const rows = Array.from({ length: table.files }, (_, file) => tableRows(table, file)).flat();
  const matrix = floatMatrix(rows.map((row) => row.features));
  const columns = ["probabilities_0", "probabilities_1", "probabilities_2"];
  const scorer = "input:\n  columns: {features: [f0, f1, f2, f3]}\noutput:\n  keep: [id]\n";

  for (const { kind, write } of [
    { kind: "CSV", write: writeCsvFolder },
    { kind: "JSON lines", write: writeJsonLinesFolder },
    { kind: "Parquet", write: writeParquetFolder },
  ]) {
    it(`for a float matrix read from ${kind}`, async () => {
      const place = newHome();
      await write(place.input, table);
      const model = denseModel({ features: 4, classes: 3 });
      const wanted = await runModel(model, { features: matrix });
      const found = await score(place, model, { scorer });
      expect(found.map((row) => Number(row["id"]))).toEqual(rows.map((row) => row.id));
      expectClose(numbers(found, columns), wanted["probabilities"]?.values ?? []);
      expectClose(numbers(found, ["label"]), wanted["label"]?.values ?? []);
    });
  }

  it("for columns that are inferred from the data, with file and row when nothing is kept", async () => {
    const place = newHome();
    writeText(place.input, "b.csv", "x,y,z,w\n1,2,3,4\n\n5,6,7,8\n");
    writeText(place.input, "a.csv", "x,y,z,w\n9,10,11,12\n");
    const model = denseModel({ features: 4, classes: 3 });
    const wanted = await runModel(model, {
      features: floatMatrix([
        [9, 10, 11, 12],
        [1, 2, 3, 4],
        [5, 6, 7, 8],
      ]),
    });
    const found = await score(place, model);
    expect(found.map((row) => [row["file"], row["row"]])).toEqual([
      ["a.csv", "1"],
      ["b.csv", "1"],
      ["b.csv", "2"],
    ]);
    expectClose(numbers(found, columns), wanted["probabilities"]?.values ?? []);
  });

  it("for a model with a fixed batch of one", async () => {
    const place = newHome();
    const few = { files: 2, rowsPerFile: 50, features: 4, seed: 3 };
    writeCsvFolder(place.input, few);
    const model = fixedBatchModel({ features: 4, classes: 3 });
    const found = await score(place, model, { scorer });
    const features = [0, 1].flatMap((file) => tableRows(few, file)).map((row) => row.features);
    const wanted: number[] = [];
    for (const row of features) {
      const result = await runModel(model, { features: floatMatrix([row]) });
      wanted.push(...Array.from(result["probabilities"]?.values ?? [], Number));
    }
    expectClose(numbers(found, columns), wanted);
  });

  it("for one input a column, of different types", async () => {
    const place = newHome();
    writeText(place.input, "people.csv", "children,age,income\n0,31,2500.5\n3,44,1800\n1,29,3200.25\n");
    const model = perColumnModel();
    const found = await score(place, model);
    const { Tensor } = await import("onnxruntime-node");
    const wanted = await runModel(model, {
      age: new Tensor("float32", Float32Array.of(31, 44, 29), [3, 1]),
      income: new Tensor("float32", Float32Array.of(2500.5, 1800, 3200.25), [3, 1]),
      children: new Tensor("int64", BigInt64Array.of(0n, 3n, 1n), [3, 1]),
    });
    expectClose(numbers(found, ["score"]), wanted["score"]?.values ?? []);
  });

  it("for a model that ends in ZipMap, whose probabilities come out by label", async () => {
    const place = newHome();
    writeText(place.input, "rows.csv", "a,b,c,d\n1,2,3,4\n-1,0.5,2,0\n");
    const found = await score(place, zipMapModel());
    const names = Object.keys(found[0] ?? {}).filter((name) => name.startsWith("output_probability_"));
    expect(names.length).toBeGreaterThanOrEqual(2);
    for (const row of found) {
      const best = names.reduce((one, other) => (Number(row[one]) >= Number(row[other]) ? one : other));
      expect(best).toBe(`output_probability_${row["output_label"]}`);
      expect(names.reduce((sum, name) => sum + Number(row[name]), 0)).toBeCloseTo(1, 5);
    }
  });

  for (const { kind, model, layout, batch } of [
    { kind: "a dynamic batch", model: imageModel({ height: 20, width: 24 }), layout: "nchw", batch: "batch: 8\n" },
    { kind: "a fixed batch of one", model: fixedBatchImageModel({ height: 20, width: 24 }), layout: "nhwc", batch: "" },
  ] as const) {
    it(`for pictures, with ${kind}`, async () => {
      const place = newHome();
      fs.mkdirSync(place.input, { recursive: true });
      const pictures = Array.from({ length: 21 }, (_, index) => noise(24, 20, index));
      for (const [index, picture] of pictures.entries()) {
        fs.writeFileSync(path.join(place.input, `picture-${String(index).padStart(2, "0")}.png`), picture.png);
      }
      const found = await score(place, model, {
        scorer: `input:\n  mean: [0.4, 0.5, 0.6]\n  std: [0.2, 0.3, 0.4]\n${batch}`,
      });
      expect(found.map((row) => row["file"])).toEqual(
        pictures.map((_, index) => `picture-${String(index).padStart(2, "0")}.png`),
      );
      const { Tensor } = await import("onnxruntime-node");
      const wanted: number[] = [];
      for (const { pixels } of pictures) {
        const dims = layout === "nchw" ? [1, 3, 20, 24] : [1, 20, 24, 3];
        const result = await runModel(model, { image: new Tensor("float32", tensorOf(pixels, layout), dims) });
        wanted.push(...Array.from(result["probabilities"]?.values ?? [], Number));
      }
      const names = Object.keys(found[0] ?? {}).filter((name) => name.startsWith("probabilities_"));
      expectClose(numbers(found, names), wanted);
    });
  }

  it("for text in and out", async () => {
    const place = newHome();
    writeText(place.input, "cities.csv", 'city,other\nAmsterdam,1\n"Utrecht",2\nnowhere,3\n');
    const model = stringModel();
    const found = await score(place, model, { scorer: "output:\n  keep: [city]\n" });
    const { Tensor } = await import("onnxruntime-node");
    const wanted = await runModel(model, { city: new Tensor("string", ["Amsterdam", "Utrecht", "nowhere"], [3, 1]) });
    expect(found.map((row) => row["country"])).toEqual(Array.from(wanted["country"]?.values ?? [], String));
    expect(found.map((row) => row["code"])).toEqual(Array.from(wanted["code"]?.values ?? [], String));
  });

  it("for whole numbers beyond 2^53, to the last digit", async () => {
    const place = newHome();
    writeText(place.input, "ids.csv", "id\n9007199254740993\n-9223372036854775807\n0\n");
    const found = await score(place, int64Model());
    expect(found.map((row) => row["same"])).toEqual(["9007199254740993", "-9223372036854775807", "0"]);
  });

  it("for half-precision numbers", async () => {
    const place = newHome();
    writeText(place.input, "halves.csv", "p,q\n1.5,2.25\n-0.125,1000\n");
    const model = float16Model();
    const found = await score(place, model);
    const { Tensor } = await import("onnxruntime-node");
    const bits = Uint16Array.from([1.5, 2.25, -0.125, 1000].map(float16Bits));
    const tensor = new Tensor("float16", bits, [2, 2]);
    Object.defineProperty(tensor, "data", { value: bits });
    const wanted = await runModel(model, { features: tensor });
    expect(wanted["halved"]?.dims).toEqual([2, 2]);
    expect(numbers(found, ["halved_0", "halved_1"])).toEqual([0.75, 1.125, -0.0625, 500]);
  });
});
