import { assetNameRule } from "../../names.ts";
import type { JobStatus } from "../../job-status.ts";
import type { WordTable, WrittenWords } from "../speaker.ts";

/** A command that a job's status did not allow. */
export type RefusedCommand = "paused" | "resumed" | "cancelled";

/** What a share or a number of failures is judged by. */
type Failures = {
  readonly unit: "row" | "file";
  readonly failed: number;
};

function overThreshold(
  { unit, failed }: Failures,
  total: number | null,
  allowed: string,
  setting: string,
): WrittenWords {
  const isOne = failed === 1 && total === null;
  const noun = unit === "file" ? "file" : "item";
  const verb = unit === "row" ? "failed" : failed === 1 ? "has failed items" : "have failed items";
  const what = `${failed}${total === null ? "" : ` of ${total}`} ${isOne ? noun : `${noun}s`} ${verb}`;
  return [`${what}, more than the ${allowed} allows.`, `See errors.csv, or raise ${setting}.`];
}

/** Jobs: what is asked of them, and why they stand still or fail. */
export const jobProblems = {
  "job/not-found": ({ job }: { job: string }) => [`There is no job named "${job}".`, "See: batchdeck job list"],
  "job/not-found:here": ({ job }: { job: string }) => [
    `There is no job named "${job}" in this workspace.`,
    "See: batchdeck job list",
  ],
  "job/exists": ({ job }: { job: string }) => [`There is a job named "${job}" already.`, "Choose another --job-name."],
  "usage/invalid:job-name": ({ name }: { name: string }) => [`"${name}" cannot be the name of a job.`, assetNameRule],
  "usage/invalid:output-name": ({ name }: { name: string }) => [
    `"${name}" cannot be the name of the output file.`,
    "Give a name without folders.",
  ],
  "usage/invalid:output-name-taken": ({ name }: { name: string }) => [
    `"${name}" is the name of another file of the job.`,
    "Choose another output_file_name.",
  ],
  "usage/invalid:no-such-output": ({ output, job, known }: { output: string; job: string; known: string }) => [
    `The job ${job} has no output "${output}".`,
    `Its output is called ${known}.`,
  ],
  "model/not-found:lost": ({ model, version }: { model: string; version: string }) => [
    `The model ${model}:${version} is not in the workspace any more.`,
    "Create the deployment again.",
  ],
  "model/not-found:lost-by-job": ({ model, version }: { model: string; version: string }) => [
    `The model ${model}:${version} is not in the workspace any more.`,
    "Create the deployment again, and invoke its endpoint.",
  ],

  "job/not-allowed:command": ({
    job,
    command,
    status,
  }: {
    job: string;
    command: RefusedCommand;
    status: JobStatus;
  }) => [`The job ${job} cannot be ${command}: it is ${status}.`],
  "job/not-allowed:delete": ({ job, status }: { job: string; status: JobStatus }) => [
    `The job ${job} is ${status}.`,
    "Cancel it first.",
  ],
  "job/not-allowed:unfinished": ({ job, status }: { job: string; status: JobStatus }) => [
    `The job ${job} has not ended: it is ${status}.`,
    `Wait for it: batchdeck job stream -n ${job}`,
  ],
  "job/not-allowed:gave-up": ({ job, status }: { job: string; status: JobStatus }) => [
    `The job ${job} is ${status}: it ended before it had tried everything.`,
    "Invoke the endpoint again.",
  ],
  "job/not-allowed:retry": ({ job, retried }: { job: string; retried: string }) => [
    `The job ${job} is a retry of ${retried}, whose files it made.`,
    `Retry that one: batchdeck job retry-failed -n ${retried}`,
  ],
  "job/not-allowed:base-in-use": ({ job, user }: { job: string; user: string }) => [
    `The job ${user}, which has not ended, takes rows over from ${job}.`,
    "Cancel it first, or wait for it.",
  ],
  "job/not-allowed:holds-records": ({ job, retried }: { job: string; retried: string }) => [
    `The job ${job} holds the records of ${retried}, which it retried.`,
    `Delete that one first: batchdeck job delete -n ${retried} --yes`,
  ],
  "job/not-allowed:output-partial": ({ address, job, status }: { address: string; job: string; status: JobStatus }) => [
    `"${address}" cannot be an input: the job ${job} ended as ${status}, so its output is not whole.`,
    "Give the file that holds what it finished by its path.",
  ],
  "job/not-allowed:output-unfinished": ({
    address,
    job,
    status,
  }: {
    address: string;
    job: string;
    status: JobStatus;
  }) => [
    `"${address}" cannot be an input: the job ${job} is ${status}, so its output is not there yet.`,
    `Wait for it: batchdeck job stream -n ${job}`,
  ],
  "job/not-allowed:no-predictions": ({ job, status }: { job: string; status: JobStatus }) => [
    `The job ${job} has no whole file of predictions: ${status === "Completed" ? "it was told to write none" : `it is ${status}`}.`,
  ],
  "job/not-allowed:other-items": ({
    a,
    itemsOfA,
    b,
    itemsOfB,
  }: {
    a: string;
    itemsOfA: "row" | "file";
    b: string;
    itemsOfB: "row" | "file";
  }) => [`The items of ${a} are ${itemsOfA}s and those of ${b} are ${itemsOfB}s: they cannot be lined up.`],
  "job/not-allowed:no-common-column": ({ a, b }: { a: string; b: string }) => [
    `The predictions of ${a} and ${b} have no column in common.`,
  ],
  "job/not-allowed:damaged-list": ({ folder }: { folder: string }) => [
    `The job cannot be retried: the list of its files is damaged, in ${folder}.`,
    "Invoke the endpoint again.",
  ],
  "job/nothing-failed": ({ job }: { job: string }) => [`Nothing failed in the job ${job}.`],

  "job/interrupted": ({ job }: { job: string }) => [
    "The program that ran this job ended before the job did.",
    `Go on with: batchdeck job resume -n ${job}`,
  ],
  // Azure ML's own words.
  "job/no-success": () => [
    "There is no succeeded mini batch item returned from run().",
    "See errors.csv for what went wrong with each item.",
  ],
  "job/error-threshold": ({ allowed, ...failures }: Failures & { allowed: number }) =>
    overThreshold(failures, null, `${allowed} that error_threshold`, "error_threshold"),
  "job/error-threshold:percent": ({ total, percent, ...failures }: Failures & { total: number; percent: number }) =>
    overThreshold(
      failures,
      total,
      `${percent} % that batchdeck.error_threshold_percent`,
      "batchdeck.error_threshold_percent",
    ),

  "registry/damaged:journal": ({ folder }: { folder: string }) => [
    `The journal of the job in ${folder} is damaged.`,
    "The job begins again by itself; check the disk.",
  ],
  "engine/bug:job": ({ reason }: { reason: string }) => [
    `The job stopped on an error of Batchdeck's own: ${reason}`,
    "Report it; invoking the endpoint again may help.",
  ],
  "engine/bug:planning": ({ reason }: { reason: string }) => [`Planning stopped on an error of its own: ${reason}.`],
  "engine/bug:output": ({ reason }: { reason: string }) => [
    `The output could not be written: ${reason}`,
    "Check the disk, then invoke the endpoint again.",
  ],
  "engine/bug:output-ended": () => [
    "The output could not be written: The process that writes the output kept ending.",
    "Check the disk, then invoke the endpoint again.",
  ],
  "engine/bug:compare": () => [
    "The process that compares the jobs kept ending.",
    "Close other programs that need much memory, and compare again.",
  ],
  "engine/bug:compare-silent": () => [
    "The process that compares the jobs reported nothing for ten minutes.",
    "Check the disks of both outputs, and compare again.",
  ],
} satisfies Partial<WordTable>;
