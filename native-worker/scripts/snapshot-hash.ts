import { createHash } from "node:crypto";
import { createReadStream, promises as files } from "node:fs";
import path from "node:path";
import { folderManifest } from "../../electron/contract/nouns/folder-manifest.ts";
import type { ManifestFile } from "../../electron/contract/nouns/folder-manifest.ts";

/** The hash of a folder of code as it is now, by which its user's trust is known. Throws what `fs` throws. */
export async function snapshotHash(folder: string): Promise<string> {
  const found = new Map<string, ManifestFile>();
  for (const entry of await files.readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const file = path.join(entry.parentPath, entry.name);
    found.set(path.relative(folder, file).replaceAll(path.sep, "/"), await hashOfFile(file));
  }
  return createHash("sha256").update(folderManifest(found)).digest("hex");
}

async function hashOfFile(file: string): Promise<ManifestFile> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const block of createReadStream(file)) {
    hash.update(block as Buffer);
    bytes += (block as Buffer).length;
  }
  return { bytes, hash: hash.digest("hex") };
}
