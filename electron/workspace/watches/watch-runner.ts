import path from "node:path";
import { converse, type Conversation } from "../../compute/hosted-conversation.ts";
import {
  type FromWatchProcess,
  fromWatchProcessSchema,
  type ToWatchProcess,
  type WatchedFolder,
} from "../../contract/messages/watch-messages.ts";
import { createLease } from "../../jobs/queue/lease.ts";
import type { WatchRecord } from "../../registry/watches.repository.ts";
import type { WorkspaceContext } from "../context.ts";
import { ifUsable } from "../disk.ts";
import type { Submission } from "../jobs/submission.ts";
import { createFileTaker } from "./take-files.ts";
import { createTroubles } from "./troubles.ts";
import { createWatchedFolders } from "./watched-folders.ts";

/**
 * Watches the folders of a workspace as long as it holds the right to: one program does at a time. A process of its own
 * looks through the folders; what arrived there becomes jobs here, in the transaction that also notes the files as taken. So
 * whoever dies when, each file is taken once.
 */
export type WatchRunner = {
  /** From now on, whenever no other program does. */
  readonly start: () => void;
  /** Ends watching; what is being submitted is submitted first. */
  readonly close: () => Promise<void>;
};

/** The file whose lock is the right to watch. It is not the right to run jobs: a command that runs one job holds that for long. */
export const watchLeaseName = "watch-lease.db";

const tickMs = 200;
const maxBatch = 1000;
const tryAgainMs = 5000;
const restartMs = [100, 1000, 5000, 30_000];
/** A process that lived this long began well. */
const goodLifeMs = 60_000;

export function createWatchRunner(context: WorkspaceContext, submit: Submission["submit"]): WatchRunner {
  const { registry, home, processHost: host, changes, changed } = context;
  const lease = createLease(home, watchLeaseName);
  const take = createFileTaker(context, submit);
  const watched = createWatchedFolders(registry);
  const troubles = createTroubles(context);
  let timer: NodeJS.Timeout | null = null;
  let line: Conversation<ToWatchProcess> | null = null;
  let startedAt = 0;
  let deaths = 0;
  let startAt = 0;
  /** Somebody has written to the registry since the last tick. */
  let isChanged = true;
  let stopWatching: () => void = () => undefined;
  let sent = "";
  let work: Promise<void> = Promise.resolve();
  let isClosing = false;

  function tick(): void {
    if (!isChanged && line !== null) return;
    isChanged = false;
    const watches = registry.watches.list();
    if (watches.length === 0) {
      end();
      lease.release();
      return;
    }
    const wasHeld = lease.isHeld();
    if (!lease.tryAcquire()) return;
    if (!wasHeld) changed();
    const request = requestFor(watches);
    const text = JSON.stringify(request);
    if (line === null) {
      if (performance.now() < startAt) return;
      line = begin();
      sent = "";
    }
    if (text !== sent) line.send(request);
    sent = text;
  }

  function begin(): Conversation<ToWatchProcess> {
    startedAt = performance.now();
    const begun = converse<ToWatchProcess, typeof fromWatchProcessSchema>(
      host,
      "watch-process",
      fromWatchProcessSchema,
      (message) => {
        if (line === begun) hear(message);
      },
      () => {
        if (line !== begun) return;
        line = null;
        deaths = performance.now() - startedAt > goodLifeMs ? 1 : deaths + 1;
        startAt = performance.now() + (restartMs[Math.min(deaths, restartMs.length) - 1] ?? 0);
      },
    );
    return begun;
  }

  function end(): void {
    const ending = line;
    line = null;
    watched.forget();
    troubles.forget();
    ending?.kill();
  }

  function requestFor(watches: readonly WatchRecord[]): Extract<ToWatchProcess, { type: "watch" }> {
    const folders: WatchedFolder[] = [];
    for (const watch of watches) {
      const folder = watched.folderOf(watch);
      if (folder.ok) folders.push(folder.value);
      troubles.note(watch.id, "deployment", folder.ok ? null : folder.problem);
    }
    return {
      type: "watch",
      registryFile: path.join(home, "registry.db"),
      watches: folders,
      outputFolders: watches.flatMap(({ outputPath }) => (outputPath === null ? [] : [outputPath])),
      maxBatch,
    };
  }

  function hear(message: FromWatchProcess): void {
    if (message.type === "state") {
      troubles.note(message.watch, "folder", message.problem);
      return;
    }
    const { watch, batch, files } = message;
    work = work.then(async () => {
      if (isClosing) return;
      const problem = await take(watch, files);
      troubles.note(watch, "submit", problem);
      line?.send(
        problem === null ? { type: "taken", watch, batch } : { type: "later", watch, batch, afterMs: tryAgainMs },
      );
    });
  }

  return {
    start() {
      if (timer !== null) return;
      stopWatching = changes.watch(() => {
        isChanged = true;
      });
      timer = setInterval(() => ifUsable(tick), tickMs);
      ifUsable(tick);
    },
    async close() {
      isClosing = true;
      if (timer !== null) clearInterval(timer);
      timer = null;
      stopWatching();
      end();
      await work;
      lease.close();
    },
  };
}
