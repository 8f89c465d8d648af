import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { helpersOf, kill } from "../../helpers/processes.ts";
import { sleep } from "../../helpers/sleep.ts";

/** What may happen to a workspace and its processes while jobs run. Each answers whether there was something to do it to. */

/** Ends one process of an engine at once. */
export function killHelper(random: () => number, enginePid: number): boolean {
  const victim = oneOf(random, helpersOf(enginePid));
  kill(victim, "SIGKILL");
  return victim !== undefined;
}

/** Stops an engine or one of its processes for up to two seconds, as a laptop that falls asleep does. */
export async function stopForAWhile(random: () => number, enginePid: number): Promise<boolean> {
  const victim = oneOf(random, [enginePid, ...helpersOf(enginePid)]);
  kill(victim, "SIGSTOP");
  await sleep(100 + random() * 1900);
  kill(victim, "SIGCONT");
  return victim !== undefined;
}

/** Holds the registry for up to three seconds, as backup programs do. */
export async function holdRegistry(random: () => number, home: string): Promise<boolean> {
  const registry = new Database(path.join(home, "registry.db"), { timeout: 2000 });
  try {
    registry.exec("BEGIN EXCLUSIVE");
    await sleep(100 + random() * 2900);
    registry.exec("ROLLBACK");
    return true;
  } catch {
    // Somebody else was quicker for two seconds.
    return false;
  } finally {
    registry.close();
  }
}

/** Changes one byte of what a worker of the job has written, as a bad disk does. */
export function damageSegment(random: () => number, home: string, job: string): boolean {
  const folder = path.join(home, "jobs", job, "segments");
  const names = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith(".segment")) : [];
  const name = oneOf(random, names);
  if (name === undefined) return false;
  try {
    const file = fs.openSync(path.join(folder, name), "r+");
    const { size } = fs.fstatSync(file);
    const place = Math.floor(random() * size);
    const byte = Buffer.alloc(1);
    const isThere = fs.readSync(file, byte, 0, 1, place) === 1;
    if (isThere) fs.writeSync(file, Buffer.from([(byte[0] ?? 0) ^ (1 << Math.floor(random() * 8))]), 0, 1, place);
    fs.closeSync(file);
    return isThere;
  } catch (error) {
    // The job was over, and its segments gone, in between.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/** Steps the time of day of all processes by up to two days, forwards or backwards (see clock-shim.c). */
export function stepClock(random: () => number, offsetFile: string): boolean {
  const offset = Buffer.alloc(8);
  offset.writeBigInt64LE(BigInt(Math.round((random() * 2 - 1) * 172_800)));
  const file = fs.openSync(offsetFile, "r+");
  fs.writeSync(file, offset, 0, 8, 0);
  fs.closeSync(file);
  return true;
}

export function oneOf<Value>(random: () => number, values: readonly Value[]): Value | undefined {
  return values[Math.floor(random() * values.length)];
}
