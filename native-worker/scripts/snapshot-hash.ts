import { createHash } from "node:crypto";
import { createReadStream, promises as files } from "node:fs";
import path from "node:path";
import { folderManifest } from "../../electron/contract/nouns/folder-manifest.ts";
import type { ManifestFile } from "../../electron/contract/nouns/folder-manifest.ts";

/** The hash of a folder of code as it is now, by which its user's trust is known. Throws what `fs` throws. */
export async function snapshotHash(folder: string): Promise<string> {
  const found = new Map<string, ManifestFile>();
  const pending = [""];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    for (const entry of await files.readdir(path.join(folder, current), { withFileTypes: true })) {
      const name = current === "" ? entry.name : `${current}/${entry.name}`;
      if (entry.isDirectory()) pending.push(name);
      else found.set(name, await hashOfFile(path.join(folder, name)));
    }
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
