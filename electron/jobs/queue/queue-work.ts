import os from "node:os";
import type { WaitingReason } from "../../contract/nouns/waiting-reason.ts";
import type { GiveWay } from "./give-way.ts";
import { createPacer, type Pacer } from "./pacer.ts";
import { emptyQueue, readQueue } from "./queue-snapshot.ts";
import type { RegistryChanges } from "./registry-changes.ts";
import { createReport } from "./report.ts";
import { beginInAzure, carryOutShares } from "./carry-out-shares.ts";
import { type Steering, steerJobs } from "./steer.ts";

/** How often waiting reasons and progress are written. */
const reportMs = 250;

/**
 * One tick of an engine at work: looks at the queue if `look` is due and does what was asked, shares workers out, and
 * reports.
 */
export function createQueueWork(
  context: Steering & {
    readonly giveWay: GiveWay;
    readonly changes: RegistryChanges;
    /** When the queue is to be read again. */
    readonly look: Pacer;
    /** The jobs that a live command waits for, if the engine works for those only; null: it works for all. */
    readonly awaitedJobs: () => ReadonlySet<string> | null;
  },
): (nowMs: number) => void {
  const { registry, running, giveWay, changes, look, awaitedJobs } = context;
  const cores = os.availableParallelism();
  const report = createReport(registry, running);
  const reporting = createPacer(reportMs);
  let queue = emptyQueue;
  let reasons: ReadonlyMap<string, WaitingReason> = new Map();

  return (nowMs) => {
    if (look.isDue(nowMs)) {
      queue = readQueue(registry, awaitedJobs());
      steerJobs(context, queue);
      // Whoever was notified may have closed the engine.
      if (!context.isWorking()) return;
    }
    const inAzure = beginInAzure(queue, running, context.azureRunner !== null);
    reasons = new Map([...carryOutShares(queue, running, { cores, giveWay, nowMs }), ...inAzure]);
    if (!reporting.isDue(nowMs)) return;
    const reported = report(queue, reasons);
    if (reported === "reasons") look.hurry();
    if (reported !== "nothing") changes.notify();
  };
}
