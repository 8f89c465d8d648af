import type { ProcessHost } from "../../compute/process-host.ts";
import type { SentFiles } from "../../contract/nouns/azure/sent-files.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { failure, problemOf, type Result } from "../../contract/problem.ts";
import { askDataProcess } from "./ask-data-process.ts";

const died = problemOf("input/unreadable:check-ended");

/** Of a finished job: the list of its files, and the journal that knows what failed. */
export type RetriedFiles = { readonly listingFile: string; readonly journalFile: string };

/** Where the lists are kept, and of which job only what failed is sent; null: nowhere, and of none. */
export type ListForAzure = {
  readonly listingFile: string | null;
  readonly retried: (RetriedFiles & { readonly sentFile: string | null }) | null;
};

/**
 * What of a folder or file of this computer Azure would score, and the lists of it.
 * Problems: input/empty, input/unreadable, output/no-space, output/unwritable, azure/cancelled.
 */
export async function askListForAzure(
  host: ProcessHost,
  { path, kind }: Pick<JobSpec["input"], "path" | "kind">,
  { listingFile, retried }: ListForAzure,
  signal: AbortSignal | null,
): Promise<Result<SentFiles>> {
  const listed = await askDataProcess(
    host,
    { type: "list-for-azure", input: { path, kind, recursive: false }, listingFile, retried },
    {
      answer(message) {
        if (message.type !== "listed-for-azure") return null;
        const { type: _, ...listed } = message;
        return listed;
      },
      died,
      signal,
    },
  );
  return signal?.aborted === true ? failure("azure/cancelled") : listed;
}
