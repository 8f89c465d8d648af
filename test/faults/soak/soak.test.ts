import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { batchdeck } from "../../helpers/batchdeck.ts";
import { expectSameFiles } from "../../helpers/outputs.ts";
import { temporaryPlaces } from "../../helpers/places.ts";
import { isAlive } from "../../helpers/processes.ts";
import { until } from "../../helpers/until.ts";
import { invocation, prepareKinds, runUndisturbed } from "./soak-jobs.ts";
import { clockOffsetFile, createSoak } from "./soak.ts";

/**
 * Everything at once, for as many minutes as `npm run test:soak -- --minutes N` says; two among the other tests. The seed
 * is printed; the option `--seed N` gives the same disturbances again.
 */
const minutes = Number(process.env["SOAK_MINUTES"] ?? 2);
const seed = Number(process.env["SOAK_SEED"] ?? Math.floor(Math.random() * 1e9));
const { root, home, outOf } = temporaryPlaces("soak");

it(
  `every job ends well or as somebody wished, with the bytes of an undisturbed run, over ${minutes} minutes of faults`,
  async () => {
    console.log(`soak seed: ${seed}`);
    const clockOffset = clockOffsetFile(root);
    fs.writeFileSync(clockOffset, Buffer.alloc(8));
    const kinds = await prepareKinds(root, home);
    await runUndisturbed(home, kinds, outOf);
    const environment = { LD_PRELOAD: buildClockShim(), CLOCK_OFFSET: clockOffset };

    const end = await createSoak({ home, kinds, outOf, seed, environment, clockOffset }).run(minutes);

    // What an engine leaves that is killed after its last job has ended is the next one's to remove.
    const [anyKind] = kinds;
    if (anyKind === undefined) throw new Error("There is nothing to run.");
    expect((await batchdeck(home, ...invocation(anyKind, "last", outOf("last"), 1))).code).toBe(3);

    const statuses: Record<string, number> = {};
    for (const { shown } of end.jobs) statuses[shown.status] = (statuses[shown.status] ?? 0) + 1;
    console.log(`soak: ${JSON.stringify({ ...end.counts, ends: statuses })}`);
    expect(end.faults).toEqual([]);
    for (const { kind, shown } of end.jobs) {
      expect(["Completed", "Canceled"], `${shown.name}: ${shown.problem?.message}`).toContain(shown.status);
      const output = outOf(shown.name);
      if (shown.status === "Completed") {
        expect(shown.succeeded + shown.failed, shown.name).toBe(shown.total);
        expectSameFiles(output, outOf(`undisturbed-${kind.name}`), [kind.predictions, "errors.csv"]);
        expect(fs.readdirSync(output).sort(), shown.name).toEqual(["errors.csv", "job.json", kind.predictions].sort());
      }
      const segments = path.join(home, "jobs", shown.name, "segments");
      expect(fs.existsSync(segments) && kind.endpoint !== "script", `segments of ${shown.name}`).toBe(false);
    }
    await until(() => ![...end.processes].some(isAlive));
    expect(leftovers(home)).toEqual([]);
  },
  // What the faults left unfinished grows with the time that they had.
  (2 * minutes + 15) * 60_000,
);

function buildClockShim(): string {
  const shim = path.join(root, "clock-shim.so");
  const source = path.join(import.meta.dirname, "clock-shim.c");
  execFileSync("cc", ["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", shim, source]);
  return shim;
}

/** Files in the workspace that only a running job or command needs. */
function leftovers(folder: string): readonly string[] {
  const names = fs.readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => /\.part$|\.new$|preflight|seen-\d+\.jsonl|-journal$/.test(name));
}
