import fs from "node:fs/promises";
import path from "node:path";
import { itemFoldersOf } from "../../contract/nouns/scorers/item-files.ts";
import type { BatchdeckProperties, DeploymentSettings } from "../../contract/nouns/deployment.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { Problem, Result } from "../../contract/problem.ts";
import { systemErrno } from "../../contract/errno.ts";
import { failure, success } from "../../contract/problem.ts";
import { resolveOutputFolder } from "../../data/names/resolve-output-folder.ts";
import type { Registry } from "../../registry/open-registry.ts";
import { systemClock } from "../../compute/clock.ts";
import { createOutputClaims } from "../claim/output-claims.ts";
import { exists } from "../folder/exists.ts";
import { errorsFileName, recordFileName } from "../folder/job-files.ts";
import { outputPlace } from "./output-place.ts";

/**
 * Where an invocation writes, and what stands against it; null when nothing is there that it would replace. Of a place that
 * means nothing here, the workspace's own folder is given along with the problem.
 */
export async function resolveOutput(
  tools: { readonly registry: Registry; readonly home: string },
  /** Null: the workspace's own folder of outputs. */
  wanted: string | null,
  name: string,
  settings: DeploymentSettings,
  properties: BatchdeckProperties,
  scorer: JobSpec["scorer"],
): Promise<{ readonly output: JobSpec["output"]; readonly problem: Problem | null }> {
  const format = properties["batchdeck.output_format"];
  const fileName = settings.output_file_name ?? `predictions.${format === "azureml" ? "csv" : format}`;
  const usual = path.join(tools.home, "outputs", name);
  const place = wanted === null ? success(usual) : await resolveOutputFolder(tools.registry, wanted);
  const real = await outputPlace(path.resolve(place.ok ? place.value : usual));
  const folder = real.ok ? real.value : usual;
  const output = { folder, fileName, format, csvFormulas: properties["batchdeck.csv_formulas"] };
  if (!place.ok) return { output, problem: place.problem };
  if (!real.ok) return { output, problem: real.problem };
  const checked = await checkOutput(tools.registry, { output, settings, scorer });
  return { output, problem: checked.ok ? null : checked.problem };
}

/** Problems: output/…, usage/invalid. */
async function checkOutput(
  registry: Registry,
  written: Pick<JobSpec, "output" | "settings" | "scorer">,
): Promise<Result<null>> {
  const { folder, fileName } = written.output;
  const folders = itemFoldersOf(written);
  if (path.basename(fileName) !== fileName || fileName === "." || fileName === ".." || /[\0/\\:]/.test(fileName)) {
    return failure("usage/invalid:output-name", { name: fileName });
  }
  if ([errorsFileName, recordFileName, ...folders].includes(fileName.toLowerCase())) {
    return failure("usage/invalid:output-name-taken", { name: fileName });
  }
  const usable = await checkFolder(folder);
  if (!usable.ok) return usable;
  const hasRows = written.settings.output_action === "append_row";
  for (const target of [...(hasRows ? [fileName] : []), ...folders, errorsFileName, recordFileName]) {
    const file = path.join(folder, target);
    if (await exists(file)) return failure("output/exists", { path: file });
  }
  const free = await checkNobodyWrites(registry, folder);
  if (!free.ok) return free;
  // Of a job whose engine died, or of something else that nobody claims.
  for (const part of [fileName, errorsFileName, ...folders].map((name) => `${name}.part`)) {
    const file = path.join(folder, part);
    if (await exists(file)) return failure("output/exists:part", { path: file });
  }
  return success(null);
}

/** No other job that has not ended writes to the folder, be it of this workspace or of another one. */
export async function checkNobodyWrites(registry: Registry, folder: string): Promise<Result<null>> {
  const other = registry.jobs.findUnfinishedByOutputFolder(folder);
  if (other !== null) return failure("output/exists:job-writes", { job: other.name, folder });
  const claimed = await claimInTheWay(folder);
  return claimed === null ? success(null) : { ok: false, problem: claimed };
}

/** Of a folder that cannot be looked into other checks tell more. */
async function claimInTheWay(folder: string): Promise<Problem | null> {
  try {
    return await createOutputClaims(systemClock).inTheWay(folder, null);
  } catch (error) {
    if (systemErrno(error) === null) throw error;
    return null;
  }
}

/** The folder, or the nearest one above it that exists, is a folder that we may write to. */
async function checkFolder(folder: string): Promise<Result<null>> {
  for (let place = folder; ; place = path.dirname(place)) {
    try {
      const stats = await fs.stat(place);
      if (!stats.isDirectory()) return failure("output/unwritable:file", { path: place });
      await fs.access(place, fs.constants.W_OK);
      return success(null);
    } catch (error) {
      const missing = systemErrno(error) === "ENOENT";
      if (!missing || place === path.dirname(place)) return failure("output/unwritable:folder", { path: place });
    }
  }
}
