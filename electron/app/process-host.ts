import path from "node:path";
import { type App, type UtilityProcess, utilityProcess } from "electron";
import { childEnvironment } from "../compute/child-environment.ts";
import type { HostedProcess, ProcessExit, ProcessHost } from "../compute/process-host.ts";
import { describeExit, type GoneReason } from "./process-exit.ts";

/**
 * How long an exit is held back: the reason (`child-process-gone`) and the last messages come another way and may be
 * a little later.
 */
const exitGraceMs = 100;

/** Why a process went, as Electron tells it for the whole app, by the process's unique service name. */
type GoneReasons = Map<string, GoneReason>;

/**
 * Starts our programs as Electron utility processes. `programsFolder` holds the bundles, one `<program>.cjs` each.
 * Labels must be unique: Electron names a process that went by nothing else.
 */
export function electronProcessHost(app: App, programsFolder: string): ProcessHost {
  const gone: GoneReasons = new Map();
  const alive = new Set<string>();
  app.on("child-process-gone", (_event, details) => {
    // The label that a process was forked with comes back as `name`; `serviceName` is the same for all of them.
    const label = details.name ?? "";
    if (alive.has(label)) gone.set(label, { reason: details.reason, exitCode: details.exitCode });
  });

  return {
    start(program, { label, environment }) {
      if (alive.has(label)) throw new Error(`A process called ${label} is running already.`);
      alive.add(label);
      const child = utilityProcess.fork(path.join(programsFolder, `${program}.cjs`), [], {
        serviceName: label,
        env: childEnvironment(environment, label),
        execArgv: [],
        // Native libraries talk on these; nobody reads them unless someone looks for a fault.
        stdio: process.env["BATCHDECK_DEBUG"] === "1" ? "inherit" : "ignore",
      });
      return hosted(child, label, alive, gone);
    },
  };
}

function hosted(child: UtilityProcess, label: string, alive: Set<string>, gone: GoneReasons): HostedProcess {
  let exited: ProcessExit | null = null;
  let ended = false;
  let killAsked = false;
  const exitListeners: ((exit: ProcessExit) => void)[] = [];

  // Before `spawn` there is nothing to kill yet: the wish is kept until then.
  child.once("spawn", () => {
    if (killAsked) killNow(child);
  });
  child.once("exit", (code) => {
    ended = true;
    setTimeout(() => {
      const exit = describeExit(code, gone.get(label));
      exited = exit;
      gone.delete(label);
      alive.delete(label);
      for (const listener of exitListeners) listener(exit);
    }, exitGraceMs);
  });

  return {
    pid: () => child.pid,
    send(message) {
      if (ended) return false;
      child.postMessage(message);
      return true;
    },
    onMessage(listener) {
      child.on("message", listener);
    },
    onExit(listener) {
      if (exited === null) exitListeners.push(listener);
      else listener(exited);
    },
    kill() {
      killAsked = true;
      if (!ended) killNow(child);
    },
  };
}

/** `child.kill()` asks politely and reports 0 afterwards; the seam promises SIGKILL. */
function killNow(child: UtilityProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(child.pid, "SIGKILL");
  } catch {
    // Gone already: its exit is on the way.
  }
}
