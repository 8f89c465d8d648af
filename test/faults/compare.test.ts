import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Comparison } from "../../electron/contract/messages/compare-messages.ts";
import { batchdeck, batchdeckJson, deploy, startBatchdeck, untilScored } from "../helpers/batchdeck.ts";
import { isLong } from "../helpers/engine/fault-shim.ts";
import { denseModel } from "../helpers/models/model-fixtures.ts";
import { helpersOf, isAlive, kill } from "../helpers/processes.ts";
import { seededRandom } from "../helpers/random.ts";
import { temporaryPlaces } from "../helpers/places.ts";
import { sleep } from "../helpers/sleep.ts";

/**
 * Two jobs of 100,000 rows over inputs that differ in known ways. What DuckDB finds in their files by joining them is what
 * the comparison must say, also when it is killed again and again.
 */
const files = 50;
const rowsPerFile = 2080;
const kills = isLong ? 30 : 5;
const seed = Number(process.env["KILL_SEED"] ?? Math.floor(Math.random() * 1e9));
const random = seededRandom(seed);

const { root, home } = temporaryPlaces("compare-faults");
const outputs = ["label", "probabilities_0", "probabilities_1", "probabilities_2"];
let database: DuckDBInstance;

type Change = "other numbers" | "bad rows" | "other bad rows" | "shorter" | "no number anywhere";

function writeFile(folder: string, file: number, change?: Change): void {
  const values = seededRandom(file + 1);
  const rows = change === "shorter" ? rowsPerFile - 500 : rowsPerFile;
  const lines = ["f0,f1,f2,f3"];
  for (let row = 0; row < rows; row += 1) {
    const cells = [0, 1, 2, 3].map(() => (values() * 10 - 5).toFixed(4));
    if (change === "other numbers" && row % 3 === 0) cells[1] = String(row % 7);
    if (change === "bad rows" && row % 10 === 0) cells[2] = "abc";
    if (change === "other bad rows" && row % 15 === 0) cells[2] = "abc";
    lines.push(cells.join(","));
  }
  const text = change === "no number anywhere" ? "" : `${lines.join("\n")}\n`;
  fs.writeFileSync(path.join(folder, `part ${String(file).padStart(3, "0")}.csv`), text);
}

function makeInput(name: string, changes: Readonly<Record<number, Change>>, without: readonly number[]): string {
  const folder = path.join(root, name);
  fs.mkdirSync(folder);
  for (let file = 0; file < files; file += 1) if (!without.includes(file)) writeFile(folder, file, changes[file]);
  return folder;
}

const invokeArguments = (job: string, input: string, ...more: string[]) => [
  ...["invoke", "-n", "dense", "--input", input, "--output-path", path.join(root, job), "--job-name", job],
  ...more,
];

/** Kills the engine once, somewhere in the middle, and goes on. */
async function invokeWithKill(job: string, input: string): Promise<void> {
  const running = startBatchdeck(home, ...invokeArguments(job, input, "--set", "batchdeck.csv_formulas=keep"));
  await untilScored(home, job, 20_000);
  kill(running.child.pid, "SIGKILL");
  await running.ended;
  const ended = await batchdeck(home, "job", "resume", "-n", job);
  expect(ended.code, ended.stderr).toBe(3);
}

function compare(a: string, b: string, target: string, ...more: string[]): Promise<Comparison> {
  return batchdeckJson<Comparison>(home, "job", "compare", a, b, "--output-path", path.join(root, target), ...more);
}

async function queried(sql: string): Promise<readonly Record<string, unknown>[]> {
  const connection = await database.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJS();
  } finally {
    connection.closeSync();
  }
}

const table = (file: string) =>
  `(SELECT * FROM read_csv('${path.join(root, file)}', header = true, all_varchar = true, delim = ',', quote = '"', escape = '"'))`;

/** A job's rows; those that failed, with a row for each; and what of both is in either. */
function tables(a: string, b: string): string {
  const [rows, errors] = [
    (job: string) => table(`${job}/predictions.csv`),
    (job: string) => `(SELECT file, row FROM ${table(`${job}/errors.csv`)})`,
  ];
  const differs = outputs.map((name) => `a.${name} <> b.${name}`).join(" OR ");
  const failedThere = (errorsThere: string, one: string) =>
    `EXISTS (SELECT 1 FROM ${errorsThere} e WHERE e.file = ${one}.file AND (e.row = ${one}.row OR e.row IS NULL))`;
  return `WITH joined AS (SELECT a.file FROM ${rows(a)} a JOIN ${rows(b)} b USING (file, row)),
    changed AS (SELECT a.file, a.row FROM ${rows(a)} a JOIN ${rows(b)} b USING (file, row) WHERE ${differs}),
    only_a AS (SELECT a.file, a.row, ${failedThere(errors(b), "a")} AS failed FROM ${rows(a)} a ANTI JOIN ${rows(b)} b USING (file, row)),
    only_b AS (SELECT b.file, b.row, ${failedThere(errors(a), "b")} AS failed FROM ${rows(b)} b ANTI JOIN ${rows(a)} a USING (file, row)),
    cells AS (${outputs.map((name) => `SELECT a.file, a.row, '${name}' AS col, a.${name} AS x, b.${name} AS y FROM ${rows(a)} a JOIN ${rows(b)} b USING (file, row)`).join(" UNION ALL ")})`;
}

const hash = (file: string) => createHash("sha256").update(fs.readFileSync(file)).digest("hex");

beforeAll(async () => {
  console.log(`compare test seed: ${seed}`);
  database = await DuckDBInstance.create(":memory:");
  await deploy(home, "dense", denseModel({ features: 4, hidden: [64], classes: 3, seed: 1 }), {
    scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\nbatch: 64\n",
  });
  const a = makeInput("in-a", { 3: "bad rows", 5: "bad rows", 30: "no number anywhere" }, [7]);
  const changesOfB: Readonly<Record<number, Change>> = {
    ...{ 3: "other bad rows", 5: "other numbers", 10: "other numbers", 20: "shorter" },
    ...{ 30: "bad rows", 40: "no number anywhere", 44: "other numbers" },
  };
  const b = makeInput("in-b", changesOfB, [11, 12]);
  await invokeWithKill("a", a);
  await invokeWithKill("b", b);
});
afterAll(() => database.closeSync());

describe("a comparison of two jobs of 100,000 rows", () => {
  it("counts what a join of their files counts", async () => {
    const compared = await compare("a", "b", "d1/differences.csv");
    const sums = await queried(`${tables("a", "b")} SELECT
      (SELECT count(*) FROM joined)::INT - (SELECT count(*) FROM changed)::INT AS same,
      (SELECT count(*) FROM changed)::INT AS changed, 0 AS changed_input,
      (SELECT count(*) FROM only_a)::INT AS only_in_a, (SELECT count(*) FILTER (failed) FROM only_a)::INT AS failed_in_b,
      (SELECT count(*) FROM only_b)::INT AS only_in_b, (SELECT count(*) FILTER (failed) FROM only_b)::INT AS failed_in_a`);
    const wanted = sums[0] as Record<string, number>;
    console.log(JSON.stringify(wanted));
    expect(compared).toMatchObject({ ...wanted, lined_up_by: "item", tolerance: 0 });
    for (const count of ["same", "changed", "only_in_a", "failed_in_b", "only_in_b", "failed_in_a"] as const) {
      expect(wanted[count], count).toBeGreaterThan(100);
    }
    expect(compared.same + compared.changed + compared.only_in_a).toBe(compared.rows_in_a);
    expect(compared.same + compared.changed + compared.only_in_b).toBe(compared.rows_in_b);

    const columns = await queried(`${tables("a", "b")} SELECT col AS name, count(*) FILTER (x <> y)::INT AS changed,
      max(abs(x::FLOAT::DOUBLE - y::FLOAT::DOUBLE)) AS largest, avg(abs(x::FLOAT::DOUBLE - y::FLOAT::DOUBLE)) AS mean
      FROM cells GROUP BY col ORDER BY col`);
    expect(compared.columns.map(({ name, changed, largest }) => ({ name, changed, largest }))).toEqual(
      columns.map(({ name, changed, largest }) => ({ name, changed, largest })),
    );
    for (const [index, { mean }] of columns.entries()) {
      expect(compared.columns[index]?.mean).toBeCloseTo(mean as number, 12);
    }
    const changes = await queried(`${tables("a", "b")} SELECT x AS "from", y AS "to", count(*)::INT AS count
      FROM cells WHERE col = 'label' AND x <> y GROUP BY x, y`);
    const byText = (one: unknown, other: unknown) => JSON.stringify(one).localeCompare(JSON.stringify(other));
    expect([...(compared.columns[0]?.changes ?? [])].sort(byText)).toEqual([...changes].sort(byText));
  });

  it("writes a line a changed cell, and one for each row that only one has", async () => {
    const sql = (side: "found" | "wanted") =>
      side === "found"
        ? `SELECT file, row, change, "column" AS col, a AS x, b AS y FROM ${table("d1/differences.csv")}`
        : `SELECT file, row, 'changed' AS change, col, x, y FROM cells WHERE x <> y
          UNION ALL SELECT file, row, if(failed, 'failed in B', 'only in A'), NULL, NULL, NULL FROM only_a
          UNION ALL SELECT file, row, if(failed, 'failed in A', 'only in B'), NULL, NULL, NULL FROM only_b`;
    for (const [one, other] of [
      ["found", "wanted"],
      ["wanted", "found"],
    ] as const) {
      expect(await queried(`${tables("a", "b")} (${sql(one)}) EXCEPT ALL (${sql(other)}) LIMIT 3`)).toEqual([]);
    }
  });

  it("counts numbers within the tolerance as the same", async () => {
    const tolerance = 0.01;
    const compared = await compare("a", "b", "tolerant.csv", "--tolerance", String(tolerance));
    const columns = await queried(`${tables("a", "b")} SELECT col AS name,
      count(*) FILTER (abs(x::FLOAT::DOUBLE - y::FLOAT::DOUBLE) > ${tolerance})::INT AS changed
      FROM cells GROUP BY col ORDER BY col`);
    expect(compared.columns.map(({ name, changed }) => ({ name, changed }))).toEqual(columns);
  });

  it("makes the same file whatever is killed, and never half of it", async () => {
    const wanted = hash(path.join(root, "d1/differences.csv"));
    for (let round = 0; round < kills; round += 1) {
      const target = path.join(root, `killed-${round}`);
      const file = path.join(target, "differences.csv");
      const args = ["job", "compare", "a", "b", "--output-path", target];
      const running = startBatchdeck(home, ...args);
      const command = running.child.pid ?? 0;
      while (isAlive(command) && helpersOf(command).length === 0) await sleep(5);
      await sleep(random() * 1500);
      const isCommandKilled = round % 2 === 0;
      const helpers = helpersOf(command);
      kill(isCommandKilled ? command : helpers[0], "SIGKILL");
      const ended = await running.ended;
      // One that lost its command may be just about to give the whole file its name.
      while (helpers.some(isAlive)) await sleep(5);
      // The process that dies is started again; a command that does leaves nothing under the file's name, or all of it.
      if (ended.signal === null) expect(ended.code, ended.stderr).toBe(0);
      else if (!fs.existsSync(file)) expect((await batchdeck(home, ...args)).code).toBe(0);
      expect(hash(file)).toBe(wanted);
      expect(fs.readdirSync(target)).toEqual(["differences.csv"]);
    }
  });
});

describe("jobs that took rows over", () => {
  it("are the same as fresh ones throughout: a retry, and an incremental job", async () => {
    const input = makeInput("in-again", { 1: "bad rows", 2: "other bad rows" }, []);
    expect((await batchdeck(home, ...invokeArguments("again", input))).code).toBe(3);
    writeFile(input, 1);
    expect((await batchdeck(home, "job", "retry-failed", "-n", "again")).code).toBe(3);
    writeFile(input, 2);
    const parquet = ["--set", "batchdeck.output_format=parquet"];
    expect((await batchdeck(home, ...invokeArguments("fresh", input, ...parquet))).code).toBe(0);
    const incremental = await batchdeck(home, ...invokeArguments("more", input, "--incremental"));
    expect(incremental.stderr).toMatch(/Reused [0-9,]+ of 104,000 rows from again/);

    const failed = Math.ceil(rowsPerFile / 15);
    const retried = await compare("again", "fresh", "retried.csv");
    expect(retried).toMatchObject({
      same: files * rowsPerFile - failed,
      changed: 0,
      only_in_a: 0,
      failed_in_a: failed,
    });
    expect(retried.only_in_b).toBe(failed);
    const byRetry = await compare("again-retry-1", "fresh", "by-retry.csv");
    expect(byRetry).toEqual({ ...retried, a: "again-retry-1", differences_file: byRetry.differences_file });
    const more = await compare("more", "fresh", "more.csv");
    expect(more).toMatchObject({ same: files * rowsPerFile, changed: 0, only_in_a: 0, only_in_b: 0 });
  });
});
