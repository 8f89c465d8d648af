import fs from "node:fs/promises";
import path from "node:path";
import type { Problem } from "../contract/problem.ts";
import { failure } from "../contract/problem.ts";

/** What one disk has free, and which of a job's two places lie on it. */
export type Disk = {
  /** The nearest folder that exists. */
  readonly place: string;
  readonly holds: readonly ("output" | "workspace")[];
  readonly freeBytes: number;
};

const leastFreeBytes = 16 * 1024 * 1024;

/** The disks of the output folder and of the workspace, which may be one; none of a place that does not tell. */
export async function disksOf(outputFolder: string, home: string): Promise<readonly Disk[]> {
  const output = await diskAt(outputFolder);
  const workspace = await diskAt(home);
  if (output !== null && workspace !== null && output.device === workspace.device) {
    return [{ place: output.place, holds: ["output", "workspace"], freeBytes: output.freeBytes }];
  }
  return [
    ...(output === null ? [] : [{ place: output.place, holds: ["output" as const], freeBytes: output.freeBytes }]),
    ...(workspace === null
      ? []
      : [{ place: workspace.place, holds: ["workspace" as const], freeBytes: workspace.freeBytes }]),
  ];
}

async function diskAt(folder: string): Promise<{ place: string; freeBytes: number; device: number } | null> {
  for (let place = folder; ; place = path.dirname(place)) {
    try {
      const [space, { dev }] = await Promise.all([fs.statfs(place), fs.stat(place)]);
      return { place, freeBytes: space.bavail * space.bsize, device: dev };
    } catch {
      if (place === path.dirname(place)) return null;
    }
  }
}

/**
 * What a disk must have free while rows of so many bytes are scored: they are written to segments in the workspace, and
 * merged in the output folder.
 */
export function neededBytes({ holds }: Disk, rowsBytes: number): number {
  return holds.length * rowsBytes;
}

/** Null when every disk has what rows of so many bytes need. */
export function spaceProblem(disks: readonly Disk[], rowsBytes: number): Problem | null {
  for (const disk of disks) {
    const needed = Math.max(leastFreeBytes, neededBytes(disk, rowsBytes));
    if (disk.freeBytes >= needed) continue;
    const mebibytes = (bytes: number) => `${Math.ceil(bytes / (1024 * 1024))} MB`;
    return failure(
      "output/no-space",
      `The output needs about ${mebibytes(needed)}, and ${disk.place} has ${mebibytes(disk.freeBytes)} free.`,
      "Make space, or choose another --output-path.",
    ).problem;
  }
  return null;
}
