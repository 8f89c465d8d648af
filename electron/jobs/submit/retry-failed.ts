import fs from "node:fs/promises";
import * as z from "zod";
import type { ProcessHost } from "../../compute/process-host.ts";
import { type JobSpec, runsInAzure } from "../../contract/nouns/job-spec.ts";
import { isTerminal } from "../../contract/job-status.ts";
import type { Problem, Result } from "../../contract/problem.ts";
import { failure, problemOf, success } from "../../contract/problem.ts";
import type { Registry } from "../../registry/open-registry.ts";
import { opener } from "../../files/opener.ts";
import { countChanges } from "./check-input.ts";
import { jobFiles } from "../folder/job-files.ts";
import { checkNobodyWrites } from "./resolve-output.ts";
import { checkAzureRetry, retryInAzure } from "./retry-in-azure.ts";
import { finishedFiles, isRetry } from "../folder/base-files.ts";
import { noJob } from "../folder/job-view.ts";
import type { JobRecord } from "../../registry/job-row.ts";

/** A retry as it would be queued. */
export type PlannedRetry = {
  readonly spec: JobSpec;
  readonly retried: JobRecord;
  /** Files that were changed since the job listed them: they are scored again whole. */
  readonly changedFiles: number;
};

/**
 * Checks that what failed in a finished job can be scored again and its files be replaced. Nothing is written.
 * Problems: job/not-found, job/not-allowed, job/nothing-failed, output/gone, output/exists, model/not-found, input/….
 */
export async function checkRetry(
  tools: { readonly registry: Registry; readonly home: string; readonly host: ProcessHost },
  name: string,
): Promise<Result<PlannedRetry>> {
  const { registry, home, host } = tools;
  const job = registry.jobs.find(name);
  if (job === null) return noJob(registry, name);
  const allowed = checkJob(job);
  if (allowed !== null) return { ok: false, problem: allowed };
  const free = await checkNobodyWrites(registry, job.spec.output.folder);
  if (!free.ok) return free;
  const owned = await checkOutputs(home, job);
  if (owned !== null) return { ok: false, problem: owned };
  const model = await checkModel(job.spec);
  if (model !== null) return { ok: false, problem: model };

  const spec = retryOf(registry, job);
  const { listingFile: listing, journalFile } = finishedFiles(registry, home, job);
  const refused = runsInAzure(spec)
    ? await checkAzureRetry(host, job.spec, spec, { listingFile: listing, journalFile })
    : null;
  if (refused !== null) return { ok: false, problem: refused };
  const input = await countChanges(host, spec, listing);
  if (!input.ok) return input;
  const { changed, missing, examples } = input.value;
  if (missing > 0) {
    const example = examples[0] ?? "";
    return failure("input/changed:gone", { job: job.name, endpoint: job.endpointName, missing, example });
  }
  return success({ spec, retried: job, changedFiles: changed });
}

/** The next retry of a job, over the files as its last retry left them. */
export function retryOf(registry: Registry, job: JobRecord): JobSpec {
  const writer = (registry.jobs.findLastRetry(job.name) ?? job).spec;
  const name = retryName(registry, job.name, writer);
  return {
    ...job.spec,
    name,
    base: { job: job.name, reason: "retry-failed" },
    ...(runsInAzure(writer) ? { azure: retryInAzure(name, writer) } : {}),
  };
}

/** Why a job's failed items cannot be scored again, whatever became of its files; null when they can. */
function checkJob(job: JobRecord): Problem | null {
  const { name, status } = job;
  if (isRetry(job.spec)) return problemOf("job/not-allowed:retry", { job: name, retried: job.spec.base?.job ?? "" });
  if (!isTerminal(status)) return problemOf("job/not-allowed:unfinished", { job: name, status });
  const triedEverything = status === "Completed" || job.problem?.code === "job/no-success";
  if (!triedEverything) return problemOf("job/not-allowed:gave-up", { job: name, status });
  return job.progress.failed > 0 ? null : problemOf("job/nothing-failed", { job: name });
}

const recordSchema = z.looseObject({ name: z.string() });

/** The files that would be replaced are still those of that job, and of nobody else. */
async function checkOutputs(home: string, job: JobRecord): Promise<Problem | null> {
  const files = jobFiles(home, job.spec);
  const hasRows = job.status === "Completed" && job.spec.settings.output_action === "append_row";
  try {
    for (const file of [...(hasRows ? [files.predictions] : []), files.errors]) await fs.access(file);
    const record = recordSchema.safeParse(
      JSON.parse(await fs.readFile(files.record, { encoding: "utf8", flag: opener.namedFlags })),
    );
    if (record.success && record.data.name === job.name) return null;
  } catch {
    // Said below.
  }
  return problemOf("output/gone:moved", { job: job.name, folder: job.outputFolder });
}

async function checkModel({ model, scorer, azure }: JobSpec): Promise<Problem | null> {
  // Whether it is there Azure says.
  if (azure !== undefined) return null;
  try {
    await fs.access(scorer.kind === "script" ? scorer.folder : model.file);
    return null;
  } catch {
    return problemOf("model/not-found:lost-by-job", { model: model.name, version: model.version });
  }
}

/** A name that nobody has, nor had a deleted retry whose results in Azure still count: its folder has the same number. */
function retryName(registry: Registry, job: string, { azure }: JobSpec): string {
  const isTaken = (name: string) =>
    registry.jobs.find(name) !== null ||
    registry.jobs.findDamaged(name) !== null ||
    azure?.earlier.some((one) => one.job === name) === true;
  for (let number = 1; ; number += 1) {
    const name = `${job}-retry-${number}`;
    if (!isTaken(name)) return name;
  }
}
