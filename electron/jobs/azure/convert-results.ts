import fs from "node:fs";
import path from "node:path";
import { askHelper } from "../../compute/ask-helper.ts";
import { helperTimeouts } from "../../compute/helper-timeouts.ts";
import type { ProcessHost } from "../../compute/process-host.ts";
import {
  type AzureSource,
  type FromConvertProcess,
  fromConvertProcessSchema,
  type ToConvertProcess,
} from "../../contract/messages/convert-messages.ts";
import type { AzureJobSpec } from "../../contract/nouns/job-spec.ts";
import { problemOf, type Result } from "../../contract/problem.ts";
import { blockedBy } from "../folder/blocked.ts";
import { type JobFiles, listingFile as listingFileOf } from "../folder/job-files.ts";
import type { JobEnding } from "../journal/journal-facts.ts";
import { folderOf } from "./azure-lists.ts";
import type { AzureFacts, Converted } from "./azure-journal.ts";

type Results = {
  readonly spec: AzureJobSpec;
  readonly files: JobFiles;
  readonly facts: AzureFacts;
  /** What Azure wrote. */
  readonly folder: string;
  readonly ending: JobEnding;
};

/** So often it is begun again when its process dies: it makes the same files. */
const mostDeaths = 3;

/** Has our files made of what Azure wrote, in a process of its own. Problems: azure/unreadable-results, those of the disk. */
export async function convertResults(
  host: ProcessHost,
  results: Results,
  signal: AbortSignal,
): Promise<Result<Converted>> {
  const send = requestOf(results);
  for (let deaths = 1; ; deaths += 1) {
    const answer = await askHelper(
      host,
      { program: "convert-process", messages: fromConvertProcessSchema, died },
      {
        send,
        answer: (message) => answerOf(message, path.dirname(send.rowsPart)),
        timeout: helperTimeouts.convert,
        timedOut,
      },
      signal,
    );
    const hasDied = !answer.ok && answer.problem === died;
    if (!hasDied || signal.aborted || deaths === mostDeaths) return answer;
  }
}

const died = problemOf("engine/bug:job", { reason: "The process that reads what Azure wrote ended." });
const timedOut = problemOf("engine/bug:job", { reason: "The process that reads what Azure wrote got no further." });

function requestOf({ spec, files, facts, folder, ending }: Results): ToConvertProcess {
  const listingFile = spec.azure.input.kind === "upload" && facts.listed !== null ? files.listing : null;
  return {
    type: "convert",
    spec,
    source: sourceOf(spec, folder, listingFile),
    earlier: spec.azure.earlier.map((one) => earlierSource(spec, files.folder, one)),
    isWhole: ending.kind === "completed",
    rowsPart: files.rowsPart,
    errorsPart: files.errorsPart,
    parquetPart: ending.kind === "completed" ? files.parquetPart : null,
    jobFolder: files.folder,
  };
}

function sourceOf({ azure }: AzureJobSpec, folder: string, listingFile: string | null): AzureSource {
  const rowsFile = azure.rowsFile === null ? null : path.join(folder, azure.rowsFile);
  return {
    rowsFile: rowsFile !== null && fs.existsSync(rowsFile) ? rowsFile : null,
    errorsFolder: path.join(folder, "errors"),
    listingFile,
  };
}

/** The list of a job that was deleted since is gone: then its files count as unchanged. */
function earlierSource(
  spec: AzureJobSpec,
  jobFolder: string,
  { job, folder }: AzureJobSpec["azure"]["earlier"][number],
): AzureSource {
  const listing = listingFileOf(folderOf(jobFolder, job));
  return sourceOf(spec, path.join(spec.output.folder, folder), fs.existsSync(listing) ? listing : null);
}

function answerOf(message: FromConvertProcess, outputFolder: string): Result<Converted> | null {
  switch (message.type) {
    case "progress":
      return null;
    case "refused":
      return { ok: false, problem: message.problem };
    case "failed": {
      const { errno, message: reason } = message;
      return { ok: false, problem: blockedBy(errno, outputFolder) ?? problemOf("engine/bug:job", { reason }) };
    }
    case "converted": {
      const { type: _, rowsFile: rows, errorsFile: errors, parquetFile: parquet, ...counts } = message;
      return { ok: true, value: { ...counts, written: { rows, errors, parquet, arrays: null, images: null } } };
    }
  }
}
