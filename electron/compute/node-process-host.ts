import { fork } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import type { ProcessExit, ProcessHost } from "./process-host.ts";
import { childEnvironment } from "./child-environment.ts";

/**
 * Starts our programs as forked Node processes. `programsFolder` holds the bundles, one `<program>.cjs` each. `hear` is
 * given the lines that they, or their native libraries, write to stderr; null: nobody listens.
 */
export function nodeProcessHost(programsFolder: string, hear: ((line: string) => void) | null = null): ProcessHost {
  return {
    start(program, { label, environment }) {
      const child = fork(path.join(programsFolder, `${program}.cjs`), [], {
        env: childEnvironment(environment, label),
        execArgv: [],
        serialization: "advanced",
        // Ctrl-C goes to the terminal's whole process group, and only the command shall take it as a wish. (On Windows
        // this would open a console; there the child itself does not listen to it, see contract/parent-port.ts.)
        detached: process.platform !== "win32",
        // A child writes to no stream of ours: stdout belongs to results, and stderr is a terminal that it might steer.
        stdio: ["ignore", "ignore", hear === null ? "ignore" : "pipe", "ipc"],
      });
      if (hear !== null && child.stderr !== null) createInterface({ input: child.stderr }).on("line", hear);
      let exited: ProcessExit | null = null;
      const exitListeners: ((exit: ProcessExit) => void)[] = [];
      const finish = (exit: ProcessExit) => {
        if (exited !== null) return;
        exited = exit;
        for (const listener of exitListeners) listener(exit);
      };
      // `close` of the channel may trail `exit`; messages that were sent before death still arrive in between.
      child.on("close", (code, signal) => finish({ code, signal }));
      child.on("error", () => {
        if (child.pid === undefined) finish({ code: null, signal: null });
      });
      return {
        pid: () => child.pid,
        send(message) {
          if (exited !== null || !child.connected) return false;
          child.send(message as object, () => undefined);
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
          if (exited === null) child.kill("SIGKILL");
        },
      };
    },
  };
}
