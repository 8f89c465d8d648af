import { createHash, type Hash } from "node:crypto";
import fs from "node:fs";
import type { SentFile } from "./list-input.ts";

/**
 * SHA-256 of which files are sent, by their folder, names, sizes and times: cheap to know, where the address of what they hold
 * needs all of them to be read. The same hash is the same upload; another one may hold the same all the same.
 */
export function hashOfListing(folder: string, files: readonly SentFile[]): string {
  const hash = begin(folder);
  for (const file of files) hash.update(`${JSON.stringify(file)}\n`);
  return hash.digest("hex");
}

/** The same of a list as `writeList` wrote it. */
export async function hashOfList(folder: string, listFile: string): Promise<string> {
  const hash = begin(folder);
  for await (const chunk of fs.createReadStream(listFile)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

function begin(folder: string): Hash {
  return createHash("sha256").update(`${JSON.stringify(folder)}\n`);
}
