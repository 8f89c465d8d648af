import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { parse } from "csv-parse/sync";
import { beforeAll, describe, expect, it } from "vitest";
import { batchdeck, deploy, showJob, startBatchdeck, untilScored } from "../../helpers/batchdeck.ts";
import type { SwapperOrder } from "../../helpers/data/swapper.ts";
import { prepareSwap, type SwapKind, swapKinds, type SwapPlace, writeSwapPlace } from "../../helpers/data/swaps.ts";
import { isLong } from "../../helpers/engine/fault-shim.ts";
import { imageModel } from "../../helpers/models/image-models.ts";
import { denseModel, noOpModel } from "../../helpers/models/model-fixtures.ts";
import { echoModel } from "../../helpers/models/text-models.ts";
import { kill } from "../../helpers/processes.ts";
import { temporaryPlaces } from "../../helpers/places.ts";
import { seededRandom } from "../../helpers/random.ts";
import { scriptWorker } from "../../helpers/scripts/script-worker.ts";
import { until } from "../../helpers/until.ts";

/**
 * Jobs whose files, or the folders of them, are exchanged for links, other files and pipes once they are listed. What takes
 * a file's place has its size and time. None of it may be read, and no job may hang: what is not the listed file fails.
 */
const { root, home, outOf } = temporaryPlaces("swapped");
const seed = Number(process.env["SWAP_SEED"] ?? Date.now() % 1e6);
const random = seededRandom(seed);
console.log(`Swaps of seed ${seed}.`);

const files = isLong ? 100 : 32;
const rounds = isLong ? 3 : 1;
const swapper = path.join(import.meta.dirname, "../../helpers/data/swapper.ts");

const rowsOf = (word: string): readonly string[] =>
  Array.from({ length: 50 }, (_, row) => `${row + 10},${row + 20},${word}`);

const writers = {
  tables: {
    names: ["t.csv", "t.jsonl", "t.parquet"],
    async write(file: string, word: string) {
      if (file.endsWith(".csv")) fs.writeFileSync(file, `f0,f1,tag\n${rowsOf(word).join("\n")}\n`);
      else if (file.endsWith(".jsonl")) {
        const objects = rowsOf(word).map((row) => {
          const [f0 = "", f1 = "", tag = ""] = row.split(",");
          return JSON.stringify({ f0: Number(f0), f1: Number(f1), tag });
        });
        fs.writeFileSync(file, `${objects.join("\n")}\n`);
      } else await writeParquet(file, word);
    },
  },
  lines: {
    names: ["t.txt"],
    write: (file: string, word: string) => fs.writeFileSync(file, `${word} one\n${word} two\n`),
  },
  texts: {
    names: ["t.txt"],
    write: (file: string, word: string) => fs.writeFileSync(file, `${word} as a whole`),
  },
  pictures: {
    names: ["p.bmp"],
    write: (file: string, word: string) => fs.writeFileSync(file, bitmap(word === "outside" ? 255 : 0)),
  },
} as const;
type Items = keyof typeof writers;

async function writeParquet(file: string, word: string): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const select = `SELECT range + 10.0 AS f0, range + 20.0 AS f1, '${word}' AS tag FROM range(50)`;
  await connection.run(`COPY (${select}) TO '${file}' (FORMAT parquet, COMPRESSION uncompressed)`);
  connection.closeSync();
  instance.closeSync();
}

/** 32 by 32 pixels of one grey. */
function bitmap(grey: number): Buffer {
  const pixels = 32 * 32 * 3;
  const bytes = Buffer.alloc(54 + pixels, grey);
  bytes.fill(0, 0, 54);
  bytes.write("BM");
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(32, 18);
  bytes.writeInt32LE(32, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  bytes.writeUInt32LE(pixels, 34);
  return bytes;
}

let places = 0;

async function placeOf(items: Items, count = files): Promise<SwapPlace> {
  places += 1;
  const { names } = writers[items];
  const each = Array.from({ length: count }, (_, index) => names[index % names.length] ?? "");
  return writeSwapPlace(path.join(root, `place-${places}`), each, (file, word) => writers[items].write(file, word));
}

/** The first files stay as they are: a job with no item that succeeds is another story. */
const untouched = 3;

function swapsOf(place: SwapPlace, kinds: readonly SwapKind[]): SwapperOrder["swaps"] {
  return place.files
    .slice(untouched)
    .map((file) => ({ file, kind: kinds[Math.floor(random() * kinds.length)] ?? "link" }));
}

/** Starts the swapper; once it is ready, what it is to do. `stop` gives how many swaps it made. */
async function startSwapper(order: SwapperOrder): Promise<{ readonly stop: () => Promise<number> }> {
  const child = spawn(process.execPath, [swapper, JSON.stringify(order)], { stdio: ["pipe", "pipe", "inherit"] });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  await until(() => said.includes("ready\n"));
  return {
    async stop() {
      child.stdin.end();
      await ended;
      return Number(said.split("\n")[1]);
    },
  };
}

const listingOf = (job: string) => path.join(home, "jobs", job, "listing.jsonl");

function invokeArguments(items: Items, place: SwapPlace, job: string): readonly string[] {
  return ["invoke", "-n", items, "--input", place.input, "--output-path", outOf(job), "--job-name", job];
}

const read = (job: string, name: string): string => fs.readFileSync(path.join(outOf(job), name), "utf8");

/** Nothing of the files outside is in the outputs, and what failed failed for being another file. Gives how many files did. */
async function expectNothingOutside(job: string, items: Items): Promise<number> {
  const predictions = read(job, "predictions.csv");
  const errors = parse<Readonly<Record<string, string>>>(read(job, "errors.csv"), { columns: true });
  expect(predictions + read(job, "errors.csv")).not.toContain("outside");
  if (items === "pictures") {
    const values = predictions
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.slice(line.indexOf(",") + 1));
    expect([...new Set(values)], "all black").toHaveLength(1);
  }
  expect(errors.filter(({ code }) => code !== "input-changed")).toEqual([]);
  const shown = await showJob(home, job);
  expect(shown.status).toBe("Completed");
  expect(shown.succeeded + shown.failed + shown.skipped).toBe(shown.total);
  expect(shown.failed).toBe(errors.length);
  return new Set(errors.map(({ file }) => file)).size;
}

beforeAll(async () => {
  const table = "input:\n  columns: {features: [f0, f1]}\noutput:\n  keep: [tag]\nbatch: 64\n";
  await deploy(home, "tables", noOpModel(2), { scorer: table });
  await deploy(home, "lines", echoModel(), { scorer: "input: {kind: text, items: line}\n" });
  await deploy(home, "texts", echoModel(), { scorer: "input: {kind: text}\n" });
  await deploy(home, "pictures", imageModel());
  await deploy(home, "slow", denseModel({ features: 2, hidden: [1500, 1500], classes: 3 }), {
    scorer: table,
    settings: ["mini_batch_size: 1"],
  });
});

describe.each(Object.keys(writers) as Items[])("a job of %s", (items) => {
  it("reads none of the files that take the place of listed ones", async () => {
    for (let round = 0; round < rounds; round++) {
      const job = `${items}-once-${round}`;
      const place = await placeOf(items);
      const swaps = swapsOf(place, swapKinds);
      const running = await startSwapper({ place, swaps, after: listingOf(job), mode: "once" });
      const ran = await batchdeck(home, ...invokeArguments(items, place, job));
      expect(await running.stop()).toBe(swaps.length);
      expect(ran.code, `${job} of seed ${seed}: ${ran.stderr}`).toBe(3);
      expect(await expectNothingOutside(job, items)).toBeGreaterThan(0);
    }
  });

  it("reads none while they are exchanged to and fro", async () => {
    for (let round = 0; round < rounds; round++) {
      const job = `${items}-to-and-fro-${round}`;
      const place = await placeOf(items);
      const swaps = swapsOf(place, ["link", "folder link", "hard link", "pipe"]);
      const running = await startSwapper({ place, swaps, after: listingOf(job), mode: "to-and-fro" });
      const ran = await batchdeck(home, ...invokeArguments(items, place, job));
      expect(await running.stop()).toBeGreaterThan(isLong ? 500 : 50);
      expect([0, 3], `${job} of seed ${seed}: ${ran.stderr}`).toContain(ran.code);
      await expectNothingOutside(job, items);
    }
  });
});

it("a job that was paused meanwhile says so, and goes on without them", async () => {
  const place = await placeOf("tables", isLong ? 600 : 240);
  const job = "paused";
  const running = startBatchdeck(
    home,
    ...["invoke", "-n", "slow", "--input", place.input, "--output-path", outOf(job), "--job-name", job],
    ...["--instance-count", "1"],
  );
  await untilScored(home, job, 1);
  kill(running.child.pid, "SIGINT");
  await running.ended;
  const { status, succeeded } = await showJob(home, job);
  expect(status).toBe("Paused");
  const swaps = swapsOf(place, swapKinds).map(({ file, kind }) => prepareSwap(place, file, kind));
  for (const swap of swaps) swap.take();
  const refused = await batchdeck(home, "job", "resume", "-n", job);
  expect([refused.code, (await showJob(home, job)).problem?.code]).toEqual([2, "input/changed"]);
  expect((await showJob(home, job)).succeeded).toBe(succeeded);
  const resumed = await batchdeck(home, "job", "resume", "-n", job, "--skip-changed");
  expect(resumed.code, resumed.stderr).toBe(3);
  expect(await expectNothingOutside(job, "tables")).toBeGreaterThan(0);
});

it("a script that was given a file which is another one now runs again without it", async () => {
  const folder = path.join(root, "script");
  fs.mkdirSync(folder);
  const [started, goOn] = [path.join(folder, "started"), path.join(folder, "go-on")];
  const worker = await scriptWorker(folder, {
    name: "score.mjs",
    source: [
      'import fs from "node:fs";',
      "export function init() {}",
      "export async function run(files) {",
      `  fs.writeFileSync(${JSON.stringify(started)}, "");`,
      `  while (!fs.existsSync(${JSON.stringify(goOn)})) await new Promise((go) => setTimeout(go, 10));`,
      '  return files.map((file) => fs.readFileSync(file, "utf8").trim());',
      "}",
      "",
    ].join("\n"),
  });
  const scoring = worker.score("a.txt", "b.txt", "c.txt");
  await until(() => fs.existsSync(started));
  const { mtime } = fs.statSync(path.join(folder, "input/b.txt"));
  fs.writeFileSync(path.join(folder, "secret"), "x\n");
  fs.utimesSync(path.join(folder, "secret"), mtime, mtime);
  fs.rmSync(path.join(folder, "input/b.txt"));
  fs.symlinkSync(path.join(folder, "secret"), path.join(folder, "input/b.txt"));
  fs.writeFileSync(goOn, "");
  expect(await scoring).toMatchObject({
    kind: "committed",
    miniBatch: { succeeded: 2, failed: 1, failedParts: [1] },
    rows: '"a"\n"c"\n',
    errors: "b.txt,,read,input-changed,The file was changed after the job had listed it.,\n",
  });
  await worker.close();
});
