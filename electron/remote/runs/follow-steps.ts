import fs from "node:fs/promises";
import path from "node:path";
import { folderModeIn } from "../../contract/processes/file-modes.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { standingOf } from "../../jobs/azure/azure-statuses.ts";
import type { BlobStore } from "../storage/blob-store.ts";
import type { AtWork, StepEnd } from "./at-work.ts";
import { resultsPrefix } from "./submit-body.ts";

/** The steps of a job that Azure has, up to its results being here. */

/** Azure must not know a job so often in a row, with up to a minute between, before it is given up: it goes on there perhaps. */
const looksForLost = 60;
/** Every so often Azure is asked again to cancel a job that goes on. */
const cancelEveryMs = 60_000;

const nameOf = ({ spec, journal }: AtWork) => journal.facts().name ?? spec.azure.jobName;

/** Asks once how the job is, and waits. */
export async function follow(job: AtWork): Promise<StepEnd> {
  const { journal, stopped, wake, patience } = job;
  sayStatus(job, journal.facts().status ?? "NotStarted");
  const jobs = job.openJobs();
  if (!jobs.ok) return jobs;
  if (job.isCancelling() && isCancelDue(job)) {
    const asked = await jobs.value.cancel(nameOf(job), stopped);
    if (!asked.ok) return asked;
    job.cancelledAt = job.tools.clock.now();
  }
  const seen = await jobs.value.find(nameOf(job), wake.signal(stopped));
  if (!seen.ok) return seen;
  if (seen.value === null) {
    job.looks += 1;
    if (job.looks >= looksForLost) return failure("azure/job-lost", { job: nameOf(job) });
    await job.wait(patience.between(job.looks));
    return success("again");
  }
  job.looks = 0;
  const { status, reason, secondsToWait } = seen.value;
  const before = journal.facts();
  const studioUrl = seen.value.studioUrl ?? before.studioUrl;
  const { end } = standingOf(status);
  if (end !== null) {
    await job.logs.finish();
    journal.move("downloading", { status, studioUrl, outcome: { end, reason } });
    return success("next");
  }
  if (status !== before.status || studioUrl !== before.studioUrl) {
    journal.set({ status, studioUrl });
    patience.begin();
  }
  sayStatus(job, status);
  if (standingOf(status).ours === "Running") job.logs.look();
  await job.wait(patience.poll(secondsToWait));
  return success("again");
}

function isCancelDue({ cancelledAt, tools }: AtWork): boolean {
  return cancelledAt === null || tools.clock.now() - cancelledAt >= cancelEveryMs;
}

function sayStatus({ say, isCancelling }: AtWork, status: string): void {
  say({ kind: isCancelling() ? "azure-canceling" : "azure-following", status });
}

export async function download(job: AtWork): Promise<StepEnd> {
  const { azureFolder, journal, stopped, say } = job;
  say({ kind: "azure-downloading", doneBytes: 0, totalBytes: 0, bytesPerSecond: 0 });
  const store = job.openStore();
  if (!store.ok) return store;
  const prefix = await whereResultsAre(job, store.value);
  if (!prefix.ok) return prefix;
  if (prefix.value !== null) {
    await fs.mkdir(azureFolder, { recursive: true, mode: folderModeIn(await fs.stat(path.dirname(azureFolder))) });
    const got = await store.value.download(
      { prefix: prefix.value, folder: azureFolder, ledgerFile: job.ledger("download") },
      ({ doneBytes, totalBytes, bytesPerSecond }) =>
        say({ kind: "azure-downloading", doneBytes, totalBytes, bytesPerSecond }),
      stopped,
    );
    if (!got.ok) return got;
  }
  journal.move("converting");
  return success("next");
}

/** Where we asked for them, which is where Azure puts them by itself, or where Azure says that they are; null: nowhere. */
async function whereResultsAre(job: AtWork, store: BlobStore): Promise<Result<string | null>> {
  const asked = [...new Set([resultsPrefix(job.spec.azure.jobName), resultsPrefix(nameOf(job))])];
  const there = await firstWithBlobs(store, asked, job.stopped);
  if (!there.ok || there.value !== null) return there;
  const jobs = job.openJobs();
  if (!jobs.ok) return jobs;
  const seen = await jobs.value.find(nameOf(job), job.stopped);
  if (!seen.ok) return seen;
  return firstWithBlobs(store, outputFolders(seen.value?.outputPath ?? null), job.stopped);
}

async function firstWithBlobs(
  store: BlobStore,
  folders: readonly string[],
  signal: AbortSignal,
): Promise<Result<string | null>> {
  for (const folder of folders) {
    const there = await store.hasAny(folder, signal);
    if (!there.ok) return there;
    if (there.value) return success(folder);
  }
  return success(null);
}

/**
 * Where an output can be that Azure names by its path in the datastore: Azure does not say whether that is a folder or a file, so
 * it is the path itself, or else the folder that it lies in. None: no place of its own.
 */
export function outputFolders(outputPath: string | null): readonly string[] {
  const own = (outputPath ?? "").replace(/^\/+|\/+$/g, "");
  if (own === "" || own.split("/").includes("..")) return [];
  const folder = path.posix.dirname(own);
  return (outputPath ?? "").endsWith("/") || folder === "." ? [own] : [own, folder];
}
