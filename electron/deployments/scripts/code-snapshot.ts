import { randomUUID } from "node:crypto";
import { existsSync, promises as files, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { ownerOnly, ownerReads } from "../../contract/processes/file-modes.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { removeFolder, renameSync } from "../../files/patient.ts";
import type { Registry } from "../../registry/open-registry.ts";
import { copyFiles, hashOfAll, holds, holdSame } from "../models/copy-files.ts";
import { listFolder } from "../models/model-files.ts";

/**
 * The code of a script, copied into the staging area of `code/`. It becomes a snapshot by `keepCode`, or vanishes by
 * `dropCode`: one of the two must follow.
 */
export type StagedCode = {
  /** SHA-256 over the files, in hexadecimal. */
  readonly hash: string;
  /** Relative to the folder, with `/`, in order. */
  readonly files: readonly string[];
  /** Absolute path of the copy. */
  readonly folder: string;
  /** The snapshot of this content that is there was changed since: it is replaced. */
  readonly replaces: boolean;
};

const stagingPrefix = ".staging-";
const leftBehindMs = 24 * 60 * 60 * 1000;

/** Absolute path of a snapshot. */
export function codeFolderOf(codeFolder: string, hash: string): string {
  return path.join(codeFolder, hash);
}

/**
 * Copies a folder of code by content. What is hidden and what Python compiled are left out. Problem: script/invalid for a
 * folder that is not there, holds the workspace or lies in it, has links that leave it, or holds more than code can.
 */
export async function stageCode(codeFolder: string, source: string): Promise<Result<StagedCode>> {
  const workspace = path.dirname(codeFolder);
  const stats = await files.stat(source).catch(() => null);
  if (stats === null || !stats.isDirectory()) {
    return failure("script/invalid:no-folder", { folder: source });
  }
  if (holds(source, workspace)) return failure("script/invalid:holds-workspace", { folder: source });
  if (holds(workspace, source)) return failure("script/invalid:in-workspace", { folder: source });
  const listed = await listFolder(source, "code", isLeftOutOfCode);
  if (!listed.ok) return listed;
  const folder = path.join(codeFolder, `${stagingPrefix}${randomUUID()}`);
  await files.mkdir(folder, { recursive: true, mode: ownerOnly.folder });
  const copied = await copyFiles(listed.value, folder, "code");
  if (!copied.ok) {
    await removeFolder(folder);
    return copied;
  }
  for (const name of copied.value.keys()) await files.chmod(path.join(folder, name), ownerReads);
  const hash = hashOfAll(copied.value);
  const place = codeFolderOf(codeFolder, hash);
  const replaces = existsSync(place) && !(await holdSame(place, folder, "code"));
  return success({ hash, files: [...copied.value.keys()], folder, replaces });
}

/** Of files and folders of code: what is hidden, and what Python compiled. */
export function isLeftOutOfCode(name: string): boolean {
  return name.startsWith(".") || name === "__pycache__" || name.endsWith(".pyc");
}

/** Puts staged code in its place, where the same content may lie already. To be called inside `registry.transaction`. */
export function keepCode(codeFolder: string, staged: StagedCode): void {
  const place = codeFolderOf(codeFolder, staged.hash);
  if (existsSync(place)) {
    if (!staged.replaces) return;
    renameSync(place, path.join(codeFolder, `${stagingPrefix}${randomUUID()}`));
  }
  renameSync(staged.folder, place);
}

/** Removes what is left of staged code; harmless after `keepCode`. */
export async function dropCode(staged: StagedCode): Promise<void> {
  await removeFolder(staged.folder);
}

/** Every file of a snapshot, relative with `/`, in order; null when the snapshot is gone. */
export async function listCode(codeFolder: string, hash: string): Promise<readonly string[] | null> {
  const folder = codeFolderOf(codeFolder, hash);
  if (!existsSync(folder)) return null;
  const listed = await listFolder(folder, "code");
  return listed.ok ? listed.value.map(({ name }) => name) : null;
}

/** Removes snapshots that no deployment and no job names, and what was left of programs that ended long ago. */
export async function removeUnusedCode(registry: Registry, codeFolder: string): Promise<void> {
  if (!existsSync(codeFolder)) return;
  const unused = registry.transaction(() => {
    const used = registry.deployments.listCodeHashes();
    const old = readdirSync(codeFolder).filter((name) =>
      name.startsWith(stagingPrefix) ? isOld(path.join(codeFolder, name)) : !used.includes(name),
    );
    // Set aside while nobody can begin to use them.
    return old.map((name) => {
      const aside = path.join(codeFolder, `${stagingPrefix}${randomUUID()}`);
      renameSync(path.join(codeFolder, name), aside);
      return aside;
    });
  });
  for (const folder of unused) await removeFolder(folder);
}

function isOld(folder: string): boolean {
  return Date.now() - statSync(folder).mtimeMs > leftBehindMs;
}
