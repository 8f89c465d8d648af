import fs from "node:fs";
import { setTimeout } from "node:timers/promises";
import { codeOf } from "../contract/errno.ts";

/*
 * Every rename and removal of our own files. Windows refuses both while another program has the file open (a virus scanner,
 * a backup, an indexer), and so does a share that is served by it. Such a program lets go within moments, so a refusal
 * is tried again a few times before it counts.
 */
const refusals: readonly string[] = ["EPERM", "EACCES", "EBUSY"];
const pausesMs = [10, 20, 40, 80, 160, 320, 640];
/** A process that waits like this stands still, which a window may do for a third of a second. */
const pausesOfSyncMs = pausesMs.slice(0, 5);

export function rename(from: string, to: string): Promise<void> {
  return patiently(() => fs.promises.rename(from, to));
}

/** A file. What is not there is removed already. */
export function remove(file: string): Promise<void> {
  return patiently(() => fs.promises.rm(file, { force: true }));
}

/** A folder with all that is in it. */
export function removeFolder(folder: string): Promise<void> {
  return patiently(() => fs.promises.rm(folder, { recursive: true, force: true, maxRetries: 3 }));
}

/** `rename`, for a process that does one thing at a time. */
export function renameSync(from: string, to: string): void {
  patientlySync(() => fs.renameSync(from, to));
}

export function removeSync(file: string): void {
  patientlySync(() => fs.rmSync(file, { force: true }));
}

export function removeFolderSync(folder: string): void {
  patientlySync(() => fs.rmSync(folder, { recursive: true, force: true }));
}

async function patiently(work: () => Promise<void>): Promise<void> {
  for (const pauseMs of pausesMs) {
    try {
      return await work();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await setTimeout(pauseMs);
    }
  }
  return work();
}

function patientlySync(work: () => void): void {
  for (const pauseMs of pausesOfSyncMs) {
    try {
      work();
      return;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
    }
  }
  work();
}

function isRefusal(error: unknown): boolean {
  return refusals.includes(codeOf(error));
}
