import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, vi } from "vitest";
import type { JobSpec } from "../../../electron/contract/nouns/job-spec.ts";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import type { JobPriority } from "../../../electron/contract/nouns/deployment.ts";
import type { EngineScope } from "../../../electron/jobs/queue/engine.ts";
import type { MachineUse } from "../../../electron/compute/machine-use.ts";
import type { OpenWorkspace } from "./open-workspace.ts";
import { temporaryFolder } from "../places.ts";
import { seededRandom } from "../random.ts";
import { pass, passUntil, useFakeClock } from "./fake-clock.ts";
import { jobSpec } from "./job-specs.ts";
import { undisturbed } from "./machine-uses.ts";
import type { SimulatedJob } from "./simulated-host.ts";
import { mergedNumbers, simulatedHost } from "./simulated-host.ts";
import type { Watch } from "./watched-host.ts";
import { watchedHost } from "./watched-host.ts";
import { closeEngines, openEngine, show } from "./workspaces.ts";

/** Cores of the simulated machine. */
export const cores = 4;

export type JobWish = Partial<SimulatedJob> & {
  readonly workers?: number;
  readonly compute?: string;
  readonly priority?: JobPriority;
  readonly spec?: Partial<JobSpec>;
};

/** One home with engines over simulated processes, one after the other or at once. */
export type Bench = {
  readonly home: string;
  readonly outOf: (job: string) => string;
  readonly open: (options?: {
    readonly watch?: Watch;
    readonly machineUse?: MachineUse;
    readonly scope?: EngineScope;
    /** How long the registry waits for another program that locks it, in milliseconds of the real clock. */
    readonly patienceMs?: number;
  }) => OpenWorkspace;
  /** Puts a job into the queue: forty mini-batches of two items for one worker, unless wished otherwise. */
  readonly submit: (workspace: OpenWorkspace, job: string, wish?: JobWish) => void;
  /** The mini-batches that a job's file of predictions holds, in its order. */
  readonly miniBatchesIn: (job: string, fileName?: string) => readonly number[];
};

const calm = { death: 0, failure: 0, noSpace: 0, damage: 0, hang: 0 };

/** Simulated processes on a machine of four cores, in the time of a fake clock. To be called outside of tests. */
export function simulatedBenches(label: string): () => Bench {
  const root = temporaryFolder(label);
  let made = 0;
  useFakeClock();
  afterEach(async () => {
    const closed = closeEngines();
    await pass(5000);
    await closed;
    vi.restoreAllMocks();
  });
  return () => {
    vi.spyOn(os, "availableParallelism").mockReturnValue(cores);
    made += 1;
    return openBench(path.join(root, `${made}`));
  };
}

function openBench(root: string): Bench {
  const home = path.join(root, "home");
  const input = path.join(root, "input");
  fs.mkdirSync(input, { recursive: true });
  const jobs = new Map<string, SimulatedJob>();
  const outOf = (job: string) => path.join(root, "out", job);
  return {
    home,
    outOf,
    open({ watch = {}, machineUse = undisturbed, scope = "all", ...patience } = {}) {
      const host = simulatedHost({ random: seededRandom(1), jobs, trouble: calm });
      return openEngine({ home, machineUse, scope, processHost: watchedHost(watch, host), ...patience });
    },
    submit(workspace, job, wish = {}) {
      const { workers = 1, compute = "local", priority = "medium", spec, ...simulated } = wish;
      jobs.set(job, {
        miniBatches: 40,
        itemsInMiniBatch: 2,
        deadlyItems: new Set(),
        badItems: new Set(),
        ...simulated,
      });
      const made = jobSpec(job, {
        input: { path: input, kind: "folder", recursive: true, files: null, watch: null, source: null },
        output: { folder: outOf(job), fileName: "predictions.csv", format: "csv", csvFormulas: "escape" },
        compute,
        workers,
        ...spec,
      });
      const added = workspace.registry.jobs.add(made, priority);
      if (!added.ok) throw new Error(`${job} could not be added: ${added.problem.code}`);
      workspace.engine.wake();
    },
    miniBatchesIn: (job, fileName = "predictions.csv") => mergedNumbers(path.join(outOf(job), fileName)),
  };
}

/** Lets time pass until a job is as it is wanted. */
export async function passUntilJob(
  workspace: OpenWorkspace,
  job: string,
  isReached: (job: JobView) => boolean,
): Promise<JobView> {
  await passUntil(() => isReached(show(workspace, job)));
  return show(workspace, job);
}
