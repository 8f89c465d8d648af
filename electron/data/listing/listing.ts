import { createHash } from "node:crypto";
import {
  closeSync,
  type Dirent,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  opendirSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import * as z from "zod";
import type { ToDataProcess } from "../../contract/messages/data-messages.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { type ItemSource, readableEndings } from "../../contract/nouns/scorer.ts";
import { claimPrefix } from "../../contract/names.ts";
import type { SkipReason } from "../../contract/nouns/skip-reason.ts";
import type { Compression, TableFormat } from "../../contract/tables/table-format.ts";
import { errorCode } from "../errors.ts";
import { opener } from "../../files/opener.ts";
import { lastingInodes } from "./lasting-inodes.ts";
import { compareCodePoints } from "./code-points.ts";
import { hasReadableEnding } from "../../contract/nouns/scorers/known-names.ts";
import { recognize, type Recognized } from "./recognize.ts";
import { createProgress } from "./report-progress.ts";
import { createSkips, noSkips, type Skips } from "./skips.ts";

/** What a job reads: a folder or one file, by absolute path. */
export type Input = Extract<ToDataProcess, { type: "plan" }>["input"];

/** A file to be scored. `path` is relative to the input's root, with `/`; for a single input file its name. */
export type ListedFile = {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Its number in its file system, where those stay. */
  readonly inode?: number | undefined;
  /** Where it lies when a link leads to it: relative to the root, with `/`. */
  readonly target?: string | undefined;
  /** What its content was found to be, where its ending does not say. */
  readonly format?: TableFormat | undefined;
  readonly compression?: Compression | undefined;
};

export type Listing = Skips & {
  /** In code-point order of `path`. */
  readonly files: readonly ListedFile[];
  readonly bytes: number;
};

/** A listing that was just made, with what tells later whether it would be made again. */
export type FreshListing = Listing & {
  /** Null: names do not tell, since links or a workspace lie in there, or only named files were asked for. */
  readonly folders: readonly SeenFolder[] | null;
};

/** A folder as it was read. `prefix` is as in the paths of its files: empty, or with a `/` at its end. */
export type SeenFolder = { readonly prefix: string; readonly namesHash: string };

/**
 * Lists what a scorer reads below an input. Links are followed as long as they stay inside the
 * folder; a folder that is reached again through a link is left out. A folder that cannot be read is a problem, since
 * nobody could say how many items it hides.
 *
 * `onProgress` hears the number of files found so far, now and then.
 */
export async function listInput(
  input: Input,
  source: ItemSource,
  onProgress: (files: number) => void,
): Promise<Result<FreshListing>> {
  let stats: Stats;
  let root: string;
  try {
    root = realpathSync(input.path);
    stats = statSync(root);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") {
      return failure("input/not-found", { path: input.path });
    }
    return failure("input/unreadable", { path: input.path });
  }
  if (input.kind === "file") return listSingleFile(input.path, stats, source);
  if (!stats.isDirectory()) return failure("input/unsupported:not-a-folder", { path: input.path });
  if (input.files) return success({ ...listNamed(root, input.files, source), folders: null });
  return walk(root, input, source, onProgress);
}

/**
 * The named files as they were when the job was made, not as they are now: whoever reads one finds out that it is gone or
 * another one, and it fails. One that a link has since led out of the folder is left out.
 */
function listNamed(root: string, named: NonNullable<Input["files"]>, source: ItemSource): Listing {
  const files: ListedFile[] = [];
  const skips = createSkips();
  let bytes = 0;
  for (const file of named) {
    const reason = namedSkipReason(root, file.path, source);
    if (reason !== null) {
      skips.skip(reason, file.path);
      continue;
    }
    files.push(file);
    bytes += file.sizeBytes;
  }
  files.sort((left, right) => compareCodePoints(left.path, right.path));
  return { files, bytes, ...skips.all() };
}

function namedSkipReason(root: string, path: string, source: ItemSource): SkipReason | null {
  if (!hasReadableEnding(path, source)) return "other-ending";
  try {
    return isWithin(root, realpathSync(join(root, path))) ? null : "outside-link";
  } catch {
    // Gone, which its reader will say. Its name alone must not lead anywhere else.
    return isWithin(root, join(root, path)) ? null : "outside-link";
  }
}

/** Whether a path is a folder or lies in it; both absolute and without links. */
export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** Where a listed file lies on the disk: its one real path, since that of an input is one. */
export function realPlace(input: Input, { path, target }: Pick<ListedFile, "path" | "target">): string {
  return input.kind === "file" ? input.path : join(input.path, target ?? path);
}

/** What is gone when the disk or share of an input is: a folder itself, of a single file the folder that it lies in. */
export function placeOf(input: Input): string {
  return input.kind === "file" ? dirname(input.path) : input.path;
}

async function listSingleFile(path: string, stats: Stats, source: ItemSource): Promise<Result<FreshListing>> {
  const name = basename(path);
  if (!stats.isFile()) return failure("input/unsupported:not-a-file", { path });
  const inode = lastingInodes(path, stats.dev)(stats);
  const listed = { path: name, sizeBytes: stats.size, modifiedMs: stats.mtimeMs, inode };
  const recognized = await recognize(() => path, name, listed, source);
  if (typeof recognized === "string") {
    return failure("input/unsupported:ending", { file: name, endings: readableEndings[source] ?? [] });
  }
  return success({ files: [{ ...listed, ...recognized }], bytes: stats.size, ...noSkips, folders: [] });
}

type Folder = {
  /** Relative to the root with a trailing `/`; empty for the root. */
  readonly prefix: string;
  /** The same of its real path. */
  readonly realPrefix: string;
  /** `device:inode` of this folder and of those around it. */
  readonly chain: ReadonlySet<string>;
};

async function walk(
  root: string,
  input: Input,
  source: ItemSource,
  onProgress: (files: number) => void,
): Promise<Result<FreshListing>> {
  const seen: SeenFolder[] = [];
  let areNamesEnough = true;
  const skips = createSkips();
  let looked = 0;
  const report = createProgress(onProgress, 2000);
  // Each folder may be entered through links once: with links to one another, folders would otherwise multiply.
  const enteredByLink = new Set<string>();
  const skip = (reason: SkipReason, path: string): void => {
    skips.skip(reason, path);
    // Names do not tell when there is a workspace; nor what becomes of a file that was looked at.
    if (reason === "our-workspace" || reason === "other-content") areNamesEnough = false;
  };
  const rootStats = statSync(root);
  const found = collectFiles(root, rootStats, source, skip);
  const folders: Folder[] = [{ prefix: "", realPrefix: "", chain: new Set([identity(rootStats)]) }];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const { prefix, realPrefix, chain } = folder;
    // Not joined for every file: of many, that takes longer than asking the disk.
    const absolute = join(root, prefix);
    const inner: Folder[] = [];
    const links: string[] = [];
    try {
      const names = hashNames(absolute);
      const ours = outputsNamedIn(join(absolute, "job.json"));
      const directory = opendirSync(absolute, { bufferSize: 512 });
      try {
        for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
          if (entry.name.startsWith(claimPrefix)) continue;
          looked += 1;
          const due = report(looked, found.files.length);
          if (due !== null) await due;
          names.add(entry);
          const { name } = entry;
          const reason = skipReason(name, ours);
          if (reason !== null) {
            skip(reason, prefix + name);
          } else if (entry.isSymbolicLink()) {
            links.push(name);
          } else {
            const stats = linkStatsOrNull(absolute + sep + name);
            if (stats === null) {
              // Gone between the two calls: it is not there. Or its name is no Unicode text, and cannot be said at all.
              if (name.includes("\ufffd")) skip("unreadable-name", prefix + name);
              continue;
            }
            if (stats.isDirectory()) {
              if (isWorkspace(join(absolute, name))) skip("our-workspace", prefix + name);
              else if (input.recursive) {
                inner.push({
                  prefix: `${prefix}${name}/`,
                  realPrefix: `${realPrefix}${name}/`,
                  chain: new Set([...chain, identity(stats)]),
                });
              }
            } else {
              found.add(prefix + name, realPrefix + name, stats);
            }
          }
        }
      } finally {
        directory.closeSync();
      }
      seen.push({ prefix, namesHash: names.digest() });
    } catch (error) {
      if (errorCode(error) === "ENOENT" && prefix !== "") continue;
      if (errorCode(error) === undefined) throw error;
      return failure("input/unreadable:folder", { folder: prefix === "" ? input.path : prefix.slice(0, -1) });
    }
    if (links.length > 0) areNamesEnough = false;
    // Sorted, so that which of two links to one folder counts does not depend on the file system.
    for (const name of links.sort(compareCodePoints)) {
      const target = linkTarget(root, join(absolute, name));
      if (typeof target === "string") {
        skip(target, prefix + name);
      } else if (target.stats.isDirectory()) {
        const id = identity(target.stats);
        if (!input.recursive) continue;
        if (chain.has(id) || enteredByLink.has(id)) {
          skip("repeated-link", prefix + name);
        } else {
          enteredByLink.add(id);
          const inside = target.path === "" ? "" : `${target.path}/`;
          inner.push({ prefix: `${prefix}${name}/`, realPrefix: inside, chain: new Set([...chain, id]) });
        }
      } else {
        found.add(prefix + name, target.path, target.stats);
      }
    }
    await found.settled();
    inner.sort((left, right) => compareCodePoints(right.prefix, left.prefix));
    folders.push(...inner);
  }
  const { files } = found;
  files.sort((left, right) => compareCodePoints(left.path, right.path));
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return success({ files, bytes, ...skips.all(), folders: areNamesEnough ? seen : null });
}

type FoundFiles = {
  readonly files: ListedFile[];
  readonly add: (path: string, realPath: string, stats: Stats) => void;
  /** Some files have to be unpacked to see what they are. */
  readonly settled: () => Promise<void>;
};

/** Takes those files that the scorer reads. */
function collectFiles(
  root: string,
  rootStats: Stats,
  source: ItemSource,
  skip: (reason: SkipReason, path: string) => void,
): FoundFiles {
  const files: ListedFile[] = [];
  const unsure: { readonly listed: ListedFile; readonly recognized: Promise<Recognized> }[] = [];
  const inodeOf = lastingInodes(root, rootStats.dev);
  const decide = (listed: ListedFile, recognized: Recognized): void => {
    if (typeof recognized === "string") skip(recognized, listed.path);
    else files.push(recognized.format === undefined ? listed : { ...listed, ...recognized });
  };
  return {
    files,
    add(path, realPath, stats) {
      if (!stats.isFile()) {
        skip("not-a-file", path);
        return;
      }
      const target = realPath === path ? undefined : realPath;
      const listed = { path, sizeBytes: stats.size, modifiedMs: stats.mtimeMs, inode: inodeOf(stats), target };
      const recognized = recognize(() => join(root, realPath), path, listed, source);
      if (recognized instanceof Promise) unsure.push({ listed, recognized });
      else decide(listed, recognized);
    },
    async settled() {
      for (const { listed, recognized } of unsure.splice(0)) decide(listed, await recognized);
    },
  };
}

/** Why a file or folder of that name is left out, null when its name is no reason. `ours`: as of `outputsNamedIn`. */
export function skipReason(name: string, ours: ReadonlySet<string>): SkipReason | null {
  if (name.startsWith(".")) return "hidden";
  const lower = name.toLowerCase();
  if (lower === "thumbs.db" || lower === "desktop.ini") return "system";
  if (ours.has(name)) return "our-output";
  return lower.endsWith(".part") ? "unfinished-output" : null;
}

/** A workspace of ours that lies inside the input holds listings and outputs, which are nobody's data. */
export function isWorkspace(folder: string): boolean {
  return existsSync(join(folder, "registry.db")) && existsSync(join(folder, "lease.db"));
}

/** What a link leads to, and where that lies below the root, with `/`. */
type LinkTarget = { readonly path: string; readonly stats: Stats };

function linkTarget(root: string, path: string): LinkTarget | "outside-link" | "broken-link" {
  try {
    const real = realpathSync(path);
    if (!isWithin(root, real)) return "outside-link";
    return { path: relative(root, real).replaceAll(sep, "/"), stats: lstatSync(real) };
  } catch {
    return "broken-link";
  }
}

const maxJobFileBytes = 4 * 1024 * 1024;
const jobFileSchema = z.looseObject({
  batchdeck: z.looseObject({ version: z.string(), files: z.array(z.string().max(1024)).max(64) }),
});
const nothing: ReadonlySet<string> = new Set();

/** Names of the files that a `job.json` of ours stands for, itself included; none when there is no such file. */
export function outputsNamedIn(jobFile: string): ReadonlySet<string> {
  if (statOrNull(jobFile) === null) return nothing;
  try {
    const file = openSync(jobFile, opener.namedFlags);
    try {
      const stats = fstatSync(file);
      if (!stats.isFile() || stats.size > maxJobFileBytes) return nothing;
      const bytes = Buffer.alloc(stats.size);
      const length = readSync(file, bytes, 0, stats.size, 0);
      const parsed = jobFileSchema.safeParse(JSON.parse(bytes.toString("utf8", 0, length)));
      return parsed.success ? new Set([...parsed.data.batchdeck.files, "job.json"]) : nothing;
    } finally {
      closeSync(file);
    }
  } catch {
    // Unreadable or no JSON: somebody else's.
    return nothing;
  }
}

function statOrNull(path: string): Stats | null {
  return unlessGone(() => statSync(path));
}

function linkStatsOrNull(path: string): Stats | null {
  return unlessGone(() => lstatSync(path));
}

function unlessGone(ask: () => Stats): Stats | null {
  try {
    return ask();
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}

const hashedAtOnce = 64 * 1024;

/** A hash of the names and kinds in a folder, and of when its job.json was written, which names files that are left out. */
export function hashNames(folder: string): { readonly add: (entry: Dirent) => void; readonly digest: () => string } {
  const hash = createHash("sha256");
  const record = statOrNull(join(folder, "job.json"));
  let text = record === null ? "" : `${record.size} ${record.mtimeMs}`;
  return {
    add(entry) {
      if (entry.name.startsWith(claimPrefix)) return;
      const kind = entry.isFile() ? "file" : entry.isDirectory() ? "folder" : "other";
      text += `\0${kind} ${entry.name}`;
      if (text.length < hashedAtOnce) return;
      hash.update(text);
      text = "";
    },
    digest: () => hash.update(text).digest("hex"),
  };
}

function identity(stats: Stats): string {
  return `${stats.dev}:${stats.ino}`;
}
