import type { NestedProblem, Speaker, WordTable, WrittenWords } from "../speaker.ts";

const writableForms = "Give a folder, or azureml://datastores/NAME/paths/PATH of a datastore of this workspace.";
const folderNotShown = "It may have been moved, or this computer has no program that shows folders.";

const mebibytes = (bytes: number): string => `${Math.ceil(bytes / (1024 * 1024))} MB`;

function listingUnwritable({ folder, errno }: { folder: string; errno: string }): WrittenWords {
  return [
    `The list of the input's files cannot be written to ${folder} (${errno}).`,
    "The job goes on by itself once it can be written.",
  ];
}

function differencesUnwritable({ cause }: { cause: NestedProblem }, { problem }: Speaker): WrittenWords {
  return [problem(cause).message, "Name another place with --output-path."];
}

function commandUnwritable({ cause }: { cause: NestedProblem }, { problem }: Speaker): WrittenWords {
  return [problem(cause).message, "Check the disk and run the command again."];
}

/** Another job has the folder. `host`: the computer that it ran on, when that is another one. */
export type OutputClaimFact = {
  readonly job: string;
  readonly workspace: string;
  readonly host: string | null;
  readonly folder: string;
  readonly file: string;
};

function claimedBy({ job, workspace, host, folder }: OutputClaimFact): string {
  const where = host === null ? workspace : `${workspace} on ${host}`;
  return `The unfinished job ${job} of the workspace ${where} writes to the same output folder: ${folder}.`;
}

/** Where jobs and comparisons write, and what they wrote. */
export const outputProblems = {
  "output/exists": ({ path }: { path: string }) => [
    `The path already exists: ${path}.`,
    "Choose another --output-path, or move that file away.",
  ],
  "output/exists:meanwhile": ({ path }: { path: string }) => [
    `The path already exists: ${path}.`,
    "Choose another --output-path.",
  ],
  "output/exists:part": ({ path }: { path: string }) => [
    `A job that has not ended writes to the output folder: it holds ${path}.`,
    "Choose another --output-path, or remove that file if the job will not go on.",
  ],
  "output/exists:job-writes": ({ job, folder }: { job: string; folder: string }) => [
    `The unfinished job ${job} writes to the same output folder: ${folder}.`,
    "Choose another --output-path.",
  ],
  "output/exists:claimed": (claim: OutputClaimFact) => [
    claimedBy(claim),
    `Choose another --output-path, or remove ${claim.file} if that job will not go on.`,
  ],
  "output/exists:claimed-meanwhile": (claim: OutputClaimFact) => [
    claimedBy(claim),
    `The job goes on by itself once that one has ended, or once ${claim.file} is removed because it will not go on.`,
  ],
  "output/exists:claim-unreadable": ({ folder, file }: { folder: string; file: string }) => [
    `Another job seems to write to the output folder ${folder}: ${file} cannot be read.`,
    "Remove that file if no job writes there, or choose another --output-path.",
  ],
  "output/exists:download": ({ path }: { path: string }) => [
    `${path} exists already, with other content.`,
    "Choose another --download-path, or move that file away.",
  ],
  "output/exists:appeared": ({ path }: { path: string }) => [
    `${path} appeared while the job ran, and is not replaced.`,
    "Move that file away; the job then goes on by itself.",
  ],

  "output/unwritable": ({ place, errno }: { place: string; errno: string }) => [
    `${place} cannot be used right now (${errno}).`,
    "The job goes on by itself once it can be written again.",
  ],
  "output/unwritable:download": ({ folder, errno }: { folder: string; errno: string }) => [
    `The files cannot be copied to ${folder} (${errno}).`,
    "Choose another --download-path.",
  ],
  "output/unwritable:listing": listingUnwritable,
  "output/unwritable:differences": differencesUnwritable,
  "output/unwritable:command": commandUnwritable,
  "output/unwritable:address": ({ cause }: { cause: NestedProblem }, { problem }: Speaker) => [
    problem(cause).message,
    writableForms,
  ],
  "output/unwritable:remote": ({ address }: { address: string }) => [
    `Nothing can be written to "${address}".`,
    writableForms,
  ],
  "output/unwritable:place": ({ cause }: { cause: NestedProblem }, { problem }: Speaker) => [
    problem(cause).message,
    problem(cause).remedy,
  ],
  "output/unwritable:file": ({ path }: { path: string }) => [
    `"${path}" is a file, not a folder.`,
    "Choose another --output-path.",
  ],
  "output/unwritable:folder": ({ path }: { path: string }) => [
    `"${path}" cannot be written to.`,
    "Choose another --output-path.",
  ],
  "output/unwritable:same-name": ({ file }: { file: string }) => [
    `The disk of the output folder takes the name of the array "${file}" for that of another one.`,
    "Choose a folder on a disk that tells capital letters apart, or output_format jsonl or parquet.",
  ],
  "output/unwritable:link": ({ path }: { path: string }) => [
    `"${path}" is a link that leads nowhere.`,
    "Choose another --output-path, or make the folder that it leads to.",
  ],
  "output/unwritable:workspace": ({ folder, workspace }: { folder: string; workspace: string }) => [
    `"${folder}" is among the files of the workspace ${workspace}, which replaces and deletes them.`,
    "Choose another --output-path; in a workspace only the folder outputs is for results.",
  ],
  "output/unwritable:not-chosen": () => ["That folder was not chosen in this window.", "Choose it again."],
  "output/unwritable:not-shown": ({ folder }: { folder: string }) => [
    `The folder ${folder} could not be opened.`,
    folderNotShown,
  ],

  "output/no-space": ({ place }: { place: string }) => [
    `There is no space left to write to ${place}.`,
    "The job goes on by itself once there is space.",
  ],
  "output/no-space:listing": listingUnwritable,
  "output/no-space:differences": differencesUnwritable,
  "output/no-space:command": commandUnwritable,
  "output/no-space:workspace": () => ["The disk of the workspace is full.", "Free some space and resume the job."],
  "output/no-space:estimate": ({ place, needed, free }: { place: string; needed: number; free: number }) => [
    `The output needs about ${mebibytes(needed)}, and ${place} has ${mebibytes(free)} free.`,
    "Make space, or choose another --output-path.",
  ],
  "output/no-space:download": ({ folder, needed, free }: { folder: string; needed: number; free: number }) => [
    `The input takes ${Math.ceil(needed / 1e6)} MB, and ${folder} has ${Math.floor(free / 1e6)} MB free.`,
    "The job goes on by itself once there is space.",
  ],

  "output/gone": ({ folder }: { folder: string }) => [
    `The output folder ${folder} is gone.`,
    "Bring it back, or make it again, empty: the job then goes on by itself.",
  ],
  "output/gone:part": ({ path }: { path: string }) => [
    `${path} was removed, replaced or cut while the job wrote it.`,
    "The job writes it again by itself.",
  ],
  "output/gone:changed": ({ job }: { job: string }) => [
    `The files of the job ${job} are gone, or are not what it wrote any more.`,
    "Put them back, or invoke the endpoint again.",
  ],
  "output/gone:moved": ({ job, folder }: { job: string; folder: string }) => [
    `The files that the job ${job} wrote are not in ${folder} any more.`,
    "Put them back, or invoke the endpoint again.",
  ],
  "output/gone:differences": ({ folder }: { folder: string | null }) => [
    `The folder ${folder ?? "of the differences"} could not be opened.`,
    folderNotShown,
  ],

  "input/unreadable:results": ({ reason }: { reason: string }) => [
    `The results cannot be read: ${/[.!?]$/.test(reason) ? reason : `${reason}.`}`,
    "Try again in a moment.",
  ],
  "input/unreadable:results-ended": () => [
    "The results cannot be read: The process that reads results ended.",
    "Try again in a moment.",
  ],
  "input/unreadable:results-timeout": () => [
    "The results cannot be read: The disk did not answer within four minutes.",
    "Try again in a moment.",
  ],
  "input/unreadable:closing": () => ["The results cannot be read: Batchdeck is closing.", "Try again in a moment."],
} satisfies Partial<WordTable>;
