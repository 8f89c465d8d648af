/**
 * `npm test [-- FILES AND VITEST OPTIONS]`: makes the machine ready for the desktop tests, builds, runs every test, and
 * ends with the line `N passed, N failed`. Where there is no display, the tests get one that nobody sees.
 *
 * `npm run test:long` runs the fault tests alone, with many more kills, steps and mutations (BATCHDECK_LONG=1).
 */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const virtualScreen = ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24"];

const [first, ...others] = process.argv.slice(2);
const isLong = first === "--long";
const given = isLong ? ["--project", "faults", ...others] : process.argv.slice(2);
if (isLong) process.env.BATCHDECK_LONG = "1";

run([process.execPath, "test/electron-runtime/prepare.ts"], { stdout: "ignore" });
run([process.execPath, "scripts/build.mjs", "--if-stale"], { stdout: "inherit" });

const vitest = [process.execPath, "node_modules/vitest/vitest.mjs", "run", ...given];
const hasDisplay = process.platform !== "linux" || process.env.DISPLAY !== undefined;
run(hasDisplay ? vitest : [...virtualScreen, ...vitest], { stdout: "inherit" });

/** Runs a command to its end, and ends with its exit code when that is not 0. */
function run([command, ...args], { stdout }) {
  const result = spawnSync(command, args, { cwd: root, stdio: ["inherit", stdout, "inherit"] });
  if (result.error !== undefined) console.error(`${command} could not be started: ${result.error.message}`);
  if (result.status !== 0) process.exit(result.status ?? 1);
}
