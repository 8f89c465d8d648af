import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { beforeAll, describe, expect, it } from "vitest";
import { batchdeck, deploy, showJob, type ShownJob } from "../helpers/batchdeck.ts";
import { writeParquetFolder } from "../helpers/data/data-fixtures.ts";
import { oddTables, writeLongLine, writeOddTables } from "../helpers/data/malformed-tables.ts";
import { oddPictures } from "../helpers/data/malformed-pictures.ts";
import { noOpModel } from "../helpers/models/model-fixtures.ts";
import { countTableItems } from "../helpers/data/slow-splitter.ts";
import { temporaryPlaces } from "../helpers/places.ts";
import { imageModel } from "../helpers/models/image-models.ts";

/**
 * Files that are wrong in every way we could think of, scored for real. Nothing dies, and for each file the items that
 * succeeded and failed are as many as a splitter of the test's own counts: no row is lost without a word.
 */
const { root, home } = temporaryPlaces("malformed");

type Counts = { succeeded: number; failed: number; rows: Set<number>; isWholeFile: boolean };
type Scored = { readonly job: ShownJob; readonly files: ReadonlyMap<string, Counts>; readonly record: JobRecord };
type JobRecord = {
  readonly run: { readonly worker_deaths: number; readonly engines: number };
  readonly input: { readonly skipped_by: Readonly<Record<string, number>> };
};

beforeAll(async () => {
  const scorer = "input:\n  columns: {features: [f0, f1]}\nbatch: 256\n";
  const properties = ["batchdeck.csv_formulas: keep"];
  await deploy(home, "tables", noOpModel(2), { scorer, settings: ["mini_batch_size: 20"], properties });
  await deploy(home, "pictures", imageModel(), { properties });
});

/** Scores a folder and tells, for each file, what became of its items; each row must be accounted for once. */
async function score(endpoint: string, input: string): Promise<Scored> {
  const job = path.basename(input);
  const output = path.join(root, `${job}-out`);
  const ran = await batchdeck(
    home,
    ...["invoke", "-n", endpoint, "--input", input, "--output-path", output, "--job-name", job],
  );
  expect(ran.code, ran.stderr).toBe(3);
  const files = new Map<string, Counts>();
  const countsOf = (file: string): Counts => {
    const counts = files.get(file) ?? { succeeded: 0, failed: 0, rows: new Set<number>(), isWholeFile: false };
    files.set(file, counts);
    return counts;
  };
  const take = (counts: Counts, row: string): void => {
    if (row === "") counts.isWholeFile = true;
    else if (counts.rows.has(Number(row))) throw new Error(`Row ${row} is accounted for twice.`);
    else counts.rows.add(Number(row));
  };
  const rowsOf = (file: string): string[][] => parse(fs.readFileSync(path.join(output, file)));
  const [header = [], ...rows] = rowsOf("predictions.csv");
  for (const cells of rows) {
    const counts = countsOf(cells[0] ?? "");
    counts.succeeded += 1;
    if (header[1] === "row") take(counts, cells[1] ?? "");
  }
  for (const [file = "", row = "", stage = "", code = "", message = ""] of rowsOf("errors.csv").slice(1)) {
    const counts = countsOf(file);
    counts.failed += 1;
    take(counts, row);
    if (stage === "" || code === "" || !/^[A-Z"].{9,}\.$/s.test(message)) expect.fail(`${file}: ${code}: ${message}`);
  }
  const record = JSON.parse(fs.readFileSync(path.join(output, "job.json"), "utf8")) as JobRecord;
  return { job: await showJob(home, job), files, record };
}

function expectNothingDied({ job, record }: Scored): void {
  expect(job.status).toBe("Completed");
  expect([record.run.worker_deaths, record.run.engines]).toEqual([0, 1]);
  expect(job.succeeded + job.failed + job.skipped).toBe(job.total);
}

function isOneTo(rows: ReadonlySet<number>, items: number): boolean {
  return rows.size === items && [...rows].every((row) => row >= 1 && row <= items);
}

describe("tables", () => {
  it("that are malformed cost their bad rows, and every row is counted", async () => {
    const [parquetName = ""] = await writeParquetFolder(path.join(root, "parquet"), {
      files: 1,
      rowsPerFile: 10,
      features: 2,
    });
    const tables = oddTables(fs.readFileSync(path.join(root, "parquet", parquetName)));
    expect(tables.length).toBeGreaterThan(300);
    const input = path.join(root, "odd-tables");
    writeOddTables(input, tables);
    // The first file decides how delimited text is read.
    fs.writeFileSync(path.join(input, "0-first.csv"), "f0,f1,t\n1,2,é\n");
    fs.mkdirSync(path.join(input, "0-folder.csv"));
    fs.writeFileSync(path.join(input, "0-folder.csv", "inner.csv"), "f0,f1,t\n1,2,a\n");
    writeLongLine(path.join(input, "0-long-line.csv"));
    for (const name of ["0.csv.gz", "0.xlsx", ".hidden.csv", "Thumbs.db", "no-ending", "0.csv~", "0.csv.part"]) {
      fs.writeFileSync(path.join(input, name), "f0,f1,t\n1,2,a\n");
    }

    const scored = await score("tables", input);
    expectNothingDied(scored);
    expect(scored.job.skipped).toBe(5);
    const good = new Map<string, number | undefined>([
      ["0-first.csv", 1],
      ["0-folder.csv/inner.csv", 1],
      ["0-long-line.csv", 3],
      // By what is in it, and not what its ending says.
      ["no-ending", 1],
      ["0.csv.gz", 0],
      ...tables.map((table) => [table.name, table.good] as const),
    ]);
    const wrong: string[] = [];
    let total = 0;
    for (const [name, succeeded] of good) {
      const found = scored.files.get(name) ?? { succeeded: 0, failed: 0, rows: new Set(), isWholeFile: false };
      const isParquet = name.endsWith(".parquet");
      const items = isParquet ? succeeded || 1 : countTableItems(path.join(input, name));
      total += items;
      if (found.succeeded + found.failed !== items) {
        wrong.push(`${name}: ${found.succeeded} + ${found.failed} of ${items}`);
      } else if (succeeded !== undefined && found.succeeded !== succeeded) {
        wrong.push(`${name}: ${found.succeeded} scored instead of ${succeeded}`);
      } else if (found.isWholeFile ? items !== 1 : !isOneTo(found.rows, items)) {
        wrong.push(`${name}: its rows are not 1 to ${items}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(scored.job.total).toBe(total + 5);
  });
});

describe("pictures", () => {
  it("that are malformed fail alone, each once", async () => {
    const input = path.join(root, "odd-pictures");
    const pictures = oddPictures();
    expect(pictures.length).toBeGreaterThan(100);
    fs.mkdirSync(input);
    for (const { name, content } of pictures) fs.writeFileSync(path.join(input, name), content);
    const scored = await score("pictures", input);
    expectNothingDied(scored);
    expect(scored.job.total).toBe(pictures.length);
    const wrong = pictures.flatMap(({ name, isGood }) => {
      const { succeeded = 0, failed = 0 } = scored.files.get(name) ?? {};
      if (succeeded + failed !== 1) return [`${name}: ${succeeded} + ${failed}`];
      return isGood === undefined || (succeeded === 1) === isGood ? [] : [`${name}: ${isGood ? "failed" : "scored"}`];
    });
    expect(wrong).toEqual([]);
  });
});

describe("names", () => {
  const table = "f0,f1,t\n1,2,a\n3,x,b\n";
  const names = [
    "plain.csv",
    "Caf\u00e9.csv",
    "Cafe\u0301.csv",
    "UPPER.csv",
    "upper.csv",
    "😀 grin 👩‍👩‍👧.csv",
    "\u05e9\u05dc\u05d5\u05dd \u202edesrever.csv",
    "trailing dot..csv",
    "trailing space .csv",
    " leading space.csv",
    "CON.csv",
    "=formula+1.csv",
    "-dash.csv",
    "@at.csv",
    'quote".csv',
    "comma,and;more.csv",
    "new\nline.csv",
    "tab\tand\rreturn.csv",
    "back\\slash.csv",
    "percent%20 %s ${x} `id`.csv",
    "*?[a]{b,c}.csv",
    "'single' $(x).csv",
    "\u{1f600}\ufe0f.csv",
    "\ud7ff\ue000.csv",
    `${"x".repeat(251)}.csv`,
    `${"é".repeat(125)}.csv`,
    `${"deep/".repeat(80)}same.csv`,
    ...Array.from({ length: 20 }, (_, index) => `folder-${index}/same.csv`),
  ];

  it("of every kind come back in the results as they are, in code-point order", async () => {
    const input = path.join(root, "odd-names");
    for (const name of names) {
      fs.mkdirSync(path.dirname(path.join(input, name)), { recursive: true });
      fs.writeFileSync(path.join(input, name), table);
    }
    // What is no file that can be read is counted as skipped, each once.
    fs.symlinkSync("nowhere", path.join(input, "broken-link.csv"));
    fs.symlinkSync("/etc/hostname", path.join(input, "link-out.csv"));
    fs.symlinkSync(".", path.join(input, "loop"));
    fs.writeFileSync(
      Buffer.concat([Buffer.from(`${input}/not-`), Buffer.from([0xff, 0xfe]), Buffer.from(".csv")]),
      table,
    );
    execFileSync("mkfifo", [path.join(input, "pipe.csv")]);
    const scored = await score("tables", input);
    expectNothingDied(scored);
    expect(scored.record.input.skipped_by).toEqual({
      "broken-link": 1,
      "outside-link": 1,
      "repeated-link": 1,
      "unreadable-name": 1,
      "not-a-file": 1,
    });
    expect(scored.job.skipped).toBe(5);
    const ordered = [...names].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
    expect([...scored.files.keys()]).toEqual(ordered);
    for (const [name, { succeeded, failed }] of scored.files) expect([name, succeeded, failed]).toEqual([name, 1, 1]);
  });
});
