import path from "node:path";
import type { AzureJobSpec } from "../../contract/nouns/job-spec.ts";
import { journalFile, listingFile } from "../folder/job-files.ts";

/** Where the lists of a job's files are: of all of them, and of a job that tries again what failed, of those that are sent. */
export function listsOf(jobFolder: string, { azure }: Pick<AzureJobSpec, "azure">) {
  const before = azure.earlier.at(-1);
  const retried = before === undefined ? null : folderOf(jobFolder, before.job);
  return {
    listingFile: listingFile(jobFolder),
    retried:
      retried === null
        ? null
        : {
            listingFile: listingFile(retried),
            journalFile: journalFile(retried),
            sentFile: path.join(jobFolder, "azure-files.jsonl"),
          },
  };
}

/** That of another job: the folders of all of them lie side by side. */
export function folderOf(jobFolder: string, job: string): string {
  return path.join(path.dirname(jobFolder), job);
}
