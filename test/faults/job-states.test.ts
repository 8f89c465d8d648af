import fs from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { type OpenWorkspace, openWithRegistry } from "../helpers/engine/open-workspace.ts";
import { pass, untilFilesRest, useFakeClock } from "../helpers/engine/fake-clock.ts";
import { jobSpec } from "../helpers/engine/job-specs.ts";
import { undisturbed } from "../helpers/engine/machine-uses.ts";
import { seededRandom } from "../helpers/random.ts";
import type { SimulatedJob, Trouble } from "../helpers/engine/simulated-host.ts";
import { mergedNumbers, simulatedHost } from "../helpers/engine/simulated-host.ts";
import { englishWords } from "../../electron/contract/words/english-problems.ts";

/**
 * Thousands of random lives of jobs: the real workspace, engine, registry and journals, with processes that are
 * simulated and a clock that the test moves. Users submit, pause, resume, cancel, rearrange and stop the program in any
 * order; processes die, hang and find disks full. Whatever happens, no job makes a move that the design does not know,
 * none stays stuck, and what completes holds every mini-batch once, in order. STATES_SEED repeats one.
 */
const sequences = Number(process.env["STATES_SEQUENCES"] ?? (process.env["BATCHDECK_LONG"] === "1" ? 100_000 : 1_000));
const jobsInWorkspace = 5;
const firstSeed = Number(process.env["STATES_SEED"] ?? 1);

/** The moves of the design, written down once more: the test must not trust the table that it tests. */
const known: Readonly<Record<string, readonly string[]>> = {
  "": ["NotStarted"],
  NotStarted: ["Queued"],
  Queued: ["Preparing", "Paused", "CancelRequested", "Failed"],
  Preparing: ["Running", "Queued", "Paused", "CancelRequested", "Failed"],
  Running: ["Finalizing", "Queued", "Paused", "CancelRequested", "Failed"],
  Finalizing: ["Completed", "Queued", "Paused", "CancelRequested", "Failed"],
  Paused: ["Queued", "CancelRequested"],
  CancelRequested: ["Canceled", "Completed", "Failed"],
};
const terminal = ["Completed", "Failed", "Canceled"];

const root = fs.mkdtempSync(
  path.join(fs.existsSync("/dev/shm") ? "/dev/shm" : (process.env["TMPDIR"] ?? "/tmp"), "states-"),
);
process.on("exit", () => fs.rmSync(root, { recursive: true, force: true }));

useFakeClock();

type World = {
  readonly seed: number;
  readonly home: string;
  readonly random: () => number;
  readonly jobs: Map<string, SimulatedJob>;
  readonly trouble: Trouble;
  /** Names of jobs in the order they were submitted. */
  readonly submitted: string[];
  /** What their users want of them at the end. */
  readonly cancelled: Set<string>;
  readonly paused: Set<string>;
  readonly actions: string[];
  workspace: OpenWorkspace;
  alive: () => number;
};

function openWorld(seed: number): World {
  const home = path.join(root, `home-${seed}`);
  fs.mkdirSync(path.join(home, "input"), { recursive: true });
  const random = seededRandom(seed);
  const trouble = { death: 0.02, failure: 0.03, noSpace: 0.02, damage: 0.02, hang: 0.002 };
  const world = {
    seed,
    home,
    random,
    jobs: new Map(),
    trouble,
    submitted: [],
    cancelled: new Set(),
    paused: new Set(),
    actions: [],
  };
  return { ...world, ...openEngine(world) } as World;
}

function openEngine(world: Pick<World, "home" | "random" | "jobs" | "trouble">): Pick<World, "workspace" | "alive"> {
  const host = simulatedHost(world);
  const opened = openWithRegistry({ home: world.home, processHost: host, machineUse: undisturbed, scope: "all" });
  if (!opened.ok) throw new Error(englishWords(opened.problem).message);
  opened.value.engine.start();
  return { workspace: opened.value, alive: host.alive };
}

function submit(world: World): void {
  const { random, submitted } = world;
  const name = `job-${submitted.length}`;
  const miniBatches = Math.floor(random() * 25);
  const itemsInMiniBatch = 1 + Math.floor(random() * 6);
  const some = (chance: number) =>
    new Set(Array.from({ length: miniBatches * itemsInMiniBatch }, (_, item) => item).filter(() => random() < chance));
  world.jobs.set(name, {
    miniBatches,
    itemsInMiniBatch,
    deadlyItems: some(0.01),
    badItems: some(random() < 0.1 ? 1 : 0.05),
  });
  const { settings } = jobSpec(name);
  const spec = jobSpec(name, {
    input: {
      path: path.join(world.home, "input"),
      kind: "folder",
      recursive: true,
      files: null,
      watch: null,
      source: null,
    },
    workers: 1 + Math.floor(random() * 3),
    settings: {
      ...settings,
      error_threshold: random() < 0.2 ? Math.floor(random() * 10) : -1,
      retry_settings: { ...settings.retry_settings, max_retries: Math.floor(random() * 4) },
    },
    output: {
      folder: path.join(world.home, "out", name),
      fileName: "predictions.csv",
      format: "csv",
      csvFormulas: "escape",
    },
  });
  const added = world.workspace.registry.jobs.add(spec, (["low", "medium", "high"] as const)[Math.floor(random() * 3)]);
  if (!added.ok) throw new Error(englishWords(added.problem).message);
  submitted.push(name);
  world.workspace.engine.wake();
}

type Action = { readonly name: string; readonly weight: number; readonly act: (world: World) => void | Promise<void> };

function anyJob(world: World): string | null {
  return world.submitted[Math.floor(world.random() * world.submitted.length)] ?? null;
}

function withJob(name: string, weight: number, act: (world: World, job: string) => void): Action {
  return {
    name,
    weight,
    act(world) {
      const job = anyJob(world);
      if (job !== null) act(world, job);
    },
  };
}

const actions: readonly Action[] = [
  { name: "wait", weight: 12, act: ({ random }) => pass(100 + random() * 1500) },
  {
    name: "submit",
    weight: 6,
    act: (world) => {
      if (world.submitted.length < jobsInWorkspace) submit(world);
    },
  },
  withJob("pause", 4, (world, job) => {
    if (world.workspace.jobs.pause(job).ok) world.paused.add(job);
  }),
  withJob("resume", 4, (world, job) => {
    if (world.workspace.jobs.resume(job).ok) world.paused.delete(job);
  }),
  withJob("cancel", 1, (world, job) => {
    if (world.workspace.jobs.cancel(job).ok) world.cancelled.add(job);
  }),
  withJob("arrange", 2, ({ workspace, random }, job) => {
    const priority = (["low", "medium", "high"] as const)[Math.floor(random() * 3)] ?? "medium";
    workspace.jobs.arrange(job, random() < 0.5 ? { priority } : { place: { kind: "first" } });
  }),
  { name: "pause all", weight: 1, act: ({ workspace }) => workspace.queue.pause() },
  { name: "resume all", weight: 2, act: ({ workspace }) => workspace.queue.resume() },
  { name: "crash", weight: 2, act: crash },
  {
    name: "quit",
    weight: 1,
    async act(world) {
      const closed = world.workspace.close();
      await pass(5000);
      await closed;
      Object.assign(world, openEngine(world));
    },
  },
];
const totalWeight = actions.reduce((sum, { weight }) => sum + weight, 0);

/** The program is gone at once, with every process of its; another one takes up its workspace. */
async function crash(world: World): Promise<void> {
  const old = world.workspace;
  old.engine.kill();
  expect(world.alive(), "processes that outlived the engine").toBe(0);
  // A real crash also ends what the engine itself was doing with files; here that is let run out first.
  await untilFilesRest();
  Object.assign(world, openEngine(world));
  await pass(100);
  old.registry.close();
}

function draw(random: () => number): Action {
  let left = random() * totalWeight;
  for (const action of actions) {
    left -= action.weight;
    if (left < 0) return action;
  }
  return actions[0] as Action;
}

function check(world: World): void {
  for (const name of world.submitted) {
    let before = "";
    for (const { status } of world.workspace.jobs.history(name)) {
      expect(known[before] ?? [], `${name} moved from ${before} to ${status}`).toContain(status);
      before = status;
    }
    expect(world.workspace.registry.jobs.find(name)?.status).toBe(before);
  }
}

/** Nothing goes wrong any more, and everybody wants their job to go on: then each must come to an end. */
async function settle(world: World): Promise<void> {
  Object.assign(world.trouble, { death: 0, failure: 0, noSpace: 0, damage: 0, hang: 0 });
  const statusOf = (name: string) => world.workspace.registry.jobs.find(name)?.status ?? "";
  const isOpen = (name: string) => !terminal.includes(statusOf(name));
  const restless = () => [...world.paused].filter((name) => isOpen(name) && statusOf(name) !== "Paused");
  for (let seconds = 0; seconds < 120 && restless().length > 0; seconds += 1) await pass(1000);
  expect(
    restless().map((name) => `${name}: ${statusOf(name)}`),
    "jobs that were asked to pause",
  ).toEqual([]);
  world.workspace.queue.resume();
  for (let seconds = 0; seconds < 600 && world.submitted.some(isOpen); seconds += 1) {
    for (const name of world.submitted.filter(isOpen)) {
      const job = world.workspace.registry.jobs.find(name);
      if (job?.status === "Paused" && job.problem === null) world.workspace.jobs.resume(name);
      else if (job?.request === "pause") world.workspace.jobs.resume(name);
    }
    await pass(1000);
  }
  const stuck = world.submitted.filter(isOpen).map((name) => `${name}: ${statusOf(name)}`);
  expect(stuck, "jobs that do not end").toEqual([]);
}

function checkEnds(world: World): void {
  for (const name of world.submitted) {
    const shown = world.workspace.jobs.show(name);
    if (!shown.ok) throw new Error(englishWords(shown.problem).message);
    const job = shown.value;
    const simulated = world.jobs.get(name) as SimulatedJob;
    const items = simulated.miniBatches * simulated.itemsInMiniBatch;
    const output = path.join(world.home, "out", name);
    if (job.status === "Completed") {
      expect(job.succeeded + job.failed + job.skipped, name).toBe(items);
      expect(job.total, name).toBe(items);
      const all = Array.from({ length: simulated.miniBatches }, (_, miniBatch) => miniBatch);
      expect(mergedNumbers(path.join(output, "predictions.csv")), name).toEqual(all);
      for (const item of simulated.deadlyItems) expect(job.failed, `item ${item} of ${name}`).toBeGreaterThan(0);
    } else {
      expect(fs.existsSync(path.join(output, "predictions.csv")), `${name} is ${job.status}`).toBe(false);
      const partial = path.join(output, "predictions.partial.csv");
      if (fs.existsSync(partial)) {
        const merged = mergedNumbers(partial);
        expect(merged, name).toEqual([...new Set(merged)].sort((one, other) => one - other));
      }
    }
    if (job.status === "Canceled") expect(world.cancelled.has(name), `${name} was cancelled by nobody`).toBe(true);
    if (job.status === "Failed") expect(job.problem, name).not.toBeNull();
    if (fs.existsSync(output)) {
      expect(
        fs.readdirSync(output).filter((file) => file.endsWith(".part")),
        `${name} is ${job.status}`,
      ).toEqual([]);
    }
  }
}

async function live(seed: number): Promise<void> {
  const world = openWorld(seed);
  try {
    submit(world);
    const steps = 15 + Math.floor(world.random() * 25);
    for (let step = 0; step < steps; step += 1) {
      const action = draw(world.random);
      world.actions.push(action.name);
      await action.act(world);
      await pass(100);
      check(world);
    }
    while (world.submitted.length < jobsInWorkspace) submit(world);
    await settle(world);
    check(world);
    checkEnds(world);
    count(world);
    const closed = world.workspace.close();
    await pass(200);
    await closed;
  } catch (error) {
    console.error(`STATES_SEED=${seed}: ${world.actions.join(", ")}`);
    throw error;
  } finally {
    vi.clearAllTimers();
    fs.rmSync(world.home, { recursive: true, force: true });
  }
}

/** How the jobs ended and what they went through, so that a test that tries nothing is noticed. */
const seen = new Map<string, number>();

function count(world: World): void {
  for (const name of world.submitted) {
    const moves = world.workspace.jobs.history(name).map(({ status }) => status);
    for (const word of new Set(moves)) seen.set(word, (seen.get(word) ?? 0) + 1);
  }
}

describe("jobs under random users and accidents", () => {
  const workspaces = Math.ceil(sequences / jobsInWorkspace);
  const each = 100;
  for (let first = 0; first < workspaces; first += each) {
    const last = Math.min(workspaces, first + each);
    it(`make only known moves and come to an end, lives ${first * jobsInWorkspace + 1} to ${last * jobsInWorkspace}`, async () => {
      for (let index = first; index < last; index += 1) await live(firstSeed + index);
    });
  }

  it("have gone through every state", () => {
    console.log(`${sequences} lives: ${[...seen].map(([status, jobs]) => `${status} ${jobs}`).join(", ")}`);
    for (const status of [...Object.keys(known), ...terminal]) {
      if (status !== "") expect(seen.get(status) ?? 0, status).toBeGreaterThan(sequences / 100);
    }
  });
});
