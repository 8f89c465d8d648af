import { someNames } from "../words/name-list.ts";
import { deviceTitles } from "../nouns/device.ts";
import type { EstimateBasis, NoSample, PreflightWarning } from "../nouns/preflight-facts.ts";
import { leftOutSentence } from "./left-out.ts";
import type { SentencesOf } from "./sentences.ts";

/** What a look ahead says of a job, in one language. */
export type PreflightSentences = {
  /** A sentence. */
  readonly warning: SentencesOf<PreflightWarning>;
  /** What stands in brackets behind a range. */
  readonly basis: SentencesOf<EstimateBasis>;
  /** A sentence. */
  readonly noSample: SentencesOf<NoSample>;
};

const warning: SentencesOf<PreflightWarning> = {
  "left-out": leftOutSentence,
  "unnamed-columns": ({ inputs }) =>
    `Nobody named the columns of the model's ${inputs.length === 1 ? "input" : "inputs"} ${someNames(inputs)}: ` +
    `${inputs.length === 1 ? "it takes" : "they take"} the numeric columns in the file's order.`,
  "unseen-keep": ({ columns }) =>
    `No line that was looked at has ${someNames(columns)} (output.keep): where a line has none, the cell stays empty.`,
  "idle-workers": ({ files, miniBatchSize, miniBatches, workers, better }) =>
    `${files} files in mini-batches of ${miniBatchSize} are work for ${miniBatches} of ${workers} workers; ` +
    `with a mini-batch size of ${better} there is work for all.`,
  "large-mini-batch": ({ files }) =>
    `A mini-batch of ${files} files is tried again as a whole when a worker fails; fewer lose less.`,
  "runs-alone": () =>
    "The model runs one item at a time: items that share a run change each other's results, as a test at creation found.",
  "one-large-file": () => "One file is larger than all others together: the workers will end at different times.",
  "fewer-workers": ({ workers, wanted }) => `${workers} workers run instead of ${wanted}: there are no more here.`,
  "low-priority": ({ compute }) =>
    `The compute ${compute} has low priority: the job gives way to others, to a busy user and to the battery.`,
  "device-fallback": ({ device, reason }) => `It runs on the CPU instead of ${deviceTitles[device]}: ${reason}`,
  "charged-download": () =>
    "What is downloaded leaves the cloud: Azure may charge the owner of the storage account for it.",
  "unreachable-download": ({ address }) =>
    `${address} cannot be reached now. The job waits, and downloads its input once it can.`,
  "tight-disk": ({ place, holds }) =>
    `The disk of ${place} will be nearly full with the job's ${holds.join(" and ")} files.`,
};

const units = { row: "rows", file: "files" } as const;
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

const basis: SentencesOf<EstimateBasis> = {
  "no-rows": () => "no rows are written (output_action: summary_only)",
  columns: () => "guessed from the columns",
  sample: ({ items, unit }) => `measured on ${whole.format(items)} sample ${units[unit]}`,
  "model-measured": () => "the model was measured on this machine",
  job: ({ job }) => `as in job ${job}`,
  "job-speed": ({ job, secondsAgo, itemsPerSecond, unit }) =>
    `as in job ${job} on this machine, ${ago(secondsAgo)}: ${whole.format(itemsPerSecond)} ${units[unit]}/s`,
};

function ago(seconds: number): string {
  const { count, unit } = roundedTime(seconds);
  return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
}

const steps = [
  [60, 1, "second"],
  [3600, 60, "minute"],
  [86_400, 3600, "hour"],
  [Number.POSITIVE_INFINITY, 86_400, "day"],
] as const;

/** A length of time in the largest unit that it fills, and at least one of it. */
export function roundedTime(seconds: number): { readonly count: number; readonly unit: (typeof steps)[number][2] } {
  const [, size, unit] = steps.find(([below]) => seconds < below) ?? steps[3];
  return { count: Math.max(1, Math.round(seconds / size)), unit };
}

const noSample: SentencesOf<NoSample> = {
  script: () => "A script is not run before its job.",
  "not-downloaded": () => "The input has not been downloaded yet; it is downloaded first.",
  "not-started": () => "The process that scores the first items did not start in time.",
  "too-slow": () => "Opening the model and scoring the first items takes more than a second.",
  aborted: () => "Nobody waits for it any more.",
  "not-opened": ({ reason }) => `The model cannot be opened: ${reason}`,
  "not-scored": ({ reason }) => `The first items cannot be scored: ${reason}`,
  "process-ended": ({ how }) => `The process that scored the first items ended (${how}).`,
};

/** The English words: what the command line prints, and the window where it speaks English. */
export const englishPreflightSentences: PreflightSentences = { warning, basis, noSample };
