import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { beforeAll, describe, expect, it } from "vitest";
import { batchdeck, deploy, type Ran, showJob, startBatchdeck } from "../helpers/batchdeck.ts";
import { isLong } from "../helpers/engine/fault-shim.ts";
import { denseModel } from "../helpers/models/model-fixtures.ts";
import { helpersOf, isAlive, kill, workersOf } from "../helpers/processes.ts";
import { seededRandom } from "../helpers/random.ts";
import { temporaryPlaces } from "../helpers/places.ts";
import { expectSameFiles } from "../helpers/outputs.ts";
import { sleep } from "../helpers/sleep.ts";

/**
 * Jobs that take rows over from a finished one: whatever is killed in between, their files are byte for byte those of a
 * fresh run over the same input. The moments come from a seed, which is printed; set KILL_SEED to see one again.
 */
const files = 400;
const rowsPerFile = 260;
const kills = isLong ? 40 : 6;
const seed = Number(process.env["KILL_SEED"] ?? Math.floor(Math.random() * 1e9));
const formats = ["csv", "parquet"] as const;
/** A run on every change tries one format of each; a long one tries both. */
const isTried = (format: string, usual: string) => isLong || format === usual;

const { root, home } = temporaryPlaces("reuse-faults");
const random = seededRandom(seed);

function fileName(folder: string, file: number): string {
  return path.join(folder, `part-${String(file).padStart(5, "0")}.csv`);
}

/** Every fifth file has a row or two that do not convert, unless it `isMended`. */
function writeFile(folder: string, file: number, isMended = false): void {
  const values = seededRandom(file + 1);
  const bad = new Set(file % 5 === 0 && !isMended ? [file % rowsPerFile, (file * 7) % rowsPerFile] : []);
  const lines = ["id,f0,f1,f2,f3"];
  for (let row = 0; row < rowsPerFile; row += 1) {
    const cells = [0, 1, 2, 3].map(() => (values() * 10).toFixed(4));
    if (bad.has(row)) cells[2] = "abc";
    lines.push([row % 97 === 0 ? `"r,${file}\n""${row}"""` : `r${file}-${row}`, ...cells].join(","));
  }
  fs.writeFileSync(fileName(folder, file), `${lines.join("\n")}\n`);
}

function makeInput(name: string): string {
  const folder = path.join(root, name);
  fs.mkdirSync(folder);
  for (let file = 0; file < files; file += 1) writeFile(folder, file);
  return folder;
}

function invokeArguments(job: string, input: string, format: string, ...more: string[]): string[] {
  return [
    ...["invoke", "-n", "dense", "--input", input, "--output-path", path.join(root, job), "--job-name", job],
    ...["--set", `batchdeck.output_format=${format}`, ...more],
  ];
}

function isKnown(job: string): boolean {
  const registry = new Database(path.join(home, "registry.db"), { readonly: true, timeout: 5000 });
  const found = registry.prepare("SELECT 1 FROM jobs WHERE name = ?").get(job);
  registry.close();
  return found !== undefined;
}

/** Runs a command and kills its engine, or one of its processes, again and again; goes on with the job until it ends. */
async function withKills(args: readonly string[], job: string): Promise<Ran> {
  let running = startBatchdeck(home, ...args);
  // A kill before the job is stored leaves nothing behind: the command is given again.
  const goOn = () => startBatchdeck(home, ...(isKnown(job) ? ["job", "resume", "-n", job] : args));
  for (let killed = 0; killed < kills; killed += 1) {
    if (running.child.exitCode !== null && !isKnown(job)) running = goOn();
    const engine = running.child.pid ?? 0;
    while (isAlive(engine) && helpersOf(engine).length === 0 && workersOf(engine).length === 0) await sleep(5);
    await sleep(random() * 250);
    if (random() < 0.4) {
      const helpers = helpersOf(engine);
      kill(helpers[Math.floor(random() * helpers.length)], "SIGKILL");
      continue;
    }
    kill(engine, "SIGKILL");
    const ended = await running.ended;
    // It may have come to its end before: then there is nothing left to kill.
    if (ended.signal !== "SIGKILL" && isKnown(job)) return ended;
    running = goOn();
  }
  const ended = await running.ended;
  return isKnown(job) ? ended : goOn().ended;
}

beforeAll(async () => {
  console.log(`reuse test seed: ${seed}`);
  await deploy(home, "dense", denseModel({ features: 4, hidden: [256, 256], classes: 3, seed: 1 }), {
    scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\noutput:\n  keep: [id]\nbatch: 64\n",
    settings: ["mini_batch_size: 4"],
  });
});

describe("a job of 104,000 rows that takes over what another one scored", () => {
  it.each(formats.filter((format) => isTried(format, "parquet")))(
    "ends with the bytes of a fresh run after new, changed and deleted files, whatever is killed (%s)",
    async (format) => {
      const input = makeInput(`in-${format}`);
      const first = await batchdeck(home, ...invokeArguments(`first-${format}`, input, format));
      expect(first.code, first.stderr).toBe(3);
      fs.rmSync(fileName(input, 17));
      for (let file = 200; file < 210; file += 1) writeFile(input, file + 10_000);
      writeFile(input, 40, true);
      writeFile(input, 300, true);
      const job = `more-${format}`;
      const ended = await withKills(invokeArguments(job, input, format, "--incremental"), job);
      expect(ended.code, ended.stderr).toBe(3);
      const fresh = await batchdeck(home, ...invokeArguments(`fresh-${format}`, input, format));
      expect(fresh.code, fresh.stderr).toBe(3);
      expectSameFiles(path.join(root, job), path.join(root, `fresh-${format}`), [
        `predictions.${format}`,
        "errors.csv",
      ]);
      const shown = await showJob(home, job);
      expect(shown.base_job).toBe(`first-${format}`);
      expect(shown.total).toBe((files + 9) * rowsPerFile);
      expect(shown.succeeded + shown.failed + shown.skipped).toBe(shown.total);
      console.log(`${job}: ${shown.reused} of ${shown.total} rows reused`);
      expect(shown.reused).toBeGreaterThan(85_000);
    },
  );

  it.each(formats.filter((format) => isTried(format, "csv")))(
    "has what failed mended in place, in order, whatever is killed, and then once more (%s)",
    async (format) => {
      const input = makeInput(`in-again-${format}`);
      const job = `again-${format}`;
      const first = await batchdeck(home, ...invokeArguments(job, input, format));
      expect(first.code, first.stderr).toBe(3);
      const { failed } = await showJob(home, job);
      for (let round = 1; round <= 2; round += 1) {
        for (let file = 0; file < files; file += 1) if (file % 15 === 5 * round) writeFile(input, file, true);
        const retry = `${job}-retry-${round}`;
        const ended = await withKills(["job", "retry-failed", "-n", job], retry);
        expect(ended.code, ended.stderr).toBe(3);
        const fresh = `fresh-${job}-${round}`;
        expect((await batchdeck(home, ...invokeArguments(fresh, input, format))).code).toBe(3);
        expectSameFiles(path.join(root, job), path.join(root, fresh), [`predictions.${format}`, "errors.csv"]);
        const [found, wanted, retried] = [
          await showJob(home, job),
          await showJob(home, fresh),
          await showJob(home, retry),
        ];
        expect([found.total, found.succeeded, found.failed]).toEqual([wanted.total, wanted.succeeded, wanted.failed]);
        expect(found.failed).toBeLessThan(failed);
        expect(found.status).toBe("Completed");
        console.log(`${retry}: ${retried.reused} of ${retried.total} rows kept`);
        expect(retried.reused).toBeGreaterThan(85_000);
        expect(fs.readdirSync(path.join(root, job)).sort()).toEqual([
          "errors.csv",
          "job.json",
          `predictions.${format}`,
        ]);
      }
      // What was retried is a base like any other.
      writeFile(input, 399, true);
      const last = await batchdeck(home, ...invokeArguments(`last-${format}`, input, format, "--incremental"));
      expect(last.code, last.stderr).toBe(3);
      expect(last.stderr).toMatch(new RegExp(`Reused [0-9,]+ of 104,000 rows from (fresh-)?${job}`));
      expectSameFiles(path.join(root, `last-${format}`), path.join(root, `fresh-${job}-2`), [
        `predictions.${format}`,
        "errors.csv",
      ]);
    },
  );
});
