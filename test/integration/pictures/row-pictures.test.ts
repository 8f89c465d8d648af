import fs from "node:fs";
import path from "node:path";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isTerminal } from "../../../electron/contract/job-status.ts";
import type { RowPictures } from "../../../electron/contract/nouns/pictures/row-pictures.ts";
import type { ShownPicture } from "../../../electron/contract/nouns/pictures/shown-picture.ts";
import { deploy } from "../../helpers/batchdeck.ts";
import type { OpenWorkspace } from "../../helpers/engine/open-workspace.ts";
import { closeEngines, openEngine, submit, untilJob } from "../../helpers/engine/workspaces.ts";
import { detectorLayouts } from "../../helpers/models/detector-layouts.ts";
import { picturesModel } from "../../helpers/models/picture-models.ts";
import { writeMarkedPicture } from "../../helpers/pictures/marked-pictures.ts";
import { temporaryPlaces } from "../../helpers/places.ts";

/** What the window shows of pictures: those of a row of predictions, and what a model sees before a run. */
const { root, home, input, outOf } = temporaryPlaces("row-pictures");
let workspace: OpenWorkspace;

beforeAll(async () => {
  fs.mkdirSync(path.join(input, "inner"), { recursive: true });
  writeMarkedPicture(path.join(input, "a.png"), { width: 200, height: 100 });
  writeMarkedPicture(path.join(input, "inner/=turned.jpg"), { width: 100, height: 60, turned: true });
  writeMarkedPicture(path.join(input, "=large.png"), { width: 2400, height: 1200 });
  const model = detectorLayouts["yolov8"]?.([
    { corners: [4, 28, 20, 44], group: 0, score: 0.9 },
    { corners: [40, 28, 60, 40], group: 1, score: 0.8 },
  ]) as Uint8Array;
  await deploy(home, "finder", model, {
    scorer:
      "input: {resize: contain, pad: 0, color: bgr}\noutput: {detections: {format: yolov8, labels: ['=cat', dog]}}\n",
  });
  await deploy(home, "masks", picturesModel(["mask"]), { scorer: "output: {images: {mask: {size: input}}}\n" });
  workspace = openEngine({ home });
  workspace.engine.start();
});
afterAll(closeEngines);

type Changes = { readonly overrides?: Record<string, string>; readonly endpointName?: string };

async function finishedJob(jobName: string, changes: Changes = {}) {
  await submit(workspace, {
    endpointName: "finder",
    inputPath: input,
    outputFolder: outOf(jobName),
    jobName,
    ...changes,
  });
  await untilJob(workspace, jobName, ({ status }) => isTerminal(status));
  const file = path.join(outOf(jobName), "predictions.csv");
  return fs.existsSync(file) ? parse(fs.readFileSync(file, "utf8")).slice(1) : [];
}

async function picturesOf(job: string, row: number): Promise<RowPictures> {
  const answer = await workspace.jobs.rowPictures(job, row);
  if (!answer.ok) throw new Error(answer.problem.kind);
  if (answer.value === null) throw new Error("no pictures");
  return answer.value;
}

/** The colours near the top left and the bottom right corner. */
async function cornersOf({ image }: ShownPicture): Promise<readonly string[]> {
  const decoded = await loadImage(Buffer.from(image.slice(image.indexOf(",") + 1), "base64"));
  const { width, height } = decoded;
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  context.drawImage(decoded, 0, 0);
  return [
    [width / 8, height / 8],
    [(width * 7) / 8, (height * 7) / 8],
  ].map(([x = 0, y = 0]) => {
    const [red = 0, green = 0, blue = 0] = context.getImageData(Math.floor(x), Math.floor(y), 1, 1).data;
    return red > 200 && green < 60 && blue < 60
      ? "red"
      : blue > 200 && red < 60 && green < 60
        ? "blue"
        : `${red} ${green} ${blue}`;
  });
}

describe("the pictures of a row", () => {
  it("are the file that was scored, upright and made small, with every box of it where its row says", async () => {
    const rows = await finishedJob("found");
    expect(rows.map(([file, label]) => [file, label])).toEqual(
      ["'=large.png", "a.png", "inner/=turned.jpg"].flatMap((file) => [
        [file, "'=cat"],
        [file, "dog"],
      ]),
    );
    const sizes = [
      [2400, 1200],
      [200, 100],
      [100, 60],
    ];
    for (const row of rows.keys()) {
      const { rows: range, boxes, pictures } = await picturesOf("found", row);
      const place = Math.floor(row / 2);
      expect(range).toEqual({ start: place * 2, end: place * 2 + 2 });
      expect(boxes).toEqual(
        [0, 1].map((box) => {
          const [, , ...numbers] = rows[place * 2 + box] as string[];
          const [score, x1, y1, x2, y2] = numbers.map(Number);
          return { row: place * 2 + box, label: ["=cat", "dog"][box], score, x1, y1, x2, y2 };
        }),
      );
      const [{ picture, file, output }] = pictures;
      expect([file, output]).toEqual([["=large.png", "a.png", "inner/=turned.jpg"][place], null]);
      expect([picture?.width, picture?.height]).toEqual(sizes[place]);
      expect(picture?.image).toMatch(place === 2 ? /^data:image\/jpeg;/ : /^data:image\/png;/);
      expect(await cornersOf(picture as ShownPicture)).toEqual(["red", "blue"]);
    }
    const {
      pictures: [large],
    } = await picturesOf("found", 0);
    const bytes = Buffer.from(large.picture?.image.split(",")[1] ?? "", "base64");
    expect((await loadImage(bytes)).width).toBe(1024);
  });

  it.each(["parquet", "azureml"])("are the same in a file of %s", async (format) => {
    await finishedJob(`as-${format}`, { overrides: { "batchdeck.output_format": format } });
    const { boxes, pictures, rows } = await picturesOf(`as-${format}`, 3);
    expect(rows).toEqual({ start: 2, end: 4 });
    expect(boxes.map(({ label, row }) => [label, row])).toEqual([
      ["=cat", 2],
      ["dog", 3],
    ]);
    expect(pictures[0]).toMatchObject({ file: "a.png", picture: { width: 200, height: 100 } });
  });

  it("are also those that its outputs name in the output folder, and nothing outside of it", async () => {
    await finishedJob("masked", { endpointName: "masks" });
    const output = outOf("masked");
    const predictions = path.join(output, "predictions.csv");
    const [own] = (await picturesOf("masked", 1)).pictures.slice(1);
    expect(own).toMatchObject({
      output: "mask",
      file: "images/mask/a.png.png",
      picture: { width: 200, height: 100 },
      problem: null,
    });
    const text = fs.readFileSync(predictions, "utf8");
    fs.symlinkSync(path.join(input, "a.png"), path.join(output, "images/mask/link.png"));
    const others = [
      "images/mask/link.png",
      "images/mask/../../../input/a.png",
      "images/mask/none.png",
      "../input/a.png",
      path.join(input, "a.png"),
    ];
    for (const cell of others) {
      fs.writeFileSync(predictions, text.replace("a.png,images/mask/a.png.png", `a.png,${cell}`));
      expect((await picturesOf("masked", 1)).pictures.slice(1), cell).toEqual([]);
    }
  });

  it("are said to be changed, gone or unreadable, and their boxes stay", async () => {
    const file = path.join(input, "a.png");
    const before = fs.readFileSync(file);
    const kinds = async () => (await picturesOf("found", 2)).pictures[0].problem?.kind;
    fs.rmSync(file);
    expect(await kinds()).toBe("input/not-found:picture");
    fs.symlinkSync(path.join(input, "=large.png"), file);
    expect(await kinds()).toBe("input/changed:picture");
    fs.rmSync(file);
    fs.writeFileSync(file, "another");
    expect(await kinds()).toBe("input/changed:picture");
    expect((await picturesOf("found", 2)).boxes).toHaveLength(2);
    fs.writeFileSync(file, before);
  });

  it("are none where there is no such row", async () => {
    expect(await workspace.jobs.rowPictures("found", 600)).toEqual({ ok: true, value: null });
    expect(await workspace.jobs.rowPictures("nowhere", 0)).toMatchObject({ problem: { code: "job/not-found" } });
  });
});

describe("what the model sees", () => {
  const request = {
    endpointName: "finder",
    deploymentName: null,
    outputFolder: null,
    overrides: {},
    incremental: false,
  };

  it("is the first pictures after resizing and padding, in their own colours, for the window alone", async () => {
    const report = await workspace.jobs.preflight({ ...request, inputPath: input, jobName: null }, "with-pictures");
    expect(report.seen?.map(({ file }) => file)).toEqual(["=large.png", "a.png", "inner/=turned.jpg"]);
    for (const { picture } of report.seen ?? []) expect(picture).toMatchObject({ width: 64, height: 64 });
    const { picture } = report.seen?.[1] as { readonly picture: ShownPicture };
    const decoded = await loadImage(Buffer.from(picture.image.split(",")[1] ?? "", "base64"));
    const canvas = createCanvas(64, 64);
    const context = canvas.getContext("2d");
    context.drawImage(decoded, 0, 0);
    const at = (x: number, y: number) => [...context.getImageData(x, y, 1, 1).data.slice(0, 3)];
    // 200 by 100 in 64 by 64: bands of 16 above and below.
    expect([at(4, 4), at(4, 20), at(60, 44), at(32, 32), at(60, 60)]).toEqual([
      [0, 0, 0],
      [255, 0, 0],
      [0, 0, 255],
      [238, 238, 238],
      [0, 0, 0],
    ]);
    const plain = await workspace.jobs.preflight({ ...request, inputPath: input, jobName: null }, "full");
    expect(plain).not.toHaveProperty("seen");
  });

  it("leaves out a picture that cannot be decoded", async () => {
    const folder = path.join(root, "broken");
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, "a.png"), fs.readFileSync(path.join(input, "a.png")).subarray(0, 300));
    writeMarkedPicture(path.join(folder, "b.png"), { width: 64, height: 64 });
    const report = await workspace.jobs.preflight({ ...request, inputPath: folder, jobName: null }, "with-pictures");
    expect(report.seen?.map(({ file }) => file)).toEqual(["b.png"]);
  });
});
