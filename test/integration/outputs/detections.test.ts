import fs from "node:fs";
import path from "node:path";
import { createCanvas } from "@napi-rs/canvas";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { batchdeck, deploy, showJob } from "../../helpers/batchdeck.ts";
import { detectorLayouts, type Thing } from "../../helpers/models/detector-layouts.ts";
import { detector } from "../../helpers/models/detectors.ts";
import { temporaryPlaces } from "../../helpers/places.ts";

const { root, home } = temporaryPlaces("detections");

/** The second overlaps the first, the third sticks out of the picture, the last is not sure enough. */
const things: readonly Thing[] = [
  { corners: [50, 20, 70, 60], group: 0, score: 0.6 },
  { corners: [24, 28, 40, 36], group: 1, score: 0.9 },
  { corners: [2, 20, 10, 30], group: 0, score: 0.3 },
];
const overlapping: Thing = { corners: [25, 28, 41, 36], group: 1, score: 0.8 };

/** Of pictures 200 by 100 in 64 by 64 with borders: 0.32 as large, 16 lower. */
const found = [
  [1, 0.9, 75, 37.5, 125, 62.5],
  [0, 0.6, 156.25, 12.5, 200, 100],
];

function writePicture(file: string, gray: number, width = 200, height = 100): void {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  context.fillStyle = `rgb(${gray}, ${gray}, ${gray})`;
  context.fillRect(0, 0, width, height);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, canvas.toBuffer("image/png"));
}

function writePictures(name: string, grays: readonly number[]): string {
  const input = path.join(root, name);
  for (const [index, gray] of grays.entries()) writePicture(path.join(input, `p${index}.png`), gray);
  return input;
}

function scorerOf(format: string, more: string): string {
  return `input: {resize: contain, pad: 255}\noutput: {detections: {format: ${format}, ${more}}}\n`;
}

async function invoke(endpoint: string, input: string, job: string, ...more: readonly string[]) {
  const args = ["invoke", "-n", endpoint, "--input", input, "--output-path", path.join(root, job), "--job-name", job];
  const ran = await batchdeck(home, ...args, ...more);
  expect([0, 3], ran.stderr).toContain(ran.code);
}

const textOf = (job: string, file = "predictions.csv") => fs.readFileSync(path.join(root, job, file), "utf8");

describe.each(Object.keys(detectorLayouts))("a model of %s", (name) => {
  it("gives a row a box, best first, in the pixels of the picture, and none for a picture without one", async () => {
    const [format = ""] = name.split(" ");
    const endpoint = name.replaceAll(" ", "-").replace("of-", "");
    const suppresses = format === "yolov5" || format === "yolov8" || name === "ssd with a score a class";
    const model = detectorLayouts[name]?.(suppresses ? [...things, overlapping] : things) as Uint8Array;
    await deploy(home, endpoint, model, { scorer: scorerOf(format, "score: 0.5, labels: [cat, dog]") });
    const input = writePictures(`input-${endpoint}`, [255, 0, 255, 255, 0]);
    await invoke(endpoint, input, endpoint);
    const [header, ...rows] = parse(textOf(endpoint));
    expect(header).toEqual(["file", "label", "score", "x1", "y1", "x2", "y2"]);
    expect(rows.map((row) => row.slice(0, 2))).toEqual(
      ["p0.png", "p2.png", "p3.png"].flatMap((file) => [
        [file, "dog"],
        [file, "cat"],
      ]),
    );
    const tolerance = name.endsWith("float16") ? 0.05 : 2e-3;
    for (const [index, row] of rows.entries()) {
      for (const [column, wanted] of (found[index % 2] as number[]).slice(1).entries()) {
        expect(Math.abs(Number(row[column + 2]) - wanted)).toBeLessThan(tolerance);
      }
    }
    expect(await showJob(home, endpoint)).toMatchObject({ total: 5, succeeded: 5, failed: 0, not_a_number: 0 });
  });
});

describe("detections", () => {
  const yolov8 = detectorLayouts["yolov8"] as (things: readonly Thing[]) => Uint8Array;

  it("hold the same in every format, classes being numbers without labels", async () => {
    await deploy(home, "formats", yolov8([...things, overlapping]), { scorer: scorerOf("yolov8", "score: 0.5") });
    const input = writePictures("input-formats", [0, 255, 240]);
    for (const format of ["csv", "jsonl", "parquet", "azureml"]) {
      await invoke("formats", input, `as-${format}`, "--set", `batchdeck.output_format=${format}`);
    }
    const [, ...rows] = parse(textOf("as-csv"));
    expect(rows.map(([file, label]) => [file, label])).toEqual([
      ["p1.png", "1"],
      ["p1.png", "0"],
      ["p2.png", "1"],
      ["p2.png", "0"],
    ]);
    const numbers = (row: readonly (string | undefined)[]) => row.slice(2).map((cell) => Math.fround(Number(cell)));
    const lines = textOf("as-jsonl", "predictions.jsonl").trimEnd().split("\n");
    expect(lines.map((line) => Object.entries(JSON.parse(line) as object))).toEqual(
      rows.map((row) => [
        ["file", row[0]],
        ["label", row[1]],
        ...["score", "x1", "y1", "x2", "y2"].map((name, index) => [name, Number(row[index + 2])]),
      ]),
    );
    const { DuckDBInstance } = await import("@duckdb/node-api");
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const file = path.join(root, "as-parquet", "predictions.parquet");
    const table = await connection.runAndReadAll(`SELECT * FROM read_parquet('${file}')`);
    expect(table.columnTypes().map(String)).toEqual(["VARCHAR", "VARCHAR", ...new Array<string>(5).fill("FLOAT")]);
    expect(table.getRows().map((row) => row.map((cell) => cell))).toEqual(
      rows.map((row) => [row[0], row[1], ...numbers(row)]),
    );
    const frame = textOf("as-azureml").trimEnd().split("\n");
    expect(frame.map((line) => numbers(line.split(" ")))).toEqual(rows.map(numbers));
  });

  it("are the same bytes with two workers, however many boxes the pictures have", async () => {
    const many = Array.from({ length: 40 }, (_, index): Thing => {
      const [x, y] = [(index % 8) * 8, Math.floor(index / 8) * 8];
      return { corners: [x, y, x + 6, y + 6], group: index % 2 === 0 ? 0 : 1, score: 0.26 + index / 60 };
    });
    await deploy(home, "workers", yolov8(many), {
      scorer: scorerOf("yolov8", "score: 0.5"),
      settings: ["mini_batch_size: 3"],
    });
    const grays = Array.from({ length: 23 }, (_, index) => (index * 97) % 256);
    const input = writePictures("input-workers", grays);
    await invoke("workers", input, "one-worker", "--instance-count", "1");
    await invoke("workers", input, "two-workers", "--instance-count", "2");
    const text = textOf("one-worker");
    expect(textOf("two-workers")).toBe(text);
    const counts = grays.map((_, index) => text.split(`\np${index}.png,`).length - 1);
    expect(new Set(counts).size).toBeGreaterThan(5);
    expect(Math.min(...counts)).toBe(0);
  });

  it("with a score that is no number are left out, and their picture counted or failed as scorer.yml says", async () => {
    const black = [32, 32, 8, 8, 1, Number.NaN, 0.9, 20, 20, 8, 8, 1, 0.9, 0.1];
    const model = detector(64, [{ name: "output", dims: [2, 7], black }]);
    const input = writePictures("input-nan", [255]);
    await deploy(home, "counted", model, { scorer: "output: {detections: {format: yolov5}}\n" });
    await invoke("counted", input, "counted");
    expect(textOf("counted").split("\n")).toHaveLength(3);
    expect(await showJob(home, "counted")).toMatchObject({ succeeded: 1, failed: 0, not_a_number: 1 });
    await deploy(home, "strict", model, { scorer: "output: {not_a_number: error, detections: {format: yolov5}}\n" });
    const ran = await batchdeck(
      home,
      "invoke",
      "-n",
      "strict",
      "--input",
      input,
      "--output-path",
      path.join(root, "strict"),
    );
    expect(ran.code).toBe(1);
    expect(textOf("strict", "errors.csv")).toContain(
      'p0.png,,postprocess,score-not-a-number,"A score or a corner of a box is NaN, which is not a number.",',
    );
  });
});
