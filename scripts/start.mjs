/**
 * `npm start [-- ARGS]`: builds what has changed and opens the window on current Electron. With `--test-runtime` it uses
 * the older Electron of the desktop tests, for machines that cannot get another.
 */
import { spawn, spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { electronIsMissing, findElectron } from "./electron-dist.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const args = process.argv.slice(2);
const usesTestRuntime = args[0] === "--test-runtime";
if (usesTestRuntime) args.shift();

const electron = usesTestRuntime ? await testRuntime() : findElectron();
if (electron === null) giveUp(electronIsMissing());

const isLinux = process.platform === "linux";
const hasDisplay = !isLinux || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
if (!hasDisplay && !usesTestRuntime) giveUp("There is no display to open a window on: DISPLAY is not set.");

const build = spawnSync(process.execPath, [path.join(root, "scripts/build.mjs"), "--if-stale"], { stdio: "inherit" });
if (build.status !== 0) process.exit(1);

// Chromium's sandbox refuses root, and the test runtime's helper for it is not installed as Linux wants it.
const sandbox = isLinux && (usesTestRuntime || process.getuid() === 0) ? ["--no-sandbox"] : [];
const command = [electron.executable, ...sandbox, root, ...args];
if (!hasDisplay) {
  console.error("There is no display, so the window opens on a virtual screen that nobody sees; Ctrl-C ends it.");
  command.unshift("xvfb-run", "-a", "-s", "-screen 0 1600x1000x24");
}
const child = spawn(command[0], command.slice(1), {
  stdio: "inherit",
  env: { ...process.env, ...(usesTestRuntime ? electron.environment : {}) },
});
// The terminal sends Ctrl-C to the window too; this process stays until it has closed.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.once("error", (error) => giveUp(`The window could not be opened: ${error.message}.`));
child.once("exit", (code, signal) => process.exit(signal === null ? code : 1));

async function testRuntime() {
  const { prepareElectronRuntime } = await import("../test/electron-runtime/prepare.ts");
  try {
    return await prepareElectronRuntime();
  } catch (error) {
    return giveUp(error.message);
  }
}

function giveUp(sentence) {
  console.error(sentence);
  process.exit(1);
}
