import { closeSync, fstatSync, openSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { type Problem, problemOf } from "../../contract/problem.ts";
import type { ArrivedFile, WatchedFolder } from "../../contract/messages/watch-messages.ts";
import { compareCodePoints } from "../listing/code-points.ts";
import { opener } from "../../files/opener.ts";
import { arrivedFile, createFolderScan, statOrNull } from "./folder-scan.ts";
import { createFolderEvents } from "./watch-events.ts";
import { createPendingFiles, type PendingFiles } from "./watch-pending.ts";
import type { WatchFacts } from "./folder-scan.ts";

/** One watched folder. `tick` is to be called several times a second; nothing happens in between. */
export type FolderWatch = {
  readonly tick: () => Promise<void>;
  /** The batch that was reported is taken. */
  readonly taken: (batch: number) => void;
  /** It is not: what is still true of it is reported again after that many milliseconds. */
  readonly later: (batch: number, afterMs: number) => void;
  readonly close: () => void;
};

export type WatchListener = {
  readonly onArrived: (batch: number, files: readonly [ArrivedFile, ...ArrivedFile[]]) => void;
  readonly onState: (problem: Problem | null) => void;
};

/** After the first file of a batch arrived, others are waited for this long; longer while some are still settling. */
const maxGatherMs = 2000;
const gatherLongerFactor = 5;
/** A folder so big that looking through it takes long is looked through less often. */
const lookShare = 20;
const settledAtOnce = 2000;

/**
 * Watches a folder: notices files by the system's events and by looking through the whole folder now and then, waits until each has
 * been the same for the settle time and can be opened, and tells of them in batches. What is left out is what a listing
 * leaves out, and links: what they lead to is watched where it lies.
 */
export function createFolderWatch(watched: WatchedFolder, facts: WatchFacts, listener: WatchListener): FolderWatch {
  const pending = createPendingFiles();
  const events = createFolderEvents();
  const scan = createFolderScan({ watched, facts, pending, events, isClosed: () => isClosed });
  let batch = 0;
  let isReported = false;
  let notBefore = 0;
  let lookAt = 0;
  let isBusy = false;
  let isClosed = false;
  /** Undefined until something was said. */
  let saidProblem: string | undefined;

  function say(problem: Problem | null): void {
    const text = JSON.stringify(problem);
    if (text === saidProblem) return;
    saidProblem = text;
    listener.onState(problem);
  }

  async function tick(): Promise<void> {
    if (isBusy || isClosed) return;
    isBusy = true;
    try {
      const root = rootOf(watched.folder);
      const changed = events.take();
      if (root === null) {
        say(problemOf("input/not-found:watched-folder", { folder: watched.folder }));
        lookAt = 0;
        return;
      }
      const trouble =
        performance.now() >= lookAt || changed === null ? await lookThrough(root) : await scan.follow(root, changed);
      if (isClosed) return;
      settle(root);
      say(trouble ?? unreadableFiles(watched.folder, pending.counts(facts.maxBatch)));
      tell(root);
    } finally {
      isBusy = false;
    }
  }

  async function lookThrough(root: string): Promise<Problem | null> {
    const startedAt = performance.now();
    const seen = new Set<string>();
    const problem = await scan.visit(root, "", seen);
    if (problem === null) events.keep((prefix) => seen.has(prefix));
    const now = performance.now();
    lookAt =
      problem === null ? now + Math.max(watched.rescanMs, (now - startedAt) * lookShare) : now + watched.settleMs;
    return problem;
  }

  /** Files that have been the same for long enough have arrived, if that is still what they are and they can be opened. */
  function settle(root: string): void {
    const now = performance.now();
    for (const file of pending.settled(now - watched.settleMs, settledAtOnce)) {
      if (!isStill(root, file)) continue;
      if (canBeOpened(join(root, file.path))) pending.arrived(file.path, now);
      else pending.unreadable(file.path, now);
    }
  }

  /** Whether a file is what it was; what it is now is noted. */
  function isStill(root: string, file: ArrivedFile): boolean {
    const stats = statOrNull(join(root, file.path));
    if (stats === null || !stats.isFile()) {
      pending.forget(file.path);
      return false;
    }
    const current = arrivedFile(file.path, stats);
    const isSame =
      current.sizeBytes === file.sizeBytes &&
      current.modifiedMs === file.modifiedMs &&
      current.identity === file.identity;
    if (!isSame || facts.knows(watched.id, current)) {
      scan.look(file.path, stats);
      return false;
    }
    return true;
  }

  function tell(root: string): void {
    const now = performance.now();
    if (isReported || now < notBefore) return;
    const { isAnyGrowing, arrived, firstArrivedAt } = pending.counts(facts.maxBatch);
    if (firstArrivedAt === null) return;
    if (arrived < facts.maxBatch && !isGathered(watched, now - firstArrivedAt, isAnyGrowing)) return;
    const files = pending.listArrived(facts.maxBatch).filter((file) => isStill(root, file));
    const [first, ...others] = files.sort((left, right) => compareCodePoints(left.path, right.path));
    if (first === undefined) return;
    pending.reported(files.map(({ path }) => path));
    batch += 1;
    isReported = true;
    listener.onArrived(batch, [first, ...others]);
  }

  return {
    tick,
    taken(reported) {
      if (reported !== batch || !isReported) return;
      isReported = false;
      pending.taken();
    },
    later(reported, afterMs) {
      if (reported !== batch || !isReported) return;
      isReported = false;
      notBefore = performance.now() + afterMs;
      pending.notTaken(performance.now());
    },
    close() {
      isClosed = true;
      events.close();
      pending.close();
    },
  };
}

function canBeOpened(path: string): boolean {
  try {
    const opened = openSync(path, opener.flags);
    try {
      return fstatSync(opened).isFile();
    } finally {
      closeSync(opened);
    }
  } catch {
    return false;
  }
}

/** The folder itself, links followed; null when it is not there. */
function rootOf(folder: string): string | null {
  try {
    return realpathSync(folder);
  } catch {
    return null;
  }
}

/** Whether a batch has waited long enough for files that come with its first one. */
function isGathered({ settleMs }: WatchedFolder, waitedMs: number, isAnyGrowing: boolean): boolean {
  const gatherMs = Math.min(maxGatherMs, settleMs);
  return waitedMs >= gatherMs && (!isAnyGrowing || waitedMs >= gatherMs * gatherLongerFactor);
}

function unreadableFiles(
  folder: string,
  { unreadable, unreadableExample }: ReturnType<PendingFiles["counts"]>,
): Problem | null {
  if (unreadable === 0) return null;
  return problemOf("input/unreadable:watched-files", {
    folder,
    files: unreadable,
    example: unreadableExample ?? "",
  });
}
