import fs from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { beforeAll, describe, expect, it } from "vitest";
import { batchdeck, batchdeckJson, deploy } from "../../helpers/batchdeck.ts";
import { picturesModel } from "../../helpers/models/picture-models.ts";
import { treeOf } from "../../helpers/outputs.ts";
import { temporaryPlaces } from "../../helpers/places.ts";

/** Outputs that are written as pictures, whatever the format of the predictions. */
const { root, home, input } = temporaryPlaces("pictures");
const side = 32;

/** A picture of two halves, the left of one colour and the right of another. */
function writeHalves(file: string, width: number, height: number, left: string, right: string): void {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  context.fillStyle = left;
  context.fillRect(0, 0, width / 2, height);
  context.fillStyle = right;
  context.fillRect(width / 2, 0, width / 2, height);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, canvas.toBuffer("image/png"));
}

/** Size, and red, green, blue and opacity of a pixel by its place. */
async function shown(file: string) {
  const picture = await loadImage(file);
  const context = createCanvas(picture.width, picture.height).getContext("2d");
  context.drawImage(picture, 0, 0);
  const at = (x: number, y: number) => [...context.getImageData(x, y, 1, 1).data];
  return { size: [picture.width, picture.height], at };
}

async function invoke(endpoint: string, from: string, job: string, ...more: readonly string[]) {
  const args = ["invoke", "-n", endpoint, "--input", from, "--output-path", path.join(root, job), "--job-name", job];
  const ran = await batchdeck(home, ...args, ...more);
  expect([0, 3], ran.stderr).toContain(ran.code);
}

const inFormat = (format: string) => ["--set", `batchdeck.output_format=${format}`];
const at = (job: string, ...names: readonly string[]) => path.join(root, job, ...names);

const pictures = (job: string) => Object.entries(treeOf(at(job))).filter(([name]) => name.startsWith("images/"));

beforeAll(async () => {
  writeHalves(path.join(input, "a.png"), 80, 40, "black", "white");
  writeHalves(path.join(input, "sub", "b.png"), 20, 60, "rgb(255,0,0)", "rgb(0,0,255)");
  fs.writeFileSync(path.join(input, "c.png"), "no picture");
  const images = [
    ...["mask: {size: input}", "opacity: {as: alpha}", "depth: {range: auto, bits: 16}"],
    ...["scores: {as: classes}", "large: {format: jpg}"],
  ];
  const scorer = `input: {resize: contain}\noutput: {images: {${images.join(", ")}}}\n`;
  await deploy(home, "all", picturesModel(["mask", "opacity", "depth", "scores", "large"], side), {
    scorer,
    settings: ["mini_batch_size: 1"],
  });
  await deploy(home, "masks", picturesModel(["mask"], side), {
    scorer: "output: {images: {mask: {}}}\n",
    settings: ["mini_batch_size: 2"],
  });
  await invoke("all", input, "csv", "--instance-count", "1");
});

describe("an output written as pictures", () => {
  it("is a file an item, which its cell names", async () => {
    const rows = fs.readFileSync(at("csv", "predictions.csv"), "utf8").trimEnd().split("\n");
    const cellsOf = (file: string) => [
      file,
      ...["mask", "opacity", "depth", "scores"].map((name) => `images/${name}/${file}.png`),
      `images/large/${file}.jpg`,
    ];
    const header = "file,mask,opacity,depth,scores,large";
    expect(rows).toEqual([header, cellsOf("a.png").join(","), cellsOf("sub/b.png").join(",")]);
    const record = JSON.parse(fs.readFileSync(at("csv", "job.json"), "utf8")) as { batchdeck: { files: string[] } };
    expect(record.batchdeck.files).toEqual(["predictions.csv", "images", "errors.csv"]);
    const files = Object.keys(treeOf(at("csv"))).filter((name) => name.startsWith("images/"));
    expect(files.sort()).toEqual(
      rows
        .slice(1)
        .flatMap((row) => row.split(",").slice(1))
        .sort(),
    );
  });

  it("shows what the model gave: at the picture's size, in 16 bits, by class, and larger than what it took", async () => {
    const mask = await shown(at("csv", "images/mask/a.png.png"));
    expect([mask.size, mask.at(10, 0), mask.at(10, 39), mask.at(70, 39)]).toEqual([
      [80, 40],
      [0, 0, 0, 255],
      [0, 0, 0, 255],
      [255, 255, 255, 255],
    ]);
    const depth = await shown(at("csv", "images/depth/a.png.png"));
    expect([depth.size, depth.at(4, 16), depth.at(28, 16)]).toEqual([
      [side, side],
      [0, 0, 0, 255],
      [255, 255, 255, 255],
    ]);
    expect(fs.readFileSync(at("csv", "images/depth/a.png.png"))[24]).toBe(16);
    const classes = await shown(at("csv", "images/scores/sub/b.png.png"));
    // Red is the first class, blue the third, in the colours of Pascal VOC.
    expect([classes.at(13, 16), classes.at(18, 16)]).toEqual([
      [0, 0, 0, 255],
      [0, 128, 0, 255],
    ]);
    expect((await shown(at("csv", "images/large/a.png.jpg"))).size).toEqual([2 * side, 2 * side]);
  });

  it("is written byte for byte alike by two workers, and beside JSON lines and Parquet", async () => {
    await invoke("all", input, "csv-2", "--instance-count", "2");
    expect(treeOf(at("csv-2"))).toEqual(treeOf(at("csv")));
    for (const format of ["jsonl", "parquet"]) {
      await invoke("all", input, format, ...inFormat(format));
      expect(pictures(format)).toEqual(pictures("csv"));
    }
    const [line = ""] = fs.readFileSync(at("jsonl", "predictions.jsonl"), "utf8").split("\n");
    expect(JSON.parse(line)).toMatchObject({ file: "a.png", mask: "images/mask/a.png.png" });
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const read = await connection.runAndReadAll(`SELECT mask FROM '${at("parquet", "predictions.parquet")}'`);
    expect(read.getRowsJS()).toEqual([["images/mask/a.png.png"], ["images/mask/sub/b.png.png"]]);
    connection.closeSync();
  });

  it("is the picture itself with the output as its opacity", async () => {
    const { size, at: pixel } = await shown(at("csv", "images/opacity/a.png.png"));
    expect([size, pixel(5, 20), pixel(75, 20)]).toEqual([
      [80, 40],
      [0, 0, 0, 0],
      [255, 255, 255, 255],
    ]);
    const colored = await shown(at("csv", "images/opacity/sub/b.png.png"));
    expect(colored.at(2, 30)).toEqual([255, 0, 0, 85]);
  });

  it("refuses a folder where somebody has pictures already", async () => {
    fs.mkdirSync(at("taken", "images"), { recursive: true });
    const args = ["invoke", "-n", "masks", "--input", input, "--output-path", at("taken")];
    expect((await batchdeck(home, ...args)).code).toBe(2);
    expect(fs.readdirSync(at("taken"))).toEqual(["images"]);
  });
});

describe("a job that takes pictures over", () => {
  const reused = (job: string) =>
    (JSON.parse(fs.readFileSync(at(job, "job.json"), "utf8")) as { reuse: { items: number } }).reuse.items;

  const folder = path.join(root, "growing");

  beforeAll(async () => {
    for (const [name, right] of [
      ["a.png", "white"],
      ["b.png", "red"],
      ["d.png", "blue"],
    ] as const)
      writeHalves(path.join(folder, name), 40, 20, "black", right);
    fs.writeFileSync(path.join(folder, "c.png"), "no picture");
  });

  it("gives the files of a fresh one, whatever the format", async () => {
    await invoke("masks", folder, "base", ...inFormat("jsonl"));
    writeHalves(path.join(folder, "c.png"), 20, 20, "white", "black");
    const again = await batchdeck(home, "job", "retry-failed", "-n", "base");
    expect([again.code, reused("base")], again.stderr).toEqual([0, 2]);
    await invoke("masks", folder, "base-parquet", ...inFormat("parquet"));
    writeHalves(path.join(folder, "e.png"), 20, 20, "white", "black");
    await invoke("masks", folder, "more", "--incremental", ...inFormat("jsonl"));
    await invoke("masks", folder, "more-parquet", "--incremental", ...inFormat("parquet"));
    expect([reused("more"), reused("more-parquet")]).toEqual([4, 4]);
    await invoke("masks", folder, "fresh", ...inFormat("jsonl"));
    expect(treeOf(at("more"))).toEqual(treeOf(at("fresh")));
    expect(pictures("more-parquet")).toEqual(pictures("fresh"));
  });

  it("scores again what has another picture now, or none", async () => {
    const fresh = treeOf(at("fresh"));
    const mask = at("fresh", "images", "mask");
    fs.copyFileSync(path.join(mask, "d.png.png"), path.join(mask, "a.png.png"));
    fs.rmSync(path.join(mask, "c.png.png"));
    await invoke("masks", folder, "mended", "--incremental", ...inFormat("jsonl"));
    expect(reused("mended")).toBe(1);
    expect(treeOf(at("mended"))).toEqual(fresh);
  });
});

it("is compared level by level, whatever the formats", async () => {
  type Compared = { same: number; changed: number; columns: { name: string; largest: number | null }[] };
  const [one, other] = [path.join(root, "one"), path.join(root, "other")];
  for (const folder of [one, other]) writeHalves(path.join(folder, "same.png"), 8, 8, "black", "white");
  writeHalves(path.join(one, "x.png"), 8, 8, "black", "white");
  writeHalves(path.join(other, "x.png"), 8, 8, "rgb(7,7,7)", "white");
  await invoke("masks", one, "compared-a");
  await invoke("masks", other, "compared-b", ...inFormat("jsonl"));
  const compared = await batchdeckJson<Compared>(home, "job", "compare", "compared-a", "compared-b");
  expect(compared).toMatchObject({ same: 1, changed: 1, columns: [{ name: "mask", largest: 7, changed: 1 }] });
  const near = await batchdeckJson<Compared>(home, "job", "compare", "compared-a", "compared-b", "--tolerance", "7");
  expect(near).toMatchObject({ same: 2, changed: 0 });
});
