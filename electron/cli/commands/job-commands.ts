import path from "node:path";
import { isTerminal } from "../../contract/job-status.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import type { JobView } from "../../contract/nouns/job.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { Preflight } from "../../contract/nouns/preflight.ts";
import { addressNotice, untakenType } from "../../workspace/data.ts";
import { overrideKeys } from "../../workspace/jobs/submission.ts";
import type { AzureInvocation } from "../../workspace/jobs/azure-submission.ts";
import type { InvocationFile } from "../../workspace/workspace.ts";
import { type CommandContext, type WorkspaceCommand, usageProblem } from "../terminal/command.ts";
import { type CommandValues, keyValues, wholeNumber } from "../terminal/command-values.ts";
import {
  azurePlace,
  confirmed,
  deploymentOption,
  nameOption,
  setOption,
  yesOption,
} from "../terminal/common-options.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { preflightJson } from "../text/preflight-json.ts";
import { preflightLines } from "../text/preflight-text.ts";
import { archiveCommands } from "./archive-commands.ts";
import { cancelOnAzure } from "./azure/cancel-job.ts";
import { invokeInAzure } from "./azure/invoke-in-azure.ts";
import { azureColumns, showSeen } from "./azure/show-seen.ts";
import { compareCommand } from "./compare-command.ts";
import { downloadCommand } from "./download-command.ts";
import { jobListCommand } from "./job-list-command.ts";
import { isWholeQueue, jobUpdateCommand, pauseQueue, resumeQueue } from "./queue-commands.ts";
import { showLog, showMiniBatches } from "./job-trace.ts";
import { asTheyAre, showJob } from "./show-job.ts";
import { showDeleted } from "../terminal/show.ts";
import { flag, oneOf, optional, optionals, text } from "../terminal/usage.ts";
import { settleJob, waitForJob } from "./wait-for-job.ts";
import { shortList } from "../terminal/short-lists.ts";

const allOption = flag("all", "the whole queue");

/** What `--input` was called before; `--input-path` put the kind before the path. */
const olderInputs = [
  text("input-data", "azureml:NAME", "an older word for --input", { isOlder: true }),
  text("input-local-path", "PATH", "the same", { isOlder: true }),
  text("input-path", "folder:URI|file:URI", "the same", { isOlder: true }),
];

export const invokeCommand: WorkspaceCommand = {
  words: "invoke",
  usage: [
    nameOption("ENDPOINT", "the endpoint that scores it"),
    oneOf(
      [text("input", "PATH|URI|azureml:NAME", "a folder, a file, a data asset or another address")],
      [text("file", "FILE", "Azure ML's file of inputs, instead of --input", { letter: "f" })],
    ),
    ...optionals(
      text("input-type", "uri_folder|uri_file", "when it must be one of them"),
      deploymentOption,
      text("output-path", "DIR", "where the files go, also a datastore's address; left out: WORKSPACE/outputs/JOB"),
      text("mini-batch-size", "N", "files per mini-batch", { alias: "m" }),
      text("instance-count", "N", "instances of the compute", { alias: "c" }),
      setOption,
      text("job-name", "N", "left out: ENDPOINT-DATE-TIME-xxxx"),
      flag("dry-run", "start nothing: show all that is wrong, what would run, and the first items scored"),
      flag("incremental", "take over what the last job over this input scored and still holds; score the rest"),
      flag("no-wait", "queue the job only; follow it with: batchdeck job stream -n JOB"),
      ...olderInputs,
    ),
    azurePlace,
  ],
  withoutEffect: [text("experiment-name", "X", "")],
  summary: "score a folder or a file",
  details: [
    "An input is a path; azureml:NAME, azureml:NAME:VERSION or azureml:NAME@latest; azureml://datastores/NAME/paths/PATH;",
    "azureml://jobs/JOB/outputs/score; or file:///PATH.",
    "With -w or --remote the job runs in Azure, and is in the queue of this computer like any other. --set takes:",
    ...overrideKeys.map((key) => `  ${key}`),
  ],
  async run(context, values) {
    const { workspace, terminal } = context;
    const asked = await requestOf(context, values);
    if (!asked.ok) return asked;
    const request = { ...asked.value, incremental: values.flag("incremental") };
    if (values.flag("dry-run")) return showPreflight(context, await workspace.jobs.preflight(request, "full"));
    const submitted = await workspace.jobs.submit(request);
    if (!submitted.ok) return submitted;
    const job = submitted.value;
    const notes = [resolvedInput, readAs, columnsTaken, cappedWorkers, misnamedOutput].flatMap((tell) =>
      tell(context, job),
    );
    for (const line of notes) terminal.note(line);
    if (values.flag("incremental") && job.base_job === null)
      terminal.note("There is no finished job to take rows over from: everything is scored.");
    if (!values.flag("no-wait")) {
      terminal.note(`Job ${job.name}`);
      return waitForJob(context, job.name);
    }
    terminal.note(
      `The job ${job.name} is queued. It runs as soon as Batchdeck is open, or with: batchdeck job stream -n ${job.name}`,
    );
    return showJob(context, job);
  },
  async onAzure(context, values, resources, _changes, at) {
    if (values.flag("incremental")) return usageProblem("--incremental is for jobs on this computer.", this);
    const asked = await requestOf(context, values);
    if (!asked.ok) return asked;
    const how = { isDryRun: values.flag("dry-run"), isAwaited: !values.flag("no-wait") };
    return invokeInAzure(context, asked.value, { resources, at }, how);
  },
};

/** What the options say, whatever it is for. */
async function requestOf(context: CommandContext, values: CommandValues): Promise<Result<AzureInvocation>> {
  const inputType = values.text("input-type");
  if (inputType !== null && inputType !== "uri_folder" && inputType !== "uri_file") {
    if (inputType.toLowerCase() === "mltable") return untakenType(inputType);
    return failure("usage/invalid", `--input-type "${inputType}" is unknown.`, "Use uri_folder or uri_file.");
  }
  const input = await inputOf(context, values, inputType);
  if (!input.ok) return input;
  const overrides = keyValues("set", values.list("set"));
  if (!overrides.ok) return overrides;
  const miniBatchSize = wholeNumber(values, "mini-batch-size", 1);
  if (!miniBatchSize.ok) return miniBatchSize;
  const instanceCount = wholeNumber(values, "instance-count", 1);
  if (!instanceCount.ok) return instanceCount;
  const { inputPath, inputKind, outputFolder, outputFileName } = input.value;
  return success({
    endpointName: values.text("name") ?? "",
    deploymentName: values.text("deployment-name"),
    inputPath,
    inputKind,
    // What the command line says comes before what the file of inputs says.
    outputFolder: values.text("output-path") ?? outputFolder,
    overrides: {
      ...(outputFileName === null ? {} : { output_file_name: outputFileName }),
      ...overrides.value,
      ...(miniBatchSize.value === null ? {} : { mini_batch_size: String(miniBatchSize.value) }),
      ...(instanceCount.value === null ? {} : { instance_count: String(instanceCount.value) }),
    },
    jobName: values.text("job-name"),
  });
}

/** Exit 2 when anything is wrong, as the invocation itself would. */
function showPreflight({ terminal }: CommandContext, report: Preflight): Result<number> {
  if (terminal.print !== null) terminal.print.view(preflightJson(report));
  else terminal.result(preflightLines(report));
  return success(report.problems.length === 0 ? exitCodes.done : exitCodes.refused);
}

function inputTexts(values: CommandValues): readonly string[] {
  const older = values.text("input-path")?.replace(/^(folder|file):(?=[^/]|\/(?!\/))/, "") ?? null;
  const texts = [values.text("input"), values.text("input-data"), values.text("input-local-path"), older];
  return texts.filter((one) => one !== null);
}

/** `--input` with its type, or the input that `--file` names. */
async function inputOf(
  { workspace }: CommandContext,
  values: CommandValues,
  inputType: "uri_folder" | "uri_file" | null,
): Promise<Result<InvocationFile>> {
  const file = values.text("file");
  const given = inputTexts(values);
  const [input = null] = given;
  if (given.length > 1) return usageProblem("Give one input.", invokeCommand);
  if (file !== null) {
    if (input === null && inputType === null) return workspace.jobs.readInvocationFile(file);
    return usageProblem("Give either --file, or --input and its type.", invokeCommand);
  }
  // Azure ML's own words first.
  const empty = "Input path can't be empty for batch endpoint invoke: --input is missing.";
  if (input === null) return usageProblem(empty, invokeCommand);
  const inputKind = inputType === null ? null : inputType === "uri_folder" ? "folder" : "file";
  return success({ inputPath: input, inputKind, outputFolder: null, outputFileName: null });
}

/** An input that was named by something else than its path: where it is, and what of its name meant nothing here. */
function resolvedInput(_context: CommandContext, job: JobView): readonly string[] {
  if (job.input_source === null) return [];
  const notice = addressNotice(job.input_source);
  return [`The input ${job.input_source} is ${job.input_path}.`, ...(notice === null ? [] : [notice])];
}

/** More workers were asked for than the computer or the compute has: that is said, not passed over. */
function cappedWorkers({ workspace }: CommandContext, job: JobView): readonly string[] {
  const spec = workspace.jobs.spec(job.name);
  if (spec === null) return [];
  const { instance_count: instances, max_concurrency_per_instance: concurrency } = spec.settings;
  if (instances === null && concurrency === null) return [];
  const asked = (instances ?? 1) * (concurrency ?? 1);
  return asked > spec.workers ? [`${spec.workers} workers run instead of ${asked}: there are no more here.`] : [];
}

/** A name that promises another format, as when Azure's usual predictions.csv meets Parquet: it is kept, and that is said. */
function misnamedOutput({ workspace }: CommandContext, job: JobView): readonly string[] {
  const format = workspace.jobs.spec(job.name)?.output.format;
  const ending = path.extname(job.output_file).toLowerCase();
  const promised = Object.values(outputFormats).find((one) => one.endings.includes(ending));
  if (format === undefined || promised === undefined) return [];
  const { endings, title } = outputFormats[format];
  if (endings.includes(ending)) return [];
  const better = `${path.basename(job.output_file, path.extname(job.output_file))}${endings[0]}`;
  return [
    `${job.output_file} will hold ${title}, not ${promised.title}. Name it rightly with: --set output_file_name=${better}`,
  ];
}

/** Endings that promise a format, the usual one first. */
const outputFormats: Readonly<
  Record<JobSpec["output"]["format"], { readonly title: string; readonly endings: readonly [string, ...string[]] }>
> = {
  csv: { title: "CSV", endings: [".csv"] },
  parquet: { title: "Parquet", endings: [".parquet", ".pqt"] },
  jsonl: { title: "JSON lines", endings: [".jsonl", ".ndjson", ".json"] },
  azureml: { title: "Azure ML's own bytes", endings: [".csv"] },
};

/** Text that is not read as usual: that is said, so that a wrong guess is seen. */
function readAs({ workspace }: CommandContext, job: JobView): readonly string[] {
  const dialect = workspace.jobs.spec(job.name)?.dialect ?? null;
  if (dialect === null) return [];
  const facts = [
    ...(dialect.delimiter === "," ? [] : [`${separators[dialect.delimiter]}-separated`]),
    ...(dialect.decimal === "." ? [] : ["decimal comma"]),
    ...(dialect.encoding === "utf-8" ? [] : ["Windows-1252"]),
  ];
  return facts.length === 0 ? [] : [`Read as ${facts.join(", ")}.`];
}

const separators = { ";": "semicolon", "\t": "tab", "|": "bar" } as const;

/** Columns that nobody named were taken from the data by their place: that is said, so that a wrong one is seen. */
function columnsTaken({ workspace }: CommandContext, job: JobView): readonly string[] {
  return workspace.jobs
    .columnsByPlace(job.name)
    .map(
      ({ input, columns }) => `Model input ${input} takes the columns ${shortList(columns, 20)}, in the file's order.`,
    );
}

const webOption = flag("web", "", { alias: "e" });

export const jobCommands: readonly WorkspaceCommand[] = [
  jobListCommand,
  {
    words: "job show",
    usage: [
      nameOption("JOB"),
      optional(
        oneOf([flag("mini-batches", "a record for each mini-batch")], [flag("log", "what happened, a line an event")]),
      ),
      azurePlace,
    ],
    withoutEffect: [webOption],
    summary: "show a job, the records of its mini-batches, or its log",
    async run(context, values) {
      const found = context.workspace.jobs.show(values.text("name") ?? "");
      if (!found.ok) return found;
      if (values.flag("log")) return showLog(context, found.value.name);
      if (values.flag("mini-batches")) return showMiniBatches(context, found.value.name);
      const [job = found.value] = asTheyAre(context, [found.value]);
      return showJob(context, job);
    },
    async onAzure(context, values, { jobs }) {
      if (values.flag("log") || values.flag("mini-batches")) {
        return usageProblem("--log and --mini-batches are for jobs on this computer.", this);
      }
      return showSeen(context, await jobs.show(values.text("name") ?? ""), azureColumns.job);
    },
  },
  {
    words: "job stream",
    usage: [nameOption("JOB")],
    summary: "watch a job until it ends, running it if nobody does",
    details: ["Of a job in Azure it shows what the job prints there, and its states, as they come."],
    run: (context, values) => waitForJob(context, values.text("name") ?? "", { showLogs: true }),
  },
  {
    words: "job pause",
    usage: [oneOf([nameOption("JOB")], [allOption])],
    summary: "set a job aside, or with --all the whole queue; it can be resumed",
    async run(context, values) {
      const all = isWholeQueue(values);
      if (!all.ok) return all;
      if (all.value) return pauseQueue(context);
      const name = values.text("name") ?? "";
      const asked = context.workspace.jobs.pause(name);
      if (!asked.ok) return asked;
      const settled = await settleJob(context, name, (job) => job.status === "Paused" || isTerminal(job.status));
      return settled.ok ? showJob(context, settled.value) : settled;
    },
  },
  {
    words: "job resume",
    usage: [
      oneOf(
        [nameOption("JOB"), optional(flag("skip-changed", "go on without the files of its input that have changed"))],
        [allOption],
      ),
    ],
    summary: "go on with a job that is paused, queued or was interrupted, and wait for it; --all: with the queue",
    async run(context, values) {
      const all = isWholeQueue(values);
      if (!all.ok) return all;
      if (all.value) return resumeQueue(context);
      const name = values.text("name") ?? "";
      const found = context.workspace.jobs.show(name);
      if (!found.ok) return found;
      if (!isTerminal(found.value.status) && found.value.status !== "CancelRequested") {
        const resumed = context.workspace.jobs.resume(name, { skipChanged: values.flag("skip-changed") });
        if (!resumed.ok) return resumed;
      }
      return waitForJob(context, name);
    },
  },
  {
    words: "job cancel",
    usage: [nameOption("JOB"), azurePlace],
    onAzure: cancelOnAzure,
    summary: "end a job for good; what it finished is kept in a partial file",
    async run(context, values) {
      const name = values.text("name") ?? "";
      const asked = context.workspace.jobs.cancel(name);
      if (!asked.ok) return asked;
      const settled = await settleJob(context, name, (job) => isTerminal(job.status));
      return settled.ok ? showJob(context, settled.value) : settled;
    },
  },
  {
    words: "job retry-failed",
    usage: [nameOption("JOB")],
    summary: "score again what failed in a finished job, and put it in its place in the job's files",
    details: [
      "Rows that succeeded stay, but for those that the model ran together with one that failed: they are scored again",
      "with it. So is all of a file that was changed since. Files that were added since are left out.",
    ],
    async run(context, values) {
      const name = values.text("name") ?? "";
      const retry = await context.workspace.jobs.retryFailed(name);
      if (!retry.ok) return retry;
      const { job, changedFiles } = retry.value;
      if (changedFiles > 0) {
        const files = changedFiles === 1 ? "1 file was" : `${changedFiles} files were`;
        context.terminal.note(`${files} changed since ${name} ran: scored again whole.`);
      }
      context.terminal.note(`Job ${job.name}`);
      return waitForJob(context, job.name, { shownJob: name });
    },
  },
  compareCommand,
  jobUpdateCommand,
  downloadCommand,
  ...archiveCommands,
  {
    words: "job delete",
    usage: [nameOption("JOB"), yesOption],
    summary: "forget a finished job; its outputs stay",
    async run(context, values) {
      const name = values.text("name") ?? "";
      const { jobs } = context.workspace;
      const found = jobs.show(name);
      if (!found.ok) return found;
      const sure = confirmed(values, `the job ${name}`);
      if (!sure.ok) return sure;
      const deleted = await jobs.delete(name);
      if (!deleted.ok) return deleted;
      return showDeleted(context, { name }, `Deleted ${name}.`);
    },
  },
];
