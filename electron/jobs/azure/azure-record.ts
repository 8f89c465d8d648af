import crypto from "node:crypto";
import path from "node:path";
import type { AzureJobSpec } from "../../contract/nouns/job-spec.ts";
import type { Problem } from "../../contract/problem.ts";
import { englishWords } from "../../contract/words/english-problems.ts";
import packageJson from "../../../package.json" with { type: "json" };
import { isRetry } from "../folder/base-files.ts";
import { azureFolderOf, errorsFileName, recordFileName } from "../folder/job-files.ts";
import type { AzureFacts } from "./azure-journal.ts";
import type { AzureCounts } from "./azure-progress.ts";

/** What job.json says of a job in Azure: what made the files beside it, here and there, and that they are ours. */
export function azureRecord(facts: {
  readonly spec: AzureJobSpec;
  readonly status: "Completed" | "Failed" | "Canceled";
  readonly problem: Problem | null;
  readonly known: AzureFacts;
  readonly counts: AzureCounts;
  readonly predictionsFile: string | null;
  readonly createdAt: string;
  readonly startedAt: string;
  readonly endedAt: string;
}): string {
  const { spec, known, counts, problem } = facts;
  const { azure, input, output } = spec;
  const record = {
    batchdeck: {
      version: packageJson.version,
      files: [facts.predictionsFile, errorsFileName].filter((name) => name !== null),
      record: recordFileName,
    },
    // A retry's files are those of the job that it retried.
    name: isRetry(spec) ? spec.base?.job : spec.name,
    status: facts.status,
    problem: problem === null ? null : { code: problem.code, ...englishWords(problem) },
    endpoint_name: spec.endpointName,
    deployment_name: spec.deploymentName,
    runs_on: "azure",
    azure: {
      ...azure.place,
      cloud: azure.cloud,
      job_name: known.name ?? azure.jobName,
      studio_url: known.studioUrl,
      run_as: azure.runAs,
      /** Azure's own word for how it ended, and what it said about that. */
      status: known.status,
      reason: known.outcome?.reason ?? "",
      overrides: azure.overrides,
      /** The folder of what Azure wrote, as it wrote it. */
      files: path.basename(azureFolderOf(spec)),
      /** Those of the jobs whose results these were put over, oldest first. */
      earlier_files: azure.earlier.map(({ folder }) => folder),
    },
    model: { name: spec.model.name, version: spec.model.version, sha256: spec.model.hash },
    input: {
      path: input.path,
      source: input.source,
      uri: azure.input.kind === "address" ? azure.input.uri : null,
      /** Of what was uploaded; null: it lay in Azure. */
      content_sha256: known.contentAddress,
      files: known.listed?.files ?? null,
      bytes: known.listed?.bytes ?? null,
      skipped_by: known.listed?.skippedBy ?? {},
      skipped_names: known.listed?.skippedNames ?? {},
      /** Files in its folders, which Azure does not look into. */
      nested_files: known.listed?.nested ?? null,
    },
    output: { file: facts.predictionsFile, format: output.format, csv_formulas: output.csvFormulas },
    /** Counted in the files, whatever Azure says. */
    counts: {
      ...{ total: counts.total, succeeded: counts.succeeded, failed: counts.failed, skipped: counts.skipped },
      not_a_number: counts.notANumber,
    },
    /** Whose failed items were scored again; `by` is the job that did so. */
    reuse: spec.base === null ? null : { ...spec.base, by: spec.name },
    settings_sha256: crypto
      .createHash("sha256")
      .update(JSON.stringify([azure.overrides, spec.settings, output.format, output.csvFormulas]))
      .digest("hex"),
    created_at: facts.createdAt,
    started_at: facts.startedAt,
    ended_at: facts.endedAt,
    overrides: spec.overrides,
    settings: spec.settings,
    deployment: spec.deployment,
  };
  return `${JSON.stringify(record, null, 2)}\n`;
}
