import { expect, describe, it } from "vitest";
import type { MachineUse } from "../../electron/compute/machine-use.ts";
import type { JobView } from "../../electron/contract/nouns/job.ts";
import type { OpenWorkspace } from "../helpers/engine/open-workspace.ts";
import { undisturbed } from "../helpers/engine/machine-uses.ts";
import { pass } from "../helpers/engine/fake-clock.ts";
import type { Bench, JobWish } from "../helpers/engine/simulated-bench.ts";
import { cores, passUntilJob, simulatedBenches } from "../helpers/engine/simulated-bench.ts";
import type { Watch } from "../helpers/engine/watched-host.ts";
import { hasEnded, show, waitingText } from "../helpers/engine/workspaces.ts";

/**
 * Several jobs on one machine of four cores. The test holds back what workers have finished, so that jobs stay at work
 * until it lets them go, and counts the workers that have a job open.
 */
const newBench = simulatedBenches("queue");

type Held = {
  readonly bench: Bench;
  readonly workspace: OpenWorkspace;
  readonly submit: (job: string, wish?: JobWish) => void;
  readonly until: (job: string, isReached: (job: JobView) => boolean) => Promise<JobView>;
  /** Lets through what workers have finished, from now on. */
  readonly release: () => void;
  /** Most workers that were open at one moment: in all, and of one job. */
  readonly most: (job?: string) => number;
};

type Message = { readonly type: string; readonly miniBatches?: readonly { readonly miniBatchId: number }[] };

function holdingBack(
  machineUse: MachineUse = undisturbed,
  isHeldBack: (message: Message) => boolean = ({ type }) => type === "mini-batches-committed",
): Held {
  const bench = newBench();
  let isHeld = true;
  let heldBack: (() => void)[] = [];
  const counts = countOpen();
  const watch: Watch = {
    ...counts.watch,
    fromProcess(program, message, deliver) {
      if (program !== "worker" || !isHeld || !isHeldBack(message)) return false;
      heldBack.push(() => deliver(message));
      return true;
    },
  };
  const workspace = bench.open({ watch, machineUse });
  return {
    bench,
    workspace,
    submit: (job, wish) => bench.submit(workspace, job, { workers: cores, ...wish }),
    until: (job, isReached) => passUntilJob(workspace, job, isReached),
    release() {
      isHeld = false;
      for (const deliver of heldBack) deliver();
      heldBack = [];
    },
    most: counts.most,
  };
}

/** Counts the workers that have a job open, by what the engine tells them and by their ends. */
function countOpen(): { readonly watch: Watch; readonly most: (job?: string) => number } {
  const opened = new Map<object, string>();
  const most = new Map<string, number>();
  const watch: Watch = {
    onStart(program, child) {
      if (program !== "worker") return;
      const { send } = child;
      child.onExit(() => opened.delete(child));
      child.onMessage((message) => {
        if ((message as Message).type === "job-closed") opened.delete(child);
      });
      Object.assign(child, {
        send(message: { readonly type: string; readonly spec?: { readonly name: string } }) {
          if (message.type === "open-job" && message.spec !== undefined) {
            opened.set(child, message.spec.name);
            const jobs = [...opened.values()];
            most.set("", Math.max(most.get("") ?? 0, jobs.length));
            for (const job of jobs) {
              most.set(job, Math.max(most.get(job) ?? 0, jobs.filter((other) => other === job).length));
            }
          }
          return send(message);
        },
      });
    },
  };
  return { watch, most: (job = "") => most.get(job) ?? 0 };
}

const works = (workers: number) => (view: JobView) => view.status === "Running" && view.workers === workers;
const waits = (view: JobView) => view.status === "Queued" && view.waiting_for !== null;

/** Every job ends well, with every mini-batch once and in order. */
async function expectWhole({ bench, until }: Held, ...jobs: readonly string[]): Promise<void> {
  for (const job of jobs) {
    const view = await until(job, hasEnded);
    expect(view).toMatchObject({ name: job, status: "Completed", failed: 0, problem: null, waiting_for: null });
    expect(bench.miniBatchesIn(job)).toEqual(Array.from({ length: 40 }, (_, miniBatch) => miniBatch));
  }
}

function addCompute(
  { workspace: { registry } }: Held,
  name: string,
  changes: { readonly max?: number; readonly tier?: "low_priority" },
): void {
  const local = registry.computes.find("local");
  if (local === null) throw new Error("There is no compute.");
  registry.computes.save({ ...local, name, maxInstances: changes.max ?? null, tier: changes.tier ?? "dedicated" });
}

describe("jobs that run at once", () => {
  it("share the cores alike, and never use more of them than there are", async () => {
    const held = holdingBack();
    held.workspace.engine.start();
    held.submit("alike-1");
    held.submit("alike-2");
    await held.until("alike-1", works(cores / 2));
    const second = await held.until("alike-2", works(cores / 2));
    expect(waitingText(second)).toBe(
      `It has ${cores / 2} of ${cores} workers; the other cores work for the job alike-1.`,
    );
    held.release();
    await expectWhole(held, "alike-1", "alike-2");
    expect(held.most()).toBeLessThanOrEqual(cores);
  });

  it("give back the workers that they have no more mini-batches for", async () => {
    const held = holdingBack(
      undisturbed,
      ({ miniBatches }) => miniBatches?.some(({ miniBatchId }) => miniBatchId === 0) === true,
    );
    held.workspace.engine.start();
    held.submit("last-one");
    await held.until("last-one", ({ succeeded, total }) => total > 0 && succeeded > total / 2);
    const view = await held.until("last-one", works(1));
    expect(view.waiting_for).toBe(null);
    expect(held.most("last-one")).toBe(cores);
    held.release();
    await expectWhole(held, "last-one");
  });

  it("on one compute share its instances, while a job on another compute takes the other cores", async () => {
    const held = holdingBack();
    addCompute(held, "single", { max: 1 });
    held.workspace.engine.start();
    held.submit("single-1", { compute: "single" });
    held.submit("single-2", { compute: "single" });
    held.submit("beside");
    await held.until("single-1", works(1));
    await held.until("beside", works(cores - 1));
    const waiting = await held.until("single-2", waits);
    expect(waitingText(waiting)).toBe("It waits for an instance of the compute single; the job single-1 is before it.");
    held.release();
    await expectWhole(held, "single-1", "single-2", "beside");
    expect(held.most("single-1")).toBe(1);
    expect(held.most("single-2")).toBe(1);
  });
});

describe("the order of the queue", () => {
  it("lets a job of high priority take the workers of one that runs, which then goes on where it was", async () => {
    const held = holdingBack();
    held.workspace.engine.start();
    held.submit("plain");
    await held.until("plain", works(cores));
    held.submit("urgent", { priority: "high" });
    const urgent = await held.until("urgent", works(cores));
    expect(urgent.priority).toBe("high");
    const plain = await held.until("plain", waits);
    expect(waitingText(plain)).toBe("It waits for a core; the job urgent is before it.");
    held.release();
    await expectWhole(held, "urgent", "plain");
    const endOf = (job: string) => Date.parse(show(held.workspace, job).ended_at ?? "");
    expect(endOf("urgent")).toBeLessThan(endOf("plain"));
    expect(held.most()).toBeLessThanOrEqual(cores);
  });

  it("can be changed: the job that is put first begins, and the last one that ran waits", async () => {
    const held = holdingBack();
    held.workspace.engine.start();
    const first = Array.from({ length: cores }, (_, index) => `early-${index}`);
    for (const job of first) held.submit(job, { workers: 1 });
    for (const job of first) await held.until(job, works(1));
    held.submit("late", { workers: 1 });
    await held.until("late", waits);
    expect(held.workspace.jobs.arrange("late", { place: { kind: "first" } })).toMatchObject({ ok: true });
    await held.until("late", works(1));
    const displaced = await held.until(`early-${cores - 1}`, waits);
    expect(waitingText(displaced)).toMatch(/^It waits for a core; the jobs? late/);
    held.release();
    await expectWhole(held, "late", ...first);
  });
});

describe("low priority", () => {
  it("gives way at once to dedicated work, to a user and to battery, and goes on by itself, counting no attempt", async () => {
    const use = { battery: false, busy: false };
    const held = holdingBack({ isOnBattery: () => use.battery, isUserBusy: () => use.busy });
    const { workspace, until } = held;
    addCompute(held, "spare", { tier: "low_priority" });
    workspace.engine.start();
    held.submit("spare-1", { compute: "spare" });
    await until("spare-1", works(cores));

    use.busy = true;
    expect(waitingText(await until("spare-1", waits))).toContain("somebody uses the computer");
    use.busy = false;
    await until("spare-1", (view) => waitingText(view).includes("ten seconds of quiet"));
    const quietFrom = Date.now();
    await until("spare-1", works(cores));
    expect(Date.now() - quietFrom).toBeGreaterThan(8000);

    held.submit("dedicated");
    await until("dedicated", works(cores));
    expect(waitingText(await until("spare-1", waits))).toContain("the job dedicated is before it");
    use.battery = true;
    await until("spare-1", (view) => waitingText(view).includes("runs on battery"));
    expect(show(workspace, "dedicated").status).toBe("Running");
    held.release();
    await expectWhole(held, "dedicated");
    expect(show(workspace, "spare-1").status).toBe("Queued");
    use.battery = false;
    await expectWhole(held, "spare-1");
    const history = workspace.jobs.history("spare-1").map(({ status }) => status);
    expect(history.filter((status) => status === "Running")).toHaveLength(3);
  });
});

describe("the whole queue", () => {
  it("pauses and goes on: what runs hands over, nothing begins, and each job keeps what it was told by itself", async () => {
    const bench = newBench();
    const workspace = bench.open();
    workspace.engine.start();
    bench.submit(workspace, "set-aside");
    workspace.jobs.pause("set-aside");
    bench.submit(workspace, "long", { miniBatches: 400 });
    await passUntilJob(workspace, "long", ({ succeeded }) => succeeded > 0);
    workspace.queue.pause();
    const long = await passUntilJob(workspace, "long", ({ status }) => status === "Queued");
    expect(long).toMatchObject({ workers: 0, problem: null });
    expect(waitingText(long)).toBe("The queue is paused.");
    bench.submit(workspace, "other");
    await passUntilJob(workspace, "other", waits);
    await pass(60_000);
    expect(waitingText(show(workspace, "other"))).toBe("The queue is paused.");
    expect(show(workspace, "long")).toMatchObject({ status: "Queued", succeeded: long.succeeded });
    workspace.queue.resume();
    for (const job of ["long", "other"]) {
      expect(await passUntilJob(workspace, job, hasEnded)).toMatchObject({ status: "Completed" });
    }
    expect(show(workspace, "set-aside")).toMatchObject({ status: "Paused", waiting_for: null });
    expect(bench.miniBatchesIn("long")).toEqual(Array.from({ length: 400 }, (_, miniBatch) => miniBatch));
  });
});
