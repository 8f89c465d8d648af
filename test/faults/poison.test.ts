import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { MiniBatchRecord } from "../../electron/contract/views/mini-batch.ts";
import { batchdeck, batchdeckJson, deploy, showJob, startBatchdeck, type ShownJob } from "../helpers/batchdeck.ts";
import { isAlive, kill, workersOf } from "../helpers/processes.ts";
import { temporaryPlaces } from "../helpers/places.ts";
import { sleep } from "../helpers/sleep.ts";
import { abortingModel, hangingModel, hungryModel } from "../helpers/models/misbehaving-models.ts";

/**
 * Items that end the process, never end, or take more memory than there is: each is found and named, and everything else
 * is scored. The models do it for real.
 */
const { root, home } = temporaryPlaces("poison");
const scorer = (batch: number) => `input:\n  columns: {features: [a, b]}\nbatch: ${batch}\n`;

/** One file of rows `100 + n, 1`, with 13 as the first cell of the rows that are named (from 1). */
function writeRows(name: string, count: number, poisonedRows: readonly number[] = []): string {
  const lines = Array.from({ length: count }, (_, index) => `${(index % 9000) + 100},1`);
  for (const row of poisonedRows) lines[row - 1] = "13,1";
  const folder = path.join(root, name);
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, "rows.csv");
  fs.writeFileSync(file, `a,b\n${lines.join("\n")}\n`);
  return file;
}

type Outcome = {
  readonly code: number | null;
  readonly stderr: string;
  readonly job: ShownJob;
  /** The rows of errors.csv as lists of cells. */
  readonly errors: readonly (readonly string[])[];
  readonly log: string;
};

async function invoke(job: string, endpoint: string, input: string, ...more: readonly string[]): Promise<Outcome> {
  const output = path.join(root, "out", job);
  const args = ["-n", endpoint, "--input", input, "--output-path", output, "--job-name", job];
  const ran = await batchdeck(home, "invoke", ...args, ...more);
  const lines = fs.readFileSync(path.join(output, "errors.csv"), "utf8").trimEnd().split("\n").slice(1);
  return {
    code: ran.code,
    stderr: ran.stderr,
    job: await showJob(home, job),
    errors: lines.map((line) => line.split(",")),
    log: (await batchdeck(home, "job", "show", "-n", job, "--log")).stdout,
  };
}

function predictionsOf(job: string): readonly string[] {
  const file = path.join(root, "out", job, "predictions.csv");
  return fs.readFileSync(file, "utf8").trimEnd().split("\n").slice(1);
}

function expectAllCounted({ job }: Outcome): void {
  expect(job.succeeded + job.failed + job.skipped).toBe(job.total);
}

beforeAll(async () => {
  await deploy(home, "abort", abortingModel(), { scorer: scorer(1024) });
  await deploy(home, "hang", hangingModel(), {
    scorer: scorer(16),
    settings: ["mini_batch_size: 1", "retry_settings:", "  max_retries: 1", "  timeout: 2"],
  });
  await deploy(home, "hungry", hungryModel({ maxRows: 100 }), {
    scorer: scorer(1024),
    settings: ["mini_batch_size: 1"],
  });
  await deploy(home, "hungry-row", hungryModel({ maxRows: 5000, at: 13 }), { scorer: scorer(256) });
  await deploy(home, "killed-hungry", hungryModel({ maxRows: 300, dies: true }), {
    scorer: scorer(512),
    settings: ["mini_batch_size: 1"],
  });
});

describe("items that end their process", () => {
  it("finds ten in a million rows, names each of them exactly and scores the rest", async () => {
    const poisoned = [1, 2, 4096, 131_072, 131_073, 400_001, 777_777, 777_800, 999_999, 1_000_000];
    const outcome = await invoke("million", "abort", writeRows("million", 1_000_000, poisoned));
    expect(outcome.code, outcome.stderr).toBe(3);
    expect(outcome.errors.map((error) => Number(error[1]))).toEqual(poisoned);
    expect(new Set(outcome.errors.map((error) => `${error[2]} ${error[3]}`))).toEqual(new Set(["infer worker-died"]));
    expectAllCounted(outcome);
    const rows = predictionsOf("million");
    expect(rows).toHaveLength(999_990);
    expect(rows[0]).toBe("rows.csv,3,103");
    expect(rows.at(-1)).toMatch(/^rows\.csv,999998,/);
    for (const row of [1, 777_777]) expect(outcome.log).toContain(`rows.csv, row ${row} fails`);
  });

  it("stops a job whose model ends its process on everything, within three items", async () => {
    const all = Array.from({ length: 200 }, (_, index) => index + 1);
    const outcome = await invoke("crash-loop", "abort", writeRows("crash-loop", 200, all));
    expect(outcome.code).toBe(1);
    expect(outcome.job.problem?.code).toBe("worker/crash-loop");
    expect(outcome.log.match(/ fails: /g)).toHaveLength(3);
  });
});

describe("items that never end", () => {
  it("are given up with their mini-batch after max_retries further attempts, in Azure's words; the rest goes on", async () => {
    const folder = path.join(root, "hanging");
    fs.mkdirSync(folder);
    for (const [name, first] of Object.entries({ a: 20, b: 13, c: 30 })) {
      fs.writeFileSync(path.join(folder, `${name}.csv`), `a,b\n${first},1\n${first + 1},1\n`);
    }
    const outcome = await invoke("hanging", "hang", folder);
    expect(outcome.code).toBe(3);
    expect(outcome.errors.map((error) => [error[0], error[1], error[3]])).toEqual([
      ["b.csv", "1", "timed-out"],
      ["b.csv", "2", "timed-out"],
    ]);
    expect(outcome.errors[0]?.slice(4).join(",")).toContain("No progress update in 2 seconds");
    expectAllCounted(outcome);
    const records = await batchdeckJson<MiniBatchRecord[]>(home, "job", "show", "-n", "hanging", "--mini-batches");
    expect(records.map(({ first_file, status, attempts }) => [first_file, status, attempts])).toEqual([
      ["a.csv", "done", 1],
      ["b.csv", "given up", 2],
      ["c.csv", "done", 1],
    ]);
    expect(records[0]).toMatchObject({ files: 1, total_items: 2, succeeded_items: 2, failed_items: 0 });
    expect(records.every((record) => record.pid !== null && record.worker !== null)).toBe(true);
  });

  it("do not outlive the engine: its workers are gone within seconds of its death", async () => {
    const input = writeRows("orphans", 50, [25]);
    const job = ["invoke", "-n", "hang", "--input", input, "--output-path", path.join(root, "out", "orphans")];
    const running = startBatchdeck(home, ...job, "--job-name", "orphans", "--set", "retry_settings.timeout=600");
    let workers: readonly number[] = [];
    while (workers.length === 0) {
      await sleep(20);
      workers = workersOf(running.child.pid ?? 0);
    }
    const status = path.join(home, "jobs", "orphans", "segments");
    // The stage in the status file: 3 is a run of the model.
    const isRunning = () => {
      const file = fs.existsSync(status) ? fs.readdirSync(status).find((name) => name.endsWith(".status")) : undefined;
      const bytes = file === undefined ? Buffer.alloc(0) : fs.readFileSync(path.join(status, file));
      return bytes.length === 16 && bytes.readUInt32LE(12) === 3 && bytes.readUInt32LE(4) === 16;
    };
    while (!isRunning()) await sleep(20);
    kill(running.child.pid, "SIGKILL");
    await running.ended;
    const deadline = performance.now() + 20_000;
    while (workers.some(isAlive) && performance.now() < deadline) await sleep(50);
    expect(workers.filter(isAlive)).toEqual([]);
  });
});

describe("runs that need more memory than there is", () => {
  it("are made smaller once, for the whole job, and every row is scored", async () => {
    const folder = path.join(root, "hungry");
    fs.mkdirSync(folder);
    for (const name of ["a", "b", "c", "d"]) {
      const lines = Array.from({ length: 3000 }, (_, index) => `${index + 100},1`);
      fs.writeFileSync(path.join(folder, `${name}.csv`), `a,b\n${lines.join("\n")}\n`);
    }
    const outcome = await invoke("hungry", "hungry", folder, "--instance-count", "1");
    expect(outcome.code, outcome.stderr).toBe(0);
    expect([outcome.job.succeeded, outcome.job.failed]).toEqual([12_000, 0]);
    expect(outcome.job.warnings).toEqual([
      "There was not enough memory for runs of 1024 rows: they were made smaller, down to 64.",
    ]);
    const record = JSON.parse(fs.readFileSync(path.join(root, "out", "hungry", "job.json"), "utf8")) as {
      run: { batch: number; smallest_batch: number };
    };
    expect([record.run.batch, record.run.smallest_batch]).toEqual([1024, 64]);
    // Mini-batches that were sent after the first had told found nothing to halve.
    const records = await batchdeckJson<MiniBatchRecord[]>(home, "job", "show", "-n", "hungry", "--mini-batches");
    expect(records[0]?.smallest_run).toBe(64);
    expect(records.at(-1)?.smallest_run).toBeNull();
  });

  it("fail a single row that does not fit alone as out-of-memory, and nothing else", async () => {
    const outcome = await invoke("hungry-row", "hungry-row", writeRows("hungry-row", 2000, [700]));
    expect(outcome.code, outcome.stderr).toBe(3);
    expect(outcome.errors.map((error) => error.slice(0, 4))).toEqual([["rows.csv", "700", "infer", "out-of-memory"]]);
    expect([outcome.job.succeeded, outcome.job.warnings]).toEqual([1999, []]);
  });

  it("are made smaller too where the system kills the process instead of refusing, and for the whole job", async () => {
    const folder = path.join(root, "killed-hungry");
    fs.mkdirSync(folder);
    for (const name of ["a", "b", "c"]) {
      const lines = Array.from({ length: 1000 }, (_, index) => `${index + 100},1`);
      fs.writeFileSync(path.join(folder, `${name}.csv`), `a,b\n${lines.join("\n")}\n`);
    }
    const outcome = await invoke("killed-hungry", "killed-hungry", folder, "--instance-count", "1");
    expect(outcome.code, outcome.stderr).toBe(0);
    expect([outcome.job.succeeded, outcome.job.failed]).toEqual([3000, 0]);
    expect(outcome.job.warnings[0]).toContain("down to 256");
    // Paid for once: three full runs of the first mini-batch, and perhaps of one more that was on its way.
    expect(outcome.log.match(/ ended \(SIGFPE\)/g)?.length).toBeLessThanOrEqual(6);
  });
});
