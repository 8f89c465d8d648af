import fs from "node:fs";
import path from "node:path";
import { beforeAll, expect, it } from "vitest";
import { batchdeck, deploy, showJob } from "../../helpers/batchdeck.ts";
import { noOpModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryPlaces } from "../../helpers/places.ts";

/** Scores that are NaN or infinite: the model gives back what it is given. */
const { root, home } = temporaryPlaces("not-a-number");
const input = path.join(root, "input");
const columns = "input:\n  columns: {features: [a, b]}\n  missing: nan\noutput:\n  keep: [id]\n";

beforeAll(async () => {
  fs.mkdirSync(input);
  write("a.csv", ["1,2", "inf,4", "5,6", ",inf"]);
  write("b.csv", ["1,2", "3,4"]);
  for (const format of ["csv", "parquet", "jsonl"]) {
    const settings = ["batchdeck.output_format", format].join(": ");
    await deploy(home, `kept-${format}`, noOpModel(2), { scorer: `${columns}batch: 3\n`, properties: [settings] });
  }
  await deploy(home, "strict", noOpModel(2), { scorer: `${columns}  not_a_number: error\nbatch: 3\n` });
});

function write(name: string, rows: readonly string[]): void {
  fs.writeFileSync(
    path.join(input, name),
    ["id,a,b", ...rows.map((row, index) => `${index + 1},${row}`), ""].join("\n"),
  );
}

async function invoke(endpoint: string, job: string, ...more: readonly string[]) {
  const args = ["invoke", "-n", endpoint, "--input", input, "--output-path", path.join(root, job), "--job-name", job];
  const { code, stdout } = await batchdeck(home, ...args, ...more);
  const record = JSON.parse(read(job, "job.json")) as { counts: { not_a_number: number } };
  return { code, headline: stdout.split("\n")[0], counted: record.counts.not_a_number };
}

const read = (job: string, file: string) => fs.readFileSync(path.join(root, job, file), "utf8");

it.each(["csv", "parquet", "jsonl"])("are written and counted where everyone looks (%s)", async (format) => {
  const job = `job-${format}`;
  const { code, headline, counted } = await invoke(`kept-${format}`, job);
  expect([code, counted]).toEqual([0, 2]);
  expect(headline).toContain("Completed with NaN or infinite scores in 2 rows. 6 of 6 rows scored, 0 failed");
  expect(await showJob(home, job)).toMatchObject({ succeeded: 6, failed: 0, not_a_number: 2 });
  if (format === "csv") expect(read(job, "predictions.csv")).toContain("2,Infinity,4\n3,5,6\n4,NaN,Infinity\n");
});

it("are counted in a job that takes their rows over, and one that takes over a part of their mini-batch", async () => {
  await invoke("kept-csv", "base");
  const same = await invoke("kept-csv", "same", "--incremental");
  expect([same.counted, await showJob(home, "same")]).toMatchObject([2, { reused: 6, not_a_number: 2 }]);
  write("b.csv", ["1,2", "3,inf"]);
  const changed = await invoke("kept-csv", "changed", "--incremental");
  const fresh = await invoke("kept-csv", "fresh");
  expect([changed.counted, fresh.counted]).toEqual([3, 3]);
  expect(read("changed", "predictions.csv")).toBe(read("fresh", "predictions.csv"));
  write("b.csv", ["1,2", "3,4"]);
});

it("fail their row where scorer.yml says so; the rows that ran with it are as they were", async () => {
  await invoke("kept-csv", "lenient");
  const { code, headline, counted } = await invoke("strict", "failing");
  expect([code, counted]).toEqual([3, 0]);
  expect(headline).toContain("Completed with 2 errors. 4 of 6 rows scored, 2 failed");
  const lines = (job: string) => read(job, "predictions.csv").split("\n");
  expect(lines("failing")).toEqual(lines("lenient").filter((line) => !/NaN|Infinity/.test(line)));
  expect(read("failing", "errors.csv").split("\n").slice(1, -1)).toEqual([
    'a.csv,2,postprocess,score-not-a-number,"The score ""same_0"" is Infinity, which is not a number.",',
    'a.csv,4,postprocess,score-not-a-number,"The score ""same_0"" is NaN, which is not a number.",',
  ]);
  expect(await showJob(home, "failing")).toMatchObject({ succeeded: 4, failed: 2, not_a_number: 0 });
});

it("that failed are scored again with what failed beside them", async () => {
  await invoke("strict", "retried");
  write("a.csv", ["1,2", "3,4", "5,6", ",8"]);
  const retry = await batchdeck(home, "job", "retry-failed", "-n", "retried");
  expect(retry.code, retry.stderr).toBe(3);
  expect(read("retried", "errors.csv")).toContain("a.csv,4,postprocess,score-not-a-number");
  expect(await showJob(home, "retried")).toMatchObject({ succeeded: 5, failed: 1, not_a_number: 0 });
});
