import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { JobStatus } from "../../../electron/contract/nouns/job-status.ts";
import type { EngineScope } from "../../../electron/jobs/queue/engine.ts";
import type { Workspace } from "../../../electron/workspace/workspace.ts";
import { openWorkspace } from "../../../electron/workspace/workspace.ts";
import { deploy } from "../../helpers/batchdeck.ts";
import { writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { undisturbed } from "../../helpers/engine/machine-uses.ts";
import { temporaryPlaces } from "../../helpers/places.ts";
import type { Watch } from "../../helpers/engine/watched-host.ts";
import { watchedHost } from "../../helpers/engine/watched-host.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import { sleep } from "../../helpers/sleep.ts";
import { abortingModel } from "../../helpers/models/misbehaving-models.ts";

/** What the engine does when things happen at the worst moment: the test stands between it and its processes. */
const { root, home, input, outOf } = temporaryPlaces("engine");
const deadly = path.join(root, "deadly");
const open: Workspace[] = [];

function openEngine(watch: Watch = {}, scope: EngineScope = "all"): Workspace {
  const opened = openWorkspace({ home, processHost: watchedHost(watch), machineUse: undisturbed, scope });
  if (!opened.ok) throw new Error(englishWords(opened.problem).message);
  open.push(opened.value);
  return opened.value;
}

async function submit(workspace: Workspace, job: string, more: { endpoint?: string; input?: string } = {}) {
  const submitted = await workspace.jobs.submit({
    endpointName: more.endpoint ?? "dense",
    deploymentName: null,
    inputPath: more.input ?? input,
    outputFolder: outOf(job),
    overrides: { instance_count: "1", mini_batch_size: "1" },
    jobName: job,
  });
  if (!submitted.ok) throw new Error(englishWords(submitted.problem).message);
}

async function until(workspace: Workspace, job: string, statuses: readonly JobStatus[]): Promise<JobStatus> {
  for (;;) {
    const shown = workspace.jobs.show(job);
    if (!shown.ok) throw new Error(englishWords(shown.problem).message);
    if (statuses.includes(shown.value.status)) return shown.value.status;
    await sleep(10);
  }
}

const ended: readonly JobStatus[] = ["Completed", "Failed", "Canceled"];
const statusOf = (workspace: Workspace, job: string) => workspace.registry.jobs.find(job)?.status;

beforeAll(async () => {
  writeCsvFolder(input, { files: 40, rowsPerFile: 50, features: 4 });
  fs.mkdirSync(deadly);
  const rows = [...Array.from({ length: 40 }, (_, row) => `${row + 20},1`), "13,1", "13,2", "13,3", "5,1"];
  rows.forEach((row, file) => fs.writeFileSync(path.join(deadly, `f${file + 100}.csv`), `a,b\n${row}\n`));
  const scorer = "input:\n  columns: {features: [f0, f1, f2, f3]}\noutput:\n  keep: [id]\n";
  await deploy(home, "dense", denseModel({ features: 4, hidden: [64], classes: 3 }), { scorer });
  await deploy(home, "deadly", abortingModel(), { scorer: "input:\n  columns: {features: [a, b]}\n" });
});

afterEach(async () => {
  for (const workspace of open.splice(0)) await workspace.close();
});

describe("an engine", () => {
  it("completes a job that is cancelled while its files get their names", async () => {
    const workspace = openEngine({
      toProcess(program, message) {
        if (program === "merge-process" && message.type === "finish") workspace.jobs.cancel("late-cancel");
        return false;
      },
    });
    workspace.engine.start();
    await submit(workspace, "late-cancel");
    expect(await until(workspace, "late-cancel", ended)).toBe("Completed");
    expect(fs.readdirSync(outOf("late-cancel")).sort()).toEqual(["errors.csv", "job.json", "predictions.csv"]);
  });

  it("ends a job as an engine before it had decided, even if that died before it could say so", async () => {
    const first = openEngine();
    first.engine.start();
    await submit(first, "undecided", { endpoint: "deadly", input: deadly });
    expect(await until(first, "undecided", ended)).toBe("Failed");
    const files = fs.readdirSync(outOf("undecided")).sort();
    const record = fs.readFileSync(path.join(outOf("undecided"), "predictions.partial.csv"), "utf8");
    await first.close();
    open.splice(0);
    const registry = new Database(path.join(home, "registry.db"));
    registry.exec("UPDATE jobs SET status = 'Running', finished = 0, problem = NULL WHERE name = 'undecided'");
    registry.close();
    const second = openEngine();
    second.engine.start();
    expect(await until(second, "undecided", ended)).toBe("Failed");
    expect(fs.readdirSync(outOf("undecided")).sort()).toEqual(files);
    expect(fs.readFileSync(path.join(outOf("undecided"), "predictions.partial.csv"), "utf8")).toBe(record);
  });

  it("keeps every finished row of a cancelled job, also those behind a mini-batch that is not finished", async () => {
    const workspace = openEngine({
      fromProcess(program, message, deliver) {
        if (program !== "worker" || message.type !== "units-committed") return false;
        const { units } = message as unknown as { units: readonly { unitId: number }[] };
        const others = units.filter(({ unitId }) => unitId !== 0);
        if (others.length > 0) deliver({ ...message, units: others });
        return true;
      },
    });
    workspace.engine.start();
    await submit(workspace, "gap");
    while ((workspace.registry.jobs.find("gap")?.progress.succeeded ?? 0) < 1000) await sleep(10);
    workspace.jobs.cancel("gap");
    expect(await until(workspace, "gap", ended)).toBe("Canceled");
    const record = JSON.parse(fs.readFileSync(path.join(outOf("gap"), "job.json"), "utf8")) as {
      counts: { succeeded: number };
    };
    const rows = fs
      .readFileSync(path.join(outOf("gap"), "predictions.partial.csv"), "utf8")
      .trimEnd()
      .split("\n");
    expect(rows.length - 1).toBe(record.counts.succeeded);
    expect(record.counts.succeeded).toBeGreaterThanOrEqual(1000);
  });

  it("fails a job whose output cannot be put together, instead of waiting for ever", async () => {
    const workspace = openEngine({
      fromProcess(program, message, deliver) {
        if (program !== "merge-process" || message.type !== "appended") return false;
        deliver({ type: "failed", place: "output", message: "Something else is wrong.", errno: null });
        return true;
      },
    });
    workspace.engine.start();
    await submit(workspace, "bad-disk");
    expect(await until(workspace, "bad-disk", ended)).toBe("Failed");
  });

  it("goes on with a job that is resumed before its pause was done", async () => {
    let held: (() => void) | null = null;
    const workspace = openEngine({
      fromProcess(program, message, deliver) {
        if (program !== "worker" || message.type !== "units-committed" || held !== null) return false;
        held = () => deliver(message);
        return true;
      },
    });
    workspace.engine.start();
    await submit(workspace, "hasty");
    while (held === null) await sleep(10);
    workspace.jobs.pause("hasty");
    await sleep(1300);
    expect(statusOf(workspace, "hasty")).toBe("Running");
    workspace.jobs.resume("hasty");
    (held as () => void)();
    expect(await until(workspace, "hasty", [...ended, "Paused"])).toBe("Completed");
  });

  it("begins no more jobs at once than there are cores, however long they are being planned", async () => {
    const planned: (() => void)[] = [];
    const workspace = openEngine({
      toProcess(program, message, deliver) {
        if (program !== "data-process" || message.type !== "plan") return false;
        planned.push(deliver);
        return true;
      },
    });
    const cores = os.availableParallelism();
    const jobs = Array.from({ length: cores + 2 }, (_, index) => `queue-${index}`);
    for (const job of jobs) await submit(workspace, job);
    workspace.engine.start();
    await sleep(500);
    expect(planned).toHaveLength(cores);
    while (jobs.some((job) => statusOf(workspace, job) !== "Completed")) {
      planned.shift()?.();
      await sleep(10);
    }
  });

  it("pauses a job whose output folder became a file, and goes on once it is a folder again", async () => {
    const workspace = openEngine();
    await submit(workspace, "no-folder");
    fs.mkdirSync(path.dirname(outOf("no-folder")), { recursive: true });
    fs.writeFileSync(outOf("no-folder"), "in the way");
    workspace.engine.start();
    expect(await until(workspace, "no-folder", [...ended, "Paused"])).toBe("Paused");
    fs.rmSync(outOf("no-folder"));
    workspace.jobs.resume("no-folder");
    expect(await until(workspace, "no-folder", ended)).toBe("Completed");
  });

  it("removes what a job no longer needs once it has ended", async () => {
    const workspace = openEngine();
    workspace.engine.start();
    await submit(workspace, "tidy");
    await until(workspace, "tidy", ended);
    while (fs.existsSync(path.join(home, "jobs", "tidy", "segments"))) await sleep(10);
  });

  it("removes what the engine before it left of jobs that had ended, and nothing of any other", async () => {
    const first = openEngine();
    first.engine.start();
    await submit(first, "ended-before");
    await until(first, "ended-before", ended);
    await submit(first, "set-aside");
    first.jobs.pause("set-aside");
    await until(first, "set-aside", ["Paused"]);
    await first.close();
    const segmentsOf = (job: string) => path.join(home, "jobs", job, "segments");
    while (fs.existsSync(segmentsOf("ended-before"))) await sleep(10);
    for (const job of ["ended-before", "set-aside"]) {
      fs.mkdirSync(segmentsOf(job), { recursive: true });
      fs.writeFileSync(path.join(segmentsOf(job), "1-1.segment"), "results");
    }
    const second = openEngine();
    second.engine.start();
    while (fs.existsSync(segmentsOf("ended-before"))) await sleep(10);
    expect(fs.existsSync(segmentsOf("set-aside"))).toBe(true);
    second.jobs.cancel("set-aside");
    await until(second, "set-aside", ended);
  });

  it("leaves a job alone that paused itself when its user pauses it too", async () => {
    let isFull = true;
    const workspace = openEngine({
      fromProcess(program, message, deliver) {
        if (!isFull || program !== "merge-process" || message.type !== "appended") return false;
        deliver({ type: "failed", place: "output", message: "no space", errno: "ENOSPC" });
        return true;
      },
    });
    workspace.engine.start();
    await submit(workspace, "full");
    await until(workspace, "full", ["Paused"]);
    isFull = false;
    workspace.jobs.pause("full");
    await sleep(6500);
    expect(statusOf(workspace, "full")).toBe("Paused");
    workspace.jobs.resume("full");
    expect(await until(workspace, "full", ended)).toBe("Completed");
  });

  it("outlives a disk so full that not even the end of a run can be written down", async () => {
    let isFull = false;
    let tried = 0;
    const workspace = openEngine({
      fromProcess(program, message, deliver) {
        if (program !== "merge-process" || message.type !== "appended" || tried > 0) return false;
        isFull = true;
        deliver({ type: "failed", place: "output", message: "no space", errno: "ENOSPC" });
        return true;
      },
    });
    const { move, change } = workspace.registry.jobs;
    const unlessFull = <Arguments extends unknown[]>(write: (...given: Arguments) => boolean) => {
      return (...given: Arguments): boolean => {
        if (!isFull) return write(...given);
        tried += 1;
        throw Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });
      };
    };
    Object.assign(workspace.registry.jobs, { move: unlessFull(move), change: unlessFull(change) });
    workspace.engine.start();
    await submit(workspace, "fuller");
    while (tried < 3) await sleep(10);
    expect(["Running", "Finalizing"]).toContain(statusOf(workspace, "fuller"));
    isFull = false;
    await until(workspace, "fuller", ["Paused"]);
    expect(await until(workspace, "fuller", ended)).toBe("Completed");
  });

  it("of a command also runs the jobs of a window that was opened later", async () => {
    const command = openEngine({}, "awaited");
    await submit(command, "waited-for");
    command.jobs.pause("waited-for");
    command.registry.waiters.add({ id: "a-command", job: "waited-for", pid: process.pid });
    command.engine.start();
    while (!command.engine.holdsLease()) await sleep(10);
    const window = openEngine({}, "all");
    window.engine.start();
    await submit(window, "dropped");
    expect(await until(window, "dropped", ended)).toBe("Completed");
    command.registry.waiters.remove("a-command");
  });
});
