import fs from "node:fs";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { beforeAll, describe, expect, it } from "vitest";
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
import { isAlive, kill, workersOf } from "../../helpers/processes.ts";
import { temporaryPlaces } from "../../helpers/places.ts";
import { until } from "../../helpers/until.ts";
import { sleep } from "../../helpers/sleep.ts";
import { abortingModel, hangingModel } from "../../helpers/models/misbehaving-models.ts";

/** Pausing, resuming, cancelling and waiting, as interface.md pins them, with real signals to real commands. */
const { root, home, outOf } = temporaryPlaces("job-control");
const small = path.join(root, "small");
const large = path.join(root, "large");

const invoke = (endpoint: string, input: string, job: string, ...more: string[]) => [
  ...["invoke", "-n", endpoint, "--input", input, "--output-path", outOf(job), "--job-name", job],
  ...more,
];

async function untilStatus(job: string, statuses: readonly string[]): Promise<ShownJob> {
  for (;;) {
    const shown = await showJob(home, job);
    if (statuses.includes(shown.status)) return shown;
    await sleep(50);
  }
}

function predictionsOf(job: string, name = "predictions.csv"): Buffer {
  return fs.readFileSync(path.join(outOf(job), name));
}

beforeAll(async () => {
  writeCsvFolder(small, { files: 3, rowsPerFile: 20, features: 4 });
  writeCsvFolder(large, { files: 1500, rowsPerFile: 150, features: 4 });
  const scorer = "input:\n  columns: {features: [f0, f1, f2, f3]}\noutput:\n  keep: [id]\nbatch: 64\n";
  const settings = ["mini_batch_size: 1"];
  await deploy(home, "dense", denseModel({ features: 4, hidden: [512, 512], classes: 3 }), { scorer, settings });
  const ran = await batchdeck(home, ...invoke("dense", large, "reference"));
  expect(ran.code, ran.stderr).toBe(0);
});

describe("Ctrl-C", () => {
  it("once pauses the job, and resume ends it with the same bytes", async () => {
    const running = startBatchdeck(home, ...invoke("dense", large, "paused"));
    await untilScored(home, "paused", 1);
    kill(running.child.pid, "SIGINT");
    const ended = await running.ended;
    expect(ended.code, ended.stderr).toBe(130);
    const paused = await showJob(home, "paused");
    expect(paused.status).toBe("Paused");
    expect(paused.succeeded).toBeGreaterThan(0);
    const resumed = await batchdeck(home, "job", "resume", "-n", "paused");
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(predictionsOf("paused").equals(predictionsOf("reference"))).toBe(true);
  });

  it("twice stops at once, and the job is still resumable", async () => {
    const running = startBatchdeck(home, ...invoke("dense", large, "stopped"));
    await untilScored(home, "stopped", 1);
    const workers = workersOf(running.child.pid ?? 0);
    kill(running.child.pid, "SIGINT");
    kill(running.child.pid, "SIGINT");
    const ended = await running.ended;
    expect(ended.code, ended.stderr).toBe(130);
    await until(() => !workers.some(isAlive));
    const resumed = await batchdeck(home, "job", "resume", "-n", "stopped");
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(predictionsOf("stopped").equals(predictionsOf("reference"))).toBe(true);
  });
});

describe("job cancel", () => {
  it("ends a running job for good, keeps its rows in a partial file, and its waiting command exits 130", async () => {
    const running = startBatchdeck(home, ...invoke("dense", large, "cancelled"));
    await untilScored(home, "cancelled", 1);
    const cancelled = await batchdeck(home, "job", "cancel", "-n", "cancelled");
    expect(cancelled.code, cancelled.stderr).toBe(0);
    expect((await running.ended).code).toBe(130);
    const shown = await showJob(home, "cancelled");
    expect(shown.status).toBe("Canceled");
    expect(fs.existsSync(path.join(outOf("cancelled"), "predictions.csv"))).toBe(false);
    // Mini-batches that were in work are missing; the others are there whole, in order.
    const partial = predictionsOf("cancelled", "predictions.partial.csv").toString("utf8").trimEnd().split("\n");
    const whole = predictionsOf("reference").toString("utf8").trimEnd().split("\n");
    const kept = new Set(partial);
    expect(whole.filter((line) => kept.has(line))).toEqual(partial);
    expect(partial).toHaveLength(shown.succeeded + 1);
    const again = await batchdeck(home, "job", "resume", "-n", "cancelled");
    expect(again.code).toBe(130);
  });

  it("ends a queued job that never ran, without files", async () => {
    expect((await batchdeck(home, ...invoke("dense", small, "never-ran", "--no-wait"))).code).toBe(0);
    expect((await batchdeck(home, "job", "cancel", "-n", "never-ran")).code).toBe(0);
    expect((await showJob(home, "never-ran")).status).toBe("Canceled");
    expect(fs.existsSync(outOf("never-ran"))).toBe(false);
  });

  it("of a finished job is refused", async () => {
    expect((await batchdeck(home, "job", "cancel", "-n", "reference")).code).toBe(2);
  });
});

describe("job pause, stream and resume", () => {
  it("--no-wait queues without running, and job stream runs it", async () => {
    const queued = await batchdeck(home, ...invoke("dense", small, "queued", "--no-wait"));
    expect(queued.code, queued.stderr).toBe(0);
    expect(queued.stderr).toMatch(/queued/);
    expect((await showJob(home, "queued")).status).toBe("Queued");
    const streamed = await batchdeck(home, "job", "stream", "-n", "queued");
    expect(streamed.code, streamed.stderr).toBe(0);
    expect((await showJob(home, "queued")).status).toBe("Completed");
  });

  it("a job that is paused elsewhere keeps its waiting command waiting, until it is resumed elsewhere", async () => {
    const running = startBatchdeck(home, ...invoke("dense", large, "elsewhere"));
    await untilScored(home, "elsewhere", 1);
    expect((await batchdeck(home, "job", "pause", "-n", "elsewhere")).code).toBe(0);
    await untilStatus("elsewhere", ["Paused"]);
    await sleep(500);
    expect(running.child.exitCode).toBeNull();
    const resumed = await batchdeck(home, "job", "resume", "-n", "elsewhere");
    expect(resumed.code, resumed.stderr).toBe(0);
    expect((await running.ended).code).toBe(0);
    expect(predictionsOf("elsewhere").equals(predictionsOf("reference"))).toBe(true);
  });

  it("resume of a finished job prints its result, exits as it did, and changes nothing", async () => {
    const before = fs.statSync(path.join(outOf("reference"), "job.json")).mtimeMs;
    const again = await batchdeckJson<ShownJob>(home, "job", "resume", "-n", "reference");
    expect(again).toMatchObject({ name: "reference", status: "Completed", succeeded: 225_000, failed: 0 });
    expect(fs.statSync(path.join(outOf("reference"), "job.json")).mtimeMs).toBe(before);
  });

  it("deleting a job removes its folder and leaves its outputs", async () => {
    expect((await batchdeck(home, "job", "delete", "-n", "queued", "--yes")).code).toBe(0);
    expect(fs.existsSync(path.join(home, "jobs", "queued"))).toBe(false);
    expect(fs.existsSync(path.join(outOf("queued"), "predictions.csv"))).toBe(true);
    expect((await batchdeck(home, "job", "show", "-n", "queued")).code).toBe(2);
  });
});

describe("a job whose program was killed", () => {
  it("says so and how to go on, goes no more, and can be paused and cancelled", async () => {
    const running = startBatchdeck(home, ...invoke("dense", large, "abandoned"));
    await untilScored(home, "abandoned", 1);
    kill(running.child.pid, "SIGKILL");
    await running.ended;
    const shown = await showJob(home, "abandoned");
    expect(shown).toMatchObject({
      status: "Running",
      rate: 0,
      seconds_left: null,
      problem: { code: "job/interrupted" },
    });
    expect(shown.problem?.remedy).toContain("job resume -n abandoned");
    expect((await batchdeck(home, "job", "pause", "-n", "abandoned")).code).toBe(0);
    expect(await showJob(home, "abandoned")).toMatchObject({
      status: "Paused",
      rate: 0,
      seconds_left: null,
      problem: null,
    });
    expect((await batchdeck(home, "job", "cancel", "-n", "abandoned")).code).toBe(0);
    const told = await batchdeck(home, "job", "stream", "-n", "abandoned");
    expect(told.code).toBe(130);
    expect(told.stdout).toContain(path.join(outOf("abandoned"), "predictions.partial.csv"));
  });
});

describe("settings", () => {
  const table = (name: string, lines: readonly string[]) => {
    const folder = path.join(root, name);
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, "rows.csv"), `a,b\n${lines.join("\n")}\n`);
    return folder;
  };
  const scorer = "input:\n  columns: {features: [a, b]}\noutput:\n  keep: [a]\nbatch: 8\n";

  it("error_threshold stops the job when more items failed than it allows, and not before", async () => {
    const input = table("threshold", [
      ...Array.from({ length: 5 }, () => "x,1"),
      ...Array.from({ length: 50 }, (_, row) => `${row + 20},1`),
    ]);
    await deploy(home, "adding", abortingModel(), { scorer });
    const within = await batchdeck(home, ...invoke("adding", input, "within", "--set", "error_threshold=5"));
    expect(within.code, within.stderr).toBe(3);
    const beyond = await batchdeck(home, ...invoke("adding", input, "beyond", "--set", "error_threshold=4"));
    expect(beyond.code, beyond.stderr).toBe(1);
    expect(await showJob(home, "beyond")).toMatchObject({ status: "Failed", problem: { code: "job/error-threshold" } });
  });

  it("a job in which nothing succeeded fails, and says why each item did", async () => {
    // Every column has a cell that converts, so it is not refused; every row has one that does not.
    const input = table("hopeless", ["1,x", "y,2"]);
    const ran = await batchdeck(home, ...invoke("adding", input, "hopeless"));
    expect(ran.code, ran.stderr).toBe(1);
    expect(await showJob(home, "hopeless")).toMatchObject({
      status: "Failed",
      failed: 2,
      problem: { code: "job/no-success" },
    });
    expect(
      fs
        .readFileSync(path.join(outOf("hopeless"), "errors.csv"), "utf8")
        .trimEnd()
        .split("\n"),
    ).toHaveLength(3);
    expect(fs.existsSync(path.join(outOf("hopeless"), "predictions.csv"))).toBe(false);
  });

  it("a mini-batch that takes longer than its timeout is retried, then each of its items fails", async () => {
    const input = table("late", ["13,1", "1,1", "2,2"]);
    await deploy(home, "hanging", hangingModel(), {
      scorer,
      settings: ["retry_settings: {max_retries: 1, timeout: 2}"],
    });
    fs.writeFileSync(path.join(input, "second.csv"), "a,b\n5,6\n");
    const ran = await batchdeck(home, ...invoke("hanging", input, "late", "--mini-batch-size", "1"));
    expect(ran.code, ran.stderr).toBe(3);
    const errors = parse<Record<string, string>>(fs.readFileSync(path.join(outOf("late"), "errors.csv")), {
      columns: true,
    });
    expect(errors.map(({ file, row, code }) => [file, row, code])).toEqual([
      ["rows.csv", "1", "timed-out"],
      ["rows.csv", "2", "timed-out"],
      ["rows.csv", "3", "timed-out"],
    ]);
  });

  it("computes cap the workers of their deployments", async () => {
    expect((await batchdeck(home, "compute", "create", "-n", "one-worker", "--max-instances", "1")).code).toBe(0);
    const shown = await batchdeckJson<Record<string, unknown>>(home, "compute", "show", "-n", "one-worker");
    expect(shown).toMatchObject({
      name: "one-worker",
      max_instances: 1,
      idle_time_before_scale_down: 120,
      tier: "dedicated",
    });
  });
});
