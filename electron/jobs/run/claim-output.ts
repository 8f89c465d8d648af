import fs from "node:fs";
import { type Problem, problemOf, type Result } from "../../contract/problem.ts";
import { claimantOf } from "../claim/claimant.ts";
import type { OutputClaim } from "../claim/output-claims.ts";
import { removeFolderSync } from "../../files/patient.ts";
import { isRetry } from "../folder/base-files.ts";
import { standingFiles, writtenFile } from "../folder/written-file.ts";
import type { Journal } from "../journal/journal.ts";
import type { JobRunContext } from "./scoring.ts";

/**
 * Takes the output folder for a run of the job, if nobody else's work lies there. What an unfinished job left whose folder
 * this is now may go: its own segments still hold every record.
 * Problems: output/exists. Throws what the file system throws.
 */
export function claimOutput(context: JobRunContext, journal: Journal): Result<OutputClaim> {
  const { spec, files, claims } = context;
  // First, so that nothing is taken over where nothing can be written.
  const target = otherTarget(context, journal);
  if (target !== null) return { ok: false, problem: target };
  const taken = claims.take(spec.output.folder, claimantOf(files, spec.name));
  if (!taken.ok) return taken;
  const claim = taken.value;
  try {
    noteReplaced(context, journal);
    const part = otherPart(context, journal, claim.tookOver);
    if (part === null) return taken;
    claim.end("free");
    return { ok: false, problem: part };
  } catch (error) {
    claim.end(claim.tookOver ? "kept" : "free");
    throw error;
  }
}

/** A `.part` file that is not the job's. Of a job whose claim was taken over it is removed; else somebody may still want it. */
function otherPart({ files }: JobRunContext, journal: Journal, tookOver: boolean): Problem | null {
  const { parts } = journal.facts();
  const all = [
    { file: files.rowsPart, own: parts?.rows },
    { file: files.errorsPart, own: parts?.errors },
    { file: files.parquetPart, own: parts?.parquet },
    ...files.itemFolders.map(({ name, part }) => ({ file: part, own: parts?.[name] })),
  ];
  for (const { file, own } of all) {
    const stats = file === null ? undefined : fs.lstatSync(file, { bigint: true, throwIfNoEntry: false });
    if (file === null || stats === undefined || writtenFile(stats).id === own?.id) continue;
    if (!tookOver) return problemOf("output/exists:part", { path: file });
    removeFolderSync(file);
  }
  return null;
}

/** Before a retry scores anything: its script, or anybody else, may put other files under the names of those. */
function noteReplaced({ spec, files }: JobRunContext, journal: Journal): void {
  if (!isRetry(spec) || journal.facts().replaced !== null) return;
  journal.setFacts({ replaced: standingFiles(files) });
}

/** A file that the job would have to replace at its end: it waits before it scores anything. */
function otherTarget({ spec, files, isCancelRequested }: JobRunContext, journal: Journal): Problem | null {
  const { ending, merged, engines } = journal.facts();
  // Then they may be its own already.
  if (isRetry(spec) || merged || ending !== null) return null;
  // Its script may have written them: ours then go to another folder.
  if (spec.scorer.kind === "script" && engines > 0) return null;
  // What it left has to go, and nobody waits for a name.
  if (isCancelRequested()) return null;
  const hasRows = spec.settings.output_action === "append_row";
  const folders = files.itemFolders.map(({ final }) => final);
  for (const file of [...(hasRows ? [files.predictions] : []), ...folders, files.errors, files.record]) {
    if (fs.lstatSync(file, { throwIfNoEntry: false })) return problemOf("output/exists:appeared", { path: file });
  }
  return null;
}
