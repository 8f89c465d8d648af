/**
 * `npm test [-- FILES AND VITEST OPTIONS]`: runs every test, or those that are asked for, and ends with the line
 * `N passed, N failed`. Only desktop tests need a prepared machine, so only for them is it prepared; where there is no
 * display, they get one that nobody sees. The other kinds build what they need themselves (vitest.config.ts).
 *
 * `npm run test:quick` runs what needs nothing but Node. `npm run test:long` runs what is random or enumerated with
 * many more kills, steps, mutations and generated cases (BATCHDECK_LONG=1). `npm run test:soak -- --minutes N [--seed N]` disturbs jobs for so long.
 */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { kindsAskedFor } from "./test-kinds.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const virtualScreen = ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24"];

const [first, ...others] = process.argv.slice(2);
const given = argumentsOfVitest();

const withDesktop = kindsAskedFor(given).includes("desktop");
if (withDesktop) run([process.execPath, "test/electron-runtime/prepare.ts"], { stdout: "ignore" });

const vitest = [process.execPath, "node_modules/vitest/vitest.mjs", "run", ...given];
const hasDisplay = process.platform !== "linux" || process.env.DISPLAY !== undefined;
run(withDesktop && !hasDisplay ? [...virtualScreen, ...vitest] : vitest, { stdout: "inherit" });

function argumentsOfVitest() {
  if (first === "--long") {
    process.env.BATCHDECK_LONG = "1";
    return ["--project", "unit", "--project", "engine", "--project", "faults", ...others];
  }
  if (first !== "--soak") return process.argv.slice(2);
  const { values } = parseArgs({ args: others, options: { minutes: { type: "string" }, seed: { type: "string" } } });
  process.env.SOAK_MINUTES = values.minutes ?? "60";
  if (values.seed !== undefined) process.env.SOAK_SEED = values.seed;
  return ["test/faults/soak"];
}

/** Runs a command to its end, and ends with its exit code when that is not 0. */
function run([command, ...args], { stdout }) {
  const result = spawnSync(command, args, { cwd: root, stdio: ["inherit", stdout, "inherit"] });
  if (result.error !== undefined) console.error(`${command} could not be started: ${result.error.message}`);
  if (result.status !== 0) process.exit(result.status ?? 1);
}
