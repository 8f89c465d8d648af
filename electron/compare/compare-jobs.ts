import fs from "node:fs";
import path from "node:path";
import { startHelper } from "../compute/ask-helper.ts";
import { crashBudgets, crashCause, createCrashCounter } from "../compute/crash-budgets.ts";
import { helperTimeouts } from "../compute/helper-timeouts.ts";
import type { ProcessHost } from "../compute/process-host.ts";
import {
  type ComparedColumn,
  type ComparedJob,
  type ComparedKind,
  type Comparison,
  type FromCompareProcess,
  fromCompareProcessSchema,
  type ToCompareProcess,
} from "../contract/messages/compare-messages.ts";
import { itemFolderOf } from "../contract/nouns/scorers/item-files.ts";
import type { JobSpec } from "../contract/nouns/job-spec.ts";
import { isTerminal } from "../contract/job-status.ts";
import { fileColumns, predictionColumns, type PredictionColumn } from "../contract/nouns/prediction-columns.ts";
import { failure, problemOf, type Result, success } from "../contract/problem.ts";
import { hasManyRows, itemUnit } from "../contract/nouns/scorer.ts";
import type { TensorType } from "../contract/signature.ts";
import { removeSync } from "../files/patient.ts";
import type { Registry } from "../registry/open-registry.ts";
import { differencesPart } from "./compare-differences.ts";
import { noJob } from "../jobs/folder/job-view.ts";
import { formatOf } from "../jobs/folder/readable-files.ts";
import { outputFolderMode } from "../jobs/folder/output-folder-mode.ts";
import { finishedFiles, recordStyle } from "../jobs/folder/base-files.ts";
import { outputPlace } from "../jobs/submit/output-place.ts";
import type { JobRecord } from "../registry/job-row.ts";

export type CompareOptions = {
  /** Numbers that are no further apart count as the same. */
  readonly tolerance: number;
  /** A file (its name ends in .csv) or a folder; null: `outputs/A-vs-B` of the workspace, or A-vs-B-2 … */
  readonly outputPath: string | null;
  /** How far it is: items of both jobs. */
  readonly onProgress: (items: number, total: number) => void;
  /** Ends it; nothing is left then. */
  readonly signal?: AbortSignal;
};

const fileName = "differences.csv";

/**
 * Lines the predictions of two finished jobs up by item, writes a file of their differences and answers the sums; null when
 * it was ended by the signal. Refuses with job/not-found, job/not-allowed, output/exists, output/gone, output/….
 */
export async function compareJobs(
  tools: { readonly registry: Registry; readonly home: string; readonly host: ProcessHost },
  names: { readonly a: string; readonly b: string },
  options: CompareOptions,
): Promise<Result<Comparison | null>> {
  const { registry, home, host } = tools;
  const a = finishedJob(registry, names.a);
  if (!a.ok) return a;
  const b = finishedJob(registry, names.b);
  if (!b.ok) return b;
  const [one, other] = [comparedJob(registry, home, a.value), comparedJob(registry, home, b.value)];
  if (one.itemUnit !== other.itemUnit) {
    return failure("job/not-allowed:other-items", {
      a: one.name,
      itemsOfA: one.itemUnit,
      b: other.name,
      itemsOfB: other.itemUnit,
    });
  }
  const differencesFile = targetOf(
    options.outputPath ?? freeFolder(path.join(home, "outputs", `${one.name}-vs-${other.name}`)),
  );
  const place = await outputPlace(path.dirname(differencesFile));
  if (!place.ok) return place;
  if (fs.existsSync(differencesFile)) return failure("output/exists", { path: differencesFile });
  const areSingleFiles = [a, b].every(({ value }) => value.spec.input.kind === "file");
  const total = [a, b].reduce((sum, { value: { progress } }) => sum + progress.succeeded + progress.failed, 0);
  const request: ToCompareProcess = {
    type: "compare",
    ...{ a: one, b: other, areSingleFiles, tolerance: options.tolerance, differencesFile },
    folderMode: outputFolderMode(home, differencesFile),
  };
  return runComparison(host, request, (items) => options.onProgress(items, total), options.signal ?? null);
}

function finishedJob(registry: Registry, name: string): Result<JobRecord> {
  const job = registry.jobs.find(name);
  if (job === null) return noJob(registry, name);
  const { status } = job;
  if (!isTerminal(status)) return failure("job/not-allowed:unfinished", { job: job.name, status });
  if (status !== "Completed" || job.spec.settings.output_action === "summary_only") {
    return failure("job/not-allowed:no-predictions", { job: job.name, status });
  }
  return success(job);
}

/** The same jobs may be compared again: what was written before stays. */
function freeFolder(wanted: string): string {
  for (let number = 1; ; number += 1) {
    const folder = number === 1 ? wanted : `${wanted}-${number}`;
    if (!fs.existsSync(folder)) return folder;
  }
}

/** `azureml` and `jsonl` name no file: a path that ends like a table is a file, anything else a folder. */
function targetOf(outputPath: string): string {
  const target = path.resolve(outputPath);
  const isFolder = fs.statSync(target, { throwIfNoEntry: false })?.isDirectory() === true;
  return !isFolder && path.extname(target).toLowerCase() === ".csv" ? target : path.join(target, fileName);
}

function comparedJob(registry: Registry, home: string, job: JobRecord): ComparedJob {
  const { spec } = job;
  const { listingFile: _, ...files } = finishedFiles(registry, home, job);
  // The rows of a script that was generated for Azure say which item they are of.
  const isGenerated = spec.azure?.rows.kind === "generated";
  const isScript = spec.scorer.kind === "script" && !isGenerated;
  return {
    name: job.name,
    ...files,
    format: formatOf(spec),
    records: recordStyle(spec),
    formulas: spec.output.format === "csv" ? spec.output.csvFormulas : "keep",
    itemUnit: hasManyRows(spec.scorer) ? "row" : itemUnit(spec.scorer),
    arrays: itemFolderOf("array", spec.output.format) === null ? "lists" : "files",
    outputFolder: path.dirname(files.rowsFile),
    columns: isScript || isGenerated ? null : comparedColumns(spec),
    places: placesOf(spec),
    isScript,
    hasManyRows: hasManyRows(spec.scorer),
  };
}

function placesOf({ azure, scorer }: JobSpec): number {
  if (azure?.rows.kind !== "generated" || !azure.rows.keys) return 0;
  return itemUnit(scorer) === "row" ? 2 : 1;
}

const kinds: Readonly<Partial<Record<TensorType, ComparedKind>>> = {
  float16: "float16",
  float32: "float32",
  float64: "float64",
  bool: "boolean",
  string: "text",
};
const roles = { file: "place", row: "place", keep: "input", output: "output" } as const;

/** In the file's order, by the names that they have whatever the format: Azure's own file has none, and MLflow's others. */
function comparedColumns(spec: JobSpec): ComparedColumn[] {
  const names = predictionColumns(spec.scorer).filter(({ source }) => source === "output");
  let output = 0;
  const nameOf = ({ source, name }: PredictionColumn): string => {
    if (source !== "output") return name;
    output += 1;
    return names[output - 1]?.name ?? name;
  };
  return fileColumns(spec).map((column) => ({
    name: nameOf(column),
    kind: kinds[column.type] ?? "integer",
    role: roles[column.source],
    ...(column.content && { content: column.content }),
  }));
}

/** A process that dies is started again from the beginning, a few times: it makes the same file. */
async function runComparison(
  host: ProcessHost,
  request: ToCompareProcess,
  onProgress: (items: number) => void,
  signal: AbortSignal | null,
): Promise<Result<Comparison | null>> {
  const crashes = createCrashCounter(crashBudgets.helper);
  const answer = (message: FromCompareProcess): Result<Comparison> | null => {
    if (message.type === "refused") return { ok: false, problem: message.problem };
    if (message.type === "compared") return success(message.comparison);
    onProgress(message.items);
    return null;
  };
  for (;;) {
    const helper = startHelper<ToCompareProcess, typeof fromCompareProcessSchema>(host, compareProcess);
    const compared = await helper.ask(
      { send: request, answer, timeout: helperTimeouts.compare, timedOut: silent },
      signal,
    );
    helper.end();
    const exit = await helper.gone;
    const isEnded = !compared.ok && signal?.aborted === true;
    const hasDied = !compared.ok && compared.problem === keptEnding;
    if (hasDied && !isEnded && exit !== null && crashes.add(crashCause(exit)) !== "spent") continue;
    // What finished has a name by now, and what did not is worth nothing.
    removeSync(differencesPart(request.differencesFile));
    return isEnded ? success(null) : compared;
  }
}

const keptEnding = problemOf("engine/bug:compare");
const silent = problemOf("engine/bug:compare-silent");
const compareProcess = { program: "compare-process", messages: fromCompareProcessSchema, died: keptEnding } as const;
