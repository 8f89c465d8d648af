import fs from "node:fs";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { fileColumns, isMlflowFile } from "../../contract/nouns/prediction-columns.ts";
import type { ReadableFile, ResultsFormat } from "../../contract/messages/results-messages.ts";
import type { JobFiles } from "./job-files.ts";

/** The files of a job that can be read now, also while it still writes them; null where there are none. */
export function readableFiles(
  spec: JobSpec,
  files: JobFiles,
): { readonly predictions: ReadableFile | null; readonly errors: ReadableFile | null } {
  // A file of that name is then somebody else's. So it may be, of a script, as long as the job has not ended.
  const hasNoRows = spec.settings.output_action === "summary_only";
  const format = formatOf(spec);
  const columns = columnsOf(spec, format);
  const rows = (file: string, isMerged: boolean) =>
    existing(file, format === "parquet" && !isMerged ? "csv" : format, columns);
  const named = rows(files.predictions, true) ?? rows(files.partialPredictions, false);
  const unfinished = rows(files.rowsPart, false);
  const [errors, unfinishedErrors] = [existing(files.errors, "csv"), existing(files.errorsPart, "csv")];
  return spec.scorer.kind === "script"
    ? { predictions: hasNoRows ? null : (unfinished ?? named), errors: unfinishedErrors ?? errors }
    : { predictions: hasNoRows ? null : (named ?? unfinished), errors: errors ?? unfinishedErrors };
}

/** The columns of a file that may not name them itself; a script's show only in what it returned. */
function columnsOf(spec: JobSpec, format: ResultsFormat): string[] | undefined {
  if (format === "csv" || format === "parquet") return undefined;
  if (format === "lines") return ["line"];
  return spec.scorer.kind === "script" ? undefined : fileColumns(spec).map(({ name }) => name);
}

/** How its predictions are read. */
export function formatOf(spec: JobSpec): ResultsFormat {
  if (spec.output.format !== "azureml") return spec.output.format;
  // What a script returned in a list stands there as it is, quotes and all.
  if (spec.scorer.kind === "script") return "lines";
  return isMlflowFile(spec) ? "azureml-mlflow" : "azureml-frame";
}

function existing(file: string, format: ResultsFormat, columns?: string[]): ReadableFile | null {
  return fs.existsSync(file) ? { file, format, ...(columns && { columns }), lengthBytes: null } : null;
}
