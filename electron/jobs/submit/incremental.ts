import fs from "node:fs/promises";
import path from "node:path";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { Registry } from "../../registry/open-registry.ts";
import type { JobFiles } from "../folder/job-files.ts";
import { jobFiles } from "../folder/job-files.ts";
import { isRetry } from "../folder/base-files.ts";

/**
 * The job as one that takes over what still holds: its base is the newest completed job that would give the same bytes for
 * the same files, and whose files are still there. Without one it scores everything.
 */
export async function asIncremental(registry: Registry, home: string, spec: JobSpec): Promise<JobSpec> {
  const wanted = whatDecidesBytes(spec);
  for (const job of registry.jobs.list(spec.endpointName)) {
    if (job.status !== "Completed" || isRetry(job.spec) || whatDecidesBytes(job.spec) !== wanted) continue;
    const files = jobFiles(home, job.spec);
    if ((await isThere(files.predictions)) && (await isThere(files.errors)) && (await wroteNoMore(job.spec, files))) {
      return { ...spec, base: { job: job.name, reason: "incremental" } };
    }
  }
  return spec;
}

/** Everything frozen that a row depends on, beside the file that it is made from. */
function whatDecidesBytes({ deploymentName, input, model, scorer, dialect, settings, device, batch, output }: JobSpec) {
  return JSON.stringify([
    deploymentName.toLowerCase(),
    [input.path, input.kind],
    model.hash,
    scorer,
    dialect,
    [settings.output_action, settings.environment_variables],
    [device, batch],
    [output.format, output.csvFormulas],
  ]);
}

/** A script may write files of its own beside its predictions; of those nobody knows which mini-batch made them. */
async function wroteNoMore({ scorer, output }: JobSpec, files: JobFiles): Promise<boolean> {
  if (scorer.kind !== "script") return true;
  const ours = [files.predictions, files.errors, files.record];
  const found = await fs.readdir(output.folder);
  return found.every((name) => ours.includes(path.join(output.folder, name)));
}

async function isThere(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}
