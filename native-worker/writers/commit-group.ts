import type { CommittedMiniBatch } from "../../electron/contract/messages/worker-messages.ts";
import type { WriteProblem } from "./write-problem.ts";

/** A group is synced at the latest when it is this old or this big, or when there is nothing else to do. */
const oldestMs = 50;
const maxBytes = 8 << 20;

/**
 * Mini-batches whose records are written but not yet safe. They are reported after the sync that covers them, in groups, and
 * the scoring of the next mini-batch never waits for a sync.
 */
export type CommitGroup = {
  readonly add: (miniBatch: CommittedMiniBatch) => void;
  /** Sync now: nothing else is going on that could fill the group. */
  readonly hurry: () => void;
  /** Resolves when every mini-batch added so far has been reported. */
  readonly settle: () => Promise<void>;
};

export function createCommitGroup(
  sync: () => Promise<WriteProblem | null>,
  onCommitted: (miniBatches: readonly CommittedMiniBatch[]) => void,
  onLost: (miniBatches: readonly CommittedMiniBatch[], problem: WriteProblem) => void,
): CommitGroup {
  let waiting: CommittedMiniBatch[] = [];
  let waitingBytes = 0;
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> | null = null;
  let hurried = false;

  const start = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (running !== null || waiting.length === 0) return;
    const group = waiting;
    waiting = [];
    waitingBytes = 0;
    hurried = false;
    running = sync().then((problem) => {
      running = null;
      if (problem === null) onCommitted(group);
      else onLost(group, problem);
      if (hurried || waitingBytes >= maxBytes) start();
      else if (waiting.length > 0) arm();
    });
  };
  const arm = () => {
    timer ??= setTimeout(start, oldestMs);
  };

  return {
    add(miniBatch) {
      waiting.push(miniBatch);
      waitingBytes += miniBatch.rowsBytes + miniBatch.errorsBytes + (miniBatch.itemFiles?.bytes ?? 0);
      if (waitingBytes >= maxBytes) start();
      else arm();
    },
    hurry() {
      hurried = true;
      start();
    },
    async settle() {
      while (running !== null || waiting.length > 0) {
        hurried = true;
        start();
        await running;
      }
    },
  };
}
