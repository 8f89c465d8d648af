/** The end of a child process's line to the process that started it, the same under Node and under Electron. */
export type ParentPort = {
  readonly send: (message: unknown) => void;
  readonly onMessage: (listener: (message: unknown) => void) => void;
};

/** The parts of `process` that a child needs: Electron's utility processes have `parentPort`, Node's forks have `send`. */
export type ChildRuntime = {
  readonly parentPort?: {
    postMessage(message: unknown): void;
    on(event: "message", listener: (event: { data: unknown }) => void): unknown;
  };
  send?(message: unknown): boolean;
  on(event: "message", listener: (message: unknown) => void): unknown;
  on(event: "disconnect" | "SIGINT", listener: () => void): unknown;
  exit(code: number): never;
};

/**
 * Connects a child to its parent. A forked child exits when its parent is gone, and leaves Ctrl-C to it; Electron ends
 * its own children.
 */
export function connectToParent(runtime: ChildRuntime): ParentPort {
  const { parentPort } = runtime;
  if (parentPort !== undefined) {
    return {
      send: (message) => parentPort.postMessage(message),
      onMessage: (listener) => parentPort.on("message", (event) => listener(event.data)),
    };
  }
  runtime.on("disconnect", () => runtime.exit(0));
  runtime.on("SIGINT", () => undefined);
  return {
    send: (message) => {
      runtime.send?.(message);
    },
    onMessage: (listener) => runtime.on("message", listener),
  };
}
