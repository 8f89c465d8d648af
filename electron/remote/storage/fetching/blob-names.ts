/*
 * Names of blobs come from elsewhere, and hold whatever somebody put into them. One becomes the path of a file here only when
 * it can be nothing else, on this system.
 */

/** Names that Windows takes for a device, whatever their ending. */
const devices = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;
/** What Windows does not take in a name, or leaves away at its end. */
const refusedByWindows = /[<>:"\\|?*\p{Cc}]|[. ]$/u;
/** Of one part of a path, in UTF-8: what every file system takes. */
const longestPart = 255;

/** The path of a file below a folder, with `/`; null: it cannot be one on that system. */
export function filePathOf(name: string, platform: NodeJS.Platform = process.platform): string | null {
  return name.split("/").every((part) => isFileName(part, platform)) ? name : null;
}

function isFileName(part: string, platform: NodeJS.Platform): boolean {
  if (part === "" || part === "." || part === ".." || part.includes("\0") || !part.isWellFormed()) return false;
  if (Buffer.byteLength(part) > longestPart) return false;
  return platform !== "win32" || !(devices.test(part) || refusedByWindows.test(part));
}

/** The same for names that a file system may take for one: in capitals or not, its accents put together or not. */
export function foldedName(path: string): string {
  return path.normalize("NFC").toLowerCase();
}

/** The folders that a file lies in, from the outermost: `a`, `a/b` of `a/b/c`. */
export function foldersOf(path: string): readonly string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_part, depth) => parts.slice(0, depth + 1).join("/"));
}
