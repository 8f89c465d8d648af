import type { z } from "zod";
import type { HostedProcess, ProcessExit, ProcessHost, ProgramName } from "./process-host.ts";

/** A typed line to one of the helper processes: what it says is parsed; nonsense ends it, which its owner sees as a death. */
export type Conversation<Sent> = {
  readonly send: (message: Sent) => boolean;
  readonly kill: () => void;
};

let conversations = 0;

export function converse<Sent, Schema extends z.ZodType>(
  host: ProcessHost,
  program: ProgramName,
  answers: Schema,
  onMessage: (message: z.infer<Schema>) => void,
  onDeath: (exit: ProcessExit) => void,
): Conversation<Sent> {
  conversations += 1;
  const child: HostedProcess = host.start(program, { label: `${program}-${conversations}`, environment: {} });
  let isGone = false;
  child.onMessage((raw) => {
    // Its owner may have started another one by now: what arrives after the end of a process is not heard.
    if (isGone) return;
    const message = answers.safeParse(raw);
    if (message.success) onMessage(message.data);
    else child.kill();
  });
  child.onExit((exit) => {
    isGone = true;
    onDeath(exit);
  });
  return { send: (message) => child.send(message), kill: () => child.kill() };
}
