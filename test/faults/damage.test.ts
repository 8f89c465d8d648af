import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { JobStatus } from "../../electron/contract/nouns/job-status.ts";
import type { Workspace } from "../../electron/workspace/workspace.ts";
import { openWorkspace } from "../../electron/workspace/workspace.ts";
import { deploy } from "../helpers/batchdeck.ts";
import { writeCsvFolder } from "../helpers/data/data-fixtures.ts";
import { undisturbed } from "../helpers/engine/machine-uses.ts";
import { denseModel } from "../helpers/models/model-fixtures.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import type { Watch } from "../helpers/engine/watched-host.ts";
import { watchedHost } from "../helpers/engine/watched-host.ts";
import { englishWords } from "../../electron/contract/words/english-problems.ts";

/** What was committed is damaged on the disk, or gone, before it is merged: it is scored again, and the files are the same. */
const root = temporaryFolder("damage");
const home = path.join(root, "home");
const input = path.join(root, "input");
const files = 30;
const rowsPerFile = 60;
const outOf = (job: string) => path.join(root, "out", job);
const journalOf = (job: string) => path.join(home, "jobs", job, "journal.db");
const open: Workspace[] = [];

type Append = { readonly type: string; readonly records: readonly { segmentFile: string; offset: number }[] };

function openEngine(watch: Watch): Workspace {
  const opened = openWorkspace({ home, processHost: watchedHost(watch), machineUse: undisturbed, scope: "all" });
  if (!opened.ok) throw new Error(englishWords(opened.problem).message);
  open.push(opened.value);
  opened.value.engine.start();
  return opened.value;
}

async function submit(workspace: Workspace, job: string): Promise<void> {
  const submitted = await workspace.jobs.submit({
    endpointName: "dense",
    deploymentName: null,
    inputPath: input,
    outputFolder: outOf(job),
    overrides: { instance_count: "2", mini_batch_size: "1" },
    jobName: job,
  });
  if (!submitted.ok) throw new Error(englishWords(submitted.problem).message);
}

async function until(workspace: Workspace, job: string, statuses: readonly JobStatus[]): Promise<JobStatus> {
  for (;;) {
    const status = workspace.registry.jobs.find(job)?.status;
    if (status !== undefined && statuses.includes(status)) return status;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Does something to the records of the first append before it is carried out. */
async function runDamaged(job: string, damage: (records: Append["records"]) => void): Promise<void> {
  let isDone = false;
  const workspace = openEngine({
    toProcess(program, message) {
      if (program === "merge-process" && message.type === "append" && !isDone) {
        isDone = true;
        damage((message as Append).records);
      }
      return false;
    },
  });
  await submit(workspace, job);
  expect(await until(workspace, job, ended)).toBe("Completed");
  expect(isDone).toBe(true);
}

function recordOf(job: string): { counts: Record<string, number>; run: Record<string, unknown> } {
  return JSON.parse(fs.readFileSync(path.join(outOf(job), "job.json"), "utf8"));
}

function expectSameFiles(job: string): void {
  for (const name of ["predictions.csv", "errors.csv"]) {
    const [found, reference] = [job, "undisturbed"].map((one) => fs.readFileSync(path.join(outOf(one), name), "utf8"));
    expect(found).toBe(reference);
  }
  expect(recordOf(job).counts).toMatchObject({ total: files * rowsPerFile + 1, failed: 1 });
}

const ended: readonly JobStatus[] = ["Completed", "Failed", "Canceled"];

beforeAll(async () => {
  writeCsvFolder(input, { files, rowsPerFile, features: 4 });
  fs.appendFileSync(path.join(input, "part-0003.csv"), "9999,abc,1,1,1\n");
  await deploy(home, "dense", denseModel({ features: 4, hidden: [16], classes: 3 }), {
    scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\noutput:\n  keep: [id]\nbatch: 16\n",
  });
  const workspace = openEngine({});
  await submit(workspace, "undisturbed");
  expect(await until(workspace, "undisturbed", ended)).toBe("Completed");
  await workspace.close();
  open.splice(0);
});

afterEach(async () => {
  for (const workspace of open.splice(0)) await workspace.close();
});

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
    expectSameFiles("flipped");
    expect(recordOf("flipped").run["mini_batches_scored_again"]).toBe(1);
  });

  it("are scored again when their file is gone", async () => {
    await runDamaged("vanished", ([record]) => fs.rmSync(record?.segmentFile ?? ""));
    expectSameFiles("vanished");
    expect(recordOf("vanished").run["mini_batches_scored_again"]).toBeGreaterThan(0);
  });

  it("are scored again when their file was cut short", async () => {
    await runDamaged("cut", ([record]) => fs.truncateSync(record?.segmentFile ?? "", (record?.offset ?? 0) + 5));
    expectSameFiles("cut");
    expect(recordOf("cut").run["mini_batches_scored_again"]).toBeGreaterThan(0);
  });

  it("are left out of what a cancelled job keeps when they are damaged, and not counted", async () => {
    let isCancelled = false;
    const workspace = openEngine({
      toProcess(program, message) {
        if (program !== "merge-process" || message.type !== "append" || isCancelled) return false;
        isCancelled = true;
        fs.truncateSync((message as Append).records[0]?.segmentFile ?? "", 5);
        workspace.jobs.cancel("left-out");
        workspace.engine.wake();
        return false;
      },
    });
    await submit(workspace, "left-out");
    expect(await until(workspace, "left-out", ended)).toBe("Canceled");
    const { counts } = recordOf("left-out");
    const partial = path.join(outOf("left-out"), "predictions.partial.csv");
    const rows = fs.existsSync(partial) ? fs.readFileSync(partial, "utf8").trimEnd().split("\n").length - 1 : 0;
    expect(rows).toBe(counts["succeeded"]);
  });
});

describe("a job whose journal is damaged", () => {
  /** Pauses a job in the middle, damages its journal as told, and goes on. */
  async function runWithJournal(job: string, damage: (file: string) => void): Promise<Workspace> {
    let commits = 0;
    const first = openEngine({
      // What comes after the first few is never heard of, so that the job cannot end before it is paused.
      fromProcess: (program, message) =>
        program === "worker" && message.type === "units-committed" && (commits += 1) > 4,
    });
    await submit(first, job);
    while ((first.registry.jobs.find(job)?.progress.succeeded ?? 0) < 200)
      await new Promise((go) => setTimeout(go, 10));
    first.jobs.pause(job);
    expect(await until(first, job, [...ended, "Paused"])).toBe("Paused");
    await first.close();
    open.splice(0);
    damage(journalOf(job));
    const second = openEngine({});
    second.jobs.resume(job);
    expect(await until(second, job, ended)).toBe("Completed");
    return second;
  }

  it("begins again and loses nothing when half of it is missing", async () => {
    const workspace = await runWithJournal("half", (file) => fs.truncateSync(file, 8192 + 100));
    expectSameFiles("half");
    const shown = workspace.jobs.show("half");
    expect(shown.ok && shown.value.warnings.join(" ")).toContain("journal of the job was damaged");
    expect(fs.existsSync(`${journalOf("half")}.damaged`)).toBe(true);
  });

  it("begins again and loses nothing when it holds something else", async () => {
    await runWithJournal("other", (file) => fs.writeFileSync(file, "This is no database. ".repeat(1000)));
    expectSameFiles("other");
    expect(recordOf("other").run["began_again"]).toBe(true);
  });

  it("begins again and loses nothing when it is empty", async () => {
    await runWithJournal("empty", (file) => fs.truncateSync(file, 0));
    expectSameFiles("empty");
  });
});
