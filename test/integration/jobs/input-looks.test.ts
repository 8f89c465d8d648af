import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { nodeMachineUse } from "../../../electron/compute/node-machine-use.ts";
import { nodeProcessHost } from "../../../electron/compute/node-process-host.ts";
import type { HostedProcess, ProcessHost, ProgramName } from "../../../electron/compute/process-host.ts";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import { isTerminal } from "../../../electron/contract/job-status.ts";
import { type InvokeRequest, openWorkspace, type Workspace } from "../../../electron/workspace/workspace.ts";
import { deploy } from "../../helpers/batchdeck.ts";
import { countedPrograms, unlistedName } from "../../helpers/counted-programs.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { isAlive } from "../../helpers/processes.ts";
import { temporaryFolder } from "../../helpers/places.ts";

/** What the sheet, its Start and the job share: one look at the input, which holds only as long as the input is the same. */
const root = temporaryFolder("input-looks");
const home = path.join(root, "home");
const programs = countedPrograms(path.join(root, "programs"));
const real = nodeProcessHost(programs.folder);
let started: { readonly program: ProgramName; readonly child: HostedProcess }[] = [];
let onStart: (program: ProgramName) => void = () => undefined;
const host: ProcessHost = {
  start(program, options) {
    const child = real.start(program, options);
    started.push({ program, child });
    onStart(program);
    return child;
  },
};
let workspace: Workspace;
let input = "";
let inputs = 0;

beforeAll(async () => {
  const scorer = "input:\n  columns: {features: [f0, f1, f2, f3]}\n";
  await deploy(home, "dense", denseModel({ features: 4, classes: 3 }), { scorer });
  await deploy(home, "other", denseModel({ features: 3, classes: 3 }), {
    scorer: "input:\n  columns: {features: [f0, f1, f2]}\noutput:\n  keep: [f3]\n",
  });
  await deploy(home, "wrong", denseModel({ features: 1, classes: 3 }), {
    scorer: "input:\n  columns: {features: [nowhere]}\n",
  });
  const opened = openWorkspace({ home, processHost: host, machineUse: nodeMachineUse(), scope: "all" });
  if (!opened.ok) throw new Error(opened.problem.code);
  workspace = opened.value;
  workspace.engine.start();
});
afterAll(() => workspace.close());

beforeEach(() => {
  inputs += 1;
  input = path.join(root, `in-${inputs}`);
  for (const name of ["a.csv", "b.csv", "inner/c.csv"]) put(name, 3);
  fs.writeFileSync(path.join(input, unlistedName), "x");
  onStart = () => undefined;
  started = [];
  programs.take();
});

function put(name: string, rows: number): void {
  const file = path.join(input, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `f0,f1,f2,f3\n${"1,2,3,4\n".repeat(rows)}`);
}

const request = (changes: Partial<InvokeRequest> = {}): InvokeRequest => ({
  ...{ endpointName: "dense", deploymentName: null, inputPath: input, outputFolder: null },
  ...{ overrides: {}, incremental: false, jobName: null },
  ...changes,
});

/** As the sheet does: what a look tells first, then what scoring the first items does. */
async function preview(changes: Partial<InvokeRequest> = {}) {
  await workspace.jobs.preflight(request(changes), "quick");
  return workspace.jobs.preflight(request(changes), "full");
}

async function submit(changes: Partial<InvokeRequest> = {}): Promise<string> {
  const submitted = await workspace.jobs.submit(request(changes));
  if (!submitted.ok) throw new Error(JSON.stringify(submitted.problem));
  return submitted.value.name;
}

async function ended(name: string): Promise<JobView> {
  const shown = () => {
    const job = workspace.jobs.show(name);
    if (!job.ok) throw new Error(job.problem.code);
    return job.value;
  };
  await expect.poll(() => isTerminal(shown().status), { timeout: 120_000, interval: 50 }).toBe(true);
  return shown();
}

describe("an input is listed once", () => {
  it("between a drop on the window and the end of its job, whatever is changed in the sheet meanwhile", async () => {
    const report = await preview();
    expect(report).toMatchObject({ problems: [], plan: { files: 3, skipped_files: 1 }, sample: { left_out: null } });
    await preview({ overrides: { error_threshold: "5" } });
    await preview({ overrides: { error_threshold: "5", mini_batch_size: "2" } });
    expect(await ended(await submit())).toMatchObject({ status: "Completed", succeeded: 9, failed: 0 });
    const { listings, processes } = programs.take();
    expect(listings).toBe(1);
    // The first look, Start and the job each have one; a preview has one when the last look was more than a moment ago.
    expect(processes).toBeGreaterThanOrEqual(3);
    expect(processes).toBeLessThanOrEqual(8);
  });

  it("when another deployment that reads such files is chosen, whose columns are looked for all the same", async () => {
    expect((await preview()).plan?.mapping[0]?.columns).toHaveLength(4);
    const other = await preview({ endpointName: "other" });
    expect(other.plan?.mapping[0]?.columns).toHaveLength(3);
    expect((await preview({ endpointName: "wrong" })).problems).toMatchObject([{ code: "input/wrong-columns" }]);
    expect((await preview()).plan?.mapping[0]?.columns).toHaveLength(4);
    expect(programs.take().listings).toBe(1);
  });

  it("by `invoke`, with one process to look and one to plan", async () => {
    const args = [programs.cli, "invoke", "-n", "dense", "--input", input, "--json", "--home", path.join(root, "cli")];
    await deploy(path.join(root, "cli"), "dense", denseModel({ features: 4, classes: 3 }), {
      scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\n",
    });
    const modules = path.join(import.meta.dirname, "../../../node_modules");
    const ran = await promisify(execFile)(process.execPath, args, { env: { ...process.env, NODE_PATH: modules } });
    expect(JSON.parse(ran.stdout)).toMatchObject({ status: "Completed", succeeded: 9 });
    expect(programs.take()).toEqual({ processes: 2, listings: 1 });
  });

  it("and nothing of the look is left in the workspace afterwards", async () => {
    await preview();
    const name = await submit();
    await ended(name);
    expect(fs.readdirSync(home).filter((one) => one.startsWith("preflight-"))).toEqual([]);
    expect(fs.readdirSync(path.join(home, "jobs", name))).not.toContain("seen.jsonl");
  });
});

describe("an input that changes after the look is listed again", () => {
  it.each<[string, () => void, number]>([
    ["a file that was added is scored", () => put("0.csv", 4), 13],
    ["a file that was added below is scored", () => put("inner/d.csv", 1), 10],
    ["a file that was changed is scored as it is now", () => put("a.csv", 5), 11],
    ["a file that is gone is not missed", () => fs.rmSync(path.join(input, "b.csv")), 6],
  ])("before Start: %s", async (_what, change, rows) => {
    await preview();
    change();
    const job = await ended(await submit());
    expect(job).toMatchObject({ status: "Completed", succeeded: rows, failed: 0 });
    expect(programs.take().listings).toBe(2);
  });

  it.each<[string, () => void, number]>([
    ["a file that was added is scored", () => put("0.csv", 4), 13],
    ["a file that was changed is scored as it is now", () => put("a.csv", 5), 11],
    ["a file that is gone is not missed", () => fs.rmSync(path.join(input, "b.csv")), 6],
  ])("while its job waits: %s", async (_what, change, rows) => {
    workspace.queue.pause();
    const name = await submit();
    change();
    workspace.queue.resume();
    expect(await ended(name)).toMatchObject({ status: "Completed", succeeded: rows, failed: 0 });
    expect(programs.take().listings).toBe(2);
  });

  it("so that Start refuses what the sheet had found right", async () => {
    expect((await preview()).problems).toEqual([]);
    for (const name of ["a.csv", "b.csv", "inner/c.csv"]) fs.writeFileSync(path.join(input, name), "x\n1\n");
    const submitted = await workspace.jobs.submit(request());
    expect(submitted).toMatchObject({ ok: false, problem: { code: "input/wrong-columns" } });
  });
});

describe("a preview that was replaced", () => {
  it.each<ProgramName>(["data-process", "worker", "model-process"])(
    "while its %s starts leaves no process alive",
    async (program) => {
      const abort = new AbortController();
      onStart = (name) => {
        // Once it runs: a process that the system has not started yet would prove nothing.
        if (name === program) setTimeout(() => abort.abort(), 20);
      };
      await workspace.jobs.preflight(request(), "full", abort.signal);
      expect(abort.signal.aborted).toBe(true);
      const alive = () => started.filter(({ child }) => isAlive(child.pid() ?? -1)).map((one) => one.program);
      await expect.poll(alive, { timeout: 10_000 }).toEqual([]);
      expect(fs.readdirSync(home).filter((one) => one.startsWith("preflight-")).length).toBeLessThanOrEqual(1);
    },
  );

  it("before it began starts none", async () => {
    const abort = new AbortController();
    abort.abort();
    await workspace.jobs.preflight(request(), "full", abort.signal);
    expect(started).toEqual([]);
  });

  it("does not keep the one that replaces it from its answer", async () => {
    const abort = new AbortController();
    const replaced = workspace.jobs.preflight(request(), "full", abort.signal);
    abort.abort();
    const report = await workspace.jobs.preflight(request(), "full");
    await replaced;
    expect(report).toMatchObject({ problems: [], sample: { left_out: null } });
    expect(report.sample?.rows).toHaveLength(5);
  });
});
