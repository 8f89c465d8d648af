import { createHash } from "node:crypto";
import { existsSync, promises as files, realpathSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import path from "node:path";
import { isReplaced } from "../../contract/listed-files.ts";
import { folderManifest, type ManifestFile } from "../../contract/nouns/folder-manifest.ts";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { fileIdentity, type FolderOwner, folderOwners, listFolder, type ModelFile } from "./model-files.ts";
import { plainText } from "../../contract/plain-text.ts";
import { opener } from "../../files/opener.ts";

/** Copies every file under `target`, which need not be there; gives what each of them held. */
export async function copyFiles(
  listed: readonly ModelFile[],
  target: string,
  owner: FolderOwner,
): Promise<Result<ReadonlyMap<string, ManifestFile>>> {
  const copied = new Map<string, ManifestFile>();
  for (const file of listed) {
    const copy = await copyFile(file, target, owner);
    if (!copy.ok) return copy;
    copied.set(file.name, copy.value);
  }
  return success(copied);
}

/** SHA-256 over all names, sizes and contents. */
export function hashOfAll(copied: ReadonlyMap<string, ManifestFile>): string {
  return createHash("sha256").update(folderManifest(copied)).digest("hex");
}

/** Whether two folders of the store hold the same files; false also when the first is not there. */
export async function holdSame(folder: string, other: string, owner: FolderOwner): Promise<boolean> {
  const held = await contentOf(folder, owner);
  return held !== null && held === (await contentOf(other, owner));
}

/** Null: it is not there, or holds what nobody copied there, such as links that leave it. */
async function contentOf(folder: string, owner: FolderOwner): Promise<string | null> {
  if (!existsSync(folder)) return null;
  const listed = await listFolder(folder, owner);
  if (!listed.ok) return null;
  const content = new Map<string, ManifestFile>();
  for (const file of listed.value) {
    const input = await openFile(file);
    if (input === null) return null;
    try {
      content.set(file.name, await readContent(input, async () => undefined));
    } finally {
      await input.close();
    }
  }
  return folderManifest(content);
}

/** Copies a file under `target`. Problem: it is not the file any more that was looked at. */
export async function copyFile(file: ModelFile, target: string, owner: FolderOwner): Promise<Result<ManifestFile>> {
  const place = path.join(target, file.name);
  await files.mkdir(path.dirname(place), { recursive: true, mode: ownerOnly.folder });
  const input = await openFile(file);
  if (input === null) return changedMeanwhile(file.name, owner);
  try {
    const output = await files.open(place, "wx", ownerOnly.file);
    try {
      const content = await readContent(input, async (part) => {
        for (let written = 0; written < part.length; ) written += (await output.write(part, written)).bytesWritten;
      });
      await output.sync();
      return success(content);
    } finally {
      await output.close();
    }
  } finally {
    await input.close();
  }
}

/** The file that was looked at, open; null when it is not what lies there any more. */
async function openFile(file: ModelFile): Promise<FileHandle | null> {
  const opened = await files.open(file.source, opener.flags).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" && !isReplaced(error.code)) throw error;
    return null;
  });
  if (opened === null) return null;
  const stats = await opened.stat();
  const isIt = stats.isFile() && fileIdentity(stats) === file.identity && stats.nlink === file.links;
  if (isIt && opener.liesAt(opened.fd, stats, file.source)) return opened;
  await opened.close();
  return null;
}

async function readContent(input: FileHandle, take: (part: Uint8Array) => Promise<void>): Promise<ManifestFile> {
  const hash = createHash("sha256");
  const buffer = new Uint8Array(1024 * 1024);
  for (let bytes = 0; ; ) {
    const { bytesRead } = await input.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) return { hash: hash.digest("hex"), bytes };
    const part = buffer.subarray(0, bytesRead);
    hash.update(part);
    await take(part);
    bytes += bytesRead;
  }
}

/** What was copied is not what was looked at. */
export function changedMeanwhile(name: string, owner: FolderOwner): Result<never> {
  return failure(folderOwners[owner].changed, { file: plainText(name) });
}

/** Whether a folder is, or holds, a place. Both are resolved as far as they exist. */
export function holds(folder: string, place: string): boolean {
  const [outer, inner] = [resolved(folder), resolved(place)];
  return inner === outer || inner.startsWith(outer.endsWith(path.sep) ? outer : outer + path.sep);
}

function resolved(place: string): string {
  try {
    return realpathSync(place);
  } catch {
    const parent = path.dirname(place);
    return parent === place ? place : path.join(resolved(parent), path.basename(place));
  }
}
