import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const executableInDist = {
  darwin: "Electron.app/Contents/MacOS/Electron",
  win32: "electron.exe",
};

/**
 * The Electron to run or to pack: the folder that BATCHDECK_ELECTRON_DIST names, else the electron package's own, which
 * is downloaded when it is not there yet. Returns `{ dist, executable, version }`, or null when there is none.
 */
export function findElectron() {
  const given = process.env.BATCHDECK_ELECTRON_DIST;
  if (given) return describe(path.resolve(given));
  const folder = path.dirname(createRequire(import.meta.url).resolve("electron/package.json"));
  const dist = path.join(folder, "dist");
  // It ends at once when the runtime is there. What it says when it fails helps nobody who is not online.
  spawnSync(process.execPath, [path.join(folder, "install.js")], { stdio: "ignore" });
  return describe(dist);
}

/** The one sentence for when there is none. */
export function electronIsMissing() {
  const given = process.env.BATCHDECK_ELECTRON_DIST;
  const reason = given
    ? `BATCHDECK_ELECTRON_DIST names ${given}, where no Electron is`
    : "Electron's runtime is not here and could not be downloaded";
  return (
    `${reason}: set BATCHDECK_ELECTRON_DIST to the folder of an unpacked Electron 45, ` +
    "or try the window on an old one with `npm run start:test-runtime`."
  );
}

function describe(dist) {
  const executable = path.join(dist, executableInDist[process.platform] ?? "electron");
  const versionFile = path.join(dist, "version");
  if (!existsSync(executable) || !existsSync(versionFile)) return null;
  return { dist, executable, version: readFileSync(versionFile, "utf8").trim().replace(/^v/, "") };
}
