import path from "node:path";
import type { Clock } from "../../compute/clock.ts";
import type { ProcessExit } from "../../compute/process-host.ts";
import type { WorkerPool } from "../../compute/worker-pool.ts";
import type { FromWorker } from "../../contract/messages/worker-messages.ts";
import { workerProtocolVersion } from "../../contract/messages/worker-messages.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { JobFiles } from "../folder/job-files.ts";
import type { JobLog } from "../folder/job-log.ts";
import { createSlot, isLate, type Slot } from "./worker-slot.ts";

/** The workers that a job has: opens them, sends those away that are too many or too late, and gives them back. */
export type WorkerSlots = {
  /** Takes one more from the pool and lets it load the model. */
  readonly open: (device: JobSpec["device"]) => void;
  readonly all: () => readonly Slot[];
  /** Those that count against the number allowed. */
  readonly staying: () => readonly Slot[];
  /**
   * Sends away those above `max`, the least busy first: they have two seconds for what they hold. One that is still
   * leaving may stay after all.
   */
  readonly keep: (max: number) => void;
  /** Lets those depart that have to and hold nothing. To be called when a slot may have come to that. */
  readonly settle: () => void;
  /** Gives a worker back to the pool. */
  readonly release: (slot: Slot) => void;
  /** The time on the active clock, and with it the time limits of each. */
  readonly tick: (activeMs: number) => void;
  readonly nowMs: () => number;
  /** Settles once all are gone; `finish`: they have two seconds for what they hold. */
  readonly stop: (how: "finish" | "now") => Promise<void>;
  readonly kill: () => void;
};

const finishMs = 2000;

export function createWorkerSlots(context: {
  readonly spec: JobSpec;
  readonly files: Pick<JobFiles, "segments" | "logs">;
  readonly epoch: number;
  readonly pool: WorkerPool;
  readonly idleSeconds: number;
  readonly log: JobLog;
  readonly clock: Clock;
  readonly onMessage: (slot: Slot, message: FromWorker) => void;
  /** The slot is not among the others any more; its phase is the one that it died in. */
  readonly onDeath: (slot: Slot, exit: ProcessExit) => void;
}): WorkerSlots {
  const { spec, files, epoch, pool, log, clock } = context;
  const slots = new Set<Slot>();
  let opened = 0;
  let nowMs = 0;
  let whenEmpty: (() => void)[] = [];

  function open(device: JobSpec["device"]): void {
    opened += 1;
    const segment = `${epoch}-${opened}.segment`;
    const workerKey = JSON.stringify([spec.model.file, device, spec.settings.environment_variables]);
    const worker = pool.take(workerKey, spec.settings.environment_variables);
    const slot = createSlot(worker, segment, path.join(files.segments, `${epoch}-${opened}.status`), nowMs);
    slots.add(slot);
    worker.listen({
      onMessage: (message) => context.onMessage(slot, message),
      onDeath(exit) {
        slots.delete(slot);
        context.onDeath(slot, exit);
        slot.phase.move("gone");
        settle();
      },
    });
    worker.send({
      type: "open-job",
      protocolVersion: workerProtocolVersion,
      workerId: worker.id,
      spec: { ...spec, device },
      segmentFile: path.join(files.segments, segment),
      statusFile: slot.statusFile,
      logsFolder: files.logs,
    });
    log.info(
      `${worker.id} ${spec.scorer.kind === "script" ? "loads the script" : "opens the model"} (process ${worker.pid() ?? "not started yet"}).`,
    );
  }

  function keep(max: number): void {
    const useful = (slot: Slot) => (slot.phase.is("starting") ? -1 : slot.claimed.length);
    const candidates = [...slots]
      .filter((slot) => !slot.phase.is("closing"))
      .sort((one, other) => useful(other) - useful(one));
    for (const [place, slot] of candidates.entries()) {
      if (slot.departure !== null && slot.departure.kind !== "leaving") continue;
      if (place < max) slot.departure = null;
      else slot.departure ??= { kind: "leaving", byMs: nowMs + finishMs };
    }
    settle();
  }

  function settle(): void {
    for (const slot of slots) {
      if (slot.claimed.length > 0) continue;
      const departure = slot.departure?.kind;
      if (departure === "stopping" && slot.phase.is("starting")) slot.worker.kill();
      else if ((departure === "stopping" || departure === "leaving") && slot.phase.is("ready")) {
        slot.phase.move("closing");
        slot.worker.send({ type: "close-job" });
      }
    }
    if (slots.size > 0) return;
    for (const resolve of whenEmpty) resolve();
    whenEmpty = [];
  }

  function kill(): void {
    for (const slot of slots) slot.worker.kill();
  }

  return {
    open,
    all: () => [...slots],
    staying: () => [...slots].filter(({ departure }) => departure === null || departure.kind === "timed-out"),
    keep,
    settle,
    release(slot) {
      slots.delete(slot);
      slot.phase.move("gone");
      pool.release(slot.worker, context.idleSeconds);
      settle();
    },
    tick(activeMs) {
      nowMs = activeMs;
      for (const slot of slots) {
        if (slot.departure?.kind === "leaving" && nowMs > slot.departure.byMs) slot.worker.kill();
        if (slot.departure?.kind !== "timed-out" && isLate(slot, nowMs, spec)) {
          slot.departure = { kind: "timed-out" };
          slot.worker.kill();
        }
      }
    },
    nowMs: () => nowMs,
    async stop(how) {
      if (slots.size === 0) return;
      for (const slot of slots) if (slot.departure?.kind !== "timed-out") slot.departure = { kind: "stopping" };
      const empty = new Promise<void>((resolve) => whenEmpty.push(resolve));
      if (how === "now") kill();
      else settle();
      const timer = clock.setTimeout(kill, finishMs);
      await empty;
      timer.cancel();
    },
    kill,
  };
}
