import { connectToParent, type ParentPort } from "../../contract/messages/parent-port.ts";
import {
  type FromWatchProcess,
  type ToWatchProcess,
  toWatchProcessSchema,
} from "../../contract/messages/watch-messages.ts";
import { connect, defaultPatienceMs } from "../../registry/open-database.ts";
import { jobOutputs, watchMemory } from "../../registry/watches.repository.ts";
import { createFolderWatch, type FolderWatch } from "./watch-folder.ts";
import type { WatchFacts } from "./folder-scan.ts";

/**
 * A process that watches folders. What was taken from them it reads from the registry, so it may end at any moment: its successor
 * finds what is still to be taken.
 */
type WatchRequest = Extract<ToWatchProcess, { type: "watch" }>;

const maxTickMs = 250;
const shortestTickMs = 20;

function run(port: ParentPort): void {
  const send = (message: FromWatchProcess): void => port.send(message);
  const watches = new Map<string, { readonly key: string; readonly watch: FolderWatch }>();
  let memory: Pick<WatchFacts, "knows" | "jobOutputs"> | null = null;
  let timer: NodeJS.Timeout | null = null;

  function begin(request: WatchRequest): void {
    const { registryFile, outputFolders, maxBatch } = request;
    if (memory === null) {
      const registry = connect(registryFile, { readonly: true });
      registry.pragma(`busy_timeout = ${defaultPatienceMs}`);
      memory = { knows: watchMemory(registry), jobOutputs: jobOutputs(registry) };
    }
    const facts = { ...memory, outputFolders, maxBatch };
    const wanted = new Map(request.watches.map((watched) => [watched.id, watched]));
    for (const [id, { key, watch }] of watches) {
      if (key === JSON.stringify([wanted.get(id), outputFolders])) continue;
      watch.close();
      watches.delete(id);
    }
    for (const [id, watched] of wanted) {
      if (watches.has(id)) continue;
      const watch = createFolderWatch(watched, facts, {
        onArrived: (batch, files) => send({ type: "arrived", watch: id, batch, files: [...files] }),
        onState: (problem) => send({ type: "state", watch: id, problem }),
      });
      watches.set(id, { key: JSON.stringify([watched, outputFolders]), watch });
    }
    const shortest = Math.min(...request.watches.map(({ settleMs }) => settleMs / 4), maxTickMs);
    if (timer !== null) clearInterval(timer);
    timer = setInterval(tick, Math.max(shortest, shortestTickMs));
    tick();
  }

  function tick(): void {
    for (const { watch } of watches.values()) void watch.tick();
  }

  port.onMessage((received) => {
    const message = toWatchProcessSchema.parse(received);
    switch (message.type) {
      case "watch":
        return begin(message);
      case "taken":
        return watches.get(message.watch)?.watch.taken(message.batch);
      case "later":
        return watches.get(message.watch)?.watch.later(message.batch, message.afterMs);
    }
  });
}

run(connectToParent(process));
