import { resolve } from "node:path";
import chokidar, { type FSWatcher } from "chokidar";

/**
 * What the operating system tells of the folders of a watch, through chokidar. It tells too little at times (network
 * shares, full queues, no watchers left), which the next look through the whole folder makes good.
 */
export type FolderEvents = {
  /**
   * Listens to a folder that lies at `path` and is `identity` now; one that is listened to already is left alone.
   * `prefix`: relative to the root with a trailing `/`, empty for the root.
   */
  readonly listen: (prefix: string, path: string, identity: string) => void;
  /** Ends listening to every folder that `isThere` does not know. */
  readonly keep: (isThere: (prefix: string) => boolean) => void;
  /** The paths that were reported since the last call; null: too many, or unknown ones, so look at everything. */
  readonly take: () => readonly string[] | null;
  readonly close: () => void;
};

const maxChanges = 10_000;

export function createFolderEvents(): FolderEvents {
  const listeners = new Map<string, { readonly watcher: FSWatcher; readonly identity: string }>();
  let changed = new Set<string>();
  let isTooMuch = false;

  function end(prefix: string): void {
    void listeners.get(prefix)?.watcher.close();
    listeners.delete(prefix);
  }

  return {
    listen(prefix, path, identity) {
      const known = listeners.get(prefix);
      if (known?.identity === identity) return;
      // Another folder of the same name has taken its place: nothing would be heard of that one.
      end(prefix);
      const folder = resolve(path);
      // The folder alone: a watcher and an entry for every file in it would be hundreds of megabytes in a big one.
      const watcher = chokidar.watch(folder, { depth: 0, ignored: (found) => resolve(found) !== folder });
      watcher.on("raw", (_event, name) => {
        if (typeof name !== "string" || name === "" || changed.size >= maxChanges) isTooMuch = true;
        else changed.add(prefix + name);
      });
      // chokidar reads a folder before it listens to it: what came in between is known to nobody.
      watcher.on("ready", () => {
        isTooMuch = true;
      });
      watcher.on("error", () => end(prefix));
      listeners.set(prefix, { watcher, identity });
    },
    keep(isThere) {
      for (const prefix of listeners.keys()) if (!isThere(prefix)) end(prefix);
    },
    take() {
      const paths = isTooMuch ? null : [...changed];
      changed = new Set();
      isTooMuch = false;
      return paths;
    },
    close() {
      for (const prefix of listeners.keys()) end(prefix);
    },
  };
}
