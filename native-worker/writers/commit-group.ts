import type { CommittedUnit } from "../../electron/contract/messages/worker-messages.ts";
import type { WriteProblem } from "./write-problem.ts";

/** A group is synced at the latest when it is this old or this big, or when there is nothing else to do. */
const oldestMs = 50;
const maxBytes = 8 << 20;

/**
 * Units whose records are written but not yet safe. They are reported after the sync that covers them, in groups, and
 * the scoring of the next unit never waits for a sync.
 */
export type CommitGroup = {
  readonly add: (unit: CommittedUnit) => void;
  /** Sync now: nothing else is going on that could fill the group. */
  readonly hurry: () => void;
  /** Resolves when every unit added so far has been reported. */
  readonly settle: () => Promise<void>;
};

export function createCommitGroup(
  sync: () => Promise<WriteProblem | null>,
  onCommitted: (units: readonly CommittedUnit[]) => void,
  onLost: (units: readonly CommittedUnit[], problem: WriteProblem) => void,
): CommitGroup {
  let waiting: CommittedUnit[] = [];
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
    add(unit) {
      waiting.push(unit);
      waitingBytes += unit.rowsBytes + unit.errorsBytes;
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
