import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import { type Result, success } from "../../contract/problem.ts";
import { remove } from "../../files/patient.ts";
import { errnoOf } from "./blocked.ts";

/** A content that lies elsewhere, as whoever offers it identifies it. */
export type CachedFile = {
  /** The whole address of the file, the same whichever way leads to it. */
  readonly identity: string;
  /** Another one means another content; empty: nothing tells contents apart, and none is kept. */
  readonly version: string;
  readonly sizeBytes: number;
};

/**
 * What jobs downloaded, shared by all jobs of the workspace. Each file is kept by a second name (a hard link) beside those in the
 * folders of jobs, so it takes its place on the disk once, and what a job has stays with the job whatever becomes of the name here.
 * Where the file system has no hard links nothing is kept.
 */
export type InputCache = {
  /**
   * Puts the file at `target`: the one that is kept, or what `fetch` puts there, whole and on the disk, which is kept from then on.
   * Jobs that want the same content wait for one fetch.
   */
  readonly provide: (
    file: CachedFile,
    target: string,
    fetch: () => Promise<Result<null>>,
  ) => Promise<Result<"kept" | "fetched">>;
  readonly has: (file: CachedFile) => Promise<boolean>;
  /** Removes what no job has any more, the longest unused first, until the rest is within the limit. Never fails. */
  readonly trim: () => Promise<void>;
};

export const usualLimitBytes = 10e9;

/** `limitBytes`: of what is kept although no job has it any more. */
export function createInputCache(home: string, limitBytes: number): InputCache {
  const folder = path.join(home, "downloads");
  /** The last of those who want one content. */
  const turns = new Map<string, Promise<unknown>>();

  async function inTurn<Value>(place: string, work: () => Promise<Value>): Promise<Value> {
    const before = turns.get(place) ?? Promise.resolve();
    const turn = before.then(work, work);
    turns.set(place, turn);
    try {
      return await turn;
    } finally {
      if (turns.get(place) === turn) turns.delete(place);
    }
  }

  /** Null: nothing of that kind is kept. */
  function placeOf(file: CachedFile): string | null {
    const key = contentKey(file);
    return file.version === "" ? null : path.join(folder, key.slice(0, 2), key);
  }

  async function isThere(place: string, sizeBytes: number): Promise<boolean> {
    const stats = await fs.lstat(place).catch(() => null);
    return stats !== null && stats.isFile() && stats.size === sizeBytes;
  }

  async function take(place: string, { sizeBytes }: CachedFile, target: string): Promise<boolean> {
    if (!(await isThere(place, sizeBytes))) return false;
    return linked(place, target);
  }

  async function keep(place: string, target: string): Promise<void> {
    try {
      await fs.mkdir(path.dirname(place), { recursive: true, mode: ownerOnly.folder });
      // What is there is not what its name says: it was not taken.
      await remove(place);
    } catch (error) {
      if (errnoOf(error) === null) throw error;
    }
    await linked(target, place);
  }

  return {
    async provide(file, target, fetch) {
      const place = placeOf(file);
      const fetchAndKeep = async (): Promise<Result<"kept" | "fetched">> => {
        if (place !== null && (await take(place, file, target))) return success("kept");
        const fetched = await fetch();
        if (!fetched.ok) return fetched;
        if (place !== null) await keep(place, target);
        return success("fetched");
      };
      return place === null ? fetchAndKeep() : inTurn(place, fetchAndKeep);
    },
    async has(file) {
      const place = placeOf(file);
      return place !== null && isThere(place, file.sizeBytes);
    },
    async trim() {
      const unused = (await filesIn(folder)).filter(({ names }) => names === 1);
      let bytes = unused.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      for (const { place, sizeBytes } of unused.sort((a, b) => a.releasedMs - b.releasedMs)) {
        if (bytes <= limitBytes) return;
        // A job that takes it at this moment has it by a name of its own.
        await remove(place).catch(() => undefined);
        bytes -= sizeBytes;
      }
    },
  };
}

/** A name for the content, as far as its source tells contents apart. */
export function contentKey({ identity, version, sizeBytes }: CachedFile): string {
  return createHash("sha256")
    .update(JSON.stringify([identity, version, sizeBytes]))
    .digest("hex");
}

type KeptFile = {
  readonly place: string;
  readonly sizeBytes: number;
  /** How many names it has: more than one while a job has it. */
  readonly names: number;
  /** Its last name in the folder of a job went then: the file system notes the time at which names change. */
  readonly releasedMs: number;
};

async function filesIn(folder: string): Promise<KeptFile[]> {
  const found: KeptFile[] = [];
  for (const inner of await fs.readdir(folder).catch(() => [])) {
    for (const name of await fs.readdir(path.join(folder, inner)).catch(() => [])) {
      const place = path.join(folder, inner, name);
      const stats = await fs.lstat(place).catch(() => null);
      if (stats !== null) found.push({ place, sizeBytes: stats.size, names: stats.nlink, releasedMs: stats.ctimeMs });
    }
  }
  return found;
}

/** False: this file system does not do it, or not once more. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await fs.link(from, to);
    return true;
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return false;
  }
}
