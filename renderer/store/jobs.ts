import type { EventPayload } from "../../electron/contract/channels.ts";
import type { JobView } from "../../electron/contract/nouns/job.ts";
import { isTerminal } from "../../electron/contract/job-status.ts";

/**
 * Every job the window knows, by name, and their names in the order of the queue. The three lists keep their identity
 * while their content is the same, so that a progress event redraws one row and not the queue.
 */
export type JobsState = {
  readonly byName: Readonly<Record<string, JobView>>;
  readonly running: readonly string[];
  readonly waiting: readonly string[];
  readonly done: readonly string[];
  /** Of the last event; null before the first. */
  readonly revision: number | null;
};

export type JobsChanged = EventPayload<"jobs:changed">;

export const noJobs: JobsState = { byName: {}, running: [], waiting: [], done: [], revision: null };

/**
 * Takes the whole list from main. `arrived` are the events that came while it was on its way: the list may be older or
 * newer than they are, but whatever it holds that is newer has an event of its own still to come.
 */
export function replaceJobs(state: JobsState, list: readonly JobView[], arrived: readonly JobsChanged[]): JobsState {
  const byName: Record<string, JobView> = {};
  for (const job of list) byName[job.name] = job;
  for (const event of arrived) patch(byName, event);
  return withQueue(state, byName, arrived.at(-1)?.revision ?? state.revision);
}

/**
 * Applies one event. `missed` says that an event before it was lost, so the list must be fetched again; `finished` are
 * the jobs that came to their end with this event.
 */
export function applyJobsChanged(
  state: JobsState,
  event: JobsChanged,
): { readonly state: JobsState; readonly missed: boolean; readonly finished: readonly JobView[] } {
  const missed = state.revision !== null && event.revision !== state.revision + 1;
  const finished = event.jobs.filter((job) => {
    const before = state.byName[job.name];
    return before !== undefined && !isTerminal(before.status) && isTerminal(job.status);
  });
  const byName = { ...state.byName };
  patch(byName, event);
  return { state: withQueue(state, byName, event.revision), missed, finished };
}

/** Takes one job as a call answered it. */
export function putJob(state: JobsState, job: JobView): JobsState {
  return withQueue(state, { ...state.byName, [job.name]: job }, state.revision);
}

function patch(byName: Record<string, JobView>, event: JobsChanged): void {
  for (const job of event.jobs) byName[job.name] = job;
  for (const name of event.removed) delete byName[name];
}

function withQueue(state: JobsState, byName: Readonly<Record<string, JobView>>, revision: number | null): JobsState {
  const jobs = Object.values(byName);
  const group = (place: QueuePlace): JobView[] => jobs.filter((job) => queuePlace(job) === place);
  const lastEndedFirst = (a: JobView, b: JobView): number =>
    compare(b.ended_at ?? b.created_at, a.ended_at ?? a.created_at) || compare(a.name, b.name);
  return {
    byName,
    running: sameOr(state.running, group("running").sort(inQueueOrder)),
    waiting: sameOr(state.waiting, group("waiting").sort(inQueueOrder)),
    done: sameOr(state.done, group("done").sort(lastEndedFirst)),
    revision,
  };
}

const priorityRank: Readonly<Record<JobView["priority"], number>> = { high: 0, medium: 1, low: 2 };

/** As the engine takes unfinished jobs up. */
function inQueueOrder(a: JobView, b: JobView): number {
  return (
    priorityRank[a.priority] - priorityRank[b.priority] ||
    a.queue_position - b.queue_position ||
    compare(a.created_at, b.created_at)
  );
}

type QueuePlace = "running" | "waiting" | "done";

/** Where a job may go in the queue; each is null when it is there already. `before` names a job. */
export type QueueMoves = {
  readonly first: { readonly kind: "first" } | null;
  readonly up: { readonly kind: "before"; readonly job: string } | null;
  readonly down: { readonly kind: "before"; readonly job: string } | { readonly kind: "last" } | null;
  readonly last: { readonly kind: "last" } | null;
};

/** The moves of a job among those of its priority that stand in the same group of the queue. */
export function queueMoves(state: JobsState, job: JobView): QueueMoves {
  const group = queuePlace(job) === "running" ? state.running : state.waiting;
  const equals = group.filter((name) => state.byName[name]?.priority === job.priority);
  const place = equals.indexOf(job.name);
  const previous = equals[place - 1];
  const afterNext = equals[place + 2];
  const isLast = place === equals.length - 1;
  return {
    first: previous === undefined ? null : { kind: "first" },
    up: previous === undefined ? null : { kind: "before", job: previous },
    down: isLast ? null : afterNext === undefined ? { kind: "last" } : { kind: "before", job: afterNext },
    last: isLast ? null : { kind: "last" },
  };
}

function queuePlace(job: JobView): QueuePlace {
  if (isTerminal(job.status)) return "done";
  return job.status === "NotStarted" || job.status === "Queued" || job.status === "Paused" ? "waiting" : "running";
}

function sameOr(before: readonly string[], jobs: readonly JobView[]): readonly string[] {
  const names = jobs.map((job) => job.name);
  return names.length === before.length && names.every((name, index) => name === before[index]) ? before : names;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
