import fs from "node:fs";
import type { Clock } from "../../compute/clock.ts";
import { runsInAzure } from "../../contract/nouns/job-spec.ts";
import type { Registry } from "../../registry/open-registry.ts";
import type { AzureRunner } from "../azure/azure-runner.ts";
import { azureJournalFile, openAzureJournal } from "../azure/azure-journal.ts";
import type { OutputClaims } from "../claim/output-claims.ts";
import { jobFiles, journalFile } from "../folder/job-files.ts";
import { isWanted, type QueueSnapshot } from "./queue-snapshot.ts";
import { isUntaken, isUsable, type Rechecks } from "./recheck.ts";
import type { RegistryWrites } from "./registry-writes.ts";
import type { RunningJob, RunningJobs } from "./running-jobs.ts";
import { waitsForItsUser } from "../../contract/nouns/job.ts";
import type { JobRecord } from "../../registry/job-row.ts";

export type Steering = {
  readonly registry: Registry;
  readonly home: string;
  readonly clock: Clock;
  readonly running: RunningJobs;
  /** Null: this engine runs no jobs in Azure. */
  readonly azureRunner: AzureRunner | null;
  readonly rechecks: Rechecks;
  readonly claims: OutputClaims;
  readonly writes: RegistryWrites;
  /** False once the engine closes. */
  readonly isWorking: () => boolean;
  /** Something was written to the registry. */
  readonly changed: () => void;
};

/** Does what commands have asked of jobs, and has jobs go on that had paused themselves. */
export function steerJobs(steering: Steering, queue: QueueSnapshot): void {
  const { running } = steering;
  for (const job of queue.jobs) {
    const active = running.find(job.name);
    if (running.isUnwritten(job.name)) continue;
    if (active !== undefined) steerRunning(running, job, active, queue.isPaused);
    else if (job.status === "CancelRequested") cancelWaiting(steering, job, queue);
    else if (job.status === "Queued" && job.request === "pause") pauseQueued(steering, job);
    else if (job.status === "Paused" && job.problem !== null && !waitsForItsUser(job.problem) && isWanted(queue, job)) {
      recheck(steering, job);
    }
  }
}

function steerRunning(running: RunningJobs, job: JobRecord, active: RunningJob, isQueuePaused: boolean): void {
  if (job.status === "CancelRequested") active.run.cancel();
  else if (job.request === "pause") running.handOver(active, { kind: "handed-over" });
  else if (isQueuePaused) running.handOver(active, { kind: "waiting", reason: { kind: "queue-paused" } });
}

/** A cancelled job that nobody works on: one that had begun still gets its partial files. */
function cancelWaiting(
  { registry, home, clock, running, rechecks, azureRunner, changed }: Steering,
  job: JobRecord,
  queue: QueueSnapshot,
): void {
  const { folder } = jobFiles(home, job.spec);
  const journal = runsInAzure(job.spec) ? azureJournalFile(folder) : journalFile(folder);
  if (fs.existsSync(journal) && (!runsInAzure(job.spec) || azureRunner !== null)) {
    // What stands in the way of its end is tried again, and not all the time.
    if (rechecks.isDue(job.name)) running.begin(job, queue, 0);
    return;
  }
  const changes = { request: null, endedAt: clock.timestamp() };
  registry.jobs.move(job.name, ["CancelRequested"], "Canceled", { kind: "canceled-before-start" }, changes);
  changed();
}

function pauseQueued({ registry, changed }: Steering, job: JobRecord): void {
  const changes = { request: null, problem: null };
  registry.jobs.move(job.name, ["Queued"], "Paused", { kind: "paused-while-queued" }, changes);
  changed();
}

/** What lies in Azure is looked for there, and what was sent is not read again. */
function needsItsInput({ spec }: JobRecord, jobFolder: string): boolean {
  if (!runsInAzure(spec)) return true;
  if (spec.azure.input.kind === "address") return false;
  const { step } = openAzureJournal(jobFolder, "hashing").facts();
  return step === "hashing" || step === "uploading";
}

/** A job that paused itself goes on once its places can be written again. */
function recheck(steering: Steering, job: JobRecord): void {
  const { registry, home, rechecks, claims, writes, azureRunner, isWorking, changed } = steering;
  const { spec, problem } = job;
  const waitsForAccount = problem?.code === "azure/sign-in-needed" || problem?.code === "azure/sign-in-failed";
  // What only fetches its input from Azure tries again like any other.
  if (waitsForAccount && runsInAzure(spec) && azureRunner?.mayGoOn(spec) !== true) return;
  if (!rechecks.isDue(job.name)) return;
  const files = jobFiles(home, spec);
  const places = {
    input: needsItsInput(job, files.folder) ? spec.input.path : files.folder,
    jobFolder: files.folder,
    outputFolder: job.spec.output.folder,
    mustExist: job.problem?.code === "output/gone",
  };
  void isUntaken(job, files, claims).then(async (isFree) => {
    if (!isFree || !(await isUsable(places)) || !isWorking()) return;
    writes.attempt(() => {
      // Meanwhile its user may have paused it for good.
      if (registry.jobs.find(job.name)?.problem === null) return;
      const changes = { problem: null, request: null };
      registry.jobs.move(job.name, ["Paused"], "Queued", { kind: "writable-again" }, changes);
      changed();
    });
  });
}
