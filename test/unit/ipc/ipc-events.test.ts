import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import { createWindowEvents, type WindowEvents } from "../../../electron/ipc/events.ts";

let jobs: JobView[] = [];
let seen: JobView[][] = [];
let endpoints = "";
let data = "";
let paused = false;
let sent: { readonly name: string; readonly payload: unknown }[] = [];
let sentAt: number[] = [];
let changed: () => void = () => {};
let events: WindowEvents;

beforeEach(() => {
  vi.useFakeTimers();
  jobs = [];
  seen = [];
  endpoints = "";
  data = "";
  paused = false;
  sent = [];
  sentAt = [];
  events = createWindowEvents(
    {
      // Each revision is the list as it was asked for; a job has changed when it has other counts.
      jobsChangedSince(revision) {
        const before = seen[revision - 1] ?? [];
        seen.push(jobs);
        const changed = jobs.filter(({ name, succeeded }) =>
          before.every((view) => view.name !== name || view.succeeded !== succeeded),
        );
        return { jobs: changed, revision: seen.length };
      },
      jobNames: () => jobs.map(({ name }) => name),
      isQueuePaused: () => paused,
      problem: () => null,
      endpointsFingerprint: () => endpoints,
      dataFingerprint: () => data,
      azureFingerprint: () => "",
      watch: (listener) => {
        changed = listener;
        return () => {
          changed = () => {};
        };
      },
    },
    (name, payload) => {
      sent.push({ name, payload });
      sentAt.push(Date.now());
    },
  );
});
afterEach(() => {
  events.close();
  vi.useRealTimers();
});

function view(name: string, succeeded: number): JobView {
  return {
    name,
    status: "Running",
    endpoint_name: "iris",
    deployment_name: "blue",
    total: 100,
    total_known: true,
    succeeded,
    reused: 0,
    base_job: null,
    base_reason: null,
    input_source: null,
    failed: 0,
    skipped: 0,
    not_a_number: 0,
    input_path: "/in",
    output_path: "/out",
    output_file: "predictions.csv",
    item_unit: "row",
    rate: 0,
    seconds_left: null,
    active_seconds: 0,
    workers: 1,
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
    created_at: "2026-01-01T00:00:00.000Z",
    started_at: null,
    archived: false,
    runs_on: "local",
    azure: null,
    ended_at: null,
  };
}

test("only jobs that changed are sent, with growing revisions", () => {
  jobs = [view("a", 1), view("b", 1)];
  events.pageReady();
  vi.advanceTimersByTime(300);
  jobs = [view("a", 2), view("b", 1)];
  changed();
  vi.advanceTimersByTime(300);
  jobs = [view("b", 1)];
  changed();
  vi.advanceTimersByTime(300);
  expect(sent).toEqual([
    { name: "jobs:changed", payload: { revision: 1, jobs: [view("a", 1), view("b", 1)], removed: [] } },
    { name: "jobs:changed", payload: { revision: 2, jobs: [view("a", 2)], removed: [] } },
    { name: "jobs:changed", payload: { revision: 3, jobs: [], removed: ["a"] } },
  ]);
});

test("however often jobs change, events keep a quarter of a second apart, and the last state arrives", () => {
  events.pageReady();
  for (let step = 1; step <= 1000; step += 1) {
    jobs = [view("a", step)];
    changed();
    vi.advanceTimersByTime(1);
  }
  vi.advanceTimersByTime(250);
  const gaps = sentAt.slice(1).map((at, index) => at - (sentAt[index] ?? 0));
  expect(gaps).toEqual([250, 250, 250, 250]);
  expect(sent.at(-1)?.payload).toMatchObject({ jobs: [{ succeeded: 1000 }] });
});

test("nothing is sent before the page listens; then the present state is, and the last wish to navigate", () => {
  jobs = [view("a", 1)];
  changed();
  events.navigate({ to: "queue", job: null });
  events.navigate({ to: "job", job: "a" });
  vi.advanceTimersByTime(1000);
  expect(sent).toEqual([]);
  events.pageReady();
  vi.advanceTimersByTime(250);
  expect(sent).toEqual([
    { name: "window:navigate", payload: { to: "job", job: "a" } },
    { name: "jobs:changed", payload: { revision: 1, jobs: [view("a", 1)], removed: [] } },
  ]);
});

test("a page that is loaded again is told nothing until it listens again", () => {
  events.pageReady();
  vi.advanceTimersByTime(300);
  events.pageGone();
  jobs = [view("a", 1)];
  changed();
  vi.advanceTimersByTime(1000);
  expect(sent).toEqual([]);
  events.pageReady();
  vi.advanceTimersByTime(300);
  expect(sent).toHaveLength(1);
});

test("changed endpoints are told without saying how", () => {
  events.pageReady();
  vi.advanceTimersByTime(300);
  endpoints = "iris";
  changed();
  vi.advanceTimersByTime(300);
  expect(sent).toEqual([{ name: "endpoints:changed", payload: { revision: 1 } }]);
});

test("changed data is told, apart from endpoints, and once a change", () => {
  events.pageReady();
  vi.advanceTimersByTime(300);
  for (const next of ["one folder", "one folder", "two folders"]) {
    data = next;
    changed();
    vi.advanceTimersByTime(300);
  }
  expect(sent).toEqual([
    { name: "data:changed", payload: { revision: 1 } },
    { name: "data:changed", payload: { revision: 2 } },
  ]);
});

test("a page is told that the queue is paused, and so is the next page", () => {
  events.pageReady();
  vi.advanceTimersByTime(300);
  paused = true;
  changed();
  vi.advanceTimersByTime(300);
  expect(sent).toEqual([{ name: "queue:changed", payload: { paused: true } }]);
  events.pageGone();
  events.pageReady();
  vi.advanceTimersByTime(300);
  paused = false;
  changed();
  vi.advanceTimersByTime(300);
  expect(sent.map(({ payload }) => payload)).toEqual([{ paused: true }, { paused: true }, { paused: false }]);
});
