import { assetNameSchema } from "../contract/names.ts";
import { type ComputeView, tierSchema } from "../contract/views/compute.ts";
import { deviceSchema } from "../contract/nouns/device.ts";
import { failure, type Result, success } from "../contract/problem.ts";
import type { ComputeRecord } from "../registry/computes.repository.ts";
import type { Registry } from "../registry/open-registry.ts";
import { type ComputeFile, readComputeFile } from "../deployments/yaml/asset-files.ts";
import type { FileEdits } from "../deployments/yaml/file-edits.ts";
import type { WorkspaceContext } from "./context.ts";
import { localComputeName } from "../contract/views/compute.ts";

/** What a compute is made with or changed to; null: as by default, or as it is. */
export type ComputeChanges = {
  readonly maxInstances: number | null;
  readonly device: string | null;
  readonly idleSecondsBeforeScaleDown: number | null;
  readonly tier: string | null;
  /** 0: it has no price any more. */
  readonly pricePerHour: number | null;
};

export type Computes = {
  /** By name. */
  readonly list: () => readonly ComputeView[];
  /** Problem: compute/not-found. */
  readonly show: (name: string) => Result<ComputeView>;
  /** Azure ML's file of a cluster, with what goes before it. Problem: usage/invalid. */
  readonly readFile: (file: string, edits: FileEdits) => Promise<Result<ComputeFile>>;
  /** Whether a compute of that name can be made. Problem: compute/invalid. */
  readonly checkNew: (name: string) => Result<null>;
  /** Problem: compute/invalid. */
  readonly create: (name: string, settings: ComputeChanges) => Result<ComputeView>;
  /** Problems: compute/not-found, compute/invalid. */
  readonly update: (name: string, changes: ComputeChanges) => Result<ComputeView>;
  /** Whether it can be deleted, and its own spelling. Problems: compute/not-found, compute/in-use. */
  readonly checkDelete: (name: string) => Result<ComputeView>;
  /** Problems as `checkDelete`. */
  readonly delete: (name: string) => Result<null>;
};

type Settings = Pick<ComputeRecord, "maxInstances" | "device" | "idleSecondsBeforeScaleDown" | "tier" | "pricePerHour">;

const defaults: Settings = {
  maxInstances: null,
  device: "auto",
  idleSecondsBeforeScaleDown: 120,
  tier: "dedicated",
  pricePerHour: null,
};

export function createComputes({ registry, changed }: WorkspaceContext): Computes {
  function save(name: string, before: Settings, changes: ComputeChanges): Result<ComputeView> {
    const settings = changedSettings(before, changes);
    if (!settings.ok) return settings;
    const saved = registry.computes.save({ name, ...settings.value });
    changed();
    return success(computeView(saved));
  }

  function checkDelete(name: string): Result<ComputeView> {
    const found = findCompute(registry, name);
    if (!found.ok) return found;
    const free = checkUnused(registry, found.value.name);
    return free.ok ? success(computeView(found.value)) : free;
  }

  return {
    list: () => registry.computes.list().map(computeView),
    show(name) {
      const found = findCompute(registry, name);
      return found.ok ? success(computeView(found.value)) : found;
    },
    readFile: readComputeFile,
    checkNew: (name) => checkNew(registry, name),
    create(name, settings) {
      const free = checkNew(registry, name);
      return free.ok ? save(name, defaults, settings) : free;
    },
    update(name, changes) {
      const found = findCompute(registry, name);
      return found.ok ? save(name, found.value, changes) : found;
    },
    checkDelete,
    delete(name) {
      const deleted = registry.transaction((): Result<null> => {
        const checked = checkDelete(name);
        if (!checked.ok) return checked;
        registry.computes.remove(checked.value.name);
        return success(null);
      });
      if (deleted.ok) changed();
      return deleted;
    },
  };
}

function findCompute(registry: Registry, name: string): Result<ComputeRecord> {
  const compute = registry.computes.find(name);
  if (compute !== null) return success(compute);
  return failure("compute/not-found", { name });
}

function checkNew(registry: Registry, name: string): Result<null> {
  if (!assetNameSchema.safeParse(name).success) {
    return failure("compute/invalid:name", { name });
  }
  if (registry.computes.find(name) === null) return success(null);
  return failure("compute/invalid:exists", { name });
}

function changedSettings(before: Settings, changes: ComputeChanges): Result<Settings> {
  const device = deviceSchema.safeParse(changes.device ?? before.device);
  if (!device.success) {
    return failure("compute/invalid:device", {
      device: changes.device ?? before.device,
      known: deviceSchema.options,
    });
  }
  const tier = tierSchema.safeParse(changes.tier ?? before.tier);
  if (!tier.success) {
    return failure("compute/invalid:tier", { tier: changes.tier ?? before.tier });
  }
  const price = changes.pricePerHour ?? before.pricePerHour;
  return success({
    maxInstances: changes.maxInstances ?? before.maxInstances,
    device: device.data,
    idleSecondsBeforeScaleDown: changes.idleSecondsBeforeScaleDown ?? before.idleSecondsBeforeScaleDown,
    tier: tier.data,
    pricePerHour: price === 0 ? null : price,
  });
}

function checkUnused(registry: Registry, name: string): Result<null> {
  if (name === localComputeName) {
    return failure("compute/in-use:local");
  }
  const [user] = registry.deployments.listByCompute(name);
  if (user !== undefined) {
    return failure("compute/in-use:deployment", {
      name,
      endpoint: user.endpointName,
      deployment: user.name,
    });
  }
  const job = registry.jobs.listUnfinished().find(({ spec }) => spec.compute.toLowerCase() === name.toLowerCase());
  if (job === undefined) return success(null);
  return failure("compute/in-use:job", { name, job: job.name });
}

function computeView(compute: ComputeRecord): ComputeView {
  return {
    name: compute.name,
    max_instances: compute.maxInstances,
    device: compute.device,
    idle_time_before_scale_down: compute.idleSecondsBeforeScaleDown,
    tier: compute.tier,
    price_per_hour: compute.pricePerHour,
  };
}
