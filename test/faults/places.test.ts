import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Running } from "../helpers/batchdeck.ts";
import { batchdeck, deploy, showJob, startBatchdeck, startBatchdeckWith, untilScored } from "../helpers/batchdeck.ts";
import { writeCsvFolder } from "../helpers/data/data-fixtures.ts";
import type { FaultPlace } from "../helpers/engine/fault-shim.ts";
import { buildFaultShim, faultPlace } from "../helpers/engine/fault-shim.ts";
import { denseModel } from "../helpers/models/model-fixtures.ts";
import { kill, workersOf } from "../helpers/processes.ts";
import type { SmallDisk } from "../helpers/data/small-disk.ts";
import { smallDisk } from "../helpers/data/small-disk.ts";
import { temporaryPlaces } from "../helpers/places.ts";
import { expectSameFiles } from "../helpers/outputs.ts";
import { sleep } from "../helpers/sleep.ts";

/** Places that fill up, go away and come back, and time that stands still or leaps, as a waiting command meets them. */
const { root, home, input, outOf } = temporaryPlaces("places");
const files = 1200;
let faults: FaultPlace;
let disk: SmallDisk;

function invokeArguments(job: string, output = outOf(job), from = input): string[] {
  return [
    ...["invoke", "-n", "dense", "--input", from, "--output-path", output, "--job-name", job],
    ...["--instance-count", "2", "--mini-batch-size", "1"],
  ];
}

/** Waits until a running command says on stderr what is looked for, and fails when it ends before. */
async function untilSaid(running: Running, words: string): Promise<void> {
  let said = "";
  running.child.stderr?.on("data", (text: string) => {
    said += text;
  });
  while (!said.includes(words)) {
    expect(running.child.exitCode, `it never said "${words}" but: ${said}`).toBe(null);
    await sleep(20);
  }
}

/** Waits until the part has grown several times: what was merged first is in the journal by then. */
async function untilMergedOften(part: string): Promise<void> {
  const sizes = new Set<number>();
  while (sizes.size < 4) {
    sizes.add(fs.statSync(part, { throwIfNoEntry: false })?.size ?? 0);
    await sleep(5);
  }
}

async function expectGoesOn(running: Running, output: string): Promise<void> {
  const repairedAt = performance.now();
  const ended = await running.ended;
  expect(ended.code, ended.stderr).toBe(0);
  console.log(`ended ${Math.round(performance.now() - repairedAt)} ms after the repair`);
  expectSameFiles(output, outOf("undisturbed"));
}

beforeAll(async () => {
  writeCsvFolder(input, { files, rowsPerFile: 100, features: 4 });
  const scorer = "input:\n  columns: {features: [f0, f1, f2, f3]}\noutput:\n  keep: [id]\nbatch: 64\n";
  await deploy(home, "dense", denseModel({ features: 4, hidden: [512, 512], classes: 3 }), {
    scorer,
    settings: ["retry_settings: {max_retries: 0, timeout: 2}"],
  });
  const shim = buildFaultShim(root);
  faults = faultPlace(shim, path.join(root, "faults"), [path.join(root, "disk"), path.join(root, "home")]);
  disk = smallDisk(path.join(root, "disk"), 24, faults);
  const ran = await batchdeck(home, ...invokeArguments("undisturbed"));
  expect(ran.code, ran.stderr).toBe(0);
});

afterAll(() => disk.end());

describe("a waiting command", () => {
  it("says that the output's disk is full, and goes on once there is space", async () => {
    const output = path.join(disk.folder, "full");
    const queued = await batchdeck(home, ...invokeArguments("full", output), "--no-wait");
    expect(queued.code, queued.stderr).toBe(0);
    fs.mkdirSync(output);
    disk.fill();
    const running = startBatchdeckWith(disk.environment, home, "job", "resume", "-n", "full");
    await untilSaid(running, `no space left to write to ${output}`);
    expect(fs.existsSync(path.join(output, "predictions.csv"))).toBe(false);
    disk.empty();
    await expectGoesOn(running, output);
  });

  it("says that the output's disk is read-only, and goes on once it is not", async () => {
    const output = path.join(disk.folder, "read-only");
    const queued = await batchdeck(home, ...invokeArguments("read-only", output), "--no-wait");
    expect(queued.code, queued.stderr).toBe(0);
    fs.mkdirSync(output);
    disk.setReadOnly(true);
    const running = startBatchdeckWith(disk.environment, home, "job", "resume", "-n", "read-only");
    await untilSaid(running, `${output} cannot be used right now (EROFS)`);
    disk.setReadOnly(false);
    await expectGoesOn(running, output);
  });

  it("says that the output folder is gone, and goes on once it is back", async () => {
    const running = startBatchdeck(home, ...invokeArguments("moved"));
    await untilScored(home, "moved", 5000);
    await untilMergedOften(path.join(outOf("moved"), "predictions.csv.part"));
    fs.renameSync(outOf("moved"), `${outOf("moved")}-away`);
    await untilSaid(running, `The output folder ${outOf("moved")} is gone`);
    await sleep(3000);
    expect(fs.existsSync(outOf("moved"))).toBe(false);
    fs.renameSync(`${outOf("moved")}-away`, outOf("moved"));
    await expectGoesOn(running, outOf("moved"));
  });

  it("says that the output folder was deleted, and writes all of it anew into an empty one", async () => {
    const running = startBatchdeck(home, ...invokeArguments("deleted"));
    await untilScored(home, "deleted", 5000);
    await untilMergedOften(path.join(outOf("deleted"), "predictions.csv.part"));
    fs.rmSync(outOf("deleted"), { recursive: true });
    await untilSaid(running, `The output folder ${outOf("deleted")} is gone`);
    fs.mkdirSync(outOf("deleted"));
    await expectGoesOn(running, outOf("deleted"));
  });

  it("says that the input is gone, and goes on once it is back", async () => {
    const own = path.join(root, "own-input");
    fs.cpSync(input, own, { recursive: true, preserveTimestamps: true });
    const running = startBatchdeck(home, ...invokeArguments("no-input", outOf("no-input"), own));
    await untilScored(home, "no-input", 5000);
    fs.renameSync(own, `${own}-away`);
    await untilSaid(running, own);
    expect((await showJob(home, "no-input")).status).toBe("Paused");
    fs.renameSync(`${own}-away`, own);
    await expectGoesOn(running, outOf("no-input"));
  });

  it("says why it waits when not even the workspace can be written", async () => {
    // All that the engine writes to its registry is refused, so the job's state cannot tell.
    const pattern = path.join(home, "registry.db*");
    const running = startBatchdeckWith(faults.environment, home, ...invokeArguments("mute"));
    await untilScored(home, "mute", 5000);
    faults.setRules([{ action: "ENOSPC", program: "engine", call: "write", pattern, nth: 1, times: "always" }]);
    await untilSaid(running, `no space left to write to ${home}.`);
    faults.repair();
    await expectGoesOn(running, outOf("mute"));
  });
});

describe("time", () => {
  it("that a stopped engine spends is no time of its workers: nothing is timed out", async () => {
    const running = startBatchdeck(home, ...invokeArguments("stopped"));
    await untilScored(home, "stopped", 2000);
    const engine = running.child.pid ?? 0;
    const workers = workersOf(engine);
    // The engine alone, longer than the timeout of a mini-batch; then the machine as a whole, as if it slept.
    kill(engine, "SIGSTOP");
    await sleep(5000);
    kill(engine, "SIGCONT");
    await sleep(100);
    for (const pid of [...workers, engine]) kill(pid, "SIGSTOP");
    await sleep(4000);
    for (const pid of [...workers, engine]) kill(pid, "SIGCONT");
    await expectGoesOn(running, outOf("stopped"));
    const record = JSON.parse(fs.readFileSync(path.join(outOf("stopped"), "job.json"), "utf8"));
    expect(record.run.worker_deaths).toBe(0);
  });

  it("that leaps by a day, to and fro, changes nothing", async () => {
    const running = startBatchdeckWith(
      { ...faults.environment, FAULT_CLOCK: "86400" },
      home,
      ...invokeArguments("leaping"),
    );
    await expectGoesOn(running, outOf("leaping"));
    const shown = await showJob(home, "leaping");
    expect(Math.abs(Date.parse(shown.created_at) - Date.now())).toBeGreaterThan(80_000_000);
    expect(shown.active_seconds).toBeLessThan(600);
    const record = JSON.parse(fs.readFileSync(path.join(outOf("leaping"), "job.json"), "utf8"));
    expect(record.run.worker_deaths).toBe(0);
  });
});
