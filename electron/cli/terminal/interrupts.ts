import { exitCodes } from "./exit-codes.ts";

/** Who hears Ctrl-C, or a polite request to end (SIGTERM). */
export type Interrupts = {
  /** From now on the wish is handed to `handler`, until the function that this returns is called. */
  readonly take: (handler: () => void) => () => void;
  /** Ends the program at once, as interrupted. */
  readonly exit: () => void;
};

/** Until somebody takes them, they end the program at once, with the exit code that says so on every platform. */
export function listenForInterrupts(): Interrupts {
  let handler: (() => void) | null = null;
  const exit = () => process.exit(exitCodes.interrupted);
  const hear = () => (handler ?? exit)();
  process.on("SIGINT", hear);
  process.on("SIGTERM", hear);
  return {
    take(next) {
      handler = next;
      return () => {
        handler = null;
      };
    },
    exit,
  };
}
