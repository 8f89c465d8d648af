import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import type { OpenWorkspace } from "../../helpers/engine/open-workspace.ts";
import { batchdeck, deploy } from "../../helpers/batchdeck.ts";
import { runInProcess } from "../../helpers/command-line.ts";
import { writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryPlaces } from "../../helpers/places.ts";
import { watchedHost } from "../../helpers/engine/watched-host.ts";
import {
  closeEngines,
  hasEnded,
  openEngine,
  show,
  submit,
  untilJob,
  waitingText,
} from "../../helpers/engine/workspaces.ts";

/**
 * Several jobs on one machine, with real workers. The test holds back what workers have finished, so that jobs stay at
 * work until it lets them go, and counts the workers that have a job open.
 */
const cores = os.availableParallelism();
const { home, input, outOf } = temporaryPlaces("queue");

type Bench = {
  readonly workspace: OpenWorkspace;
  /** Lets through what workers have finished, from now on. */
  readonly release: () => void;
  /** Most workers that were open at one moment: in all, and of one job. */
  readonly most: (job?: string) => number;
};

type Message = { readonly type: string };

function openBench(): Bench {
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
            if ((message as Message).type === "job-closed") opened.delete(child);
            if (isHeld && (message as Message).type === "mini-batches-committed")
              heldBack.push(() => listener(message));
            else listener(message);
          });
        },
      };
    },
  };
  const workspace = openEngine({ home, processHost });
  return {
    workspace,
    release() {
      isHeld = false;
      for (const deliver of heldBack) deliver();
      heldBack = [];
    },
    most: (job = "") => most.get(job) ?? 0,
  };
}

function submitJob(
  { workspace }: Bench,
  job: string,
  more: {
    readonly endpoint?: string;
    readonly instances?: number;
    readonly set?: Readonly<Record<string, string>>;
  } = {},
): Promise<string> {
  return submit(workspace, {
    endpointName: more.endpoint ?? "dense",
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
}

const works = (workers: number) => (view: JobView) => view.status === "Running" && view.workers === workers;
const waits = (view: JobView) => view.status === "Queued" && view.waiting_for !== null;

/** Every job ends well, with the bytes of the job that ran alone. */
async function expectSame(bench: Bench, ...jobs: readonly string[]): Promise<void> {
  const alone = fs.readFileSync(path.join(outOf("alone"), "predictions.csv"));
  for (const job of jobs) {
    const view = await untilJob(bench.workspace, job, hasEnded);
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

afterEach(closeEngines);

describe("jobs that run at once", () => {
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
    await submitJob(bench, "plain");
    await untilJob(bench.workspace, "plain", works(cores));
    await submitJob(bench, "urgent", { set: { "batchdeck.priority": "high" } });
    const urgent = await untilJob(bench.workspace, "urgent", works(cores));
    expect(urgent.priority).toBe("high");
    const plain = await untilJob(bench.workspace, "plain", waits);
    expect(waitingText(plain)).toBe("It waits for a core; the job urgent is before it.");
    bench.release();
    await expectSame(bench, "urgent", "plain");
    expect(Date.parse(show(bench.workspace, "urgent").ended_at ?? "")).toBeLessThan(
      Date.parse(show(bench.workspace, "plain").ended_at ?? ""),
    );
    expect(bench.most()).toBeLessThanOrEqual(cores);
  });

  it("is changed by sensible wishes only", async () => {
    const bench = openBench();
    await submitJob(bench, "steady", { instances: 1 });
    for (const [args, says] of [
      [["-n", "steady"], /Nothing to change/],
      [["-n", "steady", "--first", "--last"], /one place/],
      [["-n", "steady", "--priority", "urgent"], /low, medium or high/],
      [["-n", "steady", "--before", "nobody"], /no job named "nobody"/],
      [["-n", "nobody", "--first"], /no job named "nobody"/],
    ] as const) {
      const ran = await runInProcess(home, "job", "update", ...args);
      expect(ran.code, ran.stderr).toBe(2);
      expect(ran.stderr).toMatch(says);
    }
    bench.workspace.engine.start();
    bench.release();
    await expectSame(bench, "steady");
    expect((await runInProcess(home, "job", "update", "-n", "steady", "--first")).code).toBe(2);
  });
});

describe("changes while a job runs", () => {
  it("of its endpoint, deployment and compute do not touch it, and its compute stays until it has ended", async () => {
    const bench = openBench();
    onCompute(bench, "passing", {});
    bench.workspace.engine.start();
    await submitJob(bench, "untouched", { endpoint: "passing" });
    await untilJob(bench.workspace, "untouched", works(cores));
    const command = async (...args: readonly string[]) => {
      const ran = await runInProcess(home, ...args);
      return { code: ran.code, said: ran.stderr };
    };
    expect((await command("endpoint", "delete", "-n", "passing", "--yes")).code).toBe(0);
    expect(await command("compute", "delete", "-n", "passing", "--yes")).toEqual({
      code: 2,
      said: "The job untouched runs on passing. Wait until it has ended, or cancel it.\n",
    });
    const price = ["--price-per-hour", "9"];
    expect((await command("compute", "update", "-n", "passing", "--max-instances", "1", ...price)).code).toBe(0);
    const shrunk = await untilJob(bench.workspace, "untouched", works(1));
    expect(shrunk.cost).toBeNull();
    bench.release();
    await expectSame(bench, "untouched");
    expect((await command("compute", "delete", "-n", "passing", "--yes")).code).toBe(0);
  });

  it("runs also when its compute is gone", async () => {
    const bench = openBench();
    onCompute(bench, "vanishing", {});
    await submitJob(bench, "orphan", { endpoint: "vanishing" });
    bench.workspace.registry.endpoints.remove("vanishing");
    bench.workspace.registry.computes.remove("vanishing");
    bench.workspace.engine.start();
    bench.release();
    await expectSame(bench, "orphan");
  });
});
