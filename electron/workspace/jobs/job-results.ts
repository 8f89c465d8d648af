import path from "node:path";
import type { ReadableFile, ResultsPage } from "../../contract/messages/results-messages.ts";
import type { JobLogKind } from "../../contract/nouns/job.ts";
import type { MiniBatchRecord } from "../../contract/views/mini-batch.ts";
import { type Result, success } from "../../contract/problem.ts";
import { journalFile, jobFiles, jobFolder, logsFolder } from "../../jobs/folder/job-files.ts";
import { azureLogFile, followAzureLog, readAzureLogEnd } from "../../jobs/folder/azure-log.ts";
import { exists } from "../../jobs/folder/exists.ts";
import { readJobLog, readJobLogEnd } from "../../jobs/folder/job-log.ts";
import type { LogEnd } from "../../jobs/folder/log-file.ts";
import { readableFiles } from "../../jobs/folder/readable-files.ts";
import { readScriptLogEnd, scriptLogKinds } from "../../jobs/folder/script-logs.ts";
import { miniBatchPages } from "../../outputs/mini-batches.ts";
import { createResultsReader } from "../../outputs/results.ts";
import type { WorkspaceContext } from "../context.ts";
import { findJob } from "./find-job.ts";

/** What a job leaves behind: its files, the records of its mini-batches, its logs. Problem: job/not-found. */
export type JobResults = {
  /** The files that can be read now, also while the job still writes them; null where there are none. */
  readonly readable: (name: string) => {
    readonly predictions: ReadableFile | null;
    readonly errors: ReadableFile | null;
  };
  /** Rows `offset` to `offset + limit` of one of them, cells as text; none while there is no file. Problem: input/unreadable. */
  readonly page: (
    name: string,
    which: "predictions" | "errors",
    offset: number,
    limit: number,
  ) => Promise<Result<ResultsPage>>;
  /** The records of its mini-batches, page by page, since there may be a million of them. */
  readonly miniBatches: (name: string) => Iterable<readonly MiniBatchRecord[]>;
  /** Some of them, as `page` gives rows. */
  readonly miniBatchPage: (name: string, offset: number, limit: number) => Promise<Result<ResultsPage>>;
  /** Its own log whole; empty when nobody has worked on it. */
  readonly log: (name: string) => string;
  /** The last lines of one of its logs, at most 128 kB, whether there are earlier ones, and which logs it has. */
  readonly logEnd: (
    name: string,
    kind: JobLogKind,
  ) => Promise<Result<LogEnd & { readonly kinds: readonly JobLogKind[] }>>;
  /** Where the prints of its script go, of a job in Azure those that were brought from there; made with the first of them. */
  readonly scriptLogs: (name: string) => string;
  /** What a job in Azure prints there: each call answers the lines since the one before, the first one the last lines. */
  readonly followAzureLog: (name: string) => () => readonly string[];
};

const shownLogBytes = 128 * 1024;

function endOfLog(folder: string, kind: JobLogKind): Promise<LogEnd> {
  switch (kind) {
    case "job":
      return readJobLogEnd(folder, shownLogBytes);
    case "azure":
      return readAzureLogEnd(folder, shownLogBytes);
    default:
      return readScriptLogEnd(folder, kind, shownLogBytes);
  }
}

/** `close` ends the process that reads the pages. */
export function createJobResults({ registry, home, processHost }: WorkspaceContext): {
  readonly reading: JobResults;
  readonly close: () => void;
} {
  const reader = createResultsReader(processHost);
  const logsOf = (name: string) => logsFolder(jobFolder(home, name));

  function readable(name: string) {
    const job = registry.jobs.find(name);
    if (job === null) return { predictions: null, errors: null };
    return readableFiles(job.spec, jobFiles(home, job.spec));
  }

  const reading: JobResults = {
    readable,
    async page(name, which, offset, limit) {
      const job = findJob(registry, name);
      if (!job.ok) return job;
      const source = readable(name)[which];
      // Nothing has been merged yet: a page without rows, not a problem.
      if (source === null) return success({ columns: [], rows: [], totalRows: 0 });
      return reader.page(source, offset, limit);
    },
    miniBatches: (name) => miniBatchPages(journalFile(jobFolder(home, name))),
    async miniBatchPage(name, offset, limit) {
      const job = findJob(registry, name);
      return job.ok ? reader.miniBatches(journalFile(jobFolder(home, job.value.name)), offset, limit) : job;
    },
    log: (name) => readJobLog(logsOf(name)),
    async logEnd(name, kind) {
      const job = findJob(registry, name);
      if (!job.ok) return job;
      const folder = logsOf(job.value.name);
      const azure = (await exists(azureLogFile(folder))) ? (["azure"] as const) : [];
      return success({
        ...(await endOfLog(folder, kind)),
        kinds: ["job", ...azure, ...(await scriptLogKinds(folder))],
      });
    },
    scriptLogs(name) {
      const isAzure = registry.jobs.find(name)?.spec.azure !== undefined;
      return isAzure ? azureLogFile(logsOf(name)) : path.join(logsOf(name), "user");
    },
    followAzureLog: (name) => followAzureLog(logsOf(name)),
  };
  return { reading, close: reader.close };
}
