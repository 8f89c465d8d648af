import type { EventName, EventPayload } from "../contract/channels.ts";
import type { JobView } from "../contract/nouns/job.ts";
import type { Problem } from "../contract/problem.ts";
import { dataOverview } from "../workspace/data.ts";
import { ifUsable } from "../workspace/disk.ts";
import type { Sample } from "../workspace/samples.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { azureOverview } from "./azure/azure.handlers.ts";
import { endpointCards } from "./endpoints.handlers.ts";

/** Time between two events of a kind, so at most four a second. */
const pauseMs = 250;
/** How often it is looked whether the workspace can be written. */
const troubleMs = 500;

export type EventSource = {
  /** Jobs that changed after `revision` (0: all), and the revision to ask from next time. */
  readonly jobsChangedSince: (revision: number) => { readonly jobs: readonly JobView[]; readonly revision: number };
  readonly jobNames: () => readonly string[];
  readonly isQueuePaused: () => boolean;
  /** Why nothing can be written to the workspace now; null: it can. */
  readonly problem: () => Problem | null;
  /** Anything that changes when what the endpoint cards say changes. */
  readonly endpointsFingerprint: () => string;
  /** Anything that changes when the screen of data does. */
  readonly dataFingerprint: () => string;
  /** Anything that changes when the accounts do, or the Azure ML workspace that was chosen. */
  readonly azureFingerprint: () => string;
  /** Calls back after the registry changed; returns a function that ends it. */
  readonly watch: (listener: () => void) => () => void;
};

/** To the page, whatever it is doing. */
export type SendEvent = <Name extends EventName>(name: Name, payload: EventPayload<Name>) => void;

export type WindowEvents = {
  /** The page listens and has fetched its state: what was held back goes out, changes follow. */
  readonly pageReady: () => void;
  /** The page is being loaded or is gone: events are held back. */
  readonly pageGone: () => void;
  /** Something changed that the workspace itself does not announce. */
  readonly look: () => void;
  readonly navigate: (payload: EventPayload<"window:navigate">) => void;
  readonly close: () => void;
};

/**
 * Tells the page what changed: after a change of the registry the jobs that changed since they were last sent go out
 * with the next revision number. Nothing is sent, or looked up, while no page listens.
 */
export function createWindowEvents(source: EventSource, send: SendEvent): WindowEvents {
  let ready = false;
  let timer: NodeJS.Timeout | null = null;
  let lastSentAt = 0;
  let jobsRevision = 0;
  let seenRevision = 0;
  let sentJobs = new Set<string>();
  let sentPaused = false;
  let sentProblem: Problem | null = null;
  let heldNavigation: EventPayload<"window:navigate"> | null = null;

  function schedule(): void {
    if (!ready || timer !== null) return;
    timer = setTimeout(flush, Math.max(0, lastSentAt + pauseMs - Date.now()));
  }

  function flush(): void {
    timer = null;
    if (!ready) return;
    lastSentAt = Date.now();
    // What cannot be read now is read once whoever looks for changes can read it.
    ifUsable(tellChanges);
  }

  function tellTrouble(): void {
    const problem = source.problem();
    if (!ready || problem === sentProblem) return;
    send("workspace:changed", { problem });
    sentProblem = problem;
    // What could not be read meanwhile.
    if (problem === null) schedule();
  }

  function tellChanges(): void {
    const changed = source.jobsChangedSince(seenRevision);
    seenRevision = changed.revision;
    const names = new Set(source.jobNames());
    const removed = [...sentJobs].filter((name) => !names.has(name));
    sentJobs = names;
    if (changed.jobs.length > 0 || removed.length > 0) {
      jobsRevision += 1;
      send("jobs:changed", { revision: jobsRevision, jobs: [...changed.jobs], removed });
    }
    const paused = source.isQueuePaused();
    if (sentPaused !== paused) send("queue:changed", { paused });
    sentPaused = paused;
    tellEndpoints(source.endpointsFingerprint());
    tellData(source.dataFingerprint());
    tellAzure(source.azureFingerprint());
  }

  const tellEndpoints = tellOfChanges((revision) => send("endpoints:changed", { revision }));
  const tellData = tellOfChanges((revision) => send("data:changed", { revision }));
  const tellAzure = tellOfChanges((revision) => send("azure:changed", { revision }));
  const unwatch = source.watch(schedule);
  const looking = setInterval(tellTrouble, troubleMs);
  return {
    pageReady() {
      if (ready) return;
      ready = true;
      if (heldNavigation !== null) send("window:navigate", heldNavigation);
      heldNavigation = null;
      schedule();
    },
    pageGone() {
      ready = false;
      // A new page takes it that the queue runs until it is told otherwise.
      sentPaused = false;
      sentProblem = null;
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
    look: schedule,
    navigate(payload) {
      if (ready) send("window:navigate", payload);
      else heldNavigation = payload;
    },
    close() {
      unwatch();
      clearInterval(looking);
      ready = false;
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}

/** Tells that something is not what it was the last time; the first time it is nothing new. */
function tellOfChanges(tell: (revision: number) => void): (fingerprint: string) => void {
  let known: string | null = null;
  let revision = 0;
  return (fingerprint) => {
    if (known !== null && known !== fingerprint) tell((revision += 1));
    known = fingerprint;
  };
}

/** What a workspace says of itself. */
export function eventSource(workspace: Workspace, samples: readonly Sample[]): EventSource {
  return {
    jobsChangedSince: workspace.jobs.changedSince,
    jobNames: workspace.jobs.names,
    isQueuePaused: workspace.queue.isPaused,
    problem: workspace.engine.writeProblem,
    endpointsFingerprint: () => JSON.stringify(endpointCards(workspace, samples)),
    dataFingerprint: () => JSON.stringify(dataOverview(workspace)),
    azureFingerprint: () => JSON.stringify(azureOverview(workspace)),
    watch: workspace.watch,
  };
}
