import fs from "node:fs";
import path from "node:path";
import { beforeAll } from "vitest";
import { deploy } from "../../helpers/batchdeck.ts";
import { bitmapFile } from "../../helpers/data/bitmap.ts";
import { invocationOf, itSurvivesKills, runUndisturbed } from "../../helpers/engine/killed-job.ts";
import { detectorLayouts } from "../../helpers/models/detector-layouts.ts";
import { temporaryPlaces } from "../../helpers/places.ts";

/** A job in which a picture has no row, one or two, killed again and again. Set KILL_SEED to see the same moments again. */
const seed = Number(process.env["KILL_SEED"] ?? Math.floor(Math.random() * 1e9));
const pictures = 3000;
const kills = 10;
const { root, home, input } = temporaryPlaces("detection-kills");

const killed = { root, home, endpoint: "boxes", input };

let undisturbedMs = 0;

beforeAll(async () => {
  console.log(`detection kill test seed: ${seed}`);
  fs.mkdirSync(input);
  for (let picture = 0; picture < pictures; picture++) {
    const level = (picture * 37) % 256;
    const bytes = bitmapFile(64, 40 + (picture % 5), [level, level, level]);
    fs.writeFileSync(path.join(input, `p${picture}.bmp`), picture % 97 === 5 ? bytes.subarray(0, 999) : bytes);
  }
  const model = detectorLayouts["yolov8"]?.([
    { corners: [8, 8, 40, 40], group: 1, score: 0.9 },
    { corners: [30, 30, 60, 60], group: 0, score: 0.6 },
  ]);
  if (model === undefined) throw new Error("there is no layout yolov8");
  const scorer = "input: {preset: yolo}\noutput: {detections: {format: yolov8, labels: [cat, dog]}}\nbatch: 4\n";
  await deploy(home, "boxes", model, { scorer, settings: ["mini_batch_size: 3"] });
  undisturbedMs = await runUndisturbed(home, invocationOf(killed, "undisturbed", 1));
});

itSurvivesKills(killed, kills, seed, () => undisturbedMs);
