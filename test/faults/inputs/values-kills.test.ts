import fs from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { beforeAll, expect, it } from "vitest";
import { deploy, showJob, startBatchdeck } from "../../helpers/batchdeck.ts";
import { expectSameCounts, killAgainAndAgain, runUndisturbed } from "../../helpers/engine/killed-job.ts";
import { vectorModel } from "../../helpers/models/vector-model.ts";
import { expectSameFiles } from "../../helpers/outputs.ts";
import { temporaryPlaces } from "../../helpers/places.ts";
import { seededRandom } from "../../helpers/random.ts";

/**
 * A job over folders that carry columns, with vectors, fields of structures, truth values, missing values and scores that are
 * no numbers, killed again and again: the same bytes and counts as undisturbed. Set KILL_SEED to see the same moments again.
 */
const seed = Number(process.env["KILL_SEED"] ?? Math.floor(Math.random() * 1e9));
const months = 240;
const rowsPerFile = 120;
const wantedKills = 6;
const { root, home, input } = temporaryPlaces("values-kills");

const scorer = `input:
  columns: {flat: [month, flag, s.a], vector: v}
  missing: {flag: {value: 1}, v: nan}
  missing_words: [-999]
output:
  keep: [city, s.id]
batch: 32
`;

const invocation = (job: string) => [
  ...["invoke", "-n", "values", "--input", input, "--output-path", path.join(root, job), "--job-name", job],
  ...["--instance-count", "2"],
];

beforeAll(async () => {
  console.log(`values kill test seed: ${seed}`);
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  for (let month = 0; month < months; month++) {
    const folder = path.join(input, `city=S%C3%A3o ${month % 7}`, `month=${month}`);
    fs.mkdirSync(folder, { recursive: true });
    const rows = `SELECT CASE WHEN i % 11 = 3 THEN NULL ELSE i % 2 = 0 END AS flag,
        {'a': CASE WHEN i % 29 = 7 THEN -999 ELSE i / 8 END, 'id': ${month} || '-' || i} AS s,
        CASE WHEN i % 37 = 5 THEN [1.0, 2] ELSE [i, ${month}, CASE WHEN i % 23 = 9 THEN NULL ELSE i / 3 END, 1] END::FLOAT[] AS v
      FROM range(${rowsPerFile}) AS t(i)`;
    const [name, format] = month % 2 === 0 ? ["data.parquet", "parquet"] : ["data.jsonl", "json"];
    await connection.run(`COPY (${rows}) TO '${path.join(folder, name)}' (FORMAT ${format})`);
  }
  await deploy(home, "values", vectorModel({ flat: 3, vector: 4 }), { scorer, settings: ["mini_batch_size: 1"] });
});

it(`gives the same bytes and counts after ${wantedKills} kills (seed ${seed})`, async () => {
  const undisturbedMs = await runUndisturbed(home, invocation("undisturbed"));
  const random = seededRandom(seed);
  const started = startBatchdeck(home, ...invocation("killed"));
  const kills = { home, job: "killed", kills: wantedKills, random, undisturbedMs };
  const ended = await (await killAgainAndAgain(started, kills)).ended;
  expect(ended.code, ended.stderr).toBe(3);
  expectSameFiles(path.join(root, "killed"), path.join(root, "undisturbed"), ["predictions.csv", "errors.csv"]);
  await expectSameCounts(home, "killed", "undisturbed");
  const killed = await showJob(home, "killed");
  expect(killed.not_a_number).toBeGreaterThan(months);
  expect(killed.failed).toBeGreaterThan(months);
});
