import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import * as z from "zod";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import type { JobFiles } from "../folder/job-files.ts";
import { isAbsence } from "../folder/written-file.ts";

/** Who claims an output folder. */
export type Claimant = {
  /** By which a job knows its own claims, whatever engine made them. */
  readonly id: string;
  readonly job: string;
  /** The workspace's folder, for people. */
  readonly workspace: string;
};

/**
 * The job as a claimant. Its id is made when it is first asked for, in a file of its own: a journal that is damaged begins again.
 * Throws what the file system throws.
 */
export function claimantOf({ folder }: Pick<JobFiles, "folder">, job: string): Claimant {
  return { id: idIn(path.join(folder, "claimant")), job, workspace: path.dirname(path.dirname(folder)) };
}

function idIn(file: string): string {
  const kept = z.uuid().safeParse(read(file));
  if (kept.success) return kept.data;
  const id = crypto.randomUUID();
  fs.writeFileSync(file, id, { flush: true, mode: ownerOnly.file });
  return id;
}

function read(file: string): string | null {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}
