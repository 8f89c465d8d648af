import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { isLong } from "../../helpers/engine/fault-shim.ts";
import { passUntilJob, simulatedBenches } from "../../helpers/engine/simulated-bench.ts";
import { hasEnded } from "../../helpers/engine/workspaces.ts";
import { seededRandom } from "../../helpers/random.ts";

/**
 * Another program that locks the registry and the journals, again and again, at any message between the engine and its
 * processes and for up to half a second of the job's time. LOCK_SEED repeats the moments of a run.
 */
const newBench = simulatedBenches("lock-storms");
const firstSeed = Number(process.env["LOCK_SEED"] ?? Math.floor(Math.random() * 1e9));
const rounds = Number(process.env["LOCK_ROUNDS"] ?? (isLong ? 500 : 4));
const miniBatches = 40;
const mostLocks = 30;

/** Locks one file at a time, as the other program does it: nobody else may write until it lets go. */
function otherProgram(random: () => number, files: () => readonly string[]) {
  let held: Database.Database | null = null;
  let locks = 0;
  const letGo = (): void => {
    held?.exec("ROLLBACK");
    held?.close();
    held = null;
  };
  return {
    locks: () => locks,
    letGo,
    mayLock(): void {
      if (held !== null || locks >= mostLocks || random() > 0.6) return;
      const file = files()[Math.floor(random() * files().length)];
      if (file === undefined) return;
      const database = new Database(file, { timeout: 0 });
      try {
        database.exec("BEGIN EXCLUSIVE");
      } catch {
        // The engine is within a transaction itself.
        database.close();
        return;
      }
      held = database;
      locks += 1;
      setTimeout(letGo, 5 + random() * 500);
    },
  };
}

describe(`a job whose registry and journal are locked by others (seed ${firstSeed})`, () => {
  let locked = 0;

  it.each(Array.from({ length: rounds }, (_none, round) => round))(
    "has each mini-batch once, in order (round %d)",
    async (round) => {
      const random = seededRandom(firstSeed + round);
      const bench = newBench();
      const registry = path.join(bench.home, "registry.db");
      const journal = path.join(bench.home, "jobs", "stormy", "journal.db");
      const other = otherProgram(random, () => [registry, journal].filter((file) => fs.existsSync(file)));
      const disturb = (): boolean => {
        other.mayLock();
        return false;
      };
      const workspace = bench.open({ watch: { toProcess: disturb, fromProcess: disturb }, patienceMs: 5 });
      bench.submit(workspace, "stormy", { miniBatches, workers: 1 + (round % 3) });
      workspace.engine.start();
      const { status, succeeded } = await passUntilJob(workspace, "stormy", hasEnded);
      other.letGo();
      locked += other.locks();
      expect({ status, succeeded }).toEqual({ status: "Completed", succeeded: 2 * miniBatches });
      expect(bench.miniBatchesIn("stormy")).toEqual(Array.from({ length: miniBatches }, (_none, index) => index));
    },
  );

  it("was locked often", () => {
    expect(locked).toBeGreaterThan(2 * rounds);
  });
});
