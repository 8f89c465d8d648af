import fs from "node:fs/promises";
import path from "node:path";
import { failure, type Result, success } from "../../contract/problem.ts";
import { isWorkspace } from "../../data/listing/listing.ts";
import { exists } from "../folder/exists.ts";

/**
 * A folder for results by its one real name, as far as it exists: two jobs must not meet in it by different names.
 * Problems: output/unwritable, when it is a link that leads nowhere, or lies among a workspace's own files.
 */
export async function outputPlace(folder: string): Promise<Result<string>> {
  const real = await realFolder(folder);
  if (!real.ok) return real;
  const workspace = await workspaceAround(real.value);
  return workspace === null ? real : failure("output/unwritable:workspace", { folder: real.value, workspace });
}

async function realFolder(folder: string): Promise<Result<string>> {
  try {
    return success(await fs.realpath(folder));
  } catch {
    // Who made the folder would make it where the link points, or not at all.
    if (await exists(folder)) return failure("output/unwritable:link", { path: folder });
    const parent = path.dirname(folder);
    if (parent === folder) return success(folder);
    const above = await realFolder(parent);
    return above.ok ? success(path.join(above.value, path.basename(folder))) : above;
  }
}

/**
 * The workspace, this one or any other, whose own files lie around a place. Of a workspace only `outputs/` is for results: it
 * moves, replaces and deletes everything else. Folders are compared by what they are and not by name, since a file system may
 * not tell `Jobs` from `jobs`.
 */
async function workspaceAround(folder: string): Promise<string | null> {
  let inside: string | null = null;
  for (let place = folder; ; place = path.dirname(place)) {
    const isForResults = inside !== null && (await isSamePlace(inside, path.join(place, "outputs")));
    if (!isForResults && isWorkspace(place)) return place;
    if (place === path.dirname(place)) return null;
    inside = place;
  }
}

/** A link is itself and not what it leads to: an `outputs` that leads to `jobs` is no place for results. */
async function isSamePlace(one: string, other: string): Promise<boolean> {
  if (one === other) return true;
  try {
    const [first, second] = await Promise.all([fs.lstat(one, { bigint: true }), fs.lstat(other, { bigint: true })]);
    return first.dev === second.dev && first.ino === second.ino;
  } catch {
    return false;
  }
}
