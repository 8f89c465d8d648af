/**
 * `npm run package [-- --to FOLDER]`: brings the bundles up to date and packs the app, unpacked, into FOLDER (`release/`
 * unless given; what is there is replaced), with the Electron that BATCHDECK_ELECTRON_DIST names or that the electron
 * package has. What goes in stands in electron-builder.yml.
 */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build, Platform } from "electron-builder";
import { electronIsMissing, findElectron } from "./electron-dist.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({ options: { to: { type: "string", default: path.join(root, "release") } } });
const output = path.resolve(values.to);

const electron = findElectron();
if (electron === null) {
  console.error(electronIsMissing());
  process.exit(1);
}
const bundles = [path.join(root, "scripts/build.mjs"), "--if-stale"];
if (spawnSync(process.execPath, bundles, { stdio: "inherit" }).status !== 0) process.exit(1);

rmSync(output, { recursive: true, force: true });
await build({
  projectDir: root,
  config: {
    directories: { output },
    electronDist: electron.dist,
    electronVersion: electron.version,
    afterExtract: removeDefaultApp,
  },
  targets: Platform.current().createTarget("dir"),
  publish: "never",
});

/** Between the copy of Electron and the app's own files. */
function removeDefaultApp({ appOutDir }) {
  rmSync(path.join(appOutDir, "resources/default_app.asar"), { force: true });
}
