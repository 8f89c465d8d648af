import type { ProcessExit } from "../compute/process-host.ts";

/** What Electron's `child-process-gone` said of a process. */
export type GoneReason = { readonly reason: string; readonly exitCode: number };

const signalNames: Readonly<Record<number, string>> = {
  4: "SIGILL",
  6: "SIGABRT",
  7: "SIGBUS",
  8: "SIGFPE",
  9: "SIGKILL",
  11: "SIGSEGV",
  15: "SIGTERM",
};

/** Electron has one number for exit codes and signals; only a reason tells that it was a signal. */
export function describeExit(code: number, gone: GoneReason | undefined): ProcessExit {
  if (gone === undefined || gone.reason === "clean-exit" || gone.reason === "abnormal-exit") {
    return { code, signal: null };
  }
  if (gone.reason === "oom") return { code: null, signal: "SIGKILL" };
  if (gone.reason !== "killed" && gone.reason !== "crashed") return { code, signal: null };
  // Newer releases report the shell's way: 128 + signal.
  const number = gone.exitCode > 128 ? gone.exitCode - 128 : gone.exitCode;
  const fallback = gone.reason === "killed" ? "SIGKILL" : "SIGABRT";
  return { code: null, signal: signalNames[number] ?? fallback };
}
