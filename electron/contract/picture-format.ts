export type PictureFormat = "jpeg" | "png" | "webp" | "bmp" | "gif" | "tiff" | "avif";

/** What kind of picture a file is by its first bytes, of which 26 are enough; null: none of these. */
export function pictureFormat(bytes: Buffer): PictureFormat | null {
  const start = bytes.toString("latin1", 0, 12);
  if (start.startsWith("\xff\xd8\xff")) return "jpeg";
  if (start.startsWith("\x89PNG\r\n\x1a\n")) return "png";
  if (start.startsWith("RIFF") && start.slice(8, 12) === "WEBP") return "webp";
  if (start.startsWith("GIF87a") || start.startsWith("GIF89a")) return "gif";
  if (
    start.startsWith("II*\0") ||
    start.startsWith("MM\0*") ||
    start.startsWith("II+\0") ||
    start.startsWith("MM\0+")
  ) {
    return "tiff";
  }
  if (start.slice(4, 8) === "ftyp" && /^avis|avif/.test(bytes.toString("latin1", 8, 26))) return "avif";
  // "BM" alone is too short to go by: the sizes that follow must make sense too.
  if (start.startsWith("BM") && bytes.length >= 26 && bytes.readUInt32LE(10) >= 26 && bytes.readUInt32LE(14) >= 12) {
    return "bmp";
  }
  return null;
}
