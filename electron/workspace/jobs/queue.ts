import type { WorkspaceContext } from "../context.ts";

/** The whole queue: while it is paused nothing begins, and what runs hands over. Jobs keep what they were told one by one. */
export type Queue = {
  readonly isPaused: () => boolean;
  readonly pause: () => void;
  readonly resume: () => void;
};

export function createQueue({ registry, changed }: WorkspaceContext): Queue {
  /** Also jobs that no engine looks at say why they wait. */
  function setPaused(paused: boolean): void {
    registry.transaction(() => {
      registry.queue.setPaused(paused);
      for (const job of registry.jobs.listUnfinished()) {
        if (job.status === "Queued") registry.jobs.setWaitingFor(job.name, paused ? { kind: "queue-paused" } : null);
      }
    });
    changed();
  }

  return {
    isPaused: () => registry.queue.isPaused(),
    pause: () => setPaused(true),
    resume: () => setPaused(false),
  };
}
