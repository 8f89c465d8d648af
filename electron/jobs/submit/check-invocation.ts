import crypto from "node:crypto";
import os from "node:os";
import type { ProcessHost } from "../../compute/process-host.ts";
import type { InputPreview } from "../../contract/messages/data-messages.ts";
import type { DeploymentSettings, JobPriority } from "../../contract/nouns/deployment.ts";
import type { Device } from "../../contract/nouns/device.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { plannedBatch } from "../../contract/nouns/scorer.ts";
import { assetNameSchema } from "../../contract/names.ts";
import type { Problem, Result } from "../../contract/problem.ts";
import { collectProblems, failure, success } from "../../contract/problem.ts";
import { checkScript } from "../../deployments/scripts/check-script.ts";
import { resolveDeployment } from "../../deployments/deployments.ts";
import { modelDirectory, modelFolder } from "../../deployments/models/model-store.ts";
import { modelFile } from "../../deployments/models/models.ts";
import { applyEachOverride } from "../../deployments/yaml/overrides.ts";
import type { DeploymentRecord } from "../../registry/deployments.repository.ts";
import type { Registry } from "../../registry/open-registry.ts";
import { type Disk, disksOf, spaceProblem } from "./free-space.ts";
import type { InputSource } from "./input-source.ts";
import type { InputLooks, LookHow } from "./input-looks.ts";
import { previewedFacts, unseenInput } from "./previewed-facts.ts";
import { type InputRequest, resolveInput } from "./resolve-input.ts";
import { resolveOutput } from "./resolve-output.ts";
import { guessedRowBytes } from "./free-space.ts";
import { exists } from "../folder/exists.ts";
import { workersPerInstance } from "../folder/instances.ts";

/** One invocation of an endpoint, as the command line or the window gives it. */
export type InvokeRequest = InputRequest & {
  readonly endpointName: string;
  /** Null: the endpoint's default. */
  readonly deploymentName: string | null;
  /** Null: the workspace's own folder of outputs. */
  readonly outputFolder: string | null;
  readonly overrides: Readonly<Record<string, string>>;
  /** Null: made from the endpoint and the time. */
  readonly jobName: string | null;
  /** Takes over what an earlier job scored and still holds. */
  readonly incremental?: boolean;
};

/** A job as it would be queued, and what was seen while checking it. */
export type PlannedInvocation = {
  readonly spec: JobSpec;
  readonly preview: InputPreview;
  readonly priority: JobPriority;
  /** What the compute says; `spec.device` holds what comes of it when nothing was measured. */
  readonly device: Device;
  /** Workers that the deployment asked for, when that is more than there are cores or instances. */
  readonly workersCappedFrom: number | null;
  readonly disks: readonly Disk[];
};

/** What can be known of an invocation before work starts. */
export type InvocationCheck = {
  /** Every reason to refuse it, in the order in which one would see to them; it can be queued when there is none. */
  readonly problems: readonly Problem[];
  /** Null when the endpoint has no such deployment; then nothing else was looked at. */
  readonly deployment: DeploymentRecord | null;
  /** Also with problems, as far as those leave it known: null when the model or what the input holds is not. */
  readonly planned: PlannedInvocation | null;
};

export type InvocationTools = {
  readonly registry: Registry;
  readonly home: string;
  readonly modelsFolder: string;
  readonly codeFolder: string;
  readonly host: ProcessHost;
  readonly inputSource: InputSource | null;
  readonly looks: InputLooks;
};

/** Until the job is submitted and its speed chosen. */
const defaultSliceBytes = 8 * 1024 * 1024;
/** Of a sample. */
const shownItems = 5;

/** Checks everything that can be checked before work starts, and goes on after a problem. Nothing is written. */
export async function checkInvocation(
  tools: InvocationTools,
  request: InvokeRequest,
  how: LookHow,
): Promise<InvocationCheck> {
  const { registry } = tools;
  const { problems, take } = collectProblems();
  const deployment = take(resolveDeployment(registry, request.endpointName, request.deploymentName));
  if (deployment === null) return { problems, deployment, planned: null };
  const overridden = applyEachOverride(deployment.settings, deployment.properties, request.overrides);
  problems.push(...overridden.problems);
  const { settings, properties } = overridden;

  const scorer = take(await checkScript(tools, deployment)) ?? deployment.scorer;
  const model = take(await storedModel(tools, deployment));
  const named = jobName(registry, deployment.endpointName, request.jobName);
  const name = named.ok ? named.value : newJobName(deployment.endpointName);
  const input = take(await resolveInput(tools, name, request, properties));
  // Cut out each time, so that whoever looks again asks the same: those that are shown, and as many as run together.
  const samples = [shownItems, plannedBatch(scorer)];
  const look = async (seen: JobSpec["input"]) =>
    seen.download === undefined
      ? take(await tools.looks.look({ input: seen, scorer, samples }, how))
      : unseenInput(scorer);
  const looked = input === null ? null : await look(input);
  take(named);
  const { output, problem } = await resolveOutput(tools, request.outputFolder, name, settings, properties, scorer);
  if (problem !== null) problems.push(problem);
  const disks = await disksOf(output.folder, tools.home);
  const rowsBytes = looked === null ? 0 : looked.items * guessedRowBytes(looked.scorer, looked.columns);
  const noSpace = spaceProblem(disks, rowsBytes);
  if (noSpace !== null) problems.push(noSpace);
  if (model === null || input === null || looked === null) return { problems, deployment, planned: null };

  const { workers, cappedFrom } = plannedWorkers(registry, deployment, settings);
  const device = registry.computes.find(deployment.computeName)?.device ?? "auto";
  const percent = properties["batchdeck.error_threshold_percent"];
  const spec: JobSpec = {
    version: 1,
    name,
    endpointName: deployment.endpointName,
    deploymentName: deployment.name,
    input,
    base: null,
    model,
    ...previewedFacts(looked),
    settings,
    compute: deployment.computeName,
    workers,
    errorThreshold: {
      percent: percent === undefined ? null : Number(percent),
      unit: properties["batchdeck.error_threshold_unit"],
    },
    device: device === "auto" ? "cpu" : device,
    pricePerHour: registry.computes.find(deployment.computeName)?.pricePerHour ?? null,
    sliceBytes: defaultSliceBytes,
    output,
    overrides: { ...request.overrides },
    deployment: { ...deployment.source },
  };
  const priority = properties["batchdeck.priority"];
  return {
    problems,
    deployment,
    planned: { spec, preview: looked, priority, device, workersCappedFrom: cappedFrom, disks },
  };
}

async function storedModel(tools: InvocationTools, deployment: DeploymentRecord): Promise<Result<JobSpec["model"]>> {
  const record = tools.registry.models.find(deployment.modelName, deployment.modelVersion);
  if (record === null || !(await exists(modelFile(tools.modelsFolder, record)))) {
    return failure("model/not-found:lost", {
      model: deployment.modelName,
      version: deployment.modelVersion,
    });
  }
  const isScript = deployment.scorer.kind === "script";
  const { name, version, hash, type } = record;
  return success({
    name,
    version,
    hash,
    file: isScript ? "" : modelFile(tools.modelsFolder, record),
    folder: isScript ? modelDirectory(tools.modelsFolder, record) : modelFolder(tools.modelsFolder, record),
    type,
  });
}

/** The name that was given, when a job may have it, or a new one. Problems: usage/invalid, job/exists. */
export function jobName(registry: Registry, endpointName: string, given: string | null): Result<string> {
  if (given !== null) {
    if (!assetNameSchema.safeParse(given).success) return failure("usage/invalid:job-name", { name: given });
    return registry.jobs.find(given) === null ? success(given) : failure("job/exists", { job: given });
  }
  return success(newJobName(endpointName));
}

/** Made from the endpoint and the time; chance keeps two of one second apart. */
export function newJobName(endpointName: string): string {
  const now = new Date();
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  return `${endpointName}-${day}-${time}-${crypto.randomBytes(2).toString("hex")}`;
}

/**
 * Instances × workers on each. Both left out: as many instances as there are cores; with one given the other is 1. Never
 * more instances than the compute has, never more workers than cores.
 */
function plannedWorkers(
  registry: Registry,
  deployment: DeploymentRecord,
  settings: DeploymentSettings,
): { workers: number; cappedFrom: number | null } {
  const cores = os.availableParallelism();
  const { instance_count, max_concurrency_per_instance } = settings;
  const instances = instance_count ?? (max_concurrency_per_instance === null ? cores : 1);
  const asked = instances * workersPerInstance(settings);
  const most = registry.computes.find(deployment.computeName)?.maxInstances ?? instances;
  const workers = Math.min(cores, Math.min(instances, most) * workersPerInstance(settings));
  const isAskedFor = instance_count !== null || max_concurrency_per_instance !== null;
  return { workers, cappedFrom: isAskedFor && asked > workers ? asked : null };
}
