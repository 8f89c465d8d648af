import { closeSync, lstatSync, openSync, opendirSync, realpathSync, type Stats } from "node:fs";
import { join } from "node:path";
import { failure, type Problem } from "../../contract/problem.ts";
import { fileEnding } from "../../contract/tables/table-format.ts";
import type { ArrivedFile, WatchedFolder } from "../../contract/messages/watch-messages.ts";
import { errorCode } from "../errors.ts";
import { breathe, compareCodePoints, isWithin, isWorkspace, outputsNamedIn, skipReason } from "../listing/listing.ts";
import { createFolderEvents } from "./watch-events.ts";
import { createPendingFiles } from "./watch-pending.ts";

/** One watched folder. `tick` is to be called several times a second; nothing happens in between. */
export type FolderWatch = {
  readonly tick: () => Promise<void>;
  /** The batch that was told of is taken. */
  readonly taken: (batch: number) => void;
  /** It is not: what still holds of it is told of again after so many milliseconds. */
  readonly later: (batch: number, afterMs: number) => void;
  readonly close: () => void;
};

/** What a watch asks of the registry. */
export type WatchFacts = {
  readonly knows: (watch: string, file: ArrivedFile) => boolean;
  /** Names of files that jobs write in that folder. */
  readonly jobOutputs: (folder: string) => readonly string[];
  /** Nothing in these folders is an input. */
  readonly outputFolders: readonly string[];
  readonly largestBatch: number;
};

export type WatchListener = {
  readonly onArrived: (batch: number, files: readonly [ArrivedFile, ...ArrivedFile[]]) => void;
  readonly onState: (problem: Problem | null) => void;
};

/** After the first file of a batch arrived, others are waited for this long; longer while some are still settling. */
const longestGatherMs = 2000;
const gatherLongerFactor = 5;
/** A folder so big that looking through it takes long is looked through less often. */
const lookShare = 20;
const settledAtOnce = 2000;
const looksBetweenBreaths = 1000;

/** File names that every job writes beside its predictions. */
const usualOutputs = ["errors.csv", "job.json"];

/**
 * Watches a folder: notices files by the system's events and by looking through the whole folder now and then, waits until each has
 * been the same for the settle time and can be opened, and tells of them in batches. What is left out is what a listing
 * leaves out, and links: what they lead to is watched where it lies.
 */
export function createFolderWatch(watched: WatchedFolder, facts: WatchFacts, listener: WatchListener): FolderWatch {
  const pending = createPendingFiles();
  const events = createFolderEvents();
  const gatherMs = Math.min(longestGatherMs, watched.settleMs);
  let batch = 0;
  let isTold = false;
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

  /** The folder's root, or null when it is not there. */
  function rootOf(): string | null {
    try {
      return realpathSync(watched.folder);
    } catch {
      return null;
    }
  }

  async function tick(): Promise<void> {
    if (isBusy || isClosed) return;
    isBusy = true;
    try {
      const root = rootOf();
      const changed = events.take();
      if (root === null) {
        say(notThere(watched.folder));
        lookAt = 0;
        return;
      }
      const trouble =
        performance.now() >= lookAt || changed === null ? await lookThrough(root) : await follow(root, changed);
      if (isClosed) return;
      settle(root);
      say(trouble ?? unreadableFiles());
      tell(root);
    } finally {
      isBusy = false;
    }
  }

  async function lookThrough(root: string): Promise<Problem | null> {
    const startedAt = performance.now();
    const seen = new Set<string>();
    const problem = await visit(root, "", seen);
    if (problem === null) events.keep((prefix) => seen.has(prefix));
    const now = performance.now();
    lookAt =
      problem === null ? now + Math.max(watched.rescanMs, (now - startedAt) * lookShare) : now + watched.settleMs;
    return problem;
  }

  async function follow(root: string, paths: readonly string[]): Promise<Problem | null> {
    const ours = new Map<string, ReadonlySet<string>>();
    for (const path of paths) {
      const slash = path.lastIndexOf("/") + 1;
      const prefix = path.slice(0, slash);
      let names = ours.get(prefix);
      if (names === undefined) ours.set(prefix, (names = outputsIn(root, prefix)));
      if (skipReason(path.slice(slash), names) !== null) continue;
      const stats = statOrNull(join(root, path));
      if (stats === null) pending.forget(path);
      else if (stats.isDirectory()) {
        const problem = watched.recursive ? await visit(root, `${path}/`, new Set()) : null;
        if (problem !== null) return problem;
      } else look(path, stats);
    }
    return null;
  }

  /** Looks at everything in a folder and those in it; `seen` gets the prefixes of the folders. */
  async function visit(root: string, first: string, seen: Set<string>): Promise<Problem | null> {
    const prefixes = [first];
    let looked = 0;
    for (let prefix = prefixes.pop(); prefix !== undefined; prefix = prefixes.pop()) {
      const folder = join(root, prefix);
      if (isOthers(folder, prefix)) continue;
      const own = statOrNull(folder);
      if (own === null || !own.isDirectory()) continue;
      try {
        const ours = outputsIn(root, prefix);
        seen.add(prefix);
        // Before it is read, so that nothing falls between the two.
        events.listen(prefix, folder, `${own.dev}:${own.ino}`);
        const directory = opendirSync(folder, { bufferSize: 512 });
        try {
          for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
            looked += 1;
            if (looked % looksBetweenBreaths === 0) await breathe();
            if (isClosed) return null;
            if (skipReason(entry.name, ours) !== null || entry.isSymbolicLink()) continue;
            const path = prefix + entry.name;
            const stats = statOrNull(join(root, path));
            if (stats === null) continue;
            if (!stats.isDirectory()) look(path, stats);
            else if (watched.recursive) prefixes.push(`${path}/`);
          }
        } finally {
          directory.closeSync();
        }
      } catch (error) {
        if (errorCode(error) === undefined) throw error;
        if (errorCode(error) === "ENOENT" && prefix !== "") continue;
        return unreadableFolder(folder);
      }
    }
    return null;
  }

  /** Folders in the watched one that are no inputs: outputs of watches, workspaces. */
  function isOthers(folder: string, prefix: string): boolean {
    return facts.outputFolders.some((output) => isWithin(output, folder)) || (prefix !== "" && isWorkspace(folder));
  }

  function outputsIn(root: string, prefix: string): ReadonlySet<string> {
    const folder = join(root, prefix);
    const written = facts.jobOutputs(folder === "/" ? folder : folder.replace(/[/\\]$/, ""));
    const names = written.length === 0 ? [] : [...usualOutputs, ...written, ...written.map(partialName)];
    return new Set([...outputsNamedIn(join(folder, "job.json")), ...names]);
  }

  function look(path: string, stats: Stats): void {
    if (!stats.isFile() || !(watched.endings?.includes(fileEnding(path)) ?? true)) return;
    const file = arrivedFile(path, stats);
    if (facts.knows(watched.id, file)) pending.forget(path);
    else pending.saw(file, performance.now());
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
      look(file.path, stats);
      return false;
    }
    return true;
  }

  function tell(root: string): void {
    const now = performance.now();
    if (isTold || now < notBefore) return;
    const { isAnyGrowing, arrived, firstArrivedAt } = pending.counts(facts.largestBatch);
    if (firstArrivedAt === null) return;
    const waitedMs = now - firstArrivedAt;
    const isGathered = waitedMs >= gatherMs && (!isAnyGrowing || waitedMs >= gatherMs * gatherLongerFactor);
    if (arrived < facts.largestBatch && !isGathered) return;
    const files = pending.listArrived(facts.largestBatch).filter((file) => isStill(root, file));
    const [first, ...others] = files.sort((left, right) => compareCodePoints(left.path, right.path));
    if (first === undefined) return;
    pending.told(files.map(({ path }) => path));
    batch += 1;
    isTold = true;
    listener.onArrived(batch, [first, ...others]);
  }

  function unreadableFiles(): Problem | null {
    const { unreadable, unreadableExample } = pending.counts(facts.largestBatch);
    if (unreadable === 0) return null;
    const files = unreadable === 1 ? "1 file" : `${unreadable} files`;
    return failure(
      "input/unreadable",
      `${files} in ${watched.folder} cannot be opened, such as "${unreadableExample ?? ""}".`,
      "They are scored as soon as they can be.",
    ).problem;
  }

  return {
    tick,
    taken(told) {
      if (told !== batch || !isTold) return;
      isTold = false;
      pending.taken();
    },
    later(told, afterMs) {
      if (told !== batch || !isTold) return;
      isTold = false;
      notBefore = performance.now() + afterMs;
      pending.untold(performance.now());
    },
    close() {
      isClosed = true;
      events.close();
      pending.close();
    },
  };
}

function arrivedFile(path: string, stats: Stats): ArrivedFile {
  // The number of a deleted file is given to another; the time at which it was made is not.
  const identity = `${stats.ino}:${stats.birthtimeMs}`;
  return { path, sizeBytes: stats.size, modifiedMs: stats.mtimeMs, identity };
}

function partialName(fileName: string): string {
  const ending = fileEnding(fileName);
  const stem = fileName.slice(0, fileName.length - ending.length);
  return `${stem}.partial${ending === ".parquet" ? ".csv" : ending}`;
}

function canBeOpened(path: string): boolean {
  try {
    closeSync(openSync(path, "r"));
    return true;
  } catch {
    return false;
  }
}

/** Links are not followed. */
function statOrNull(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return null;
  }
}

function notThere(folder: string): Problem {
  return failure("input/not-found", `The watched folder ${folder} is not there.`, "Watching goes on once it is back.")
    .problem;
}

function unreadableFolder(folder: string): Problem {
  return failure("input/unreadable", `The folder ${folder} cannot be read.`, "Watching goes on once it can be.")
    .problem;
}
