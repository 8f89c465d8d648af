import { describe, expect, it } from "vitest";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import { jobHeadline } from "../../../renderer/features/job/headline.ts";
import {
  baseName,
  jobRequests,
  jobShares,
  jobStateWord,
  jobTone,
  transferOf,
} from "../../../renderer/features/job/job-state.ts";
import { createFormat } from "../../../renderer/locales/format.ts";
import { jobSentencesOf } from "../../../renderer/locales/job-sentences.ts";
import { createTranslate } from "../../../renderer/locales/translate.ts";
import { applyJobsChanged, noJobs, putJob, queueMoves, replaceJobs } from "../../../renderer/store/jobs.ts";
import { appendRate, maxRateHistory, type RateHistory } from "../../../renderer/store/rate-history.ts";
import { parseRoute, routeHash } from "../../../renderer/store/route.ts";
import { written } from "../../../electron/contract/problem.ts";

const t = createTranslate("en-US");
const format = createFormat("en-US", t);

function job(name: string, over: Partial<JobView> = {}): JobView {
  return {
    name,
    status: "Running",
    endpoint_name: "iris",
    deployment_name: "forest",
    total: 5000,
    total_known: true,
    succeeded: 4812,
    failed: 3,
    skipped: 0,
    not_a_number: 0,
    reused: 0,
    base_job: null,
    base_reason: null,
    input_source: null,
    input_path: "/data/iris.csv",
    output_path: "/data/out",
    output_file: "predictions.csv",
    item_unit: "row",
    rate: 100,
    seconds_left: { low: 115, high: 125 },
    active_seconds: 48,
    workers: 2,
    provider: "cpu",
    compute: "local",
    device: "cpu",
    priority: "medium",
    queue_position: 1,
    waiting_for: null,
    writing: null,
    warnings: [],
    batch: 1024,
    stage_ms: { read: 0, preprocess: 0, infer: 0, postprocess: 0, write: 0 },
    instance_seconds: 0,
    cost: null,
    problem: null,
    created_at: "2026-11-22T10:00:00.000Z",
    started_at: "2026-11-22T10:00:01.000Z",
    archived: false,
    runs_on: "local",
    azure: null,
    ended_at: null,
    ...over,
  };
}

const changed = (revision: number, jobs: readonly JobView[], removed: readonly string[] = []) => ({
  revision,
  jobs: [...jobs],
  removed: [...removed],
});

describe("the jobs of the window", () => {
  it("stand in the queue's order: running, waiting by priority and place, done by their end", () => {
    const state = replaceJobs(
      noJobs,
      [
        job("old-done", { status: "Completed", ended_at: "2026-11-22T09:00:00.000Z" }),
        job("new-done", { status: "Failed", ended_at: "2026-11-22T09:30:00.000Z" }),
        job("waits-last", { status: "Queued", priority: "low", queue_position: 0 }),
        job("waits-third", { status: "Queued", queue_position: 2.5 }),
        job("waits-second", { status: "Paused", queue_position: 2 }),
        job("waits-first", { status: "Queued", priority: "high", queue_position: 9 }),
        job("finishing", { status: "Finalizing" }),
      ],
      [],
    );
    expect(state.running).toEqual(["finishing"]);
    expect(state.waiting).toEqual(["waits-first", "waits-second", "waits-third", "waits-last"]);
    expect(state.done).toEqual(["new-done", "old-done"]);
  });

  it("move among those of their priority that stand beside them, as far as there is somewhere to go", () => {
    const waiting = (name: string, queue_position: number, over: Partial<JobView> = {}): JobView =>
      job(name, { status: "Queued", queue_position, ...over });
    const [a, b, c, urgent] = [
      waiting("a", 1),
      waiting("b", 2),
      waiting("c", 3),
      waiting("d", 0, { priority: "high" }),
    ];
    const state = replaceJobs(noJobs, [a, b, c, urgent, job("runs", { queue_position: 1.5 })], []);
    const [first, last] = [{ kind: "first" }, { kind: "last" }];
    expect(queueMoves(state, a)).toEqual({ first: null, up: null, down: { kind: "before", job: "c" }, last });
    expect(queueMoves(state, b)).toEqual({ first, up: { kind: "before", job: "a" }, down: last, last });
    expect(queueMoves(state, c)).toEqual({ first, up: { kind: "before", job: "b" }, down: null, last: null });
    expect(queueMoves(state, urgent)).toEqual({ first: null, up: null, down: null, last: null });
  });

  it("keep the lists' identity and the other jobs' while one job makes progress", () => {
    const before = replaceJobs(noJobs, [job("a"), job("b")], []);
    const { state } = applyJobsChanged(before, changed(1, [job("a", { succeeded: 4900 })]));
    expect(state.byName["a"]?.succeeded).toBe(4900);
    expect(state.byName["b"]).toBe(before.byName["b"]);
    expect(state.running).toBe(before.running);
  });

  it("are known to have missed something when a revision is left out", () => {
    const first = applyJobsChanged(noJobs, changed(7, [job("a")]));
    expect(first.missed).toBe(false);
    const next = applyJobsChanged(first.state, changed(8, [job("a")]));
    expect(next.missed).toBe(false);
    expect(applyJobsChanged(next.state, changed(10, [job("a")])).missed).toBe(true);
  });

  it("are removed when they are deleted, and a new list forgets what is not in it", () => {
    const state = replaceJobs(noJobs, [job("a"), job("b")], []);
    expect(Object.keys(applyJobsChanged(state, changed(1, [], ["a"])).state.byName)).toEqual(["b"]);
    expect(Object.keys(replaceJobs(state, [job("c")], []).byName)).toEqual(["c"]);
  });

  it("keep what came while the list was on its way, and its revision", () => {
    const arrived = [changed(4, [job("new"), job("a", { status: "Completed" })]), changed(5, [], ["b"])];
    const state = replaceJobs(noJobs, [job("a"), job("b")], arrived);
    expect(state.byName["a"]?.status).toBe("Completed");
    expect(Object.keys(state.byName).sort()).toEqual(["a", "new"]);
    expect(applyJobsChanged(state, changed(6, [])).missed).toBe(false);
  });

  it("are told as finished once, at their end", () => {
    const running = replaceJobs(noJobs, [job("a")], []);
    const end = applyJobsChanged(running, changed(1, [job("a", { status: "Completed" })]));
    expect(end.finished.map(({ name }) => name)).toEqual(["a"]);
    expect(applyJobsChanged(end.state, changed(2, [job("a", { status: "Completed" })])).finished).toEqual([]);
    expect(applyJobsChanged(noJobs, changed(1, [job("a", { status: "Completed" })])).finished).toEqual([]);
  });

  it("take the job that a call answered", () => {
    const state = putJob(replaceJobs(noJobs, [job("a")], []), job("a", { status: "Paused" }));
    expect(state.running).toEqual([]);
    expect(state.waiting).toEqual(["a"]);
  });
});

describe("a job in words", () => {
  const headline = (over: Partial<JobView>): string => jobHeadline(job("a", over), t, format, jobSentencesOf("en-US"));

  it("says how far it is, what failed and how long it takes", () => {
    expect(headline({})).toBe("4,812 of 5,000 scored, 3 failed, about 2 min left");
    expect(headline({ seconds_left: { low: 8, high: 290 } })).toBe("4,812 of 5,000 scored, 3 failed");
    expect(headline({ total_known: false, seconds_left: null })).toBe("4,812 scored, 5,000 found so far, 3 failed");
  });

  it("says how long it took once it is over", () => {
    expect(headline({ status: "Completed", succeeded: 4990, skipped: 7 })).toBe(
      "4,990 of 5,000 scored, 3 failed, 7 skipped, took 48 sec",
    );
  });

  it("says what it waits for before anything was scored", () => {
    const none = { succeeded: 0, failed: 0, seconds_left: null };
    expect(headline({ ...none, status: "Queued" })).toBe("Waiting for its turn");
    expect(headline({ ...none, status: "Queued", waiting_for: { kind: "queue-paused" } })).toBe("The queue is paused.");
    expect(headline({ ...none, status: "Preparing", total: 0 })).toBe("Looking through the input");
    expect(headline({ ...none, status: "Preparing", total: 12 })).toBe(
      "Looking through the input, 12 items found so far",
    );
  });

  it("says how far its upload is while its input is on its way", () => {
    const upload = { kind: "azure-uploading", doneBytes: 1_200_000, totalBytes: 2_000_000_000 } as const;
    const sending = { succeeded: 0, failed: 0, total: 0, status: "Preparing", seconds_left: null } as const;
    expect(headline({ ...sending, waiting_for: { ...upload, bytesPerSecond: 12_000_000 } })).toBe(
      "Its input is being uploaded to Azure: 1.2 of 2000 MB, 12 MB/s, about 3 min left.",
    );
    expect(headline({ ...sending, waiting_for: { kind: "listing" } })).toBe("Looking through the input");
  });

  it("has a bar for what is on its way, once that is known", () => {
    const upload = { kind: "azure-uploading", doneBytes: 12, bytesPerSecond: 3 } as const;
    expect(transferOf({ waiting_for: { ...upload, totalBytes: 20 } })).toMatchObject({ doneBytes: 12, totalBytes: 20 });
    expect(transferOf({ waiting_for: { ...upload, totalBytes: 0 } })).toBeNull();
    expect(transferOf({ waiting_for: { kind: "listing" } })).toBeNull();
    expect(transferOf({ waiting_for: null })).toBeNull();
  });

  it("says how far the files are while they are written", () => {
    const finalizing = (writing: JobView["writing"]) => headline({ status: "Finalizing", failed: 0, writing });
    expect(finalizing(null)).toBe("4,812 of 5,000 scored, writing the files");
    expect(finalizing({ step: "rows", share: 0.42 })).toBe("4,812 of 5,000 scored, writing the rows, 42%");
    expect(finalizing({ step: "parquet", share: 0.999 })).toBe("4,812 of 5,000 scored, writing the Parquet file, 100%");
  });

  it("is amber, not green, when it completed with failures", () => {
    const done = job("a", { status: "Completed" });
    expect(jobStateWord(done, t)).toBe("Completed with 3 errors");
    expect(jobTone(done)).toBe("warning");
    expect(jobTone({ ...done, failed: 0 })).toBe("success");
    expect(jobStateWord({ ...done, failed: 0 }, t)).toBe("Completed");
  });

  it("offers what its state allows", () => {
    const requests = (over: Partial<JobView>) => jobRequests(job("a", over));
    const none = { pause: false, resume: false, cancel: false, retryFailed: false };
    expect(requests({ status: "Running", failed: 3 })).toEqual({ ...none, pause: true, cancel: true });
    expect(requests({ status: "Paused", failed: 3 })).toEqual({ ...none, resume: true, cancel: true });
    expect(requests({ status: "CancelRequested" })).toEqual(none);
    expect(requests({ status: "Completed", failed: 0 })).toEqual(none);
    // How to go on over a changed input is asked where that is told.
    const problem = written("input/changed", "Changed.", "");
    expect(requests({ status: "Paused", problem })).toEqual({ ...none, cancel: true });
  });

  it("offers another try of what failed where the engine would take it", () => {
    const retries = (over: Partial<JobView>) => jobRequests(job("a", { failed: 3, ...over })).retryFailed;
    expect(retries({ status: "Completed" })).toBe(true);
    expect(retries({ status: "Completed", failed: 0 })).toBe(false);
    expect(retries({ status: "Completed", base_job: "b", base_reason: "incremental" })).toBe(true);
    expect(retries({ status: "Completed", base_job: "b", base_reason: "retry-failed" })).toBe(false);
    const failed = (code: "job/no-success" | "job/error-threshold") =>
      ({ status: "Failed", problem: written(code, "Failed.", "") }) as const;
    expect(retries(failed("job/no-success"))).toBe(true);
    expect(retries(failed("job/error-threshold"))).toBe(false);
    expect(retries({ status: "Canceled" })).toBe(false);
  });

  it("has a bar whose parts never exceed the whole", () => {
    const shares = jobShares(job("a", { total: 10, succeeded: 10, failed: 5, skipped: 5, total_known: false }));
    expect(shares).toEqual({ succeeded: 0.5, failed: 0.25, skipped: 0.25, known: false });
    expect(jobShares(job("a", { total: 0, succeeded: 0, failed: 0 })).succeeded).toBe(0);
  });

  it("is called by the last part of its input's path, of either system", () => {
    expect(baseName("/data/in/iris.csv")).toBe("iris.csv");
    expect(baseName("C:\\data\\scans\\")).toBe("scans");
    expect(baseName("/")).toBe("/");
  });
});

describe("the history of a job's rate", () => {
  it("covers the whole job in a bounded number of samples", () => {
    let history: RateHistory = [];
    // Slow in its first half, fast in its second.
    for (let second = 1; second <= 10_000; second += 0.25) {
      history = appendRate(history, { second, rate: second < 5000 ? 10 : 50 });
    }
    expect(history.length).toBeLessThanOrEqual(maxRateHistory);
    expect(history[0]?.second).toBeLessThan(200);
    expect(history.at(-1)).toEqual({ second: 10_000, rate: 50 });
    const gaps = history.slice(1).map(({ second }, index) => second - (history[index]?.second ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(400);
    expect(history.filter(({ second }) => second < 4900).every(({ rate }) => rate === 10)).toBe(true);
    expect(history.filter(({ second }) => second > 5100).every(({ rate }) => rate === 50)).toBe(true);
  });

  it("takes no sample twice", () => {
    const history = appendRate([], { second: 2, rate: 5 });
    expect(appendRate(history, { second: 2, rate: 9 })).toBe(history);
  });
});

describe("the screen in the page's address", () => {
  it("comes back from its hash, whatever the job is called", () => {
    for (const route of [
      { screen: "score" },
      { screen: "queue" },
      { screen: "job", job: "iris-20261122-101500-a1b2" },
      { screen: "job", job: "50% done/é" },
    ] as const) {
      expect(parseRoute(routeHash(route))).toEqual(route);
    }
  });

  it("is the first screen for anything else", () => {
    expect(parseRoute("")).toEqual({ screen: "score" });
    expect(parseRoute("#/nowhere")).toEqual({ screen: "score" });
    expect(parseRoute("#/job/")).toEqual({ screen: "score" });
    expect(parseRoute("#/job/%E0%A4%A")).toEqual({ screen: "job", job: "%E0%A4%A" });
  });
});
