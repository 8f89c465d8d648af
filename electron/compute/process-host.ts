/**
 * The seam between the engine and whatever starts processes: Node's `child_process` under the command line, Electron's
 * `utilityProcess` under the desktop. Nothing else differs between the two.
 */
export const programNames = [
  "worker",
  "device-process",
  "data-process",
  "content-process",
  "model-process",
  "merge-process",
  "convert-process",
  "results-process",
  "picture-process",
  "watch-process",
  "compare-process",
] as const;
export type ProgramName = (typeof programNames)[number];

export type ProcessExit = {
  readonly code: number | null;
  readonly signal: string | null;
};

export type HostedProcess = {
  /** Undefined until the operating system has started it. */
  readonly pid: () => number | undefined;
  /** Sends plain data; false when the process is gone. Never throws. */
  readonly send: (message: unknown) => boolean;
  readonly onMessage: (listener: (message: unknown) => void) => void;
  /** Called once, after the last message. Also called when the process could not be started. */
  readonly onExit: (listener: (exit: ProcessExit) => void) => void;
  /** Ends the process at once (SIGKILL); `onExit` follows. Harmless when it is already gone. */
  readonly kill: () => void;
};

export type ProcessHost = {
  /**
   * Starts one of our programs. `label` is unique and appears in logs. The child gets `environment` and what a native
   * library needs to load, nothing else of ours.
   */
  readonly start: (
    program: ProgramName,
    options: { readonly label: string; readonly environment: Readonly<Record<string, string>> },
  ) => HostedProcess;
};
