import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  batchdeck,
  batchdeckJson,
  deploy,
  showJob,
  startBatchdeck,
  untilScored,
  type ShownJob,
} from "../../helpers/batchdeck.ts";
import { writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryPlaces } from "../../helpers/places.ts";
import { until } from "../../helpers/until.ts";

/** The queue and the price of jobs from the terminal, with each command a process of its own. */
const { root, home, outOf } = temporaryPlaces("queue-commands");
const small = path.join(root, "small");
const large = path.join(root, "large");
const invoke = (input: string, job: string, ...more: string[]) => [
  ...["invoke", "-n", "dense", "--input", input, "--output-path", outOf(job), "--job-name", job],
  ...more,
];

beforeAll(async () => {
  writeCsvFolder(small, { files: 3, rowsPerFile: 20, features: 4 });
  writeCsvFolder(large, { files: 1500, rowsPerFile: 150, features: 4 });
  const scorer = "input:\n  columns: {features: [f0, f1, f2, f3]}\noutput:\n  keep: [id]\nbatch: 64\n";
  const settings = ["mini_batch_size: 1"];
  await deploy(home, "dense", denseModel({ features: 4, hidden: [512, 512], classes: 3 }), { scorer, settings });
});

// A test that fails half-way leaves nothing paused to the next ones.
afterEach(async () => {
  expect((await batchdeck(home, "job", "resume", "--all")).code).toBe(0);
});

describe("the whole queue", () => {
  it("pauses and goes on: what runs hands over, nothing begins, and each job keeps what it was told by itself", async () => {
    expect((await batchdeck(home, ...invoke(small, "set-aside", "--no-wait"))).code).toBe(0);
    expect((await batchdeck(home, "job", "pause", "-n", "set-aside")).code).toBe(0);
    const running = startBatchdeck(home, ...invoke(large, "long"));
    await untilScored(home, "long", 1);

    const paused = await batchdeckJson<{ queue_paused: boolean }>(home, "job", "pause", "--all");
    expect(paused).toEqual({ queue_paused: true, queued: 1 });
    const long = await showJob(home, "long");
    expect(long).toMatchObject({ status: "Queued", waiting_for: "The queue is paused.", workers: 0, problem: null });
    expect(long.succeeded).toBeGreaterThan(0);
    const other = startBatchdeck(home, ...invoke(small, "other"));
    await until(async () => (await batchdeckJson<ShownJob[]>(home, "job", "list")).length === 3);
    await until(async () => (await showJob(home, "other")).waiting_for !== null);
    expect(await showJob(home, "other")).toMatchObject({ status: "Queued", waiting_for: "The queue is paused." });
    expect(await showJob(home, "long")).toMatchObject({ status: "Queued", succeeded: long.succeeded });
    expect([running.child.exitCode, other.child.exitCode]).toEqual([null, null]);
    // A reason is told once it has lasted for a second.
    await until(() => running.noted().includes("Queued: The queue is paused."));

    expect((await batchdeck(home, "job", "resume", "--all")).code).toBe(0);
    const [first, second] = await Promise.all([running.ended, other.ended]);
    expect(first.code, first.stderr).toBe(0);
    expect(second.code, second.stderr).toBe(0);
    expect(await showJob(home, "set-aside")).toMatchObject({ status: "Paused", waiting_for: null });
    expect((await batchdeck(home, ...invoke(large, "undisturbed"))).code).toBe(0);
    const bytes = (job: string) => fs.readFileSync(path.join(outOf(job), "predictions.csv"));
    expect(bytes("long").equals(bytes("undisturbed"))).toBe(true);
  });

  it("pauses also when nothing runs, cancels a job all the same, and tells what each job waits for", async () => {
    expect((await batchdeck(home, ...invoke(small, "idle", "--no-wait"))).code).toBe(0);
    expect((await showJob(home, "idle")).waiting_for).toContain("job stream -n idle");
    expect((await batchdeck(home, "job", "pause", "--all")).code).toBe(0);
    expect((await showJob(home, "idle")).waiting_for).toBe("The queue is paused.");
    const cancelled = await batchdeckJson<ShownJob>(home, "job", "cancel", "-n", "idle");
    expect(cancelled).toMatchObject({ status: "Canceled", waiting_for: null });
    const resumed = await batchdeck(home, "job", "resume", "--all");
    expect(resumed.stderr).toContain("job stream -n JOB");
  });

  it("is meant with --all, one job with its name, and never both or neither", async () => {
    for (const verb of ["pause", "resume"]) {
      expect((await batchdeck(home, "job", verb)).code).toBe(2);
      expect((await batchdeck(home, "job", verb, "--all", "-n", "long")).code).toBe(2);
    }
  });
});

/** A job that was paused with work left. A slow machine may be done with it before the command to pause it has started. */
async function pausedHalfWay() {
  for (let attempt = 1; attempt <= 10; attempt += 1) {
    const job = `in-two-${attempt}`;
    const running = startBatchdeck(home, ...invoke(large, job));
    await untilScored(home, job, 1);
    await batchdeck(home, "job", "pause", "-n", job);
    const shown = await showJob(home, job);
    // The command that started it waits until it is resumed.
    if (shown.status === "Paused" && shown.succeeded < 1500 * 150) return { shown, ended: running.ended };
    await batchdeck(home, "job", "resume", "-n", job);
    await running.ended;
  }
  throw new Error("No job could be paused with work left.");
}

describe("the price of a compute", () => {
  it("is frozen with the job, whose cost follows from the time of its instances", async () => {
    const priced = await batchdeckJson<{ price_per_hour: number }>(
      home,
      ...["compute", "update", "-n", "local", "--price-per-hour", "3600"],
    );
    expect(priced.price_per_hour).toBe(3600);
    const ran = await batchdeck(home, ...invoke(large, "priced"));
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toMatch(/, cost \d+\.\d\d\./);
    const update = ["compute", "update", "-n", "local", "--price-per-hour"];
    expect((await batchdeck(home, ...update, "0")).code).toBe(0);
    const job = await showJob(home, "priced");
    expect(job.instance_seconds).toBeGreaterThan(0);
    expect(job.cost).toBeCloseTo(job.instance_seconds, 6);
    const { run } = JSON.parse(fs.readFileSync(path.join(outOf("priced"), "job.json"), "utf8")) as {
      run: { instance_seconds: number; price_per_hour: number; cost: number };
    };
    expect(run.price_per_hour).toBe(3600);
    expect(run.cost).toBeCloseTo(run.instance_seconds, 2);
    expect(Math.abs(run.instance_seconds - job.instance_seconds)).toBeLessThan(0.5);
    expect((await batchdeck(home, ...invoke(small, "unpriced"))).stdout).not.toContain("cost");
    expect((await showJob(home, "unpriced")).cost).toBeNull();
    for (const wrong of ["-1", "free", "1e9", "1,5"]) expect((await batchdeck(home, ...update, wrong)).code).toBe(2);
    const nothing = await batchdeck(home, "compute", "update", "-n", "local");
    expect(nothing).toMatchObject({ code: 2, stdout: "" });
    expect(nothing.stderr).toContain("Nothing to change was given. Usage: batchdeck compute update");
  });

  it("goes on where it was when a job is paused and resumed", async () => {
    const { shown: half, ended } = await pausedHalfWay();
    expect(half.instance_seconds).toBeGreaterThan(0);
    expect((await batchdeck(home, "job", "resume", "-n", half.name)).code).toBe(0);
    await ended;
    expect((await showJob(home, half.name)).instance_seconds).toBeGreaterThan(half.instance_seconds);
  });
});

describe("job show", () => {
  it("tells how a job stands, where its time went, its facts and its history", async () => {
    const price = ["compute", "update", "-n", "local", "--price-per-hour"];
    expect((await batchdeck(home, ...price, "2.5")).code).toBe(0);
    expect((await batchdeck(home, ...invoke(small, "shown"))).code).toBe(0);
    expect((await batchdeck(home, ...price, "0")).code).toBe(0);
    const shown = await batchdeck(home, "job", "show", "-n", "shown");
    expect(shown.code, shown.stderr).toBe(0);
    const lines = shown.stdout.split("\n");
    expect(lines[0]).toMatch(/^shown: Completed, 60 of 60 rows, [\d,]+ rows\/s$/);
    expect(lines[1]).toMatch(
      /^ {2}(Most|The largest part) of the workers' time went into (reading|preparing|running|turning|writing) .+ \(\d+ %\)\.$/,
    );
    for (const fact of [
      /Endpoint +dense, deployment one/,
      /Compute +local, \d+ workers?, device /,
      /Priority +medium/,
      /Cost +\d/,
    ]) {
      expect(shown.stdout).toMatch(fact);
    }
    const history = lines.filter((line) => /^ {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}/.test(line));
    expect(history.map((line) => line.slice(23).split(":")[0])).toEqual([
      ...["NotStarted", "Queued", "Preparing", "Running", "Finalizing", "Completed"],
    ]);
  });

  it("of a job that waits tells why, and job list has its priority", async () => {
    expect(
      (await batchdeck(home, ...invoke(small, "waits", "--no-wait", "--set", "batchdeck.priority=high"))).code,
    ).toBe(0);
    const shown = await batchdeck(home, "job", "show", "-n", "waits");
    expect(shown.stdout).toMatch(/^waits: Queued\n {2}It runs as soon as Batchdeck is open/);
    expect(shown.stdout).toMatch(/Priority +high/);
    const updated = await batchdeckJson<ShownJob>(home, "job", "update", "-n", "waits", "--priority", "low");
    expect(updated.priority).toBe("low");
    expect((await batchdeck(home, "job", "list")).stdout).toMatch(/^waits +Queued +low /m);
  });

  it("of a job that stands still says how it goes on, and of a cancelled one where its rows are", async () => {
    expect((await batchdeck(home, ...invoke(large, "halted", "--no-wait"))).stdout).toMatch(/^halted: Queued\n/);
    const paused = await batchdeck(home, "job", "pause", "-n", "halted");
    expect(paused.stdout).toMatch(/^halted: Paused\n {2}It goes on with: batchdeck job resume -n halted\n/);
    const listed = await batchdeck(home, "job", "list");
    expect(listed.stdout).toMatch(/^halted +Paused .+ It goes on with: batchdeck job resume -n halted$/m);

    const running = startBatchdeck(home, "job", "resume", "-n", "halted");
    await untilScored(home, "halted", 1);
    expect((await batchdeck(home, "job", "pause", "--all")).code).toBe(0);
    const waits = await batchdeck(home, "job", "show", "-n", "halted");
    expect(waits.stdout).toContain("The queue is paused. It goes on with: batchdeck job resume --all");
    const whole = new RegExp(`Output +${path.join(outOf("halted"), "predictions.csv")}$`, "m");
    expect(waits.stdout).toMatch(whole);

    const cancelled = await batchdeck(home, "job", "cancel", "-n", "halted");
    expect(cancelled.stdout).toMatch(/^halted: Canceled, /);
    expect(cancelled.stdout).toContain(path.join(outOf("halted"), "predictions.partial.csv"));
    expect(cancelled.stdout).not.toMatch(whole);
    expect((await running.ended).code).toBe(130);
    expect((await batchdeck(home, "job", "resume", "--all")).code).toBe(0);
  });
});
