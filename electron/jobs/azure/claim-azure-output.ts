import fs from "node:fs";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { type Problem, problemOf, type Result } from "../../contract/problem.ts";
import { claimantOf } from "../claim/claimant.ts";
import type { OutputClaim, OutputClaims } from "../claim/output-claims.ts";
import { outputGone } from "../folder/blocked.ts";
import { isRetry } from "../folder/base-files.ts";
import { azureFolderOf, type JobFiles } from "../folder/job-files.ts";
import { outputFolderMode } from "../folder/output-folder-mode.ts";
import type { AzureFacts } from "./azure-journal.ts";

/**
 * Takes the output folder for a job in Azure, before it is sent anywhere, and for as long as somebody works on it here. Problems:
 * output/exists, output/gone. Throws what the file system throws.
 */
export function claimAzureOutput(
  { spec, home, files, claims, isCancelRequested }: Claiming,
  facts: AzureFacts,
): Result<OutputClaim> {
  const { folder } = spec.output;
  const isFirst = facts.engines === 0;
  if (facts.converted !== null && !fs.existsSync(folder)) return { ok: false, problem: outputGone(folder) };
  fs.mkdirSync(folder, { recursive: true, mode: outputFolderMode(home, folder) });
  const taken = isFirst && !isCancelRequested() ? takenName(spec, files) : null;
  if (taken !== null) return { ok: false, problem: problemOf("output/exists:appeared", { path: taken }) };
  return claims.take(folder, claimantOf(files, spec.name));
}

/** Of a job that is being cancelled: it has to be cancelled in Azure even when the output folder cannot be used. Nothing is written then. */
export function unclaimed(problem: Problem): OutputClaim {
  return { tookOver: false, keepAlive: () => undefined, whyLost: () => problem, end: () => undefined };
}

type Claiming = {
  readonly spec: JobSpec;
  readonly home: string;
  readonly files: JobFiles;
  readonly claims: OutputClaims;
  readonly isCancelRequested: () => boolean;
};

/** Something that has a name which the job will need, when nobody of it can have made it yet; null: nothing has. */
function takenName(spec: JobSpec, files: JobFiles): string | null {
  const own = [azureFolderOf(spec)];
  const names = isRetry(spec) ? own : [files.predictions, files.errors, files.record, ...own];
  return names.find((name) => fs.lstatSync(name, { throwIfNoEntry: false }) !== undefined) ?? null;
}
