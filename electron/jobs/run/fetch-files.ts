import fs from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { ownerOnly, ownerReads } from "../../contract/processes/file-modes.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { isRelativePath } from "../../data/names/address.ts";
import { rename } from "../../files/patient.ts";
import type { InputSource, RemoteFile } from "../submit/input-source.ts";
import { contentKey, type InputCache } from "../folder/input-cache.ts";
import { downloadFolder, downloadedFolder } from "../folder/job-files.ts";

const concurrency = 4;
const listSchema = z.array(
  z.strictObject({ path: z.string(), sizeBytes: z.number(), version: z.string(), identity: z.string() }),
);

type Listing = {
  readonly source: InputSource;
  readonly address: string;
  readonly kind: "folder" | "file";
  /** The job's own folder. */
  readonly folder: string;
  readonly signal: AbortSignal;
};

/**
 * What lies at the address, asked once for the whole life of the job, so that an engine that goes on fetches the same
 * files. Problems: input/empty, input/unsupported for names that cannot be files here, and those of the source.
 */
export async function listOnce({
  source,
  address,
  kind,
  folder,
  signal,
}: Listing): Promise<Result<readonly RemoteFile[]>> {
  const file = path.join(downloadFolder(folder), "files.json");
  const known = await readList(file);
  if (known !== null) return success(known);
  const listed = await source.list(address, kind, signal);
  if (!listed.ok) return listed;
  const usable = checkNames(listed.value, kind, address);
  if (!usable.ok) return usable;
  const text = JSON.stringify(
    listed.value.map(({ path, sizeBytes, version, identity }) => ({ path, sizeBytes, version, identity })),
  );
  await fs.mkdir(downloadFolder(folder), { recursive: true, mode: ownerOnly.folder });
  const part = `${file}.part`;
  await fs.writeFile(part, text, { mode: ownerOnly.file });
  await giveName(part, file, ownerOnly.file);
  return success(listed.value);
}

/** Null when it is not there, or is damaged: then it is asked for again. */
async function readList(file: string): Promise<readonly RemoteFile[] | null> {
  try {
    return listSchema.parse(JSON.parse(await fs.readFile(file, "utf8")));
  } catch {
    return null;
  }
}

/** Names come from elsewhere: none may leave the folder, be a folder too, or be two files. */
function checkNames(files: readonly RemoteFile[], kind: "folder" | "file", address: string): Result<null> {
  if (files.length === 0) {
    return failure("input/empty:address", { address });
  }
  if (kind === "file" && (files.length > 1 || files[0]?.path.includes("/") === true)) {
    return failure("input/unsupported:download-many", { address });
  }
  const names = new Set<string>();
  const folders = new Set<string>();
  for (const { path: name } of files) {
    const parts = name.split("/");
    if (!isRelativePath(name, process.platform) || parts.some((part) => part === "" || part === ".")) {
      return failure("input/unsupported:download-name", { address, name });
    }
    // On a system that does not tell cases apart, the second would overwrite the first.
    names.add(name.toLowerCase());
    for (let depth = 1; depth < parts.length; depth++) folders.add(parts.slice(0, depth).join("/").toLowerCase());
  }
  if (names.size < files.length) return failure("input/unsupported:download-case", { address });
  const both = [...names].find((name) => folders.has(name));
  return both === undefined ? success(null) : failure("input/unsupported:download-twice", { address, name: both });
}

type Fetching = {
  readonly source: InputSource;
  readonly cache: InputCache;
  readonly address: string;
  readonly files: readonly RemoteFile[];
  readonly folder: string;
  readonly signal: AbortSignal;
};

/** Fetches what is not there yet, four files at a time. The first problem ends it; so does the signal, without one. */
export async function fetchFiles(fetching: Fetching, onBytes: (bytes: number) => void): Promise<Result<null>> {
  const { files, folder, signal } = fetching;
  const space = await checkSpace(fetching);
  if (!space.ok) return space;
  const parts = path.join(downloadFolder(folder), "parts");
  await fs.mkdir(parts, { recursive: true, mode: ownerOnly.folder });
  const waiting = files.values();
  let outcome: Result<null> = success(null);
  const takeFiles = async (): Promise<void> => {
    for (const file of waiting) {
      if (signal.aborted || !outcome.ok) return;
      // What is there of it from an earlier run is of the same content.
      const got = await fetchFile(fetching, file, path.join(parts, `${contentKey(file)}.part`), onBytes);
      if (!got.ok) outcome = got;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, takeFiles));
  return outcome;
}

/** A file has its name only when it is whole and on the disk. Other jobs may share it, so nobody is to change it. */
async function fetchFile(
  { source, cache, address, folder, signal }: Fetching,
  file: RemoteFile,
  part: string,
  onBytes: (bytes: number) => void,
): Promise<Result<null>> {
  const final = path.join(downloadedFolder(folder), ...file.path.split("/"));
  if ((await sizeOf(final)) === file.sizeBytes) {
    onBytes(file.sizeBytes);
    return success(null);
  }
  await fs.mkdir(path.dirname(final), { recursive: true, mode: ownerOnly.folder });
  const provided = await cache.provide(file, final, async () => {
    if (signal.aborted) return failure("azure/cancelled");
    // An engine that was killed before the part got its name left it as one that nobody is to change.
    if ((await sizeOf(part)) !== null) await fs.chmod(part, ownerOnly.file);
    const got = await source.fetch({ address, file, target: part }, onBytes, signal);
    if (!got.ok) return got;
    const size = await sizeOf(part);
    if (size !== file.sizeBytes) {
      return failure("input/unreadable:download-short", {
        file: file.path,
        bytes: size ?? 0,
        expected: file.sizeBytes,
      });
    }
    await giveName(part, final, ownerReads);
    return success(null);
  });
  if (!provided.ok) return provided;
  if (provided.value === "kept") onBytes(file.sizeBytes);
  return success(null);
}

/** A name that is there after a power cut is that of the whole file. */
async function giveName(part: string, final: string, mode: number): Promise<void> {
  const handle = await fs.open(part, "r+");
  try {
    await handle.sync();
    // Made by the source, which knows no workspace.
    await handle.chmod(mode);
  } finally {
    await handle.close();
  }
  await rename(part, final);
}

async function checkSpace({ files, folder, cache }: Fetching): Promise<Result<null>> {
  let needed = 0;
  for (const file of files) {
    const size = await sizeOf(path.join(downloadedFolder(folder), ...file.path.split("/")));
    if (size !== file.sizeBytes && !(await cache.has(file))) needed += file.sizeBytes;
  }
  const { bavail, bsize } = await fs.statfs(folder);
  const free = bavail * bsize;
  return free > needed ? success(null) : failure("output/no-space:download", { folder, needed, free });
}

async function sizeOf(file: string): Promise<number | null> {
  return fs.stat(file).then(
    (stats) => stats.size,
    () => null,
  );
}
