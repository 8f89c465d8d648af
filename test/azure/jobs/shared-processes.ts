import type { HostedProcess, ProcessHost, ProgramName } from "../../../electron/compute/process-host.ts";

type Owner = {
  readonly hear: ((message: unknown) => void)[];
  readonly exited: ((exit: Exit) => void)[];
  isEnded: boolean;
};
type Exit = Parameters<Parameters<HostedProcess["onExit"]>[0]>[0];
type Shared = { readonly process: HostedProcess; readonly owners: Set<Owner>; readonly asked: Owner[] };

/**
 * One process of a program for all that start one, for many jobs in a short time. For programs that answer one question after
 * another and keep nothing between them: the answers come in the order of the questions.
 */
export function sharedProcesses(host: ProcessHost): ProcessHost {
  const all = new Map<ProgramName, Shared>();

  function share(program: ProgramName, process: HostedProcess): Shared {
    const shared: Shared = { process, owners: new Set(), asked: [] };
    process.onMessage((message) => {
      const [first] = shared.asked;
      if ((message as { readonly type: string }).type !== "progress") shared.asked.shift();
      if (first?.isEnded === false) for (const hear of first.hear) hear(message);
    });
    process.onExit((exit) => {
      all.delete(program);
      for (const owner of shared.owners) end(shared, owner, exit);
    });
    all.set(program, shared);
    return shared;
  }

  function end(shared: Shared, owner: Owner, exit: Exit): void {
    if (owner.isEnded) return;
    owner.isEnded = true;
    shared.owners.delete(owner);
    for (const tell of owner.exited) tell(exit);
  }

  return {
    start(program, options) {
      const shared = all.get(program) ?? share(program, host.start(program, options));
      const owner: Owner = { hear: [], exited: [], isEnded: false };
      shared.owners.add(owner);
      return {
        pid: shared.process.pid,
        send(message) {
          if (owner.isEnded || !shared.process.send(message)) return false;
          shared.asked.push(owner);
          return true;
        },
        onMessage: (listener) => void owner.hear.push(listener),
        onExit: (listener) => void owner.exited.push(listener),
        kill: () => end(shared, owner, { code: null, signal: "SIGKILL" }),
      };
    },
  };
}
