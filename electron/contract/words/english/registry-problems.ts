import type { WordTable } from "../speaker.ts";

/** The file that holds the workspace's registry, what it refuses, and the programs that measure and read for it. */
export const registryProblems = {
  "workspace/newer-version": ({ file }: { file: string }) => [
    `The file "${file}" was written by a newer version of Batchdeck.`,
    "Update Batchdeck, or name another workspace with --home.",
  ],
  "workspace/unusable:migration": ({ file, step, reason }: { file: string; step: string; reason: string }) => [
    `The file "${file}" could not be brought to this version: step ${step} failed: ${reason}.`,
    "Nothing was changed; report this and keep using the version that wrote the file.",
  ],
  "workspace/unusable:not-opened": ({ file, reason }: { file: string; reason: string }) => [
    `The file "${file}" cannot be opened: ${reason}.`,
    "Check that you may write there and that the disk is not full.",
  ],
  "workspace/unusable:not-made": ({ file, reason }: { file: string; reason: string }) => [
    `The file "${file}" cannot be opened: ${reason}.`,
    "Check that its folder exists and that you may write there.",
  ],
  "workspace/unusable:busy": ({ place }: { place: string }) => [
    `Another program has locked ${place}, as backups and virus scanners do for a moment.`,
    "Jobs go on by themselves once it lets go; a command that was refused can then be run again.",
  ],
  "registry/damaged:file": ({ file, reason }: { file: string; reason: string }) => [
    `The file "${file}" is damaged: ${reason}.`,
    "It was left as it is; put a copy of it back, or name another workspace with --home.",
  ],
  "registry/damaged:while-open": ({ home }: { home: string }) => [
    `The registry of the workspace ${home} was damaged while it was open.`,
    "Nothing more is started; close Batchdeck, check the disk and put a copy of registry.db back.",
  ],
  "registry/damaged:row": ({ table, name }: { table: string; name: string }) => [
    `What the workspace keeps under the name "${name}" in its table of ${table} is damaged.`,
    "Everything else can be used; make it again under another name, or put a copy of registry.db back.",
  ],
  "registry/damaged:job": ({ job }: { job: string }) => [
    `What the workspace keeps of the job ${job} is damaged, so it cannot go on; other jobs can.`,
    `Delete it, which leaves its outputs, and invoke the endpoint again: batchdeck job delete -n ${job} --yes`,
  ],
  "registry/damaged:content": ({ file }: { file: string }) => [
    `The file "${file}" is damaged: it does not hold what was written.`,
    "A job that has not ended begins again by itself; check the disk.",
  ],
  "registry/damaged:listing": ({ file }: { file: string }) => [
    `The list of a job's files is damaged: ${file}.`,
    "A job that has not ended lists its input again and begins again by itself; check the disk.",
  ],
  "job/exists:registered": ({ job }: { job: string }) => [
    `A job "${job}" exists already.`,
    "Give another name with --job-name.",
  ],
  "output/exists:unfinished-job": ({ folder, job }: { folder: string; job: string }) => [
    `The folder "${folder}" is where the unfinished job "${job}" will write.`,
    "Name another folder with --output-path.",
  ],
  "job/not-allowed:ended": ({ job, status }: { job: string; status: string }) => [
    `The job ${job} has ended: it is ${status}.`,
  ],
  "job/not-allowed:other-priority": ({
    job,
    priority,
    other,
    otherPriority,
  }: {
    job: string;
    priority: string;
    other: string;
    otherPriority: string;
  }) => [
    `The job ${other} has the priority ${otherPriority}, and ${job} has ${priority}: places are among jobs of one priority.`,
    `Add: --priority ${otherPriority}`,
  ],
  "device/unavailable:measurement-ended": () => ["The process that measured the model ended before it was done."],
} satisfies Partial<WordTable>;
