import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { WatchView } from "../../contract/nouns/data-view.ts";
import { failure, type Problem, type Result, success } from "../../contract/problem.ts";
import { isWithin } from "../../data/listing/listing.ts";
import { showEndpoint } from "../../deployments/endpoints.ts";
import { resolveDeployment } from "../../deployments/deployments.ts";
import { applyOverrides } from "../../deployments/yaml/overrides.ts";
import { createLease } from "../../jobs/queue/lease.ts";
import type { Registry } from "../../registry/open-registry.ts";
import type { WatchRecord } from "../../registry/watches.repository.ts";
import type { WorkspaceContext } from "../context.ts";
import type { Submission } from "../jobs/submission.ts";
import { createWatchRunner, watchLeaseName } from "./watch-runner.ts";

export type WatchRequest = {
  readonly folder: string;
  readonly endpointName: string;
  /** Null: the endpoint's default at the time that files arrive. */
  readonly deploymentName: string | null;
  /** Each job gets a folder of its own in this one; null: in the workspace's outputs. */
  readonly outputPath: string | null;
  readonly overrides: Readonly<Record<string, string>>;
  /** Null: the usual time. */
  readonly settleSeconds: number | null;
};

/** Watched folders: what arrives in one and has stopped changing is submitted, once. */
export type Watches = {
  readonly list: () => readonly WatchView[];
  /** What each of them waits for; null: nothing. */
  readonly problems: () => readonly {
    readonly id: string;
    readonly folder: string;
    readonly problem: Problem | null;
  }[];
  /** Problems: watch/invalid, and those of the endpoint, the deployment and the overrides. */
  readonly add: (request: WatchRequest) => Promise<Result<WatchView>>;
  /** Ends every watch of the folder, or that for one endpoint; jobs and outputs stay. Problems: watch/not-found. */
  readonly remove: (folder: string, endpointName: string | null) => Result<readonly WatchView[]>;
  /** This program watches from now on, whenever no other one does. */
  readonly start: () => void;
  readonly close: () => Promise<void>;
};

const defaultSettleSeconds = 5;

export function createWatches(context: WorkspaceContext, submit: Submission["submit"]): Watches {
  const { registry, home, changed } = context;
  let runner: ReturnType<typeof createWatchRunner> | null = null;

  function list(): readonly WatchView[] {
    const records = registry.watches.list();
    const isAnyoneWatching = records.length > 0 && isLeaseTaken(home);
    return records.map((watch) => watchView(watch, isAnyoneWatching));
  }

  return {
    list,
    problems: () => registry.watches.list().map(({ id, folder, problem }) => ({ id, folder, problem })),
    async add(request) {
      const watch = await checkWatch(registry, home, request);
      if (!watch.ok) return watch;
      registry.watches.add(watch.value);
      changed();
      const [added] = list().filter(({ id }) => id === watch.value.id);
      return added === undefined ? failure("watch/not-found:removed") : success(added);
    },
    remove(folder, endpointName) {
      const real = realFolder(folder);
      const found = list().filter(
        (watch) =>
          [real, path.resolve(folder)].includes(watch.folder) &&
          (endpointName === null || watch.endpoint_name.toLowerCase() === endpointName.toLowerCase()),
      );
      if (found.length === 0) return failure("watch/not-found:folder", { folder, endpoint: endpointName });
      registry.transaction(() => found.forEach(({ id }) => registry.watches.remove(id)));
      changed();
      return success(found);
    },
    start() {
      runner ??= createWatchRunner(context, submit);
      runner.start();
    },
    async close() {
      await runner?.close();
    },
  };
}

async function checkWatch(registry: Registry, home: string, request: WatchRequest) {
  const { deploymentName, overrides } = request;
  const settleSeconds = request.settleSeconds ?? defaultSettleSeconds;
  const folder = realFolder(request.folder);
  if (folder === null || !fs.statSync(folder).isDirectory()) {
    return failure("watch/invalid:no-folder", { folder: request.folder });
  }
  const endpoint = showEndpoint(registry, request.endpointName);
  if (!endpoint.ok) return endpoint;
  const endpointName = endpoint.value.name;
  // A default may still come; what is named has to be there.
  const deployment = resolveDeployment(registry, endpointName, deploymentName);
  if (!deployment.ok && deployment.problem.code !== "endpoint/no-default-deployment") return deployment;
  if (deployment.ok) {
    const applied = applyOverrides(deployment.value.settings, deployment.value.properties, overrides);
    if (!applied.ok) return applied;
  }
  if (request.outputPath !== null && /^[a-z][a-z0-9+.-]+:\/\//i.test(request.outputPath)) {
    return failure("watch/invalid:remote-output", { path: request.outputPath });
  }
  const outputPath = request.outputPath === null ? null : nearestReal(path.resolve(request.outputPath));
  const place = checkPlaces(home, folder, outputPath, endpointName, registry.watches.list());
  if (!place.ok) return place;
  const id = crypto.randomUUID();
  return success({ id, folder, endpointName, deploymentName, outputPath, overrides, settleSeconds });
}

/** No watch may find its own outputs, those of another one, or files that another one scores already. */
function checkPlaces(
  home: string,
  folder: string,
  outputPath: string | null,
  endpointName: string,
  others: readonly WatchRecord[],
): Result<null> {
  const workspace = nearestReal(home);
  if (isWithin(workspace, folder)) {
    return failure("watch/invalid:workspace", { folder });
  }
  const outputs = [outputPath, ...others.map((other) => other.outputPath)].filter((output) => output !== null);
  for (const watched of [folder, ...others.map((other) => other.folder)]) {
    const around = outputs.find((output) => isWithin(output, watched));
    if (around !== undefined) return failure("watch/invalid:in-output", { folder: watched, output: around });
  }
  for (const other of others) {
    if (other.endpointName.toLowerCase() !== endpointName.toLowerCase()) continue;
    if (!isWithin(other.folder, folder) && !isWithin(folder, other.folder)) continue;
    return failure("watch/invalid:watched", { folder: other.folder, endpoint: other.endpointName });
  }
  return success(null);
}

function watchView(watch: WatchRecord, isAnyoneWatching: boolean): WatchView {
  return {
    id: watch.id,
    folder: watch.folder,
    endpoint_name: watch.endpointName,
    deployment_name: watch.deploymentName,
    output_path: watch.outputPath,
    overrides: watch.overrides,
    settle_seconds: watch.settleSeconds,
    state: !isAnyoneWatching ? "idle" : watch.problem !== null ? "blocked" : "watching",
    jobs: watch.jobs,
    files_submitted: watch.filesSubmitted,
    files_refused: watch.filesRefused,
    last_job: watch.lastJob,
    last_submitted_at: watch.lastSubmittedAt,
    // A file that was refused by itself keeps no other from being scored.
    problem: watch.problem ?? watch.refusal,
    created_at: watch.createdAt,
  };
}

function isLeaseTaken(home: string): boolean {
  const lease = createLease(home, watchLeaseName);
  try {
    return lease.isTaken();
  } finally {
    lease.close();
  }
}

function realFolder(folder: string): string | null {
  try {
    return fs.realpathSync(folder);
  } catch {
    return null;
  }
}

/** By its one real name as far as it exists. */
function nearestReal(folder: string): string {
  const parent = path.dirname(folder);
  return realFolder(folder) ?? (parent === folder ? folder : path.join(nearestReal(parent), path.basename(folder)));
}
