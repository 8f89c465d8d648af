import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import type { EngineRequest } from "../../faults/faulty-engine.ts";
import { sourceProgram } from "../source-program.ts";

/** What `npm run test:long` asks for: many more of everything that is random or enumerated. */
export const isLong = process.env["BATCHDECK_LONG"] === "1";

/** Builds the shim (test/faults/fault-shim.c says what it does) into `folder`; returns its file. Linux, with a C compiler. */
export function buildFaultShim(folder: string): string {
  const shim = path.join(folder, "fault-shim.so");
  const source = path.join(import.meta.dirname, "../../faults/fault-shim.c");
  execFileSync("cc", ["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", shim, source]);
  return shim;
}

export type FaultRule = {
  /** Errnos by name, or where to end which processes. */
  readonly action: FaultErrno | "before" | "after" | "tree-before" | "tree-after";
  readonly program: string;
  readonly call: string;
  readonly pattern: string;
  readonly nth: number;
  readonly times: "once" | "always";
};

const errnos = { EPERM: 1, EIO: 5, EACCES: 13, EBUSY: 16, EMFILE: 24, ENOSPC: 28, EROFS: 30, EDQUOT: 122 } as const;
export type FaultErrno = keyof typeof errnos;

/** One run under the shim: the variables that its processes need, and the files that steer and record it. */
export type FaultPlace = {
  readonly environment: Readonly<Record<string, string>>;
  readonly setRules: (rules: readonly FaultRule[]) => void;
  /** Takes every fault away: what was broken is repaired. */
  readonly repair: () => void;
  /** A rule that holds once has struck, or nothing was set. */
  readonly isStruck: () => boolean;
  /** The durable calls so far, in order; forgets them. */
  readonly takeCalls: () => readonly DurableCall[];
};

export type DurableCall = {
  readonly pid: number;
  readonly program: string;
  readonly call: string;
  readonly path: string;
};

/**
 * `folder` holds the steering files and must not lie below one of `under`. `shadow`: a folder that keeps files as they
 * were when they were last synced.
 */
export function faultPlace(shim: string, folder: string, under: readonly string[], shadow?: string): FaultPlace {
  fs.mkdirSync(folder, { recursive: true });
  const log = path.join(folder, "calls.log");
  const control = path.join(folder, "control");
  return {
    environment: {
      LD_PRELOAD: shim,
      UV_USE_IO_URING: "0",
      FAULT_UNDER: under.join(":"),
      FAULT_LOG: log,
      FAULT_CONTROL: control,
      ...(shadow === undefined ? {} : { FAULT_SHADOW: shadow }),
    },
    setRules(rules) {
      const lines = rules.map(({ action, program, call, pattern, nth, times }) => {
        const code = action in errnos ? errnos[action as FaultErrno] : action;
        return `${code} ${program} ${call} ${pattern} ${nth} ${times}\n`;
      });
      fs.writeFileSync(`${control}.new`, lines.join(""));
      fs.renameSync(`${control}.new`, control);
    },
    repair: () => fs.rmSync(control, { force: true }),
    isStruck: () => !fs.existsSync(control),
    takeCalls() {
      const text = fs.existsSync(log) ? fs.readFileSync(log, "utf8") : "";
      fs.rmSync(log, { force: true });
      return text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => {
          const [pid = "", program = "", call = "", ...rest] = line.split(" ");
          return { pid: Number(pid), program, call, path: rest.join(" ") };
        });
    },
  };
}

export type EngineEnd = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
};

/** Starts test/faults/faulty-engine.ts under the shim. */
export function startFaultyEngine(
  place: FaultPlace,
  request: EngineRequest,
): { readonly child: ChildProcess; readonly ended: Promise<EngineEnd> } {
  const program = path.join(import.meta.dirname, "../../faults/faulty-engine.ts");
  const child = spawn(process.execPath, sourceProgram(program, JSON.stringify(request)), {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...place.environment },
  });
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<EngineEnd>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, stderr }));
  });
  return { child, ended };
}
