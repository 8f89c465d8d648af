import fs from "node:fs";
import fsPromises from "node:fs/promises";
import path from "node:path";
import type { MachineUse } from "../compute/machine-use.ts";
import { listDevices, tryDevice } from "../compute/ask-device-process.ts";
import type { ProcessHost } from "../compute/process-host.ts";
import type { Comparison } from "../contract/messages/compare-messages.ts";
import type { JobPriority } from "../contract/nouns/deployment.ts";
import type { DeviceReport } from "../contract/nouns/device.ts";
import type { JobLogKind, JobView } from "../contract/nouns/job.ts";
import type { JobSpec } from "../contract/nouns/job-spec.ts";
import { isTerminal } from "../contract/nouns/job-status.ts";
import type { Preflight } from "../contract/nouns/preflight.ts";
import type { Result } from "../contract/problem.ts";
import type { ReadableFile } from "../contract/messages/results-messages.ts";
import { failure, success } from "../contract/problem.ts";
import { removeUnusedCode } from "../deployments/scripts/code-snapshot.ts";
import { showDeployment } from "../deployments/deployments.ts";
import { type ShownScript, showScript } from "../deployments/scripts/show-script.ts";
import {
  isScriptDeployment,
  isTrusted,
  trustDeployment,
  type WhatRuns,
  whatRuns,
} from "../deployments/scripts/trust.ts";
import type { DeploymentTools } from "../deployments/deployment-tools.ts";
import { compareJobs, type CompareOptions } from "../compare/compare-jobs.ts";
import type { Engine, EngineScope } from "../jobs/queue/engine.ts";
import { systemClock } from "../compute/clock.ts";
import { createRegistryChanges } from "../jobs/queue/registry-changes.ts";
import { createEngine } from "../jobs/queue/engine.ts";
import { jobFiles, jobFolder, logsFolder } from "../jobs/folder/job-files.ts";
import { type LogEnd, readJobLogEnd } from "../jobs/folder/job-log.ts";
import type { InputSource } from "../jobs/submit/input-source.ts";
import { jobView } from "../jobs/folder/job-view.ts";
import { preflight, type PreflightDepth } from "../jobs/preflight/preflight.ts";
import type { InvokeRequest } from "../jobs/submit/check-invocation.ts";
import { readableFiles } from "../jobs/folder/readable-files.ts";
import { createInputLooks } from "../jobs/submit/input-looks.ts";
import { submit } from "../jobs/submit/submit.ts";
import { enqueue } from "../jobs/queue/enqueue.ts";
import { readScriptLogEnd, scriptLogKinds } from "../jobs/folder/script-logs.ts";
import { checkRetry } from "../jobs/submit/retry-failed.ts";
import { keptFor } from "../jobs/folder/reuse.ts";
import type { JobHistoryEntry } from "../registry/jobs.repository.ts";
import type { DeploymentRecord } from "../registry/deployments.repository.ts";
import type { EndpointRecord } from "../registry/endpoints.repository.ts";
import type { Registry } from "../registry/open-registry.ts";
import { openRegistry } from "../registry/open-registry.ts";
import type { QueuePlace } from "../registry/queue.repository.ts";
import { defaultHome } from "./default-home.ts";
import { createWatches, type Watches } from "./watches.ts";
import { journalFile } from "../jobs/folder/job-files.ts";

export type { InvokeRequest } from "../jobs/submit/check-invocation.ts";

/**
 * An open workspace: one folder with a registry, models, jobs and outputs. Everything that the command line and the
 * window can do goes through here; neither touches a room below directly.
 */
export type Workspace = {
  readonly home: string;
  readonly registry: Registry;
  readonly deploymentTools: DeploymentTools;
  readonly endpoints: {
    readonly list: () => readonly EndpointRecord[];
    /** ISO 8601, null when the endpoint was never invoked. */
    readonly lastUsedAt: (name: string) => string | null;
  };
  readonly deployments: {
    readonly list: (endpointName: string) => readonly DeploymentRecord[];
    /** The script that a deployment runs, for a person to look at before they trust it; null: it runs none. */
    readonly whatRuns: (endpointName: string, name: string) => Promise<Result<WhatRuns | null>>;
    /** The same with the script's text. */
    readonly showScript: (endpointName: string, name: string) => Promise<Result<ShownScript | null>>;
    /** Null: it runs no script. */
    readonly isTrusted: (deployment: DeploymentRecord) => boolean | null;
    /** `hash` is that of what was shown: nothing else is trusted. */
    readonly trust: (endpointName: string, name: string, hash: string) => Result<DeploymentRecord>;
  };
  readonly jobs: {
    /** Newest first. */
    readonly list: (endpointName?: string) => readonly JobView[];
    readonly show: (name: string) => Result<JobView>;
    readonly spec: (name: string) => JobSpec | null;
    readonly history: (name: string) => readonly JobHistoryEntry[];
    /** Looks at an invocation without starting it: all that is wrong with it, and what it would do. */
    readonly preflight: (
      request: InvokeRequest,
      depth: PreflightDepth,
      /** Ends every process of it; what it answers then is of no use. */
      signal?: AbortSignal,
    ) => Promise<Preflight>;
    readonly submit: (request: InvokeRequest) => Promise<Result<JobView>>;
    /**
     * Queues a job that scores again what failed in that finished one, and replaces its files when it completes.
     * `changedFiles` of the input are scored again whole.
     */
    readonly retryFailed: (name: string) => Promise<Result<{ readonly job: JobView; readonly changedFiles: number }>>;
    /** Lines two finished jobs up by item, in a process of its own; null when `options.signal` ended it. */
    readonly compare: (a: string, b: string, options: CompareOptions) => Promise<Result<Comparison | null>>;
    readonly pause: (name: string) => Result<JobView>;
    /**
     * Puts a paused job back in the queue; any other unfinished job stays where it is. `skipChanged`: from now on the job
     * goes on although files of its input have changed or are gone, and what it had not scored of them fails.
     */
    readonly resume: (name: string, options?: { readonly skipChanged: boolean }) => Result<JobView>;
    readonly cancel: (name: string) => Result<JobView>;
    /** Gives an unfinished job another priority, another place among those of its priority, or both. */
    readonly arrange: (
      name: string,
      changes: { readonly priority?: JobPriority; readonly place?: QueuePlace },
    ) => Result<JobView>;
    /** Removes a finished job and its folder from the workspace; its outputs stay. */
    readonly delete: (name: string) => Promise<Result<null>>;
    readonly readable: (name: string) => {
      readonly predictions: ReadableFile | null;
      readonly errors: ReadableFile | null;
    };
    /** The file that holds the records of its mini-batches; it may not be there yet. */
    readonly journal: (name: string) => Result<string>;
    /** The last lines of one of its logs, at most 128 kB, whether there are earlier ones, and which logs it has. */
    readonly logEnd: (
      name: string,
      kind: JobLogKind,
    ) => Promise<Result<LogEnd & { readonly kinds: readonly JobLogKind[] }>>;
  };
  /** The whole queue: while it is paused nothing begins, and what runs hands over. Jobs keep what they were told one by one. */
  readonly queue: {
    readonly isPaused: () => boolean;
    readonly pause: () => void;
    readonly resume: () => void;
  };
  readonly devices: {
    /** Tries every device of this machine. */
    readonly list: () => Promise<readonly DeviceReport[]>;
    readonly try: (device: DeviceReport["device"]) => Promise<DeviceReport>;
  };
  readonly watches: Watches;
  readonly engine: Engine;
  /** Calls back after anybody changed the registry; returns a function that ends it. */
  readonly watch: (listener: () => void) => () => void;
  readonly close: () => Promise<void>;
};

const shownLogBytes = 128 * 1024;

export function openWorkspace(options: {
  readonly home: string | null;
  readonly processHost: ProcessHost;
  readonly machineUse: MachineUse;
  readonly scope: EngineScope;
  /** What can fetch inputs that are not on this computer; left out: nothing can, and no socket is opened. */
  readonly inputSource?: InputSource;
}): Result<Workspace> {
  const home = path.resolve(options.home ?? defaultHome());
  try {
    fs.mkdirSync(home, { recursive: true, mode: 0o700 });
  } catch (error) {
    return failure(
      "workspace/unusable",
      `The workspace folder ${home} cannot be made (${(error as { code?: string }).code ?? "unknown reason"}).`,
      "Name another folder with --home.",
    );
  }
  const opened = openRegistry(path.join(home, "registry.db"));
  if (!opened.ok) return opened;
  const registry = opened.value;
  const modelsFolder = path.join(home, "models");
  const codeFolder = path.join(home, "code");
  const inputSource = options.inputSource ?? null;
  const looks = createInputLooks(options.processHost, home);
  const tools = { registry, home, modelsFolder, codeFolder, host: options.processHost, inputSource, looks };
  const deploymentTools: DeploymentTools = { registry, modelsFolder, codeFolder, processHost: options.processHost };
  const speedTools = { host: options.processHost, tunings: registry.tunings };
  const changes = createRegistryChanges(registry, systemClock);
  const notify = changes.notify;
  const watches = createWatches({
    registry,
    home,
    host: options.processHost,
    changes,
    submit: submitJob,
  });
  const engine = createEngine({
    registry,
    home,
    host: options.processHost,
    machineUse: options.machineUse,
    inputSource,
    scope: options.scope,
    changes,
  });

  /** A command of this process was written to the registry. */
  function commanded(): void {
    engine.wake();
    notify();
  }

  function shown(name: string): Result<JobView> {
    const job = registry.jobs.find(name);
    return job === null ? failure("job/not-found", { job: name }) : success(jobView(job));
  }

  /** `also` is written in the transaction that makes the job, or refuses it. */
  function submitJob(request: InvokeRequest, also?: (job: string) => Result<null>): Promise<Result<JobView>> {
    return submit({ ...tools, ...speedTools }, request, (spec, priority) =>
      queueJob(spec, priority, also === undefined ? undefined : () => also(spec.name)),
    );
  }

  function queueJob(spec: JobSpec, priority: JobPriority, also?: () => Result<null>): Result<JobView> {
    const added = enqueue(registry, spec, priority, also);
    if (!added.ok) return added;
    commanded();
    return shown(added.value.name);
  }

  /** Also jobs that no engine looks at say why they wait. */
  function pauseQueue(paused: boolean): void {
    registry.transaction(() => {
      registry.queue.setPaused(paused);
      for (const job of registry.jobs.listUnfinished()) {
        if (job.status === "Queued") registry.jobs.setWaitingFor(job.name, paused ? { kind: "queue-paused" } : null);
      }
    });
    commanded();
  }

  function notAllowed(job: JobView, verb: string): Result<never> {
    return failure("job/not-allowed", `The job ${job.name} cannot be ${verb}: it is ${job.status}.`);
  }

  return success({
    home,
    registry,
    deploymentTools,
    endpoints: {
      list: () => registry.endpoints.list(),
      lastUsedAt: (name) => registry.jobs.lastCreatedAt(name),
    },
    deployments: {
      list: (endpointName) => registry.deployments.list(endpointName),
      async whatRuns(endpointName, name) {
        const deployment = showDeployment(registry, endpointName, name);
        return deployment.ok ? success(await whatRuns(deploymentTools, deployment.value)) : deployment;
      },
      async showScript(endpointName, name) {
        const deployment = showDeployment(registry, endpointName, name);
        return deployment.ok ? showScript(deploymentTools, deployment.value) : deployment;
      },
      isTrusted: (deployment) => (isScriptDeployment(deployment) ? isTrusted(deployment) : null),
      trust(endpointName, name, hash) {
        const trusted = trustDeployment(registry, endpointName, name, hash);
        if (trusted.ok) notify();
        return trusted;
      },
    },
    jobs: {
      list: (endpointName) => registry.jobs.list(endpointName).map(jobView),
      show: shown,
      spec: (name) => registry.jobs.find(name)?.spec ?? null,
      history: (name) => registry.jobs.history(name),
      preflight: (request, depth, signal) => preflight({ ...tools, ...speedTools }, request, depth, signal ?? null),
      submit: (request) => submitJob(request),
      async retryFailed(name) {
        const checked = await checkRetry(tools, name);
        if (!checked.ok) return checked;
        const { spec, retried, changedFiles } = checked.value;
        const queued = queueJob(spec, retried.priority);
        return queued.ok ? success({ job: queued.value, changedFiles }) : queued;
      },
      compare: (a, b, options) => compareJobs(tools, { a, b }, options),
      pause(name) {
        const job = shown(name);
        if (!job.ok) return job;
        if (isTerminal(job.value.status) || job.value.status === "CancelRequested")
          return notAllowed(job.value, "paused");
        // One that paused itself would go on by itself; paused by its user it does not.
        if (job.value.status === "Paused") registry.jobs.change(name, { problem: null });
        else registry.jobs.setRequest(name, "pause");
        // Nobody works on a queued job: it can be set aside here and now.
        const changes = { request: null, problem: null };
        registry.jobs.move(name, ["Queued"], "Paused", { kind: "paused-while-queued" }, changes);
        commanded();
        return shown(name);
      },
      resume(name, { skipChanged } = { skipChanged: false }) {
        const job = shown(name);
        if (!job.ok) return job;
        if (isTerminal(job.value.status) || job.value.status === "CancelRequested")
          return notAllowed(job.value, "resumed");
        registry.jobs.setRequest(name, null);
        if (skipChanged) registry.jobs.change(name, { skipChanged });
        registry.jobs.move(name, ["Paused"], "Queued", { kind: "resumed" }, { problem: null, request: null });
        commanded();
        return shown(name);
      },
      cancel(name) {
        const job = shown(name);
        if (!job.ok) return job;
        if (job.value.status === "CancelRequested" || job.value.status === "Canceled") return job;
        if (isTerminal(job.value.status)) return notAllowed(job.value, "cancelled");
        registry.jobs.move(
          name,
          ["NotStarted", "Queued", "Preparing", "Running", "Finalizing", "Paused"],
          "CancelRequested",
          null,
          { request: null },
        );
        commanded();
        return shown(name);
      },
      arrange(name, changes) {
        const arranged = registry.queue.arrange(name, changes);
        if (!arranged.ok) return arranged;
        commanded();
        return shown(name);
      },
      async delete(name) {
        const job = shown(name);
        if (!job.ok) return job;
        if (!isTerminal(job.value.status)) {
          return failure("job/not-allowed", `The job ${name} is ${job.value.status}.`, "Cancel it first.");
        }
        const kept = keptFor(registry, job.value.name);
        if (kept !== null) return { ok: false, problem: kept };
        await fsPromises.rm(jobFolder(home, job.value.name), { recursive: true, force: true, maxRetries: 5 });
        registry.jobs.remove(name);
        await removeUnusedCode(registry, codeFolder);
        notify();
        return success(null);
      },
      readable(name) {
        const job = registry.jobs.find(name);
        if (job === null) return { predictions: null, errors: null };
        return readableFiles(job.spec, jobFiles(home, job.spec));
      },
      journal(name) {
        const job = shown(name);
        return job.ok ? success(journalFile(jobFolder(home, job.value.name))) : job;
      },
      async logEnd(name, kind) {
        const job = shown(name);
        if (!job.ok) return job;
        const folder = logsFolder(jobFolder(home, job.value.name));
        const end =
          kind === "job"
            ? await readJobLogEnd(folder, shownLogBytes)
            : await readScriptLogEnd(folder, kind, shownLogBytes);
        return success({ ...end, kinds: ["job", ...(await scriptLogKinds(folder))] });
      },
    },
    queue: {
      isPaused: () => registry.queue.isPaused(),
      pause: () => pauseQueue(true),
      resume: () => pauseQueue(false),
    },
    devices: {
      list: () => listDevices(options.processHost),
      try: (device) => tryDevice(options.processHost, device),
    },
    watches,
    engine,
    watch: changes.watch,
    async close() {
      await watches.close();
      looks.close();
      await engine.close();
      changes.close();
      registry.close();
    },
  });
}
