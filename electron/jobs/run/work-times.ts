import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { instancesOf, workersPerInstance } from "../folder/instances.ts";
import type { Journal } from "../journal/journal.ts";

/** How long a job was worked on, over all its engines, and how long its instances were in use. */
export type WorkTimes = {
  /** Time went by in which so many workers were in use. */
  readonly add: (elapsedMs: number, workers: number) => void;
  /** Milliseconds by this engine alone: a clock that stands still while the computer sleeps. */
  readonly activeMs: () => number;
  /** Over all engines. */
  readonly seconds: () => { readonly active: number; readonly instances: number };
  readonly save: () => void;
  /** Saves if the last time was a while ago: what a crash loses is little. */
  readonly saveIfDue: () => void;
};

const saveMs = 2000;

export function createWorkTimes(spec: JobSpec, journal: Journal): WorkTimes {
  const before = journal.facts();
  const perInstance = workersPerInstance(spec.settings);
  let activeMs = 0;
  let instanceMs = 0;
  let savedMs = 0;

  function save(): void {
    savedMs = activeMs;
    journal.setFacts({ activeMs: before.activeMs + activeMs, instanceMs: before.instanceMs + instanceMs });
  }

  return {
    add(elapsedMs, workers) {
      activeMs += elapsedMs;
      instanceMs += elapsedMs * instancesOf(workers, perInstance);
    },
    activeMs: () => activeMs,
    seconds: () => ({
      active: (before.activeMs + activeMs) / 1000,
      instances: (before.instanceMs + instanceMs) / 1000,
    }),
    save,
    saveIfDue() {
      if (activeMs - savedMs > saveMs) save();
    },
  };
}
