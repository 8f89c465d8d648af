import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { beforeAll, expect, it } from "vitest";
import { deploy, showJob, startBatchdeck } from "../../helpers/batchdeck.ts";
import { filesInFolder, writeGeneratedFolder } from "../../helpers/data/generated-tables.ts";
import { expectSameCounts, killAgainAndAgain, runUndisturbed } from "../../helpers/engine/killed-job.ts";
import { vectorModel } from "../../helpers/models/vector-model.ts";
import { expectSameFiles } from "../../helpers/outputs.ts";
import { temporaryPlaces } from "../../helpers/places.ts";
import { seededRandom } from "../../helpers/random.ts";

/**
 * A job over 1,200 generated tables, every file in a dress of its own (separators, encodings, compression, formats), killed
 * twenty times: the same bytes and counts as undisturbed. Set KILL_SEED to see the same tables and moments again.
 */
const seed = Number(process.env["KILL_SEED"] ?? Math.floor(Math.random() * 1e9));
const folders = 120;
const wantedKills = 20;
const { root, home, input } = temporaryPlaces("tables-kills");

const scorer = `input:
  columns: {flat: [x, flag, year, größe], vector: v}
  missing: {flag: {value: 1}, v: nan}
  missing_words: ["?"]
output:
  keep: [id, city, note, month]
batch: 32
`;

const invocation = (job: string) => [
  ...["invoke", "-n", "tables", "--input", input, "--output-path", path.join(root, job), "--job-name", job],
  ...["--instance-count", "2"],
];

beforeAll(async () => {
  console.log(`generated tables kill test seed: ${seed}`);
  const random = seededRandom(seed);
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  for (let folder = 0; folder < folders; folder++) {
    await writeGeneratedFolder(path.join(input, String(folder).padStart(3, "0")), random, connection, [undefined]);
  }
  await deploy(home, "tables", vectorModel({ flat: 4, vector: 3 }), { scorer, settings: ["mini_batch_size: 1"] });
});

it(`gives the same bytes and counts after ${wantedKills} kills (seed ${seed})`, async () => {
  const undisturbedMs = await runUndisturbed(home, invocation("undisturbed"));
  const random = seededRandom(seed + 1);
  const started = startBatchdeck(home, ...invocation("killed"));
  const kills = { home, job: "killed", kills: wantedKills, random, undisturbedMs };
  const ended = await (await killAgainAndAgain(started, kills)).ended;
  expect(ended.code, ended.stderr).toBe(3);
  expectSameFiles(path.join(root, "killed"), path.join(root, "undisturbed"), ["predictions.csv", "errors.csv"]);
  await expectSameCounts(home, "killed", "undisturbed");
  const killed = await showJob(home, "killed");
  expect(killed.succeeded).toBeGreaterThan(folders * filesInFolder);
  expect(killed.failed).toBeGreaterThan(folders);
});
