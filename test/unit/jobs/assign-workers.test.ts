import { describe, expect, it } from "vitest";
import type { QueuedWork } from "../../../electron/jobs/queue/assign-workers.ts";
import { assignWorkers } from "../../../electron/jobs/queue/assign-workers.ts";
import type { GivingWay } from "../../../electron/contract/nouns/waiting-reason.ts";
import { englishJobSentences } from "../../../electron/contract/sentences/job-sentences.ts";
import { sentenceOf } from "../../../electron/contract/sentences/sentences.ts";
import { createGiveWay } from "../../../electron/jobs/queue/give-way.ts";

/** Who works, who hands over and what each is told, for a machine of two cores. */
function work(job: string, changes: Partial<QueuedWork> = {}): QueuedWork {
  return {
    job,
    compute: "local",
    tier: "dedicated",
    priority: "medium",
    perInstance: 1,
    state: "waiting",
    wanted: 2,
    asked: 2,
    inUse: 0,
    waitingFor: null,
    ...changes,
  };
}

function assigned(
  jobs: readonly QueuedWork[],
  facts: { paused?: boolean; stop?: GivingWay; wait?: GivingWay; sizes?: Readonly<Record<string, number>> } = {},
) {
  const { grants, displaced, waitingFor, lowPriorityLeftOut } = assignWorkers(jobs, {
    capacity: { cores: 2, instancesOf: (compute) => facts.sizes?.[compute] ?? Number.POSITIVE_INFINITY },
    isQueuePaused: facts.paused === true,
    lowPriorityMustStop: facts.stop ?? null,
    lowPriorityMustWait: facts.wait ?? facts.stop ?? null,
  });
  return {
    grants: Object.fromEntries(grants),
    displaced: [...displaced.keys()],
    why: Object.fromEntries(
      [...waitingFor].map(([job, reason]) => [job, sentenceOf(englishJobSentences.waiting, reason)]),
    ),
    lowPriorityLeftOut,
  };
}

describe("assigning workers", () => {
  it("names the jobs that a job without a core waits for", () => {
    const jobs = [work("a", { state: "running", inUse: 1 }), work("b", { state: "running", inUse: 1 }), work("c")];
    expect(assigned(jobs)).toEqual({
      grants: { a: 1, b: 1, c: 0 },
      displaced: [],
      why: {
        a: "It has 1 of 2 workers; the other cores work for the job b.",
        b: "It has 1 of 2 workers; the other cores work for the job a.",
        c: "It waits for a core; the jobs a and b are before it.",
      },
      lowPriorityLeftOut: false,
    });
  });

  it("looks at each of the jobs that wait a few times only, however many they are: it is asked ten times a second", () => {
    let looks = 0;
    const watched = (job: QueuedWork) =>
      new Proxy(job, {
        get(target, key) {
          if (key === "job") looks += 1;
          return Reflect.get(target, key) as unknown;
        },
      });
    const jobs = Array.from({ length: 2000 }, (_, index) => watched(work(`job-${index}`)));
    expect(Object.keys(assigned(jobs).why)).toHaveLength(2000);
    expect(looks).toBeLessThan(50 * jobs.length);
  });

  it("tells a job on a full compute so, and whom it shares it with", () => {
    const jobs = [
      work("a", { compute: "one", asked: 1, wanted: 1, state: "running", inUse: 1 }),
      work("b", { compute: "one" }),
    ];
    expect(assigned(jobs, { sizes: { one: 1 } }).why).toEqual({
      b: "It waits for an instance of the compute one; the job a is before it.",
    });
    const shrunk = [work("a", { compute: "one", state: "running", inUse: 2 })];
    expect(assigned(shrunk, { sizes: { one: 1 } })).toMatchObject({
      grants: { a: 1 },
      why: { a: "It has 1 of 2 workers; the compute one has no more instances." },
    });
  });

  it("lets a running job hand over to one of a higher priority, which begins when the workers are free", () => {
    const jobs = [work("urgent", { priority: "high" }), work("plain", { state: "running", inUse: 2 })];
    expect(assigned(jobs)).toEqual({
      grants: { urgent: 0, plain: 0 },
      displaced: ["plain"],
      why: {
        urgent: "It waits until other jobs have handed over their workers.",
        plain: "It waits for a core; the job urgent is before it.",
      },
      lowPriorityLeftOut: false,
    });
    const later = [work("urgent", { priority: "high" }), work("plain", { state: "ending", wanted: 0, inUse: 0 })];
    expect(assigned(later).grants).toEqual({ urgent: 2 });
  });

  it("lets nothing begin and everything hand over while the queue is paused", () => {
    const jobs = [work("a", { state: "running", inUse: 2 }), work("b")];
    expect(assigned(jobs, { paused: true })).toMatchObject({
      grants: {},
      displaced: ["a"],
      why: { a: "The queue is paused.", b: "The queue is paused." },
    });
  });

  it("leaves a job alone that writes its files, and one that nobody waits for", () => {
    const jobs = [work("files", { state: "ending", wanted: 0 }), work("lonely", { state: "unclaimed" }), work("a")];
    expect(assigned(jobs)).toMatchObject({ grants: { a: 2 }, displaced: [] });
    expect(assigned(jobs).why["lonely"]).toContain("job stream -n lonely");
  });

  it("says that a job is being listed or that its workers start, when nothing else holds it up", () => {
    const running = { state: "running", inUse: 1 } as const;
    const jobs = [
      work("a", { ...running, wanted: 1, waitingFor: { kind: "listing" } }),
      work("b", { ...running, wanted: 1, waitingFor: { kind: "starting" } }),
    ];
    expect(assigned(jobs).why).toEqual({ a: "Its input is being listed.", b: "Its workers are starting." });
  });

  it("stops low-priority work on battery or under a user, and does not begin it before it is quiet", () => {
    const low = { tier: "low_priority" } as const;
    const jobs = [work("runs", { ...low, state: "running", inUse: 2 }), work("waits", low)];
    expect(assigned(jobs, { stop: "battery" })).toMatchObject({
      grants: {},
      displaced: ["runs"],
      why: { runs: expect.stringContaining("battery") as string, waits: expect.stringContaining("battery") as string },
    });
    expect(assigned(jobs, { stop: "user" }).why["runs"]).toContain("somebody uses the computer");
    const quiet = assigned(jobs, { wait: "quiet" });
    expect(quiet).toMatchObject({ grants: { runs: 2 }, displaced: [] });
    expect(quiet.why["waits"]).toContain("ten seconds of quiet");
    expect(assigned([work("plain")], { stop: "battery" })).toMatchObject({ grants: { plain: 2 }, why: {} });
  });

  it("notices that dedicated work left low-priority work out, and not that low-priority work did", () => {
    const low = { tier: "low_priority" } as const;
    expect(assigned([work("low", low), work("dedicated")]).lowPriorityLeftOut).toBe(true);
    expect(assigned([work("low", low), work("dedicated", { wanted: 1, asked: 1 })]).lowPriorityLeftOut).toBe(false);
    expect(assigned([work("one", low), work("two", low), work("three", low)]).lowPriorityLeftOut).toBe(false);
    // Also while it waits for quiet, and then it says what is really in its way.
    const waiting = assigned([work("low", low), work("dedicated")], { wait: "quiet" });
    expect(waiting).toMatchObject({ grants: { dedicated: 2 }, lowPriorityLeftOut: true });
    expect(waiting.why["low"]).toBe("It waits for a core; the job dedicated is before it.");
    const beside = assigned([work("low", low), work("dedicated", { wanted: 1, asked: 1 })], { wait: "quiet" });
    expect(beside).toMatchObject({ grants: { dedicated: 1 }, lowPriorityLeftOut: false });
    expect(beside.why["low"]).toContain("ten seconds of quiet");
  });
});

describe("giving way", () => {
  function machine() {
    const use = { battery: false, busy: false, asked: 0 };
    const giveWay = createGiveWay({
      isOnBattery: () => {
        use.asked += 1;
        return use.battery;
      },
      isUserBusy: () => use.busy,
    });
    return { use, giveWay };
  }

  it("begins at once on a machine that nobody needs", () => {
    const { giveWay } = machine();
    expect(giveWay.mustWait(0)).toBeNull();
  });

  it("stops within a second, and begins again after ten seconds of quiet", () => {
    const { use, giveWay } = machine();
    expect(giveWay.mustStop(0)).toBeNull();
    use.busy = true;
    expect(giveWay.mustStop(1000)).toBe("user");
    use.busy = false;
    expect(giveWay.mustStop(2000)).toBeNull();
    expect(giveWay.mustWait(2100)).toBe("quiet");
    expect(giveWay.mustWait(10_900)).toBe("quiet");
    expect(giveWay.mustWait(12_000)).toBeNull();
  });

  it("does not flap while the user comes and goes", () => {
    const { use, giveWay } = machine();
    for (let second = 0; second < 60; second++) {
      use.busy = second % 8 === 0;
      expect(giveWay.mustWait(second * 1000)).not.toBeNull();
    }
  });

  it("waits as long after dedicated work left it out", () => {
    const { giveWay } = machine();
    giveWay.lowPriorityLeftOut(5000);
    expect(giveWay.mustStop(5000)).toBeNull();
    expect(giveWay.mustWait(14_000)).toBe("quiet");
    expect(giveWay.mustWait(15_000)).toBeNull();
  });

  it("asks the machine once a second at most", () => {
    const { use, giveWay } = machine();
    for (let milliseconds = 0; milliseconds <= 2000; milliseconds += 100) giveWay.mustWait(milliseconds);
    expect(use.asked).toBe(3);
  });
});
