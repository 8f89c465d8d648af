import fs from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { beforeAll, describe, expect, it } from "vitest";
import { batchdeck, batchdeckJson, deploy, showJob } from "../../helpers/batchdeck.ts";
import { arrayModel, arrayShape, similarityModel, varyingModel, wideModel } from "../../helpers/models/array-models.ts";
import { undeclaredOutputs } from "../../helpers/models/undeclared-outputs.ts";
import { isLong } from "../../helpers/engine/fault-shim.ts";
import { treeOf } from "../../helpers/outputs.ts";
import { temporaryPlaces } from "../../helpers/places.ts";

/** Outputs of more values than a table has columns for: files beside CSV, lists in the other formats. */
const { root, home, input } = temporaryPlaces("arrays");
const values = arrayShape[0] * arrayShape[1];
const longName = `${"ä".repeat(100)}.csv`;
const tables = ["a.csv", "CON.csv", "50%.csv", "sub/nul .csv", "sub/a:b.csv", "sub/x~.csv", longName];
const rowsEach = 5;

function writeTable(folder: string, name: string, rows: number, bad: readonly number[] = []): void {
  const lines = Array.from({ length: rows }, (_, row) => `${bad.includes(row + 1) ? "abc" : row + 0.5},${row % 3}`);
  fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  fs.writeFileSync(path.join(folder, name), `f0,f1\n${lines.join("\n")}\n`);
}

/** Value `index` of the grid of a row (from 1). */
const valueOf = (row: number, index: number) => Math.fround(row - 0.5 + index * ((row - 1) % 3));

async function invoke(endpoint: string, from: string, job: string, ...more: readonly string[]) {
  const args = ["invoke", "-n", endpoint, "--input", from, "--output-path", path.join(root, job), "--job-name", job];
  return batchdeck(home, ...args, ...more);
}

/** Shape, type and bytes of an .npy file. */
function readNpy(file: string) {
  const bytes = fs.readFileSync(file);
  expect(bytes.subarray(0, 8).toString("latin1")).toBe("\x93NUMPY\x01\x00");
  const end = 10 + bytes.readUInt16LE(8);
  expect(end % 64).toBe(0);
  const header = /^\{'descr': '(.*?)', 'fortran_order': False, 'shape': \((.*?)\), \} *\n$/.exec(
    bytes.toString("latin1", 10, end),
  );
  return { type: header?.[1], shape: header?.[2], data: bytes.subarray(end) };
}

function cellsOf(job: string): readonly (readonly string[])[] {
  const text = fs.readFileSync(path.join(root, job, "predictions.csv"), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
}

beforeAll(async () => {
  for (const name of tables) writeTable(input, name, rowsEach);
  const scorer = "input:\n  columns: {features: [f0, f1]}\nbatch: 4\n";
  await deploy(home, "grid", arrayModel(), { scorer, settings: ["mini_batch_size: 2"] });
  await deploy(home, "undeclared", undeclaredOutputs(arrayModel()), { scorer });
  await deploy(home, "varying", varyingModel());
});

describe("an output whose width follows the rows of a run", () => {
  it("is not taken for one of the width that a trial happened to have", async () => {
    const few = path.join(root, "similar-input");
    writeTable(few, "a.csv", 3);
    await deploy(home, "similarity", similarityModel());
    const ran = await invoke("similarity", few, "similar", "--set", "batchdeck.output_format=jsonl");
    expect(ran.code, ran.stderr).toBe(0);
    const lines = fs
      .readFileSync(path.join(root, "similar", "predictions.jsonl"), "utf8")
      .trim()
      .split("\n");
    const products = lines.map((line) => (JSON.parse(line) as { near: readonly number[] }).near);
    expect(products).toEqual([[0.25], [3.25], [10.25]]);
  });
});

describe("an output of more than 1,000 values", () => {
  it("is an .npy file a row beside CSV, whose names stay in the folder and are those of the input", async () => {
    const ran = await invoke("grid", input, "csv", "--instance-count", "1");
    expect(ran.code, ran.stderr).toBe(0);
    const [header, ...rows] = cellsOf("csv");
    expect(header).toEqual(["file", "row", "grid", "sum"]);
    expect(rows).toHaveLength(tables.length * rowsEach);
    for (const [, row = "", cell = ""] of rows) {
      const { type, shape, data } = readNpy(path.join(root, "csv", cell));
      expect([type, shape]).toEqual(["<f4", "30, 40"]);
      for (let index = 0; index < values; index++)
        expect(data.readFloatLE(4 * index)).toBe(valueOf(Number(row), index));
    }
    const cells = new Set(rows.map(([, , cell]) => cell));
    expect(cells.size).toBe(rows.length);
    expect(cells).toContain("arrays/grid/a.csv#1.npy");
    expect(cells).toContain("arrays/grid/%43ON.csv#1.npy");
    expect(cells).toContain("arrays/grid/50%25.csv#5.npy");
    expect(cells).toContain("arrays/grid/sub/%6Eul .csv#5.npy");
    expect(cells).toContain("arrays/grid/sub/a%3Ab.csv#2.npy");
    const files = Object.keys(treeOf(path.join(root, "csv")));
    expect(files.sort()).toEqual(["errors.csv", "predictions.csv", ...cells].sort());
    const record = JSON.parse(fs.readFileSync(path.join(root, "csv", "job.json"), "utf8")) as {
      batchdeck: { files: string[] };
      scorer: { outputs: { name: string; array?: { shape: number[] } }[] };
    };
    expect(record.batchdeck.files).toEqual(["predictions.csv", "arrays", "errors.csv"]);
    expect(record.scorer.outputs[0]).toMatchObject({ name: "grid", array: { shape: arrayShape } });
  });

  it("is written byte for byte alike by two workers", async () => {
    const ran = await invoke("grid", input, "csv-2", "--instance-count", "2");
    expect(ran.code, ran.stderr).toBe(0);
    expect(treeOf(path.join(root, "csv-2"))).toEqual(treeOf(path.join(root, "csv")));
  });

  it("is a list in JSON lines and in Parquet", async () => {
    for (const format of ["jsonl", "parquet"]) {
      const ran = await invoke("grid", input, format, "--set", `batchdeck.output_format=${format}`);
      expect(ran.code, ran.stderr).toBe(0);
      expect(fs.existsSync(path.join(root, format, "arrays"))).toBe(false);
    }
    const lines = fs
      .readFileSync(path.join(root, "jsonl", "predictions.jsonl"), "utf8")
      .trimEnd()
      .split("\n");
    const rows = lines.map((line) => JSON.parse(line) as { row: number; grid: number[]; sum: number });
    expect(rows).toHaveLength(tables.length * rowsEach);
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const read = await connection.runAndReadAll(
      `SELECT "row", grid FROM '${path.join(root, "parquet", "predictions.parquet")}'`,
    );
    expect(read.columnTypes().map(String)).toEqual(["BIGINT", "FLOAT[]"]);
    const lists = read.getRowsJS() as unknown as [bigint, number[]][];
    for (const [index, { row, grid }] of rows.entries()) {
      const wanted = Array.from({ length: values }, (_, value) => valueOf(row, value));
      expect(grid).toEqual(wanted);
      expect(lists[index]).toEqual([BigInt(row), wanted]);
    }
    connection.closeSync();
  });

  it("is found by a trial where the graph does not tell", async () => {
    const ran = await invoke("undeclared", input, "undeclared-1", "--instance-count", "1");
    expect(ran.code, ran.stderr).toBe(0);
    expect(treeOf(path.join(root, "undeclared-1"))).toEqual(treeOf(path.join(root, "csv")));
  });

  it("stays columns where only its best values are wanted, and is refused where it is too large for any file", async () => {
    const best = await deploy(home, "best", wideModel(1200), { scorer: "output: {top_k: 2}\n" }).catch(String);
    expect(best).toBeUndefined();
    const refused = await deploy(home, "large", wideModel(52_428_800)).catch(String);
    expect(refused).toContain("The model gives 52428800 values an item, and at most 16777216 can be written.");
  });

  it("refuses a folder where somebody has arrays already", async () => {
    fs.mkdirSync(path.join(root, "taken", "arrays"), { recursive: true });
    const ran = await invoke("grid", input, "taken");
    expect([ran.code, fs.readdirSync(path.join(root, "taken"))]).toEqual([2, ["arrays"]]);
  });

  it("is skipped as our own output where a folder of results is scored", async () => {
    const mixed = path.join(root, "mixed");
    fs.cpSync(path.join(root, "csv"), mixed, { recursive: true });
    writeTable(mixed, "z.csv", 2);
    const ran = await invoke("grid", mixed, "own");
    expect(ran.code, ran.stderr).toBe(0);
    const { total, succeeded, skipped } = await showJob(home, "own");
    // The predictions, the folder of arrays, the errors and the record.
    expect({ total, succeeded, skipped }).toEqual({ total: 6, succeeded: 2, skipped: 4 });
  });

  it("goes along when a job's files are downloaded", async () => {
    const target = path.join(root, "copy");
    const ran = await batchdeck(home, "job", "download", "-n", "csv", "--download-path", target);
    expect(ran.code, ran.stderr).toBe(0);
    expect(treeOf(target)).toEqual(treeOf(path.join(root, "csv")));
  });
});

describe("an output whose shape varies", () => {
  it("has the shape of each item, one of which runs at a time", async () => {
    const folder = path.join(root, "places");
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, "t.csv"), "a,b,c,d\n1,0,2,0\n0,0,0,0\n5,6,7,8\n");
    const ran = await invoke("varying", folder, "varied");
    expect(ran.code, ran.stderr).toBe(0);
    const found = [1, 2, 3].map((row) => readNpy(path.join(root, "varied", `arrays/places/t.csv#${row}.npy`)));
    expect(found.map(({ type, shape }) => [type, shape])).toEqual([
      ["<i8", "2, 2"],
      ["<i8", "2, 0"],
      ["<i8", "2, 4"],
    ]);
    const first = [...new BigInt64Array(Uint8Array.from(found[0]?.data ?? []).buffer)];
    expect(first).toEqual([0n, 0n, 0n, 2n]);
    const listed = await invoke("varying", folder, "varied-lists", "--set", "batchdeck.output_format=jsonl");
    expect(listed.code, listed.stderr).toBe(0);
    const lines = fs
      .readFileSync(path.join(root, "varied-lists", "predictions.jsonl"), "utf8")
      .trimEnd()
      .split("\n");
    const lists = lines.map((line) => (JSON.parse(line) as { places: number[] }).places);
    expect(lists).toEqual([[0, 0, 0, 2], [], [0, 0, 0, 0, 0, 1, 2, 3]]);
  });
});

describe("a job that takes arrays over", () => {
  const formats = ["csv", "parquet", ...(isLong ? (["azureml", "jsonl"] as const) : [])] as const;
  const inFormat = (format: string) => ["--set", `batchdeck.output_format=${format}`];
  const reused = (job: string) =>
    (JSON.parse(fs.readFileSync(path.join(root, job, "job.json"), "utf8")) as { reuse: { items: number } }).reuse.items;

  async function expectAsFresh(job: string, from: string, format: string): Promise<void> {
    const fresh = await invoke("grid", from, `fresh-${job}`, ...inFormat(format));
    expect(fresh.code, fresh.stderr).toBe(0);
    expect(treeOf(path.join(root, job))).toEqual(treeOf(path.join(root, `fresh-${job}`)));
  }

  it.each(formats)("gives the files of a fresh one when its failed rows are scored again (%s)", async (format) => {
    const folder = path.join(root, `mending-${format}`);
    const job = `retried-${format}`;
    for (const name of ["a.csv", "b.csv", "c.csv", "d.csv"]) writeTable(folder, name, 9, name === "c.csv" ? [3] : []);
    const first = await invoke("grid", folder, job, ...inFormat(format));
    expect(first.code, first.stderr).toBe(3);
    writeTable(folder, "c.csv", 9);
    const again = await batchdeck(home, "job", "retry-failed", "-n", job);
    expect(again.code, again.stderr).toBe(0);
    expect(reused(job)).toBe(27);
    await expectAsFresh(job, folder, format);
  });

  it.each(formats)("gives them when it scores only what is new (%s)", async (format) => {
    const folder = path.join(root, `growing-${format}`);
    for (const name of ["a.csv", "b.csv", "c.csv"]) writeTable(folder, name, 9);
    const base = await invoke("grid", folder, `base-${format}`, ...inFormat(format));
    expect(base.code, base.stderr).toBe(0);
    writeTable(folder, "b2.csv", 7);
    const ran = await invoke("grid", folder, `more-${format}`, "--incremental", ...inFormat(format));
    expect(ran.code, ran.stderr).toBe(0);
    expect(reused(`more-${format}`)).toBe(27);
    await expectAsFresh(`more-${format}`, folder, format);
  });

  it("scores again what has another array now, or none", async () => {
    const folder = path.join(root, "changed");
    for (const name of ["a.csv", "b.csv", "c.csv", "d.csv", "e.csv"]) writeTable(folder, name, 9);
    const base = await invoke("grid", folder, "changed-base");
    expect(base.code, base.stderr).toBe(0);
    const arrays = path.join(root, "changed-base", "arrays", "grid");
    const bytes = fs.readFileSync(path.join(arrays, "a.csv#2.npy"));
    bytes.writeFloatLE(99, bytes.length - 4);
    fs.writeFileSync(path.join(arrays, "a.csv#2.npy"), bytes);
    fs.rmSync(path.join(arrays, "c.csv#9.npy"));
    const ran = await invoke("grid", folder, "changed-more", "--incremental");
    expect(ran.code, ran.stderr).toBe(0);
    await expectAsFresh("changed-more", folder, "csv");
    expect(reused("changed-more")).toBe(9);
  });
});

describe("the comparison of two jobs", () => {
  type Compared = { same: number; changed: number; columns: { name: string; largest: number; changed: number }[] };

  it("compares arrays by their values, whatever the formats, and tells the largest difference", async () => {
    const [one, other] = [path.join(root, "one"), path.join(root, "other")];
    for (const folder of [one, other]) writeTable(folder, "t.csv", 9);
    fs.writeFileSync(
      path.join(other, "t.csv"),
      fs.readFileSync(path.join(one, "t.csv"), "utf8").replace("4.5,1", "4.5,1.25"),
    );
    expect((await invoke("grid", one, "compared-a")).code).toBe(0);
    for (const format of ["csv", "jsonl", "parquet"]) {
      for (const [from, job] of [
        [one, `same-${format}`],
        [other, `other-${format}`],
      ] as const) {
        const ran = await invoke("grid", from, job, "--set", `batchdeck.output_format=${format}`);
        expect(ran.code, ran.stderr).toBe(0);
      }
      const same = await batchdeckJson<Compared>(home, "job", "compare", "compared-a", `same-${format}`);
      expect([same.same, same.changed, same.columns.map(({ largest }) => largest)]).toEqual([9, 0, [0, 0]]);
      const changed = await batchdeckJson<Compared>(home, "job", "compare", "compared-a", `other-${format}`);
      expect([changed.same, changed.changed]).toEqual([8, 1]);
      expect(changed.columns[0]).toMatchObject({ name: "grid", changed: 1, largest: 0.25 * (values - 1) });
    }
  });
});
