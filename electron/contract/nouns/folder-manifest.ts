/** A file of a folder: how long it is and its SHA-256 in hexadecimal. */
export type ManifestFile = { readonly bytes: number; readonly hash: string };

/**
 * What the hash of a folder (of a model, of a script's code) is taken over: a line `NAME\0BYTES\0HASH` for each file, in
 * the order of the names, which are relative to the folder, with `/`. The folder's hash is the SHA-256 of this text.
 */
export function folderManifest(files: ReadonlyMap<string, ManifestFile>): string {
  return [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { bytes, hash }]) => `${name}\0${bytes}\0${hash}\n`)
    .join("");
}
