import path from "node:path";
import type { SentFiles } from "../../contract/nouns/azure/sent-files.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { readAzureFacts } from "../../jobs/azure/azure-journal.ts";
import { folderOf, listsOf } from "../../jobs/azure/azure-lists.ts";
import { type AtWork, inputFolder, isOfAccount, type StepEnd } from "./at-work.ts";
import type { SeenJob } from "./batch-jobs.ts";
import { datastoreUri, inputPrefix } from "./submit-body.ts";

/** The steps of a job up to Azure's having it. */

/** Azure must not know a job so often in a row, with waits between, before it is sent again. */
const looksForSent = 3;

export async function hash(job: AtWork): Promise<StepEnd> {
  const { spec, folder, journal, tools, wake, stopped, say } = job;
  say({ kind: "azure-hashing" });
  const lists = listsOf(folder, spec);
  const listed = await tools.listInput(spec.input, lists, wake.signal(stopped));
  if (!listed.ok) return listed;
  const request = {
    folder: inputFolder(spec),
    files: { kind: "listing", file: lists.retried?.sentFile ?? lists.listingFile },
    ledgerFile: job.ledger("content"),
  } as const;
  const content = await tools.contentAddress(request, () => say({ kind: "azure-hashing" }), wake.signal(stopped));
  if (!content.ok) return content;
  journal.move("uploading", { contentAddress: content.value.address, listed: withNested(job, listed.value) });
  return success("next");
}

/** Of a job that tries again what failed, what lies in folders is what the job before it had found. */
function withNested({ spec, folder }: AtWork, listed: SentFiles): SentFiles {
  const before = spec.azure.earlier.at(-1);
  if (before === undefined) return listed;
  return { ...listed, nested: readAzureFacts(folderOf(folder, before.job))?.listed?.nested ?? listed.nested };
}

export async function upload(job: AtWork): Promise<StepEnd> {
  const { spec, journal, wake, stopped, say } = job;
  const { contentAddress, listed } = journal.facts();
  say({ kind: "azure-uploading", doneBytes: 0, totalBytes: listed?.bytes ?? 0, bytesPerSecond: 0 });
  const store = job.openStore();
  if (!store.ok) return store;
  const sent = await store.value.upload(
    { folder: inputFolder(spec), ledgerFile: job.ledger("content"), prefix: inputPrefix(contentAddress ?? "") },
    ({ doneBytes, totalBytes, bytesPerSecond }) =>
      say({ kind: "azure-uploading", doneBytes, totalBytes, bytesPerSecond }),
    wake.signal(stopped),
  );
  if (!sent.ok) return sent;
  journal.move("submitting");
  return success("next");
}

/** Looks for the job first, always: the request before may have been cut off after Azure had it. */
export async function submit(job: AtWork): Promise<StepEnd> {
  const { spec, journal, stopped, patience } = job;
  job.say({ kind: "azure-submitting" });
  const jobs = job.openJobs();
  if (!jobs.ok) return jobs;
  const found = await jobs.value.find(spec.azure.jobName, stopped);
  if (!found.ok) return found;
  if (found.value !== null) return taken(job, found.value);
  // What was cut off may still be on its way.
  const mayBeThere = journal.facts().mayBeSent;
  if (mayBeThere && job.looks < looksForSent) {
    job.looks += 1;
    await job.wait(patience.between(job.looks));
    return success("again");
  }
  if (job.isCancelling()) return success("canceled");
  if (job.refused !== null) return { ok: false, problem: job.refused };
  journal.set({ mayBeSent: true });
  job.looks = 0;
  const made = await jobs.value.submit(inputUri(job), stopped);
  if (made.ok) return made.value.kind === "exists" ? notSure(job) : taken(job, made.value.job);
  switch (made.problem.code) {
    // It may have arrived, and then the job is found by its name.
    case "azure/unreachable":
    case "azure/cancelled":
      return made;
    case "azure/unexpected-answer":
      return job.isUnknown ? made : notSure(job);
    default:
      // That one made no job. One that was sent before it may still have done so, and is looked for once more.
      journal.set({ mayBeSent: mayBeThere });
      if (!mayBeThere || isOfAccount(made.problem)) return made;
      job.refused = made.problem;
      return success("again");
  }
}

/** Looks once more; still unsure after that is a problem. */
function notSure(job: AtWork): Result<"again"> {
  if (job.isUnknown) return failure("azure/job-lost", { job: job.spec.azure.jobName });
  job.isUnknown = true;
  return success("again");
}

function taken(job: AtWork, { name, status, studioUrl }: SeenJob): Result<"next"> {
  job.journal.move("following", { mayBeSent: true, name, status, studioUrl });
  job.looks = 0;
  return success("next");
}

function inputUri({ spec, journal }: AtWork): string {
  const { azure, input } = spec;
  if (azure.input.kind === "address") return azure.input.uri;
  const place = inputPrefix(journal.facts().contentAddress ?? "");
  return datastoreUri(spec, `${place}/${input.kind === "file" ? path.basename(input.path) : ""}`);
}
