import type { Clock } from "../../compute/clock.ts";
import type { ProcessHost } from "../../compute/process-host.ts";
import type { WorkerPool } from "../../compute/worker-pool.ts";
import type { BaseJobFiles } from "../../contract/nouns/base-job.ts";
import { type AzureJobSpec, type JobSpec, runsInAzure } from "../../contract/nouns/job-spec.ts";
import type { JobStatus } from "../../contract/job-status.ts";
import { problemOf, type Result, success } from "../../contract/problem.ts";
import type { Registry } from "../../registry/open-registry.ts";
import type { OutputClaims } from "../claim/output-claims.ts";
import type { InputCache } from "../folder/input-cache.ts";
import { copiesFolder, jobFiles } from "../folder/job-files.ts";
import { baseJobFiles, keepsRecords } from "../folder/base-files.ts";
import { removeNeedless } from "../folder/left-folders.ts";
import { removeUnfinishedLists } from "../folder/unfinished-lists.ts";
import { needsDownload, startDownload } from "../run/download-input.ts";
import { type JobRun, startJobRun } from "../run/job-run.ts";
import { isForGood, isPassing, type JobRunEnd } from "../run/wait-or-fail.ts";
import type { AzureRunner } from "../azure/azure-runner.ts";
import { startAzureRun } from "../azure/azure-run.ts";
import type { InputSource } from "../submit/input-source.ts";
import { computeOf, type QueueSnapshot } from "./queue-snapshot.ts";
import { maxStandstills, type Rechecks } from "./recheck.ts";
import { recordSpeed } from "./record-speed.ts";
import type { RegistryWrites } from "./registry-writes.ts";
import { type HandOver, recordEnd } from "./record-end.ts";
import { localComputeName } from "../../contract/views/compute.ts";
import { waitsForItsUser } from "../../contract/nouns/job.ts";
import type { JobRecord } from "../../registry/job-row.ts";

export type RunningJob = {
  readonly run: JobRun;
  readonly spec: JobSpec;
  /** Why it was asked to stop and hand over; null while it may go on. */
  handOver: HandOver | null;
};

/** The jobs that this engine works on, from their begin to the line in the registry that tells how they ended. */
export type RunningJobs = {
  readonly find: (name: string) => RunningJob | undefined;
  readonly begin: (job: JobRecord, queue: QueueSnapshot, workers: number) => void;
  /** Has it finish what is in work and go back to the queue. */
  readonly handOver: (job: RunningJob, why: HandOver) => void;
  readonly tick: (elapsedMs: number) => void;
  readonly stop: (how: "finish" | "now") => void;
  /** Settles when those that run now have ended. */
  readonly ended: () => Promise<void>;
  /** Something happened to it that the registry could not take yet. */
  readonly isUnwritten: (name: string) => boolean;
  /** Writes what could not be written before. Throws when that still cannot be done. */
  readonly writeRest: () => void;
};

type Context = {
  readonly registry: Registry;
  readonly home: string;
  readonly host: ProcessHost;
  readonly pool: WorkerPool;
  readonly clock: Clock;
  readonly inputSource: InputSource | null;
  readonly inputCache: InputCache;
  readonly azureRunner: AzureRunner | null;
  readonly writes: RegistryWrites;
  readonly rechecks: Rechecks;
  readonly claims: OutputClaims;
  /** False once the engine was killed: nothing is written any more. */
  readonly mayWrite: () => boolean;
  /** Something was written to the registry. */
  readonly changed: () => void;
};

export function createRunningJobs(context: Context): RunningJobs {
  const { registry, home, writes, rechecks, clock, changed } = context;
  const running = new Map<string, RunningJob>();
  /** What the registry could not be told yet, in the order in which it happened. */
  let unwritten: readonly { readonly job: string; readonly write: () => void }[] = [];

  function begin(job: JobRecord, queue: QueueSnapshot, workers: number): void {
    const startedAt = job.startedAt ?? clock.timestamp();
    // Every run of a job has an epoch of its own, so that no two ever write to a segment of the same name.
    const epoch = registry.nextEpoch();
    if (job.status === "Queued") {
      const changes = { startedAt, engineEpoch: epoch, problem: null };
      if (!registry.jobs.move(job.name, ["Queued"], "Preparing", null, changes)) return;
    }
    const started = start({ ...job, startedAt }, queue, epoch);
    if (!started.ok) {
      const kind = isPassing(started.problem) ? "blocked" : "failed";
      finish(job.spec, job.status === "CancelRequested" ? { kind: "canceled" } : { kind, problem: started.problem });
      return;
    }
    const entry: RunningJob = { run: started.value, spec: job.spec, handOver: null };
    running.set(job.name, entry);
    started.value.setSlots(workers);
    void started.value.ended.then((end) => {
      running.delete(job.name);
      finish(job.spec, end, entry);
    });
    changed();
  }

  function start(job: StartedJob, queue: QueueSnapshot, epoch: number): Result<JobRun> {
    const { spec } = job;
    if (runsInAzure(spec)) return runInAzure(context, { ...job, spec }, tell);
    if (needsDownload(spec)) return success(download(context, queue, job));
    return score(context, queue, job, epoch, baseJobFiles(registry, home, spec), tell);
  }

  function finish(spec: JobSpec, how: JobRunEnd, entry?: RunningJob): void {
    if (!context.mayWrite()) return;
    const end = unlessStuck(spec.name, how, entry?.run.reached() ?? 0);
    const write = () => {
      const last = entry?.run.progress() ?? null;
      recordEnd(registry.jobs, spec, end, { last, handOver: entry?.handOver ?? null, at: clock.timestamp() });
      if (end.kind === "completed" && last !== null) recordSpeed(registry.speeds, spec, jobFiles(home, spec), last);
      if (isForGood(end)) {
        const files = jobFiles(home, spec);
        void removeUnfinishedLists(files.folder);
        void removeNeedless(copiesFolder(files.folder));
        if (!keepsRecords(registry, spec.name)) void removeNeedless(files.segments);
      }
      changed();
    };
    tell(spec.name, write);
  }

  /** How a run ends: one of a job that goes back to the queue again and again, and gets no further, ends that. */
  function unlessStuck(job: string, end: JobRunEnd, reached: number): JobRunEnd {
    const isScoredAgain = end.kind === "stopped" && end.note?.kind === "scored-again";
    if (isScoredAgain || (end.kind === "blocked" && !waitsForItsUser(end.problem))) {
      if (rechecks.later(job, reached)) return end;
      const cause = end.kind === "blocked" ? end.problem : null;
      rechecks.forget(job);
      return { kind: "blocked", problem: problemOf("job/no-progress", { job, times: maxStandstills, cause }) };
    }
    if (end.kind !== "stopped") rechecks.forget(job);
    return end;
  }

  /** Tells the registry something about a job: now, or as soon as it takes it, and after what was to be told before. */
  function tell(job: string, write: () => void): void {
    if (isUnwritten(job) || !writes.attempt(write)) unwritten = [...unwritten, { job, write }];
  }

  function isUnwritten(job: string): boolean {
    return unwritten.some((one) => one.job === job);
  }

  return {
    find: (name) => running.get(name),
    begin,
    handOver(job, why) {
      if (job.handOver !== null) return;
      job.handOver = why;
      job.run.stop("finish");
    },
    tick(elapsedMs) {
      for (const { run } of running.values()) run.tick(elapsedMs);
    },
    stop(how) {
      for (const { run } of running.values()) run.stop(how);
    },
    ended: async () => {
      await Promise.all([...running.values()].map(({ run }) => run.ended));
    },
    isUnwritten,
    writeRest() {
      for (const { write } of unwritten) {
        write();
        unwritten = unwritten.slice(1);
      }
    },
  };
}

type Tell = (job: string, write: () => void) => void;
type StartedJob = JobRecord & { readonly startedAt: string };

/** How a run writes the state of its job to the registry, and reads what was requested. */
function tellingOf(registry: Registry, writes: RegistryWrites, name: string, tell: Tell) {
  return {
    isCancelRequested() {
      let isRequested = false;
      // What cannot be read now is seen by a later tick, which then ends the run.
      writes.attempt(() => {
        isRequested = registry.jobs.find(name)?.status === "CancelRequested";
      });
      return isRequested;
    },
    enter(status: Extract<JobStatus, "Running" | "Finalizing">) {
      // A registry that takes nothing now holds up no work: it is written later.
      let isEntered = true;
      tell(name, () => {
        isEntered = registry.jobs.move(name, status === "Running" ? ["Preparing"] : ["Running"], status, null);
      });
      return isEntered;
    },
  };
}

function runInAzure(
  { registry, home, host, clock, claims, writes, azureRunner: runner }: Context,
  { name, spec, progress: before, createdAt, startedAt }: StartedJob & { readonly spec: AzureJobSpec },
  tell: Tell,
): Result<JobRun> {
  if (runner === null) throw new Error("A job in Azure began without what runs it.");
  const scorer = { ...spec.scorer, unit: "row" } as JobSpec["scorer"];
  return startAzureRun({
    ...{ spec, home, host, clock, claims, runner, before, createdAt, startedAt },
    files: jobFiles(home, spec),
    ...tellingOf(registry, writes, name, tell),
    noteRows: () => tell(name, () => registry.jobs.freezeOutput({ ...spec, scorer })),
  });
}

function score(
  { registry, home, host, pool, clock, claims, writes }: Context,
  queue: QueueSnapshot,
  job: StartedJob,
  epoch: number,
  base: BaseJobFiles | null,
  tell: Tell,
): Result<JobRun> {
  const { name, spec, createdAt, startedAt } = job;
  const compute = computeOf(queue, spec) ?? queue.computes.get(localComputeName);
  return startJobRun({
    ...{ spec, home, epoch, host, pool, clock, claims, createdAt, startedAt },
    files: jobFiles(home, spec),
    idleSeconds: compute?.idleSecondsBeforeScaleDown ?? 0,
    // A job over named files knows what they were: one that has changed since fails, and nobody has to be asked.
    skipChanged: job.skipChanged || spec.input.files !== null,
    base,
    ...tellingOf(registry, writes, name, tell),
    noteOwnFolder(ownFolder) {
      tell(name, () => {
        registry.jobs.freezeOutput({ ...spec, output: { ...spec.output, ownFolder } });
      });
    },
  });
}

function download(
  { registry, home, host, inputSource, inputCache: cache }: Context,
  queue: QueueSnapshot,
  { spec, progress }: JobRecord,
): JobRun {
  const { folder } = jobFiles(home, spec);
  const device = computeOf(queue, spec)?.device ?? "auto";
  return startDownload({ spec, progress, folder, device, host, registry, source: inputSource, cache });
}
