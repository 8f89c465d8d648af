import { type FSWatcher, watch } from "node:fs";

/**
 * What the operating system tells of the folders of a watch: one watcher a folder, none a file. It tells too little at
 * times (network shares, full queues, no watchers left), which the next look through the whole folder makes good.
 */
export type FolderEvents = {
  /**
   * Listens to a folder that lies at `path` and is `identity` now; one that is listened to already is left alone.
   * `prefix`: relative to the root with a trailing `/`, empty for the root.
   */
  readonly listen: (prefix: string, path: string, identity: string) => void;
  /** Ends listening to every folder that `isThere` does not know. */
  readonly keep: (isThere: (prefix: string) => boolean) => void;
  /** The paths that were told of since the last call; null: too many, or unknown ones, so look at everything. */
  readonly take: () => readonly string[] | null;
  readonly close: () => void;
};

const mostChanges = 10_000;

export function createFolderEvents(): FolderEvents {
  const listeners = new Map<string, { readonly watcher: FSWatcher; readonly identity: string }>();
  let changed = new Set<string>();
  let isTooMuch = false;

  function end(prefix: string): void {
    listeners.get(prefix)?.watcher.close();
    listeners.delete(prefix);
  }

  return {
    listen(prefix, path, identity) {
      const known = listeners.get(prefix);
      if (known?.identity === identity) return;
      // Another folder of the same name has taken its place: nothing would be heard of that one.
      end(prefix);
      try {
        const watcher = watch(path, { persistent: false }, (_event, name) => {
          if (name === null || changed.size >= mostChanges) isTooMuch = true;
          else changed.add(prefix + name);
        });
        watcher.on("error", () => end(prefix));
        listeners.set(prefix, { watcher, identity });
      } catch {
        // No watchers are left, or the file system has none.
      }
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
