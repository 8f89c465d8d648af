import { promises as files } from "node:fs";
import path from "node:path";
import { errorCode } from "../errors.ts";

export type ConfinedPlace =
  /** The one real path; of what does not exist, of as much as does. */
  | { readonly kind: "inside"; readonly path: string; readonly exists: boolean }
  /** A link leads out of the root, or nowhere. */
  | { readonly kind: "outside" };

/**
 * Where a relative path leads below a root that exists, with every link followed. Throws what the file system throws
 * but for a place that does not exist.
 */
export async function confinedPlace(root: string, relative: string): Promise<ConfinedPlace> {
  const realRoot = await files.realpath(root);
  const missing: string[] = [];
  for (let place = path.join(realRoot, relative); ; place = path.dirname(place)) {
    const real = await realPath(place);
    if (real !== null) {
      if (!isWithin(realRoot, real)) return { kind: "outside" };
      return { kind: "inside", path: path.join(real, ...missing), exists: missing.length === 0 };
    }
    // Who made this place would make it where the link points.
    if (await isLink(place)) return { kind: "outside" };
    missing.unshift(path.basename(place));
  }
}

function isWithin(root: string, place: string): boolean {
  const way = path.relative(root, place);
  return way === "" || (way !== ".." && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way));
}

async function realPath(place: string): Promise<string | null> {
  try {
    return await files.realpath(place);
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

async function isLink(place: string): Promise<boolean> {
  try {
    return (await files.lstat(place)).isSymbolicLink();
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
}

function isAbsence(error: unknown): boolean {
  const code = errorCode(error);
  return code === "ENOENT" || code === "ENOTDIR";
}
