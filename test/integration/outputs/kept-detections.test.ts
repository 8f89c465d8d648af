import fs from "node:fs";
import path from "node:path";
import { createCanvas } from "@napi-rs/canvas";
import { parse } from "csv-parse/sync";
import { beforeAll, describe, expect, it } from "vitest";
import { batchdeck, batchdeckJson, deploy } from "../../helpers/batchdeck.ts";
import { detectorLayouts, type Thing } from "../../helpers/models/detector-layouts.ts";
import { temporaryPlaces } from "../../helpers/places.ts";

/** Jobs with any number of rows a picture that are taken over from, tried again and compared. */
const { root, home } = temporaryPlaces("kept-detections");

const things = Array.from({ length: 6 }, (_, index): Thing => {
  return { corners: [index * 10, 20, index * 10 + 8, 40], group: 1, score: 0.3 + index / 10 };
});

/** The brighter, the more boxes: none in black, six in white. */
function writePicture(file: string, gray: number): void {
  const canvas = createCanvas(32, 32);
  const context = canvas.getContext("2d");
  context.fillStyle = `rgb(${gray}, ${gray}, ${gray})`;
  context.fillRect(0, 0, 32, 32);
  fs.writeFileSync(file, canvas.toBuffer("image/png"));
}

const grays = [255, 0, 128, 200, 90, 0, 0, 0, 255, 255, 60, 140];
let inputs = 0;

/** p00.png, p01.png, … in four mini-batches of three; the third holds no box at all, but for one picture. */
function makeInput(): string {
  inputs += 1;
  const input = path.join(root, `input-${inputs}`);
  fs.mkdirSync(input);
  for (const [index, gray] of grays.entries()) writePicture(path.join(input, pictureName(index)), gray);
  return input;
}

const pictureName = (index: number) => `p${String(index).padStart(2, "0")}.png`;

async function invoke(input: string, job: string, ...more: readonly string[]) {
  const args = ["invoke", "-n", "boxes", "--input", input, "--output-path", path.join(root, job), "--job-name", job];
  const ran = await batchdeck(home, ...args, ...more);
  expect([0, 3], ran.stderr).toContain(ran.code);
  return ran;
}

function filesOf(job: string): Readonly<Record<string, string>> {
  const folder = path.join(root, job);
  const names = fs.readdirSync(folder).filter((name) => name !== "job.json");
  return Object.fromEntries(names.map((name) => [name, fs.readFileSync(path.join(folder, name), "latin1")]));
}

beforeAll(async () => {
  const model = (detectorLayouts["yolov8"] as (things: readonly Thing[]) => Uint8Array)(things);
  await deploy(home, "boxes", model, {
    scorer: "output: {detections: {format: yolov8}}\nbatch: 3\n",
    settings: ["mini_batch_size: 3"],
  });
});

describe.each(["csv", "parquet", "jsonl", "azureml"])("pictures with a row a box (%s)", (format) => {
  const set = ["--set", `batchdeck.output_format=${format}`];

  it("are taken over with all their rows, or none, by whole mini-batches", async () => {
    const input = makeInput();
    await invoke(input, `first-${format}`, ...set);
    writePicture(path.join(input, pictureName(4)), 250);
    writePicture(path.join(input, pictureName(12)), 170);
    const ran = await invoke(input, `second-${format}`, ...set, "--incremental");
    expect(ran.stderr).toContain(`Reused 9 of 13 files from first-${format}; 4 are scored.`);
    const again = await invoke(input, `third-${format}`, ...set, "--incremental");
    expect(again.stderr).toContain(`Reused 13 of 13 files from second-${format}; 0 are scored.`);
    await invoke(input, `fresh-${format}`, ...set);
    expect(filesOf(`second-${format}`)).toEqual(filesOf(`fresh-${format}`));
    expect(filesOf(`third-${format}`)).toEqual(filesOf(`fresh-${format}`));
  });

  it("are scored again where one failed, and stand in their places", async () => {
    const input = makeInput();
    const bad = path.join(input, pictureName(7));
    fs.writeFileSync(bad, "no picture");
    await invoke(input, `mended-${format}`, ...set);
    writePicture(bad, 210);
    const ran = await batchdeck(home, "job", "retry-failed", "-n", `mended-${format}`);
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stderr).toContain(`Reused 9 of 12 files from mended-${format}; 3 are scored.`);
    await invoke(input, `whole-${format}`, ...set);
    expect(filesOf(`mended-${format}`)).toEqual(filesOf(`whole-${format}`));
  });

  it("are compared box by box, by file", async () => {
    const input = makeInput();
    await invoke(input, `a-${format}`, ...set);
    const same = await batchdeckJson<Counts>(home, "job", "compare", `a-${format}`, `first-${format}`);
    const boxes = boxesIn(grays);
    expect(same).toMatchObject({ item_unit: "row", lined_up_by: "item", same: boxes, changed: 0, only_in_a: 0 });
    // Two boxes more of one picture, none of another, one that fails, and one that was not there.
    writePicture(path.join(input, pictureName(2)), 180);
    writePicture(path.join(input, pictureName(3)), 0);
    fs.writeFileSync(path.join(input, pictureName(8)), "no picture");
    writePicture(path.join(input, pictureName(12)), 255);
    await invoke(input, `b-${format}`, ...set);
    const output = path.join(root, `differences-${format}`);
    const compared = await batchdeckJson<Counts>(
      ...([home, "job", "compare", `a-${format}`, `b-${format}`, "--output-path", output] as const),
    );
    const [changed, gone, failed] = [boxesIn([128]), boxesIn([200]), boxesIn([255])];
    expect(compared).toMatchObject({
      ...{ same: boxes - changed - gone - failed, changed, only_in_a: gone + failed, failed_in_b: failed },
      only_in_b: boxesIn([180]) - changed + 6,
    });
    expect(compared.rows_in_a).toBe(boxes);
    const lines = parse(fs.readFileSync(path.join(output, "differences.csv"), "utf8"));
    const places = lines.slice(1).map(([file, row]) => `${file} ${row}`);
    expect(places.filter((place) => place.startsWith(pictureName(8)))).toEqual(
      [1, 2, 3, 4, 5, 6].map((row) => `${pictureName(8)} ${row}`),
    );
  });
});

type Counts = { readonly rows_in_a: number };

function boxesIn(pictures: readonly number[]): number {
  return pictures.reduce((sum, gray) => sum + things.filter(({ score }) => (score * gray) / 255 > 0.25).length, 0);
}
