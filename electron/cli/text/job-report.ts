import { isUncounted, type JobView } from "../../contract/nouns/job.ts";
import { englishJobSentences } from "../../contract/sentences/job-sentences.ts";
import { localTime, sentenceOf } from "../../contract/sentences/sentences.ts";
import type { JobNote } from "../../contract/nouns/job-note.ts";
import type { WaitingReason } from "../../contract/nouns/waiting-reason.ts";
import type { JobWarning } from "../../contract/nouns/job-warning.ts";
import { amount, jobHeadline, rateText } from "./job-text.ts";
import { problemSentence } from "../../contract/words/english-problems.ts";

type HistoryEntry = { readonly at: string; readonly status: string; readonly note: JobNote | null };

/**
 * What `job show` prints for people: how it stands and why, then its facts, then what happened when. `output` is the
 * file of its rows, null when there is none; `logs` the folder of what its script printed, null when it has no script.
 */
export function jobLines(
  job: JobView,
  { output, logs }: { readonly output: string | null; readonly logs: string | null },
  history: readonly HistoryEntry[],
): readonly string[] {
  const facts = factsOf(job, output, logs);
  const width = Math.max(...facts.map(([name]) => name.length));
  return [
    `${job.name}: ${standing(job)}`,
    ...whyLines(job, logs !== null).map((line) => `  ${line}`),
    "",
    ...facts.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    "",
    ...history.map(
      ({ at, status, note }) => `  ${localTime(at)}  ${status}${note === null ? "" : `: ${noteText(note)}`}`,
    ),
  ];
}

function standing(job: JobView): string {
  const isOver = job.ended_at !== null;
  if (job.status === "Completed" && job.failed > 0) return `Completed with errors, ${jobHeadline(job)}`;
  return (job.total === 0 && !isOver) || isUncounted(job) ? job.status : `${job.status}, ${jobHeadline(job)}`;
}

function whyLines(job: JobView, isScript: boolean): readonly string[] {
  const why = whyText(job);
  return [...(why === null ? [] : [why]), ...slowestStage(job, isScript), ...job.warnings.map(warningText)];
}

/** Why a job stands still or failed, and what to do about it; null when there is nothing to say. */
export function whyText(job: JobView): string | null {
  if (job.problem !== null) return problemSentence(job.problem);
  if (job.status === "Paused") return goesOnText(job);
  if (job.waiting_for === null) return null;
  // It would say the job's own state again.
  if (job.waiting_for.kind === "azure-following" && job.waiting_for.status === job.status) return null;
  const reason = waitingText(job.waiting_for);
  return job.waiting_for.kind === "queue-paused" ? `${reason} It goes on with: batchdeck job resume --all` : reason;
}

/** What becomes of a paused job, and what takes it up again: one that was sent is let go of here alone. */
export function goesOnText({ name, azure }: JobView): string {
  const command = `batchdeck job resume -n ${name}`;
  return azure === null || azure.status === null
    ? `It goes on with: ${command}`
    : `Azure goes on with it. Follow it again with: ${command}`;
}

/** A job as `--json` prints it: what it waits for and its warnings are English sentences. */
export type JobJson = Omit<JobView, "waiting_for" | "warnings" | keyof Counts> &
  Counts & {
    readonly waiting_for: string | null;
    readonly warnings: readonly string[];
  };

/** Of a job in Azure null until its results are here: Azure does not report them. */
type Counts = Readonly<Record<"total" | "succeeded" | "failed" | "skipped", number | null>>;

export function jobJson(job: JobView): JobJson {
  return {
    ...job,
    ...(isUncounted(job) ? unknownCounts : {}),
    waiting_for: job.waiting_for === null ? null : waitingText(job.waiting_for),
    warnings: job.warnings.map(warningText),
  };
}

const unknownCounts: Counts = { total: null, succeeded: null, failed: null, skipped: null };

export function waitingText(reason: WaitingReason): string {
  return sentenceOf(englishJobSentences.waiting, reason);
}

export function warningText(warning: JobWarning): string {
  return sentenceOf(englishJobSentences.warning, warning);
}

function noteText(note: JobNote): string {
  return sentenceOf(englishJobSentences.note, note);
}

const stageWords: Readonly<Record<keyof JobView["stage_ms"], string>> = {
  read: "reading the input",
  preprocess: "preparing values for the model",
  infer: "running the model",
  postprocess: "turning the model's outputs into rows",
  write: "writing results",
};

/** Where the time goes, once there has been some. */
function slowestStage(job: JobView, isScript: boolean): readonly string[] {
  const stages = Object.entries(job.stage_ms) as [keyof JobView["stage_ms"], number][];
  const total = stages.reduce((sum, [, milliseconds]) => sum + milliseconds, 0);
  if (total <= 0) return [];
  const [stage, most] = stages.reduce((slowest, next) => (next[1] > slowest[1] ? next : slowest));
  const share = Math.round((100 * most) / total);
  const how = share > 50 ? "Most of" : "The largest part of";
  const what = isScript && stage === "infer" ? "running the script" : stageWords[stage];
  return [`${how} the workers' time ${job.ended_at === null ? "goes" : "went"} into ${what} (${share} %).`];
}

function factsOf(
  job: JobView,
  output: string | null,
  logs: string | null,
): readonly (readonly [name: string, value: string])[] {
  const workers = job.workers === 1 ? "1 worker" : `${job.workers} workers`;
  const provider = job.provider === "" ? "" : `, ran on ${job.provider}`;
  return [
    ["Endpoint", `${job.endpoint_name}, deployment ${job.deployment_name}`],
    ["Input", job.input_source === null ? job.input_path : `${job.input_path} (${job.input_source})`],
    ["Output", output ?? job.output_path],
    ...(job.base_job === null ? [] : [["Reused", `${job.reused} ${job.item_unit}s from ${job.base_job}`] as const]),
    ...placeOf(job, `${workers}, device ${job.device}${provider}`),
    ["Priority", job.priority],
    ...(logs === null && job.azure === null
      ? [
          [
            "Batch",
            `${job.batch} ${job.item_unit === "row" ? "row" : "file"}${job.batch === 1 ? "" : "s"} a run of the model`,
          ] as const,
        ]
      : logs === null
        ? []
        : [["Script's logs", logs] as const]),
    ...(job.rate > 0 ? [["Speed", rateText(job, job.rate)] as const] : []),
    ...(job.azure === null
      ? [["Time", `${seconds(job.active_seconds)} of work, ${seconds(job.instance_seconds)} of instances`] as const]
      : []),
    ...(job.cost === null ? [] : [["Cost", amount(job.cost)] as const]),
  ];
}

/** Where it runs. */
function placeOf(job: JobView, workers: string): readonly (readonly [name: string, value: string])[] {
  const { azure } = job;
  if (azure === null) return [["Compute", `${job.compute}, ${workers}`]];
  return [
    ["Azure", `${azure.job_name} in the workspace ${azure.workspace}, compute ${job.compute}, as ${azure.run_as}`],
    ...(azure.studio_url === null ? [] : [["Studio", azure.studio_url] as const]),
  ];
}

function seconds(value: number): string {
  return value < 100 ? `${value.toFixed(1)} s` : `${Math.round(value / 60)} min`;
}
