import fs from "node:fs/promises";
import path from "node:path";
import type { Clock } from "../../compute/clock.ts";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import { remove } from "../../files/patient.ts";
import type { JobRecord } from "../../registry/job-row.ts";
import { claimantOf } from "../claim/claimant.ts";
import type { OutputClaims } from "../claim/output-claims.ts";
import { errnoOf } from "../folder/blocked.ts";
import { exists } from "../folder/exists.ts";
import type { JobFiles } from "../folder/job-files.ts";

/**
 * When jobs that paused themselves are looked at again. The first look comes soon; one that keeps pausing itself although
 * its places look usable waits longer each time, but never so long that its user would wonder. One that does so again and again
 * and gets no further waits for its user: whatever is in its way, it does not show from here.
 */
export type Rechecks = {
  /**
   * The job paused itself, again perhaps, and had come so far: a number that grows with every step of it. False when it is not to go
   * on by itself any more.
   */
  readonly later: (job: string, reached: number) => boolean;
  /** True at most every few seconds; asking counts as looking. */
  readonly isDue: (job: string) => boolean;
  readonly forget: (job: string) => void;
};

const firstWaitMs = 2000;
const maxWaitMs = 6000;
/** So often in a row a job may pause itself without having got further. */
export const maxStandstills = 10;
const probeBytes = 1 << 20;

type Known = {
  readonly dueAt: number;
  readonly waitMs: number;
  /** The farthest that it ever came: what it has to do again is no progress. */
  readonly reached: number;
  readonly standstills: number;
};
const nothingKnown: Known = { dueAt: 0, waitMs: 0, reached: -1, standstills: 0 };

export function createRechecks(clock: Pick<Clock, "now">): Rechecks {
  const known = new Map<string, Known>();
  return {
    later(job, reached) {
      const before = known.get(job) ?? nothingKnown;
      const isFurther = reached > before.reached;
      const standstills = isFurther ? 1 : before.standstills + 1;
      const waitMs = Math.min(before.waitMs + firstWaitMs, maxWaitMs);
      known.set(job, {
        ...{ dueAt: clock.now() + waitMs, waitMs, standstills },
        reached: Math.max(reached, before.reached),
      });
      return standstills < maxStandstills;
    },
    isDue(job) {
      const before = known.get(job) ?? nothingKnown;
      if (clock.now() < before.dueAt) return false;
      known.set(job, { ...before, dueAt: clock.now() + firstWaitMs });
      return true;
    },
    forget: (job) => {
      known.delete(job);
    },
  };
}

/** What a job found in its output folder, and waits for, is there no more: a file, or the claim of another job. */
export async function isUntaken(
  { name, spec, problem }: Pick<JobRecord, "name" | "spec" | "problem">,
  files: Pick<JobFiles, "folder">,
  claims: Pick<OutputClaims, "inTheWay">,
): Promise<boolean> {
  if (problem?.code !== "output/exists") return true;
  const { path: file } = problem.params;
  if (typeof file === "string") return !(await exists(file));
  try {
    return (await claims.inTheWay(spec.output.folder, claimantOf(files, name))) === null;
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return false;
  }
}

/** The input can be reached and the folders take a megabyte. An output folder that may be made counts by its parent. */
export async function isUsable(places: {
  readonly input: string;
  readonly jobFolder: string;
  readonly outputFolder: string;
  /** The output folder must be there: it was, and making it again would cover up that it is gone. */
  readonly mustExist: boolean;
}): Promise<boolean> {
  try {
    await fs.access(places.input);
    await probe(places.jobFolder);
    await probe(places.mustExist ? places.outputFolder : await nearestFolder(places.outputFolder));
    return true;
  } catch {
    return false;
  }
}

async function probe(folder: string): Promise<void> {
  const file = path.join(folder, `.batchdeck-check-${process.pid}.part`);
  try {
    await fs.writeFile(file, Buffer.alloc(probeBytes), { mode: ownerOnly.file });
  } finally {
    await remove(file);
  }
}

/** The folder, or the nearest one above it that exists. */
async function nearestFolder(folder: string): Promise<string> {
  try {
    await fs.access(folder);
    return folder;
  } catch (error) {
    const parent = path.dirname(folder);
    if (errnoOf(error) !== "ENOENT" || parent === folder) throw error;
    return nearestFolder(parent);
  }
}
