import os from "node:os";
import path from "node:path";

/** Where the workspace is when nobody says otherwise: one place for the desktop and the command line. */
export function defaultHome(): string {
  if (process.platform === "win32") {
    return path.join(
      process.env["LOCALAPPDATA"] ?? path.join(os.homedir(), "AppData", "Local"),
      "Batchdeck",
      "workspace",
    );
  }
  if (process.platform === "darwin") {
    return path.join(os.homedir(), "Library", "Application Support", "Batchdeck", "workspace");
  }
  const dataHome = process.env["XDG_DATA_HOME"] ?? path.join(os.homedir(), ".local", "share");
  return path.join(dataHome, "batchdeck", "workspace");
}
