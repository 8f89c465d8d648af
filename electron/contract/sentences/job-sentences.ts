import type { JobNote } from "../nouns/job-note.ts";
import type { JobWarning } from "../nouns/job-warning.ts";
import type { GivingWay, WaitingReason } from "../nouns/waiting-reason.ts";
import { oneLine } from "../plain-text.ts";
import { englishWords } from "../words/english-problems.ts";
import { deviceTitles } from "../nouns/device.ts";
import { leftOutSentence } from "./left-out.ts";
import { localTime, sentenceOf, type SentencesOf, transferDone, type TransferWords } from "./sentences.ts";

const transfer: TransferWords = { of: "of", hours: "h", left: (time) => `about ${time} left` };

/** What is said about a job, in one language: one sentence a fact. */
export type JobSentences = {
  readonly waiting: SentencesOf<WaitingReason>;
  readonly note: SentencesOf<JobNote>;
  readonly warning: SentencesOf<JobWarning>;
};

const givingWay: Readonly<Record<GivingWay, string>> = {
  battery: "Its compute has low priority, and the computer runs on battery.",
  user: "Its compute has low priority, and somebody uses the computer.",
  quiet: "Its compute has low priority, and other work has only just ended: it goes on after ten seconds of quiet.",
};

const waiting: SentencesOf<WaitingReason> = {
  "queue-paused": () => "The queue is paused.",
  "no-engine": ({ job }) => `It runs as soon as Batchdeck is open, or with: batchdeck job stream -n ${job}`,
  "no-command": ({ job }) =>
    `No command waits for it: it runs once Batchdeck is open, or with: batchdeck job stream -n ${job}`,
  "giving-way": ({ to }) => givingWay[to],
  "others-ending": () => "It waits until other jobs have handed over their workers.",
  short: ({ of, compute, workers, wanted, others }) => {
    if (workers === 0) {
      const thing = of === "cores" ? "a core" : `an instance of the compute ${compute}`;
      return others.length === 0
        ? `It waits for ${thing}.`
        : `It waits for ${thing}; ${listed(others)} ${others.length === 1 ? "is" : "are"} before it.`;
    }
    const few = `It has ${workers} of ${wanted} workers`;
    if (of === "cores") return others.length === 0 ? `${few}.` : `${few}; the other cores work for ${listed(others)}.`;
    return others.length === 0
      ? `${few}; the compute ${compute} has no more instances.`
      : `${few}; it shares the compute ${compute} with ${listed(others)}.`;
  },
  listing: () => "Its input is being listed.",
  starting: () => "Its workers are starting.",
  "download-listing": () => "Its input is being looked for.",
  downloading: (sizes) => `Its input is being downloaded${transferDone(sizes, transfer)}.`,
  downloaded: () => "Its input was downloaded and is being looked at.",
  "azure-hashing": () => "Its files are being read, so that none is uploaded twice.",
  "azure-uploading": (sizes) => `Its input is being uploaded to Azure${transferDone(sizes, transfer)}.`,
  "azure-submitting": () => "It is being sent to Azure.",
  "azure-following": ({ status }) => `Azure says: ${oneLine(status)}.`,
  "azure-canceling": ({ status }) => `Azure was asked to cancel it, and says: ${oneLine(status)}.`,
  "azure-downloading": (sizes) => `Its results are being downloaded from Azure${transferDone(sizes, transfer)}.`,
  "azure-converting": () => "Its results were downloaded and are being put in order.",
  "azure-unreachable": ({ since, problem }) =>
    `Azure cannot be reached since ${localTime(since)}; it is tried again until it can. ${englishWords(problem).message}`,
};

const maxNamed = 2;

/** "the job a", "the jobs a and b", "the jobs a, b and 3 more". */
function listed(jobs: readonly string[]): string {
  const more = jobs.length - maxNamed;
  const words = more > 0 ? [...jobs.slice(0, maxNamed), `${more} more`] : jobs;
  const last = words[words.length - 1] ?? "";
  return words.length < 2 ? `the job ${last}` : `the jobs ${words.slice(0, -1).join(", ")} and ${last}`;
}

const note: SentencesOf<JobNote> = {
  "handed-over": () => "Handed over.",
  waiting: ({ reason }) => sentenceOf(waiting, reason),
  "paused-while-queued": () => "Paused while it waited.",
  resumed: () => "Resumed.",
  "canceled-before-start": () => "Cancelled before it started.",
  "engine-ended": () => "The program that ran it ended; it goes on from its journal.",
  "writable-again": () => "It can be written again.",
  "scored-again": () => "Some of its results are damaged on the disk; they are scored again.",
  downloaded: () => "Its input was downloaded.",
  problem: ({ problem }) => englishWords(problem).message,
  retried: ({ by }) => `What had failed was scored again by ${by}.`,
};

const warning: SentencesOf<JobWarning> = {
  "left-out": leftOutSentence,
  "device-fallback": ({ device, reason }) => `The job ran on the CPU instead of ${deviceTitles[device]}: ${reason}`,
  "own-folder": ({ folder }) =>
    `The script has written files of the names that Batchdeck's files have. They stay as they are; Batchdeck's are in ${folder}.`,
  "began-again": () => "The journal of the job was damaged, so everything was scored again: check the disk.",
  "listed-again": () =>
    "The list of the job's files was damaged, so the input was listed and scored again: check the disk.",
  "scored-again": ({ miniBatches }) =>
    `The results of ${miniBatches} mini-batches were damaged on the disk and scored again: check the disk.`,
  "azure-nested": ({ files }) =>
    `Azure does not look into the folders of an input: ${files === 1 ? "1 file" : `${files} files`} there ${files === 1 ? "is" : "are"} left out.`,
  "azure-repeated": ({ items }) =>
    `Azure scored ${items === 1 ? "1 item" : `${items} items`} more than once with different results; the first ones were taken.`,
  "smaller-batch": ({ batch, smallest }) =>
    `There was not enough memory for runs of ${batch} rows: they were made smaller, down to ${smallest}.`,
};

/** The English words: what the command line prints, and the window where it speaks English. */
export const englishJobSentences: JobSentences = { waiting, note, warning };
