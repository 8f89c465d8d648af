import type { ProcessExit, ProcessHost, ProgramName } from "../../../electron/compute/process-host.ts";

/** A process that does nothing by itself: the test says what it sends, and when it ends. */
export type ScriptedProcess = {
  readonly program: ProgramName;
  /** What it was sent. */
  readonly sent: readonly unknown[];
  /** Sends a message to its owner, also after its end: on some hosts a last message arrives late. */
  readonly say: (message: unknown) => void;
  readonly exit: (exit?: ProcessExit) => void;
};

/** A host of such processes, in the order they were started. While `refusing` is set, starting one throws it. */
export function scriptedHost(): ProcessHost & { readonly started: ScriptedProcess[]; refusing: Error | null } {
  const started: ScriptedProcess[] = [];
  return {
    started,
    refusing: null,
    start(program) {
      if (this.refusing !== null) throw this.refusing;
      const sent: unknown[] = [];
      const messageListeners: ((message: unknown) => void)[] = [];
      const exitListeners: ((exit: ProcessExit) => void)[] = [];
      let isAlive = true;
      const exit = (how: ProcessExit = { code: null, signal: "SIGKILL" }) => {
        if (!isAlive) return;
        isAlive = false;
        for (const listener of exitListeners) listener(how);
      };
      started.push({
        program,
        sent,
        say(message) {
          for (const listener of messageListeners) listener(message);
        },
        exit,
      });
      return {
        pid: () => 1,
        send(message) {
          if (isAlive) sent.push(message);
          return isAlive;
        },
        onMessage: (listener) => messageListeners.push(listener),
        onExit: (listener) => exitListeners.push(listener),
        kill: () => exit(),
      };
    },
  };
}
