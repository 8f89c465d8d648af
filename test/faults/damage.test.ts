import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { jobJson } from "../../electron/cli/text/job-report.ts";
import type { OpenWorkspace } from "../helpers/engine/open-workspace.ts";
import { deploy } from "../helpers/batchdeck.ts";
import { writeCsvFolder } from "../helpers/data/data-fixtures.ts";
import { denseModel } from "../helpers/models/model-fixtures.ts";
import { temporaryPlaces } from "../helpers/places.ts";
import type { Watch } from "../helpers/engine/watched-host.ts";
import { watchedHost } from "../helpers/engine/watched-host.ts";
import { closeEngines, hasEnded, openEngine, submit, untilJob } from "../helpers/engine/workspaces.ts";
import { expectSameFiles } from "../helpers/outputs.ts";
import { sleep } from "../helpers/sleep.ts";

/** What was committed is damaged on the disk, or gone, before it is merged: it is scored again, and the files are the same. */
const { home, input, outOf } = temporaryPlaces("damage");
const files = 30;
const rowsPerFile = 60;
const journalOf = (job: string) => path.join(home, "jobs", job, "journal.db");

type Append = { readonly type: string; readonly records: readonly { segmentFile: string; offset: number }[] };

function startEngine(watch: Watch): OpenWorkspace {
  const workspace = openEngine({ home, processHost: watchedHost(watch) });
  workspace.engine.start();
  return workspace;
}

function submitDense(workspace: OpenWorkspace, job: string): Promise<string> {
  const overrides = { instance_count: "2", mini_batch_size: "1" };
  return submit(workspace, {
    endpointName: "dense",
    inputPath: input,
    outputFolder: outOf(job),
    overrides,
    jobName: job,
  });
}

/** Does something to the records of the first append before it is carried out. */
async function runDamaged(job: string, damage: (records: Append["records"]) => void): Promise<void> {
  let isDone = false;
  const workspace = startEngine({
    toProcess(program, message) {
      if (program === "merge-process" && message.type === "append" && !isDone) {
        isDone = true;
        damage((message as Append).records);
      }
      return false;
    },
  });
  await submitDense(workspace, job);
  expect((await untilJob(workspace, job, hasEnded)).status).toBe("Completed");
  expect(isDone).toBe(true);
}

function recordOf(job: string): { counts: Record<string, number>; run: Record<string, unknown> } {
  return JSON.parse(fs.readFileSync(path.join(outOf(job), "job.json"), "utf8"));
}

function expectUndisturbed(job: string): void {
  expectSameFiles(outOf(job), outOf("undisturbed"));
  expect(recordOf(job).counts).toMatchObject({ total: files * rowsPerFile + 1, failed: 1 });
}

beforeAll(async () => {
  writeCsvFolder(input, { files, rowsPerFile, features: 4 });
  fs.appendFileSync(path.join(input, "part-0003.csv"), "9999,abc,1,1,1\n");
  await deploy(home, "dense", denseModel({ features: 4, hidden: [16], classes: 3 }), {
    scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\noutput:\n  keep: [id]\nbatch: 16\n",
  });
  const workspace = startEngine({});
  await submitDense(workspace, "undisturbed");
  expect((await untilJob(workspace, "undisturbed", hasEnded)).status).toBe("Completed");
  await closeEngines();
});

afterEach(closeEngines);

describe("results that were committed", () => {
  it("are scored again when a byte of them has changed on the disk", async () => {
    await runDamaged("flipped", (records) => {
      const [record] = records;
      if (record === undefined) throw new Error("nothing to damage");
      const file = fs.openSync(record.segmentFile, "r+");
      const byte = Buffer.alloc(1);
      fs.readSync(file, byte, 0, 1, record.offset + 3);
      fs.writeSync(file, Buffer.from([(byte[0] ?? 0) ^ 0x10]), 0, 1, record.offset + 3);
      fs.closeSync(file);
    });
    expectUndisturbed("flipped");
    expect(recordOf("flipped").run["mini_batches_scored_again"]).toBe(1);
  });

  it("are scored again when their file is gone", async () => {
    await runDamaged("vanished", ([record]) => fs.rmSync(record?.segmentFile ?? ""));
    expectUndisturbed("vanished");
    expect(recordOf("vanished").run["mini_batches_scored_again"]).toBeGreaterThan(0);
  });

  it("are scored again when their file was cut short", async () => {
    await runDamaged("cut", ([record]) => fs.truncateSync(record?.segmentFile ?? "", (record?.offset ?? 0) + 5));
    expectUndisturbed("cut");
    expect(recordOf("cut").run["mini_batches_scored_again"]).toBeGreaterThan(0);
  });

  it("are left out of what a cancelled job keeps when they are damaged, and not counted", async () => {
    let isCancelled = false;
    const workspace = startEngine({
      toProcess(program, message) {
        if (program !== "merge-process" || message.type !== "append" || isCancelled) return false;
        isCancelled = true;
        fs.truncateSync((message as Append).records[0]?.segmentFile ?? "", 5);
        workspace.jobs.cancel("left-out");
        workspace.engine.wake();
        return false;
      },
    });
    await submitDense(workspace, "left-out");
    expect((await untilJob(workspace, "left-out", hasEnded)).status).toBe("Canceled");
    const { counts } = recordOf("left-out");
    const partial = path.join(outOf("left-out"), "predictions.partial.csv");
    const rows = fs.existsSync(partial) ? fs.readFileSync(partial, "utf8").trimEnd().split("\n").length - 1 : 0;
    expect(rows).toBe(counts["succeeded"]);
  });
});

describe("a job whose journal is damaged", () => {
  /** Pauses a job in the middle, damages its journal as told, and goes on. */
  async function runWithJournal(job: string, damage: (file: string) => void): Promise<OpenWorkspace> {
    let commits = 0;
    const first = startEngine({
      // What comes after the first few is never heard of, so that the job cannot end before it is paused.
      fromProcess: (program, message) =>
        program === "worker" && message.type === "mini-batches-committed" && (commits += 1) > 4,
    });
    await submitDense(first, job);
    while ((first.registry.jobs.find(job)?.progress.succeeded ?? 0) < 200) await sleep(10);
    first.jobs.pause(job);
    expect((await untilJob(first, job, (job) => hasEnded(job) || job.status === "Paused")).status).toBe("Paused");
    await closeEngines();
    damage(journalOf(job));
    const second = startEngine({});
    second.jobs.resume(job);
    expect((await untilJob(second, job, hasEnded)).status).toBe("Completed");
    return second;
  }

  it("begins again and loses nothing when half of it is missing", async () => {
    const workspace = await runWithJournal("half", (file) => fs.truncateSync(file, 8192 + 100));
    expectUndisturbed("half");
    const shown = workspace.jobs.show("half");
    expect(shown.ok && jobJson(shown.value).warnings.join(" ")).toContain("journal of the job was damaged");
    expect(fs.existsSync(`${journalOf("half")}.damaged`)).toBe(true);
  });

  it("begins again and loses nothing when it holds something else", async () => {
    await runWithJournal("other", (file) => fs.writeFileSync(file, "This is no database. ".repeat(1000)));
    expectUndisturbed("other");
    expect(recordOf("other").run["began_again"]).toBe(true);
  });

  it("begins again and loses nothing when it is empty", async () => {
    await runWithJournal("empty", (file) => fs.truncateSync(file, 0));
    expectUndisturbed("empty");
  });
});
