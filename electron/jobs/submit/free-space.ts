import fs from "node:fs/promises";
import path from "node:path";
import { type Problem, problemOf } from "../../contract/problem.ts";
import type { InputPreview } from "../../contract/messages/data-messages.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { predictionColumns } from "../../contract/nouns/prediction-columns.ts";

/** What one disk has free, and which of a job's two places lie on it. */
export type Disk = {
  /** The nearest folder that exists. */
  readonly place: string;
  readonly holds: readonly ("output" | "workspace")[];
  readonly freeBytes: number;
};

const minFreeBytes = 16 * 1024 * 1024;

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
    const needed = Math.max(minFreeBytes, neededBytes(disk, rowsBytes));
    if (disk.freeBytes < needed) {
      return problemOf("output/no-space:estimate", { place: disk.place, needed, free: disk.freeBytes });
    }
  }
  return null;
}

const defaultItemBytes = 64;
const cellBytes = { file: 24, row: 8, number: 11, text: 16 } as const;

/** What a row of predictions takes as CSV, by its columns alone. */
export function guessedRowBytes(scorer: JobSpec["scorer"], columns: InputPreview["columns"]): number {
  if (scorer.kind === "script") return defaultItemBytes;
  const widths = predictionColumns(scorer).map(({ name, source, type }) => {
    if (source === "file") return cellBytes.file;
    if (source === "row") return cellBytes.row;
    if (source === "output") return type === "string" ? cellBytes.text : cellBytes.number;
    const values = columns.find((column) => column.name === name)?.values ?? [];
    const letters = values.reduce((total, value) => total + Buffer.byteLength(value), 0);
    return values.length === 0 ? cellBytes.text : letters / values.length + 1;
  });
  return widths.reduce((total, width) => total + width, 0);
}
