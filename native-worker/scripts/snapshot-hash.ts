import { createHash } from "node:crypto";
import { promises as files } from "node:fs";
import path from "node:path";
import { folderManifest } from "../../electron/contract/nouns/folder-manifest.ts";
import type { ManifestFile } from "../../electron/contract/nouns/folder-manifest.ts";
import { opener } from "../readers/source-file.ts";

/** The hash of a folder of code as it is now, by which its user's trust is known. Throws what `fs` throws. */
export async function snapshotHash(folder: string): Promise<string> {
  const found = new Map<string, ManifestFile>();
  for (const entry of await files.readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const content = entry.isFile() ? await contentOf(file) : noFile;
    found.set(path.relative(folder, file).replaceAll(path.sep, "/"), content);
  }
  return createHash("sha256").update(folderManifest(found)).digest("hex");
}

/** Links and pipes were never copied into a folder of code: no hash that was trusted is made of one. */
const noFile: ManifestFile = { bytes: 0, hash: "" };

async function contentOf(file: string): Promise<ManifestFile> {
  const hash = createHash("sha256");
  let bytes = 0;
  const handle = await files.open(file, opener.flags);
  try {
    if (!(await handle.stat()).isFile()) return noFile;
    for await (const block of handle.createReadStream({ autoClose: false })) {
      hash.update(block as Buffer);
      bytes += (block as Buffer).length;
    }
  } finally {
    await handle.close();
  }
  return { bytes, hash: hash.digest("hex") };
}
