import fs from "node:fs";
import path from "node:path";
import { beforeAll, expect, it } from "vitest";
import { deploy, startBatchdeck, untilScored, untilStatus } from "../../helpers/batchdeck.ts";
import { invocationOf, itSurvivesKills, runUndisturbed } from "../../helpers/engine/killed-job.ts";
import { arrayModel } from "../../helpers/models/array-models.ts";
import { kill } from "../../helpers/processes.ts";
import { treeOf } from "../../helpers/outputs.ts";
import { temporaryPlaces } from "../../helpers/places.ts";

/** A job with an array and a picture a row, each a file of its own, killed again and again. Set KILL_SEED to see the same moments again. */
const seed = Number(process.env["KILL_SEED"] ?? Math.floor(Math.random() * 1e9));
const files = 120;
const rowsPerFile = 20;
const kills = 10;
const { root, home, input } = temporaryPlaces("item-file-kills");

const killed = { root, home, endpoint: "grid", input };

let undisturbedMs = 0;

beforeAll(async () => {
  console.log(`item file kill test seed: ${seed}`);
  fs.mkdirSync(input);
  for (let file = 0; file < files; file++) {
    const rows = Array.from({ length: rowsPerFile }, (_, row) => `${row % 17 === 5 ? "abc" : row},${file}`);
    fs.writeFileSync(path.join(input, `t${file}.csv`), `f0,f1\n${rows.join("\n")}\n`);
  }
  const scorer = "input:\n  columns: {features: [f0, f1]}\noutput: {images: {mask: {range: [0, 1200]}}}\nbatch: 8\n";
  await deploy(home, "grid", arrayModel({ hasMask: true }), { scorer, settings: ["mini_batch_size: 1"] });
  undisturbedMs = await runUndisturbed(home, invocationOf(killed, "undisturbed", 1));
});

itSurvivesKills(killed, kills, seed, () => undisturbedMs);

it("keeps the item files of what a cancelled job had finished, beside its rows, and no others", async () => {
  const job = "cancelled";
  const running = startBatchdeck(home, ...invocationOf(killed, job, 1));
  await untilScored(home, job, 100);
  // It cannot come to its end before it hears of that.
  kill(running.child.pid, "SIGSTOP");
  const cancelling = startBatchdeck(home, "job", "cancel", "-n", job);
  await untilStatus(home, job, "CancelRequested");
  kill(running.child.pid, "SIGCONT");
  expect((await cancelling.ended).code).toBe(0);
  expect((await running.ended).code).toBe(130);
  const rows = fs
    .readFileSync(path.join(root, job, "predictions.partial.csv"), "utf8")
    .trimEnd()
    .split("\n")
    .slice(1);
  expect(rows.length).toBeGreaterThan(0);
  const names = rows.flatMap((row) => [row.split(",")[2] ?? "", row.split(",")[4] ?? ""]);
  const undisturbed = treeOf(path.join(root, "undisturbed"));
  const { "errors.csv": errors, "predictions.partial.csv": partial, ...kept } = treeOf(path.join(root, job));
  expect([errors, partial].every((text) => text !== undefined)).toBe(true);
  expect(kept).toEqual(Object.fromEntries(names.map((name) => [name, undisturbed[name]])));
});
