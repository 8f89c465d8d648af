import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { openRegistry } from "../../../electron/registry/open-registry.ts";
import { isLong } from "../../helpers/engine/fault-shim.ts";
import { jobSpec } from "../../helpers/engine/job-specs.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { seededRandom } from "../../helpers/random.ts";

/** A registry that a disk has damaged. Set DAMAGE_SEED to see a run again. */
const file = path.join(temporaryFolder("registry-damage"), "registry.db");

describe("a registry with a flipped byte somewhere", () => {
  it("is refused as damaged, or gives each job as it was or names it", () => {
    const seed = Number(process.env["DAMAGE_SEED"] ?? Math.floor(Math.random() * 1e9));
    const rounds = isLong ? 5000 : 150;
    console.log(`registry damage seed: ${seed}`);
    const random = seededRandom(seed);
    const made = openRegistry(file);
    if (!made.ok) throw new Error(made.problem.kind);
    for (const name of ["one", "two", "three"]) made.value.jobs.add(jobSpec(name));
    made.value.close();
    const whole = fs.readFileSync(file);
    let told = 0;
    for (let round = 0; round < rounds; round += 1) {
      const bytes = Buffer.from(whole);
      const at = Math.floor(random() * bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 + Math.floor(random() * 255));
      fs.writeFileSync(file, bytes);
      const opened = openRegistry(file);
      if (!opened.ok) {
        expect(["registry/damaged", "workspace/unusable", "workspace/newer-version"]).toContain(opened.problem.code);
        told += 1;
        continue;
      }
      try {
        const { jobs } = opened.value;
        for (const { spec, name } of jobs.list()) expect(spec, `byte ${at}`).toEqual(jobSpec(name));
        if (jobs.listDamaged().length > 0) told += 1;
      } catch (error) {
        // SQLite found it out while it read.
        expect(String((error as { code?: unknown }).code), `byte ${at}: ${String(error)}`).toMatch(/^SQLITE_/);
        told += 1;
      } finally {
        opened.value.close();
      }
      for (const ending of ["-wal", "-shm"]) fs.rmSync(`${file}${ending}`, { force: true });
    }
    expect(told).toBeGreaterThan(rounds / 20);
  });
});
