import path from "node:path";
import { nodeProcessHost } from "../../../electron/compute/node-process-host.ts";
import type { HostedProcess, ProcessHost, ProgramName } from "../../../electron/compute/process-host.ts";

type Message = { readonly type: string };

/** What a test does with messages on their way; true takes the message away. */
export type Watch = {
  onStart?: (program: ProgramName, child: HostedProcess) => void;
  /** Engine → process. `deliver` sends it after all. */
  toProcess?: (program: ProgramName, message: Message, deliver: () => void) => boolean;
  /** Process → engine. `deliver` hands over this or another message. */
  fromProcess?: (program: ProgramName, message: Message, deliver: (message: unknown) => void) => boolean;
};

/** Processes, the real ones if left out, with a test in between: it can hold back, replace or act on what is said. */
export function watchedHost(
  watch: Watch,
  host: ProcessHost = nodeProcessHost(path.join(import.meta.dirname, "../../../dist")),
): ProcessHost {
  return {
    start(program, options) {
      const child = host.start(program, options);
      watch.onStart?.(program, child);
      return {
        ...child,
        send(message) {
          const isTaken = watch.toProcess?.(program, message as Message, () => child.send(message)) === true;
          return isTaken || child.send(message);
        },
        onMessage(listener) {
          child.onMessage((message) => {
            if (watch.fromProcess?.(program, message as Message, listener) !== true) listener(message);
          });
        },
      };
    },
  };
}
