import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inWords } from "../../../electron/cli/terminal/json-text.ts";
import type { Registry } from "../../../electron/registry/open-registry.ts";
import { openRegistry } from "../../../electron/registry/open-registry.ts";
import { jobSpec } from "../../helpers/engine/job-specs.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import { temporaryFolder } from "../../helpers/places.ts";

const root = temporaryFolder("registry-queue");
let registry: Registry;
let made = 0;

beforeEach(() => {
  made += 1;
  const opened = openRegistry(path.join(root, `${made}.db`));
  if (!opened.ok) throw new Error(englishWords(opened.problem).message);
  registry = opened.value;
  for (const name of ["a", "b", "c", "d"]) registry.jobs.add(jobSpec(name));
});
afterEach(() => registry.close());

const order = () =>
  registry.jobs
    .listUnfinished()
    .map(({ name }) => name)
    .join(" ");
const before = (job: string) => ({ place: { kind: "before", job } as const });

describe("the queue", () => {
  it("puts a job first, last or before another, and tells whoever watches the job", () => {
    const known = Math.max(...registry.jobs.listUnfinished().map(({ revision }) => revision));
    registry.queue.arrange("c", { place: { kind: "first" } });
    expect(order()).toBe("c a b d");
    registry.queue.arrange("a", { place: { kind: "last" } });
    expect(order()).toBe("c b d a");
    registry.queue.arrange("A", before("B"));
    expect(order()).toBe("c a b d");
    registry.queue.arrange("a", before("a"));
    expect(order()).toBe("c a b d");
    expect(registry.jobs.listChangedSince(known).map(({ name }) => name)).toEqual(["c", "a"]);
  });

  it("puts a job of a higher priority before all others, in its old place among its like", () => {
    registry.queue.arrange("d", { priority: "high" });
    registry.queue.arrange("b", { priority: "high" });
    registry.queue.arrange("a", { priority: "low" });
    expect(order()).toBe("b d c a");
    expect(registry.jobs.find("d")?.priority).toBe("high");
    registry.jobs.add(jobSpec("e"), "high");
    expect(order()).toBe("b d e c a");
  });

  it("takes a place only before a job of the same priority, which may be given with it", () => {
    registry.queue.arrange("d", { priority: "high" });
    expect(inWords(registry.queue.arrange("a", before("d")))).toMatchObject({
      ok: false,
      problem: { code: "job/not-allowed", remedy: "Add: --priority high" },
    });
    expect(registry.queue.arrange("a", { priority: "high", ...before("d") }).ok).toBe(true);
    expect(order()).toBe("a d b c");
  });

  it("refuses what is not there or has ended, and changes nothing then", () => {
    registry.jobs.move("b", ["Queued"], "CancelRequested", null);
    registry.jobs.move("b", ["CancelRequested"], "Canceled", null);
    expect(registry.queue.arrange("b", { priority: "high" })).toMatchObject({ problem: { code: "job/not-allowed" } });
    expect(registry.queue.arrange("a", { priority: "high", ...before("b") })).toMatchObject({
      problem: { code: "job/not-allowed" },
    });
    expect(registry.queue.arrange("nobody", { priority: "high" })).toMatchObject({
      problem: { code: "job/not-found" },
    });
    expect(registry.jobs.find("a")?.priority).toBe("medium");
    expect(order()).toBe("a c d");
  });

  it("keeps its order over any number of moves into the same place", () => {
    for (let round = 0; round < 500; round++) {
      registry.queue.arrange("c", before("b"));
      expect(order()).toBe("a c b d");
      registry.queue.arrange("a", before("b"));
      expect(order()).toBe("c a b d");
    }
    registry.jobs.add(jobSpec("e"));
    expect(order()).toBe("c a b d e");
  });

  it("tells whoever follows it by changes alone every place, also when all are numbered anew", () => {
    const places = new Map<string, number>();
    let known = 0;
    for (let turn = 0; turn < 200; turn += 1) {
      registry.queue.arrange(turn % 2 === 0 ? "c" : "d", before("b"));
      for (const { name, queuePosition, revision } of registry.jobs.listChangedSince(known)) {
        places.set(name, queuePosition);
        known = revision;
      }
    }
    const followed = [...places].sort(([, one], [, other]) => one - other).map(([name]) => name);
    expect(followed.join(" ")).toBe(order());
    for (const { name, queuePosition } of registry.jobs.listUnfinished()) expect(places.get(name)).toBe(queuePosition);
  });

  it("stays paused until it is resumed", () => {
    expect(registry.queue.isPaused()).toBe(false);
    registry.queue.setPaused(true);
    expect(registry.queue.isPaused()).toBe(true);
    registry.queue.setPaused(false);
    expect(registry.queue.isPaused()).toBe(false);
  });
});

describe("what a job waits for", () => {
  it("is told once, and forgotten with the next move", () => {
    const { revision } = registry.jobs.find("a") ?? { revision: 0 };
    const others = ['a "quoted" job', "één"];
    const reason = { kind: "short", of: "cores", compute: "local", workers: 0, wanted: 2, others } as const;
    expect(registry.jobs.setWaitingFor("a", reason)).toBe(true);
    expect(registry.jobs.find("a")?.progress.waitingFor).toEqual(reason);
    expect(registry.jobs.find("a")?.revision).toBeGreaterThan(revision);
    expect(registry.jobs.setWaitingFor("a", reason)).toBe(false);
    registry.jobs.move("a", ["Queued"], "Preparing", null);
    expect(registry.jobs.find("a")?.progress.waitingFor).toBeNull();
  });
});
