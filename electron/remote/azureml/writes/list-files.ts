import { promises as files } from "node:fs";
import path from "node:path";
import { systemErrno } from "../../../contract/errno.ts";
import { failure, type Result, success } from "../../../contract/problem.ts";
import {
  fileInside,
  type FolderOwner,
  folderOwners,
  listFolder,
  type ModelFile,
} from "../../../deployments/models/model-files.ts";
import type { FilesToSend } from "./plan.ts";

/**
 * The files of a folder, or the one file that `place` is; a folder is called by its own name. Links within a folder are
 * followed; one out of it is refused. Problems: those of the owner.
 */
export async function listFiles(place: string, owner: FolderOwner): Promise<Result<FilesToSend>> {
  const named = path.basename(path.resolve(place));
  try {
    const absolute = await files.realpath(place);
    if ((await files.stat(absolute)).isDirectory()) return await listFolderAs(absolute, named, owner);
    const [folder, name] = [path.dirname(absolute), path.basename(absolute)];
    const file = await fileInside(folder, name, owner);
    return file.ok ? success(await listed(folder, [file.value], { kind: "file", name })) : file;
  } catch (error) {
    const file = path.resolve(place);
    if (systemErrno(error) === "ENOENT") return failure(folderOwners[owner].missing, { file });
    return failure(folderOwners[owner].unreadable, { file, reason: (error as Error).message });
  }
}

/** What can be a folder's name in an address of Azure ML's without being spelt otherwise. */
const plainName = /^[\w][\w.-]*$/;

/** The same of a folder under another name; one that an address could not hold is called by its owner. */
export async function listFolderAs(
  folder: string,
  name: string,
  owner: FolderOwner,
  isLeftOut?: (name: string) => boolean,
): Promise<Result<FilesToSend>> {
  const found = await listFolder(folder, owner, isLeftOut);
  if (!found.ok) return found;
  const root = { kind: "folder", name: plainName.test(name) ? name : owner } as const;
  return success(await listed(await files.realpath(folder), found.value, root));
}

async function listed(folder: string, found: readonly ModelFile[], root: FilesToSend["root"]): Promise<FilesToSend> {
  const dated = [];
  for (const { name, source, sizeBytes } of found) {
    const { mtimeMs: modifiedMs, ino: inode } = await files.stat(source);
    const target = path.relative(folder, source).split(path.sep).join("/");
    dated.push({ path: name, sizeBytes, modifiedMs, inode, ...(target === name ? {} : { target }) });
  }
  return { folder, files: dated, root };
}
