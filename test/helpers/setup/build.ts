import { execFileSync } from "node:child_process";
import path from "node:path";

const root = path.join(import.meta.dirname, "../../..");

/** Brings `dist/` up to date with the sources: tests of whole programs run what a user would run. */
export function build(...flags: readonly ["--only-node"] | readonly []): void {
  execFileSync(process.execPath, [path.join(root, "scripts/build.mjs"), "--if-stale", ...flags], {
    stdio: ["ignore", 2, 2],
  });
}
