import fs from "node:fs";
import path from "node:path";
import type { MachineUse } from "../compute/machine-use.ts";
import type { ProcessHost } from "../compute/process-host.ts";
import { ownerOnly } from "../contract/processes/file-modes.ts";
import { failure, type Result, success } from "../contract/problem.ts";
import { createInputCache } from "../jobs/folder/input-cache.ts";
import { createEngine, type Engine, type EngineScope } from "../jobs/queue/engine.ts";
import type { InputSource } from "../jobs/submit/input-source.ts";
import { openRegistry, type Registry } from "../registry/open-registry.ts";
import { systemClock } from "../compute/clock.ts";
import { createRegistryChanges } from "../jobs/queue/registry-changes.ts";
import { createAccountStore } from "../remote/identity/account-store.ts";
import { noSafeStorage, type SafeStorage } from "../remote/identity/safe-storage.ts";
import type { Environment, SystemProxy } from "../remote/network/proxy.ts";
import type { RunTimes } from "../remote/runs/patience.ts";
import { type Accounts, createAccounts } from "./azure/accounts.ts";
import { type Computes, createComputes } from "./computes.ts";
import { type Azure, createAzure } from "./azure/azure.ts";
import type { WorkspaceContext } from "./context.ts";
import { type Assets, createAssets, createDatastores, type Datastores } from "./data.ts";
import { defaultHome } from "./default-home.ts";
import { createDeployments, type Deployments } from "./deployments.ts";
import { createDevices, type Devices } from "./devices.ts";
import { diskProblem } from "./disk.ts";
import { createEndpoints, type Endpoints } from "./endpoints.ts";
import { createEnvironments, type Environments } from "./environments.ts";
import { createAzureSubmission } from "./jobs/azure-submission.ts";
import { azureMeasures } from "./jobs/azure-costs.ts";
import { createAzureRunning } from "./jobs/azure-running.ts";
import { createJobDownload } from "./jobs/job-download.ts";
import { createJobControl } from "./jobs/job-control.ts";
import { createJobResults } from "./jobs/job-results.ts";
import { createJobLookup, type Jobs } from "./jobs/jobs.ts";
import { type OwnJobs, ownJobs } from "./jobs/own-jobs.ts";
import { createQueue, type Queue } from "./jobs/queue.ts";
import { createRowPictures } from "./jobs/row-pictures.ts";
import { createSubmission } from "./jobs/submission.ts";
import { createUploadLimit } from "./jobs/upload-limit.ts";
import { createInputSource, downloadsLimit } from "./azure/remote-inputs.ts";
import { createModels, type Models } from "./models.ts";
import { narrow } from "./narrow.ts";
import { createWatches, type Watches } from "./watches/watches.ts";

export type { EngineScope } from "../jobs/queue/engine.ts";
export type { InvokeRequest } from "../jobs/submit/check-invocation.ts";
export type { InvocationFile } from "../jobs/submit/invocation-file.ts";

/**
 * An open workspace: one folder with a registry, models, jobs and outputs. Everything that the command line and the
 * window can do goes through here; neither touches a room below.
 */
export type Workspace = {
  readonly home: string;
  readonly endpoints: Endpoints;
  readonly deployments: Deployments;
  readonly models: Models;
  readonly environments: Environments;
  readonly computes: Computes;
  readonly devices: Devices;
  readonly assets: Assets;
  readonly datastores: Datastores;
  readonly jobs: Jobs;
  readonly queue: Queue;
  readonly watches: Watches;
  readonly accounts: Accounts;
  readonly azure: Azure;
  /** Runs the jobs, whenever no other program does. */
  readonly engine: Pick<Engine, "start" | "holdsLease" | "isAnyoneAtWork" | "writeProblem" | "kill"> & {
    readonly ownJobs: () => OwnJobs;
  };
  /** Calls back after anybody changed the registry; returns a function that ends it. */
  readonly watch: (listener: () => void) => () => void;
  readonly close: () => Promise<void>;
};

/** The folder of a workspace: where it was said to be, or the default place (null). */
export function workspaceHome(given: string | null): string {
  return path.resolve(given ?? defaultHome());
}

type Options = {
  readonly processHost: ProcessHost;
  readonly machineUse: MachineUse;
  readonly scope: EngineScope;
  /** What can fetch inputs that are not on this computer; left out: what Azure and the web offer where `environment` is given, else nothing. */
  readonly inputSource?: InputSource;
  /** What keeps the secrets of accounts, for the workspace in this folder; left out: they stay in memory. */
  readonly safeStorage?: (home: string) => SafeStorage;
  /** Where accounts, clouds and proxies are named; left out: none is. */
  readonly environment?: Environment;
  /** How often jobs in Azure are looked at; left out: as usual. */
  readonly azureTimes?: RunTimes;
  /** Which proxies the settings of the system name; left out: those of the environment are all. */
  readonly systemProxy?: SystemProxy;
  /** How long a call may wait for another program that holds the registry, in milliseconds; left out: five seconds. */
  readonly patienceMs?: number;
};

/** `home` null: the default place. Problems: workspace/unusable, and those of opening the registry. */
export function openWorkspace(options: Options & { readonly home: string | null }): Result<Workspace> {
  const home = workspaceHome(options.home);
  try {
    fs.mkdirSync(home, { recursive: true, mode: ownerOnly.folder });
  } catch (error) {
    const errno = (error as { code?: string }).code ?? null;
    return failure("workspace/unusable:no-folder", { home, errno });
  }
  narrow(home);
  const { patienceMs } = options;
  const registry = openRegistry(path.join(home, "registry.db"), patienceMs === undefined ? {} : { patienceMs });
  if (!registry.ok) return registry;
  try {
    return success(assembleWorkspace(registry.value, home, options).workspace);
  } catch (error) {
    registry.value.close();
    const problem = diskProblem(error, home);
    if (problem === null) throw error;
    return { ok: false, problem };
  }
}

/** The workspace over an open registry, and its engine; the workspace closes both. */
export function assembleWorkspace(
  registry: Registry,
  home: string,
  options: Options,
): { readonly workspace: Workspace; readonly engine: Engine } {
  const { processHost, machineUse, scope } = options;
  const azure = {
    accounts: createAccountStore(home, options.safeStorage?.(home) ?? noSafeStorage),
    environment: options.environment ?? {},
    systemProxy: options.systemProxy ?? null,
  };
  const ofAzure = () => createInputSource({ ...azure, kept: registry.azure, host: processHost });
  const inputSource = options.inputSource ?? (options.environment === undefined ? null : ofAzure());
  const inputCache = createInputCache(home, downloadsLimit(azure.environment));
  const changes = createRegistryChanges(registry, systemClock);
  const azureRunner = createAzureRunning({
    ...{ ...azure, host: processHost, clock: systemClock, measures: azureMeasures(registry.azureHistory) },
    ...(options.azureTimes === undefined ? {} : { times: options.azureTimes }),
  });
  const engine = createEngine({
    registry,
    home,
    host: processHost,
    machineUse,
    inputSource,
    inputCache,
    azureRunner,
    scope,
    changes,
  });
  const context: WorkspaceContext = {
    registry,
    home,
    modelsFolder: path.join(home, "models"),
    codeFolder: path.join(home, "code"),
    processHost,
    inputSource,
    inputCache,
    azure,
    changes,
    changed() {
      engine.wake();
      changes.notify();
    },
  };
  const submission = createSubmission(context);
  const results = createJobResults(context);
  const pictures = createRowPictures(context, results.reading);
  const watches = createWatches(context, submission.offer.submit);
  const workspace: Workspace = {
    home,
    endpoints: createEndpoints(context),
    deployments: createDeployments(context),
    models: createModels(context),
    environments: createEnvironments(context),
    computes: createComputes(context),
    devices: createDevices(context),
    assets: createAssets(context),
    datastores: createDatastores(context),
    jobs: {
      ...createJobLookup(context),
      ...createJobControl(context),
      ...createJobDownload(context),
      ...results.reading,
      ...pictures.offer,
      ...submission.offer,
      ...createAzureSubmission(context),
      ...createUploadLimit(context),
    },
    queue: createQueue(context),
    watches,
    accounts: createAccounts(context),
    azure: createAzure(context),
    engine: {
      start: engine.start,
      holdsLease: engine.holdsLease,
      isAnyoneAtWork: engine.isAnyoneAtWork,
      writeProblem: engine.writeProblem,
      kill: engine.kill,
      ownJobs: () => ownJobs(registry, engine.holdsLease()),
    },
    watch: changes.watch,
    async close() {
      await watches.close();
      submission.close();
      results.close();
      pictures.close();
      await engine.close();
      azureRunner.close();
      changes.close();
      registry.close();
    },
  };
  return { workspace, engine };
}
