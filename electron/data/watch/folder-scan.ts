import { lstatSync, opendirSync, type Stats } from "node:fs";
import { join } from "node:path";
import { type Problem, problemOf } from "../../contract/problem.ts";
import type { ArrivedFile, WatchedFolder } from "../../contract/messages/watch-messages.ts";
import { fileEnding } from "../../contract/tables/table-format.ts";
import { errorCode } from "../errors.ts";
import { isWithin, isWorkspace, outputsNamedIn, skipReason } from "../listing/listing.ts";
import { breathe } from "../listing/report-progress.ts";
import type { FolderEvents } from "./watch-events.ts";
import type { PendingFiles } from "./watch-pending.ts";

/** What a watch asks of the registry. */
export type WatchFacts = {
  readonly knows: (watch: string, file: ArrivedFile) => boolean;
  /** Names of files that jobs write in that folder. */
  readonly jobOutputs: (folder: string) => readonly string[];
  /** Nothing in these folders is an input. */
  readonly outputFolders: readonly string[];
  readonly maxBatch: number;
};

const looksBetweenBreaths = 1000;

/** File names that every job writes beside its predictions. */
const fixedOutputs = ["errors.csv", "job.json"];

export type FolderScan = {
  /** Looks at what the system's events name. */
  readonly follow: (root: string, paths: readonly string[]) => Promise<Problem | null>;
  /** Looks at everything in the folder at prefix `first` and those in it; `seen` gets the prefixes of the folders. */
  readonly visit: (root: string, first: string, seen: Set<string>) => Promise<Problem | null>;
  /** Looks at one file. */
  readonly look: (path: string, stats: Stats) => void;
};

/**
 * Finds the files of a watched folder and puts those that are new, or still change, into `pending`. What a listing leaves out
 * is left out here too, and links.
 */
export function createFolderScan({
  watched,
  facts,
  pending,
  events,
  isClosed,
}: {
  readonly watched: WatchedFolder;
  readonly facts: WatchFacts;
  readonly pending: PendingFiles;
  readonly events: FolderEvents;
  readonly isClosed: () => boolean;
}): FolderScan {
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
            if (isClosed()) return null;
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
        return problemOf("input/unreadable:watched-folder", { folder });
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
    const names = written.length === 0 ? [] : [...fixedOutputs, ...written, ...written.map(partialName)];
    return new Set([...outputsNamedIn(join(folder, "job.json")), ...names]);
  }

  function look(path: string, stats: Stats): void {
    if (!stats.isFile() || !(watched.endings?.includes(fileEnding(path)) ?? true)) return;
    const file = arrivedFile(path, stats);
    if (facts.knows(watched.id, file)) pending.forget(path);
    else pending.saw(file, performance.now());
  }

  return { follow, visit, look };
}

export function arrivedFile(path: string, stats: Stats): ArrivedFile {
  // The number of a deleted file is given to another; the time at which it was made is not.
  const identity = `${stats.ino}:${stats.birthtimeMs}`;
  return { path, sizeBytes: stats.size, modifiedMs: stats.mtimeMs, identity };
}

function partialName(fileName: string): string {
  const ending = fileEnding(fileName);
  const stem = fileName.slice(0, fileName.length - ending.length);
  return `${stem}.partial${ending === ".parquet" ? ".csv" : ending}`;
}

/** Links are not followed. */
export function statOrNull(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return null;
  }
}
