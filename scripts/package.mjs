/**
 * `npm run package [-- --for-tests]`: builds everything and packs the app, unpacked, into `release/`, with the Electron
 * that BATCHDECK_ELECTRON_DIST names or that the electron package has. What goes in stands in electron-builder.yml.
 * `--for-tests` leaves the debugger's door open, which the tests need to drive the packed app; never release that.
 */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build, Platform } from "electron-builder";
import { electronIsMissing, findElectron } from "./electron-dist.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const forTests = process.argv.includes("--for-tests");

const electron = findElectron();
if (electron === null) {
  console.error(electronIsMissing());
  process.exit(1);
}
const sources = spawnSync(process.execPath, [path.join(root, "scripts/build.mjs")], { stdio: "inherit" });
if (sources.status !== 0) process.exit(1);

rmSync(path.join(root, "release"), { recursive: true, force: true });
await build({
  projectDir: root,
  config: { electronDist: electron.dist, electronVersion: electron.version, afterExtract: fitToElectron },
  targets: Platform.current().createTarget("dir"),
  publish: "never",
});

/** Between the copy of Electron and the app's own files: what depends on the Electron at hand. */
function fitToElectron({ appOutDir, packager }) {
  rmSync(path.join(appOutDir, "resources/default_app.asar"), { force: true });
  const fuses = packager.config.electronFuses;
  if (forTests) fuses.enableNodeCliInspectArguments = true;
  // This fuse came with Electron 29: an older one has no place for it.
  if (Number.parseInt(electron.version, 10) < 29) delete fuses.grantFileProtocolExtraPrivileges;
}
