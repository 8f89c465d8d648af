import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { batchdeckJson, type ShownJob, showJob } from "../batchdeck.ts";
import type { DesktopPlace } from "../desktop/electron-app.ts";
import { deployScript } from "./script-deployments.ts";

const scripts = {
  py: `
import os
def init():
    print("init")
def run(files):
    return [{"file": os.path.basename(file), "big": 2**60 + 1} for file in files]
`,
  mjs: `
import path from "node:path";
import { big } from "./big.mjs";
export function init() { console.log("init"); }
export async function run(files) {
  if (files[0].endsWith("c.txt")) process.exit(4);
  return files.map((file) => ({ file: path.basename(file), big }));
}
`,
};

/** Has the running app score files by a script in Python and by one in JavaScript that ends itself once, as a terminal asks it to. */
export async function expectScriptsScored(place: DesktopPlace): Promise<void> {
  const input = path.join(place.folder, "files");
  mkdirSync(input);
  for (const name of "abcd") writeFileSync(path.join(input, `${name}.txt`), name);
  for (const ending of ["py", "mjs"] as const) {
    const others = ending === "mjs" ? { "big.mjs": "export const big = 2n ** 60n + 1n;\n" } : {};
    const script = { name: `score.${ending}`, source: scripts[ending], others };
    await deployScript(place.home, `by-${ending}`, script, ["mini_batch_size: 2", "retry_settings: {max_retries: 0}"]);
    const invoke = ["invoke", "-n", `by-${ending}`, "--input", input, "--no-wait"];
    const queued = await batchdeckJson<ShownJob>(place.home, ...invoke);
    await expect
      .poll(async () => (await showJob(place.home, queued.name)).status, { timeout: 60_000, interval: 500 })
      .toBe("Completed");
    const job = await showJob(place.home, queued.name);
    expect(job).toMatchObject({ total: 4, failed: ending === "py" ? 0 : 2 });
    const rows = [..."abcd"].slice(0, job.succeeded).map((name) => `${name}.txt,${2n ** 60n + 1n}\n`);
    expect(readFileSync(path.join(job.output_path, "predictions.csv"), "utf8")).toBe(`file,big\n${rows.join("")}`);
    const errors = readFileSync(path.join(job.output_path, "errors.csv"), "utf8");
    expect(errors.split("script-exited")).toHaveLength(1 + job.failed);
  }
}
