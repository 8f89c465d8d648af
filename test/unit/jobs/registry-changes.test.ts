import { describe, expect, it } from "vitest";
import type { Timer } from "../../../electron/compute/clock.ts";
import { createRegistryChanges } from "../../../electron/jobs/queue/registry-changes.ts";

/** A registry whose version is set by hand, and a clock whose only interval is run by hand. */
function setUp() {
  const state = { version: 1, fails: false, timers: 0 };
  let tick: (() => void) | null = null;
  const registry = {
    dataVersion() {
      if (state.fails) throw Object.assign(new Error("disk I/O error"), { code: "SQLITE_IOERR" });
      return state.version;
    },
  };
  const clock = {
    setInterval(work: () => void): Timer {
      state.timers += 1;
      tick = work;
      return {
        cancel() {
          tick = null;
        },
      };
    },
  };
  const heard: string[] = [];
  const hear = (name: string) => () => heard.push(name);
  return { state, heard, hear, changes: createRegistryChanges(registry, clock), look: () => tick?.() };
}

describe("changes of the registry", () => {
  it("by other processes are told to everybody, from one place that looks", () => {
    const { state, heard, hear, changes, look } = setUp();
    changes.watch(hear("window"));
    changes.watchOthers(hear("engine"));
    changes.watchOthers(hear("watches"));
    expect(state.timers).toBe(1);
    look();
    expect(heard).toEqual([]);
    state.version = 2;
    look();
    look();
    expect(heard.sort()).toEqual(["engine", "watches", "window"]);
  });

  it("by this process are told only to those who want to know of any", () => {
    const { heard, hear, changes } = setUp();
    changes.watch(hear("window"));
    changes.watchOthers(hear("engine"));
    changes.notify();
    expect(heard).toEqual(["window"]);
  });

  it("are looked for as long as anybody watches, and what changed meanwhile is told to the next", () => {
    const { state, heard, hear, changes, look } = setUp();
    const stop = changes.watchOthers(hear("first"));
    const stopToo = changes.watch(hear("second"));
    stop();
    state.version = 2;
    look();
    stopToo();
    state.version = 3;
    look();
    expect(heard).toEqual(["second"]);
    changes.watch(hear("third"));
    look();
    expect(heard).toEqual(["second", "third"]);
  });

  it("are found with a later look when the disk does not answer", () => {
    const { state, heard, hear, changes, look } = setUp();
    changes.watchOthers(hear("engine"));
    state.version = 2;
    state.fails = true;
    look();
    expect(heard).toEqual([]);
    state.fails = false;
    look();
    expect(heard).toEqual(["engine"]);
  });
});
