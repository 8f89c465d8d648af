import { type FileHandle, open } from "node:fs/promises";
import { compareCodePoints } from "./code-points.ts";
import type { ListedFile } from "./listing.ts";
import { readEntry } from "./listing-file.ts";

/** Longer than any line: a path has at most some thousands of characters, six bytes each where JSON spells them out. */
const blockBytes = 64 * 1024;
const lineFeed = 0x0a;

/**
 * One file of a kept list, by its path relative to the input; null when the list has no such file. Halves the list again
 * and again, since it is in order: a list of a million files costs some twenty short reads. Throws Damage, and what the
 * file system throws.
 */
export async function findListedFile(list: string, wanted: string): Promise<ListedFile | null> {
  const handle = await open(list, "r");
  try {
    // The line that is looked for begins at or after `low` and before `high`.
    let [low, high] = [0, (await handle.stat()).size];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const line = await lineFrom(handle, middle);
      if (line === null || line.start >= high) {
        high = middle;
        continue;
      }
      const order = orderOf(list, line, wanted);
      if (typeof order === "object") return order;
      if (order < 0) low = line.end;
      else high = middle;
    }
    return null;
  } finally {
    await handle.close();
  }
}

type Line = { readonly start: number; readonly end: number; readonly text: string };

/** The first line that begins at or after a place; null when none does. */
async function lineFrom(handle: FileHandle, place: number): Promise<Line | null> {
  const start = place === 0 ? 0 : await lineEnd(handle, place - 1);
  const end = start === null ? null : await lineEnd(handle, start);
  if (start === null || end === null) return null;
  const bytes = Buffer.alloc(end - start - 1);
  await handle.read(bytes, 0, bytes.length, start);
  return { start, end, text: bytes.toString("utf8") };
}

/** Behind the first line feed at or after a place; null when there is none. */
async function lineEnd(handle: FileHandle, place: number): Promise<number | null> {
  const block = Buffer.alloc(blockBytes);
  for (let from = place; ; from += blockBytes) {
    const { bytesRead } = await handle.read(block, 0, blockBytes, from);
    if (bytesRead === 0) return null;
    const found = block.subarray(0, bytesRead).indexOf(lineFeed);
    if (found !== -1) return from + found + 1;
  }
}

/** The file itself, or below 0 when the line stands before it. The first line is of totals, the last may be of a hash. */
function orderOf(list: string, { start, text }: Line, wanted: string): ListedFile | number {
  if (start === 0) return -1;
  if (text.startsWith("{")) return 1;
  const file = readEntry(list, text);
  return file.path === wanted ? file : compareCodePoints(file.path, wanted);
}
