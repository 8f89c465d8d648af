import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { MachineUse } from "../../../electron/compute/machine-use.ts";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import type { JobStatus } from "../../../electron/contract/nouns/job-status.ts";
import type { Workspace } from "../../../electron/workspace/workspace.ts";
import { openWorkspace } from "../../../electron/workspace/workspace.ts";
import { batchdeck, deploy } from "../../helpers/batchdeck.ts";
import { writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import { undisturbed } from "../../helpers/engine/machine-uses.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryPlaces } from "../../helpers/places.ts";
import { watchedHost } from "../../helpers/engine/watched-host.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import { sleep } from "../../helpers/sleep.ts";

/**
 * Several jobs on one machine, with real workers. The test holds back what workers have finished, so that jobs stay at
 * work until it lets them go, and counts the workers that have a job open.
 */
const cores = os.availableParallelism();
const { home, input, outOf } = temporaryPlaces("queue");
const ended: readonly JobStatus[] = ["Completed", "Failed", "Canceled"];
let open: Workspace | null = null;

type Bench = {
  readonly workspace: Workspace;
  /** Lets through what workers have finished, from now on. */
  readonly release: () => void;
  /** Most workers that were open at one moment: in all, and of one job. */
  readonly most: (job?: string) => number;
};

type Commits = { readonly type: string; readonly units?: readonly { readonly unitId: number }[] };

function openBench(
  machineUse: MachineUse = undisturbed,
  isHeldBack: (message: Commits) => boolean = ({ type }) => type === "units-committed",
): Bench {
  let isHeld = true;
  let heldBack: (() => void)[] = [];
  const opened = new Map<object, string>();
  const most = new Map<string, number>();
  const count = () => {
    const jobs = [...opened.values()];
    most.set("", Math.max(most.get("") ?? 0, jobs.length));
    for (const job of jobs) most.set(job, Math.max(most.get(job) ?? 0, jobs.filter((other) => other === job).length));
  };
  const host = watchedHost({});
  const processHost: typeof host = {
    start(program, options) {
      const child = host.start(program, options);
      if (program !== "worker") return child;
      child.onExit(() => opened.delete(child));
      return {
        ...child,
        send(message) {
          const { type, spec } = message as { type: string; spec?: { name: string } };
          if (type === "open-job" && spec !== undefined) {
            opened.set(child, spec.name);
            count();
          }
          return child.send(message);
        },
        onMessage(listener) {
          child.onMessage((message) => {
            if ((message as Commits).type === "job-closed") opened.delete(child);
            if (isHeld && isHeldBack(message as Commits)) heldBack.push(() => listener(message));
            else listener(message);
          });
        },
      };
    },
  };
  const workspace = openWorkspace({ home, processHost, machineUse, scope: "all" });
  if (!workspace.ok) throw new Error(englishWords(workspace.problem).message);
  open = workspace.value;
  return {
    workspace: workspace.value,
    release() {
      isHeld = false;
      for (const deliver of heldBack) deliver();
      heldBack = [];
    },
    most: (job = "") => most.get(job) ?? 0,
  };
}

async function submit(
  { workspace }: Bench,
  job: string,
  more: {
    readonly endpoint?: string;
    readonly instances?: number;
    readonly set?: Readonly<Record<string, string>>;
  } = {},
): Promise<void> {
  const submitted = await workspace.jobs.submit({
    endpointName: more.endpoint ?? "dense",
    deploymentName: null,
    inputPath: input,
    outputFolder: outOf(job),
    overrides: {
      instance_count: String(more.instances ?? cores),
      mini_batch_size: "1",
      "retry_settings.max_retries": "0",
      ...more.set,
    },
    jobName: job,
  });
  if (!submitted.ok) throw new Error(englishWords(submitted.problem).message);
}

function show({ workspace }: Bench, job: string): JobView {
  const shown = workspace.jobs.show(job);
  if (!shown.ok) throw new Error(englishWords(shown.problem).message);
  return shown.value;
}

async function until(bench: Bench, job: string, isSo: (view: JobView) => boolean): Promise<JobView> {
  for (;;) {
    const view = show(bench, job);
    if (isSo(view)) return view;
    await sleep(20);
  }
}

const works = (workers: number) => (view: JobView) => view.status === "Running" && view.workers === workers;
const waits = (view: JobView) => view.status === "Queued" && view.waiting_for !== null;

/** Every job ends well, with the bytes of the job that ran alone. */
async function expectSame(bench: Bench, ...jobs: readonly string[]): Promise<void> {
  const alone = fs.readFileSync(path.join(outOf("alone"), "predictions.csv"));
  for (const job of jobs) {
    const view = await until(bench, job, ({ status }) => ended.includes(status));
    expect(view).toMatchObject({ name: job, status: "Completed", failed: 0, problem: null, waiting_for: null });
    expect(fs.readFileSync(path.join(outOf(job), "predictions.csv")).equals(alone)).toBe(true);
  }
}

/** An endpoint with the deployment of `dense`, on a compute of that size and tier. */
function onCompute({ workspace: { registry } }: Bench, name: string, changes: { max?: number; tier?: "low_priority" }) {
  const model = registry.deployments.find("dense", "one");
  const endpoint = registry.endpoints.find("dense");
  const local = registry.computes.find("local");
  if (model === null || endpoint === null || local === null) throw new Error("Nothing is deployed.");
  registry.computes.save({ ...local, name, maxInstances: changes.max ?? null, tier: changes.tier ?? "dedicated" });
  registry.endpoints.save({ ...endpoint, name });
  registry.deployments.save({ ...model, endpointName: name, computeName: name });
}

beforeAll(async () => {
  writeCsvFolder(input, { files: 40 + 8 * cores, rowsPerFile: 40, features: 4 });
  const scorer = "input:\n  columns: {features: [f0, f1, f2, f3]}\noutput:\n  keep: [id]\nbatch: 16\n";
  await deploy(home, "dense", denseModel({ features: 4, hidden: [64], classes: 3 }), { scorer });
  const ran = await batchdeck(home, "invoke", "-n", "dense", "--input", input, "--output-path", outOf("alone"));
  expect(ran.code, ran.stderr).toBe(0);
});

afterEach(async () => {
  await open?.close();
  open = null;
});

describe("jobs that run at once", () => {
  it("share the cores alike, and never use more of them than there are", async () => {
    const bench = openBench();
    bench.workspace.engine.start();
    await submit(bench, "alike-1");
    await submit(bench, "alike-2");
    await until(bench, "alike-1", works(Math.ceil(cores / 2)));
    const second = await until(bench, "alike-2", works(Math.floor(cores / 2)));
    expect(second.waiting_for).toBe(
      `It has ${Math.floor(cores / 2)} of ${cores} workers; the other cores work for the job alike-1.`,
    );
    bench.release();
    await expectSame(bench, "alike-1", "alike-2");
    expect(bench.most()).toBeLessThanOrEqual(cores);
  });

  it("give back the workers that they have no more mini-batches for", async () => {
    const bench = openBench(undisturbed, ({ units }) => units?.some(({ unitId }) => unitId === 0) === true);
    bench.workspace.engine.start();
    await submit(bench, "last-one");
    await until(bench, "last-one", ({ succeeded, total }) => total > 0 && succeeded > total / 2);
    const view = await until(bench, "last-one", works(1));
    expect(view.waiting_for).toBe(null);
    expect(bench.most("last-one")).toBe(cores);
    bench.release();
    await expectSame(bench, "last-one");
  });

  it("on one compute share its instances, while a job on another compute takes the other cores", async () => {
    const bench = openBench();
    onCompute(bench, "single", { max: 1 });
    bench.workspace.engine.start();
    await submit(bench, "single-1", { endpoint: "single" });
    await submit(bench, "single-2", { endpoint: "single" });
    await submit(bench, "beside");
    await until(bench, "single-1", works(1));
    await until(bench, "beside", works(cores - 1));
    const waiting = await until(bench, "single-2", waits);
    expect(waiting.waiting_for).toBe("It waits for an instance of the compute single; the job single-1 is before it.");
    bench.release();
    await expectSame(bench, "single-1", "single-2", "beside");
    expect(bench.most("single-1")).toBe(1);
    expect(bench.most("single-2")).toBe(1);
  });

  it("are capped to the compute's instances with all their workers, and to the cores; the cap is told", async () => {
    const bench = openBench();
    onCompute(bench, "single", { max: 1 });
    const planned = async (overrides: Readonly<Record<string, string>>, endpointName: string) => {
      const request = { endpointName, deploymentName: null, inputPath: input, outputFolder: null, jobName: null };
      const { plan } = await bench.workspace.jobs.preflight({ ...request, overrides }, "quick");
      return [plan?.workers, plan?.workers_capped_from];
    };
    const both = { instance_count: "3", max_concurrency_per_instance: "2" };
    expect(await planned(both, "single")).toEqual([2, 6]);
    expect(await planned(both, "dense")).toEqual([Math.min(6, cores), cores < 6 ? 6 : null]);
    expect(await planned({ instance_count: "1" }, "dense")).toEqual([1, null]);
    expect(await planned({ max_concurrency_per_instance: "2" }, "dense")).toEqual([2, null]);
    expect(await planned({}, "dense")).toEqual([cores, null]);
    expect(await planned({}, "single")).toEqual([1, null]);
  });
});

describe("the order of the queue", () => {
  it("lets a job of high priority take the workers of one that runs, which then goes on where it was", async () => {
    const bench = openBench();
    bench.workspace.engine.start();
    await submit(bench, "plain");
    await until(bench, "plain", works(cores));
    await submit(bench, "urgent", { set: { "batchdeck.priority": "high" } });
    const urgent = await until(bench, "urgent", works(cores));
    expect(urgent.priority).toBe("high");
    const plain = await until(bench, "plain", waits);
    expect(plain.waiting_for).toBe("It waits for a core; the job urgent is before it.");
    bench.release();
    await expectSame(bench, "urgent", "plain");
    expect(Date.parse(show(bench, "urgent").ended_at ?? "")).toBeLessThan(
      Date.parse(show(bench, "plain").ended_at ?? ""),
    );
    expect(bench.most()).toBeLessThanOrEqual(cores);
  });

  it("can be changed: the job that is put first begins, and the last one that ran waits", async () => {
    const bench = openBench();
    bench.workspace.engine.start();
    const first = Array.from({ length: cores }, (_, index) => `early-${index}`);
    for (const job of first) await submit(bench, job, { instances: 1 });
    for (const job of first) await until(bench, job, works(1));
    await submit(bench, "late", { instances: 1 });
    await until(bench, "late", waits);
    expect((await batchdeck(home, "job", "update", "-n", "late", "--first")).code).toBe(0);
    await until(bench, "late", works(1));
    const displaced = await until(bench, `early-${cores - 1}`, waits);
    expect(displaced.waiting_for).toMatch(/^It waits for a core; the jobs? late/);
    bench.release();
    await expectSame(bench, "late", ...first);
  });

  it("is changed by sensible wishes only", async () => {
    const bench = openBench();
    await submit(bench, "steady", { instances: 1 });
    for (const [args, says] of [
      [["-n", "steady"], /Nothing to change/],
      [["-n", "steady", "--first", "--last"], /one place/],
      [["-n", "steady", "--priority", "urgent"], /low, medium or high/],
      [["-n", "steady", "--before", "nobody"], /no job named "nobody"/],
      [["-n", "nobody", "--first"], /no job named "nobody"/],
    ] as const) {
      const ran = await batchdeck(home, "job", "update", ...args);
      expect(ran.code, ran.stderr).toBe(2);
      expect(ran.stderr).toMatch(says);
    }
    bench.workspace.engine.start();
    bench.release();
    await expectSame(bench, "steady");
    expect((await batchdeck(home, "job", "update", "-n", "steady", "--first")).code).toBe(2);
  });
});

describe("low priority", () => {
  it("gives way at once to dedicated work, to a user and to battery, and goes on by itself, counting no attempt", async () => {
    const use = { battery: false, busy: false };
    const bench = openBench({ isOnBattery: () => use.battery, isUserBusy: () => use.busy });
    onCompute(bench, "spare", { tier: "low_priority" });
    bench.workspace.engine.start();
    await submit(bench, "spare-1", { endpoint: "spare" });
    await until(bench, "spare-1", works(cores));

    use.busy = true;
    expect((await until(bench, "spare-1", waits)).waiting_for).toContain("somebody uses the computer");
    use.busy = false;
    await until(bench, "spare-1", (view) => view.waiting_for?.includes("ten seconds of quiet") === true);
    await until(bench, "spare-1", works(cores));

    await submit(bench, "dedicated");
    await until(bench, "dedicated", works(cores));
    expect((await until(bench, "spare-1", waits)).waiting_for).toContain("the job dedicated is before it");
    use.battery = true;
    await until(bench, "spare-1", (view) => view.waiting_for?.includes("runs on battery") === true);
    expect(show(bench, "dedicated").status).toBe("Running");
    bench.release();
    await expectSame(bench, "dedicated");
    expect(show(bench, "spare-1").status).toBe("Queued");
    use.battery = false;
    await expectSame(bench, "spare-1");
    const history = bench.workspace.jobs.history("spare-1").map(({ status }) => status);
    expect(history.filter((status) => status === "Running")).toHaveLength(3);
  });
});

describe("changes while a job runs", () => {
  it("of its endpoint, deployment and compute do not touch it, and its compute stays until it has ended", async () => {
    const bench = openBench();
    onCompute(bench, "passing", {});
    bench.workspace.engine.start();
    await submit(bench, "untouched", { endpoint: "passing" });
    await until(bench, "untouched", works(cores));
    const command = async (...args: readonly string[]) => {
      const ran = await batchdeck(home, ...args);
      return { code: ran.code, said: ran.stderr };
    };
    expect((await command("endpoint", "delete", "-n", "passing", "--yes")).code).toBe(0);
    expect(await command("compute", "delete", "-n", "passing", "--yes")).toEqual({
      code: 2,
      said: "The job untouched runs on passing. Wait until it has ended, or cancel it.\n",
    });
    const price = ["--price-per-hour", "9"];
    expect((await command("compute", "update", "-n", "passing", "--max-instances", "1", ...price)).code).toBe(0);
    const shrunk = await until(bench, "untouched", works(1));
    expect(shrunk.cost).toBeNull();
    bench.release();
    await expectSame(bench, "untouched");
    expect((await command("compute", "delete", "-n", "passing", "--yes")).code).toBe(0);
  });

  it("runs also when its compute is gone", async () => {
    const bench = openBench();
    onCompute(bench, "vanishing", {});
    await submit(bench, "orphan", { endpoint: "vanishing" });
    bench.workspace.registry.endpoints.remove("vanishing");
    bench.workspace.registry.computes.remove("vanishing");
    bench.workspace.engine.start();
    bench.release();
    await expectSame(bench, "orphan");
  });
});
