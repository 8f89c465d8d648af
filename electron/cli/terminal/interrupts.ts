import { exitCodes } from "./exit-codes.ts";

/** Who hears Ctrl-C, or a polite request to end (SIGTERM). */
export type Interrupts = {
  /** From now on the wish is handed to `handler`, until the function that this returns is called. */
  readonly take: (handler: () => void) => () => void;
};

/** Until somebody takes them, they end the program at once, with the exit code that says so on every platform. */
export function listenForInterrupts(): Interrupts {
  let handler: (() => void) | null = null;
  const hear = () => {
    if (handler === null) process.exit(exitCodes.interrupted);
    handler();
  };
  process.on("SIGINT", hear);
  process.on("SIGTERM", hear);
  return {
    take(next) {
      handler = next;
      return () => {
        handler = null;
      };
    },
  };
}
