import { webUtils } from "electron";

/**
 * Every use of something that not all supported Electron releases have, behind a test for the thing itself. The oldest
 * release that counts is 25.
 */

/** The path of a file or folder that was dropped on the page; empty for anything that a script made. */
export function pathOfDroppedFile(file: File): string {
  // An object of the page's own making could claim any path; a real File's path is Chromium's.
  if (!(file instanceof File)) return "";
  // Electron 29 brought webUtils; File.path went away with 32.
  if (typeof webUtils?.getPathForFile === "function") return webUtils.getPathForFile(file);
  return (file as unknown as { readonly path?: string }).path ?? "";
}
