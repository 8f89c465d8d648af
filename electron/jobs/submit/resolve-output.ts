import fs from "node:fs/promises";
import path from "node:path";
import type { BatchdeckProperties, DeploymentSettings } from "../../contract/nouns/deployment.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { Problem, Result } from "../../contract/problem.ts";
import { failure, success } from "../../contract/problem.ts";
import { resolveOutputFolder } from "../../data/names/resolve-output-folder.ts";
import type { Registry } from "../../registry/open-registry.ts";
import { errorsFileName, recordFileName } from "../folder/job-files.ts";

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
): Promise<{ readonly output: JobSpec["output"]; readonly problem: Problem | null }> {
  const format = properties["batchdeck.output_format"];
  const fileName = settings.output_file_name ?? `predictions.${format === "azureml" ? "csv" : format}`;
  const usual = path.join(tools.home, "outputs", name);
  const place = wanted === null ? success(usual) : await resolveOutputFolder(tools.registry, wanted);
  const folder = await realFolder(path.resolve(place.ok ? place.value : usual));
  const output = { folder, fileName, format, csvFormulas: properties["batchdeck.csv_formulas"] };
  if (!place.ok) return { output, problem: place.problem };
  const checked = await checkOutput(tools.registry, output, settings);
  return { output, problem: checked.ok ? null : checked.problem };
}

/** Problems: output/…, usage/invalid. */
async function checkOutput(
  registry: Registry,
  { folder, fileName }: JobSpec["output"],
  settings: DeploymentSettings,
): Promise<Result<null>> {
  if (path.basename(fileName) !== fileName || fileName === "." || fileName === ".." || /[\0/\\:]/.test(fileName)) {
    return failure(
      "usage/invalid",
      `"${fileName}" cannot be the name of the output file.`,
      "Give a name without folders.",
    );
  }
  if ([errorsFileName, recordFileName].includes(fileName.toLowerCase())) {
    return failure(
      "usage/invalid",
      `"${fileName}" is the name of another file of the job.`,
      "Choose another output_file_name.",
    );
  }
  const usable = await checkFolder(folder);
  if (!usable.ok) return usable;
  const hasRows = settings.output_action === "append_row";
  for (const target of [...(hasRows ? [fileName] : []), errorsFileName, recordFileName]) {
    if (await exists(path.join(folder, target))) {
      return failure(
        "output/exists",
        `The path already exists: ${path.join(folder, target)}.`,
        "Choose another --output-path, or move that file away.",
      );
    }
  }
  const free = checkNobodyWrites(registry, folder);
  if (!free.ok) return free;
  // Of a job of another workspace, say: two jobs that write to one `.part` would make garbage of both.
  for (const part of [`${fileName}.part`, `${errorsFileName}.part`]) {
    if (!(await exists(path.join(folder, part)))) continue;
    return failure(
      "output/exists",
      `A job that has not ended writes to the output folder: it holds ${path.join(folder, part)}.`,
      "Choose another --output-path, or remove that file if the job will not go on.",
    );
  }
  return success(null);
}

/** No other job of this workspace that has not ended writes to the folder. */
export function checkNobodyWrites(registry: Registry, folder: string): Result<null> {
  const other = registry.jobs.findUnfinishedByOutputFolder(folder);
  if (other === null) return success(null);
  return failure(
    "output/exists",
    `The unfinished job ${other.name} writes to the same output folder: ${folder}.`,
    "Choose another --output-path.",
  );
}

/** The folder by its one real name, as far as it exists: two jobs must not meet in it by different names. */
async function realFolder(folder: string): Promise<string> {
  try {
    return await fs.realpath(folder);
  } catch {
    const parent = path.dirname(folder);
    return parent === folder ? folder : path.join(await realFolder(parent), path.basename(folder));
  }
}

/** The folder, or the nearest one above it that exists, is a folder that we may write to. */
async function checkFolder(folder: string): Promise<Result<null>> {
  for (let place = folder; ; place = path.dirname(place)) {
    try {
      const stats = await fs.stat(place);
      if (!stats.isDirectory()) {
        return failure("output/unwritable", `"${place}" is a file, not a folder.`, "Choose another --output-path.");
      }
      await fs.access(place, fs.constants.W_OK);
      return success(null);
    } catch (error) {
      const missing = (error as { code?: string }).code === "ENOENT";
      if (!missing || place === path.dirname(place)) {
        return failure("output/unwritable", `"${place}" cannot be written to.`, "Choose another --output-path.");
      }
    }
  }
}

async function exists(file: string): Promise<boolean> {
  return fs.lstat(file).then(
    () => true,
    () => false,
  );
}
