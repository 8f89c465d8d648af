import type { HostedProcess, ProcessHost, ProgramName } from "../../../electron/compute/process-host.ts";

/**
 * Processes that are used again: one that has answered and is ended serves whoever starts the next one. For many jobs in a short
 * time; each answers one question after another and keeps nothing between them.
 */
export function reusedProcesses(host: ProcessHost): ProcessHost {
  const idle = new Map<ProgramName, Kept[]>();
  return {
    start(program, options) {
      const kept = idle.get(program)?.pop() ?? keep(host.start(program, options));
      const owner: Owner = { hear: () => undefined, exited: () => undefined };
      kept.owner = owner;
      return {
        pid: kept.process.pid,
        send(message) {
          kept.isAsked = true;
          return kept.process.send(message);
        },
        onMessage: (listener) => void (owner.hear = listener),
        onExit: (listener) => void (owner.exited = listener),
        kill() {
          if (kept.owner !== owner) return;
          kept.owner = null;
          if (kept.isAsked) kept.process.kill();
          else idle.set(program, [...(idle.get(program) ?? []), kept]);
          owner.exited({ code: null, signal: "SIGKILL" });
        },
      };
    },
  };

  function keep(process: HostedProcess): Kept {
    const kept: Kept = { process, owner: null, isAsked: false };
    process.onMessage((message) => {
      if ((message as { readonly type: string }).type !== "progress") kept.isAsked = false;
      kept.owner?.hear(message);
    });
    process.onExit((exit) => {
      for (const [program, all] of idle) idle.set(program, all.filter((one) => one !== kept));
      kept.owner?.exited(exit);
    });
    return kept;
  }
}

type Owner = { hear: (message: unknown) => void; exited: Parameters<HostedProcess["onExit"]>[0] };
type Kept = { readonly process: HostedProcess; owner: Owner | null; isAsked: boolean };
