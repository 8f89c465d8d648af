import type { JobView } from "../../contract/nouns/job.ts";
import { type Result, success } from "../../contract/problem.ts";
import type { AzureEstimate } from "../../contract/nouns/azure/azure-estimate.ts";
import type { AzureMissingRight } from "../../contract/nouns/azure/missing-right.ts";
import { enqueue } from "../../jobs/queue/enqueue.ts";
import { checkNobodyWrites } from "../../jobs/submit/resolve-output.ts";
import type { AzureResources } from "../../remote/azureml/azure-client.ts";
import {
  type AzureInvocation,
  type AzureWhere,
  type PlannedAzureJob,
  planAzureJob,
} from "../../remote/runs/plan-job.ts";
import type { WorkspaceContext } from "../context.ts";
import { azureEstimate } from "./azure-costs.ts";
import { findJob } from "./find-job.ts";

export type { AzureInvocation, PlannedAzureJob } from "../../remote/runs/plan-job.ts";

/** What a job would be, what it would take, and what its account may not do for it. */
export type AzureForecast = PlannedAzureJob & {
  /** Null when too little is known. */
  readonly estimate: AzureEstimate | null;
  readonly missingRights: readonly AzureMissingRight[];
};

/** From an invocation to a queued job that runs in Azure. */
export type AzureSubmission = {
  /** Looks at it without queueing it: all that is wrong with it, and what would be sent. The signal ends the look. */
  readonly planForAzure: (
    request: AzureInvocation,
    resources: AzureResources,
    where: AzureWhere,
    signal: AbortSignal | null,
  ) => Promise<AzureForecast>;
  /** A refusal names everything that is wrong. Nothing is sent by it: the engine does that. */
  readonly submitToAzure: (
    request: AzureInvocation,
    resources: AzureResources,
    where: AzureWhere,
  ) => Promise<Result<{ readonly job: JobView; readonly planned: PlannedAzureJob }>>;
};

export function createAzureSubmission({
  registry,
  home,
  processHost: host,
  changed,
}: WorkspaceContext): AzureSubmission {
  const plan = (
    request: AzureInvocation,
    resources: AzureResources,
    where: AzureWhere,
    signal: AbortSignal | null = null,
  ) => planAzureJob({ registry, home, host, signal }, request, resources, where);

  return {
    async planForAzure(request, resources, where, signal) {
      const planned = await plan(request, resources, where, signal);
      const { spec, listed } = planned;
      if (spec === null || signal?.aborted === true) return { ...planned, estimate: null, missingRights: [] };
      const { accountName, containerName } = spec.azure.datastore;
      const writes = spec.azure.input.kind === "upload";
      return {
        ...planned,
        estimate: azureEstimate(registry.azureHistory, spec, listed),
        missingRights: await resources.rights.missingForJob({ accountName, containerName, writes }),
      };
    },
    async submitToAzure(request, resources, where) {
      const planned = await plan(request, resources, where);
      const [problem, ...others] = planned.problems;
      if (problem !== undefined) return { ok: false, problem, others };
      const { spec } = planned;
      if (spec === null) throw new Error("An invocation is refused for a reason.");
      const free = await checkNobodyWrites(registry, spec.output.folder);
      if (!free.ok) return free;
      const added = enqueue(registry, spec, "medium");
      if (!added.ok) return added;
      changed();
      const job = findJob(registry, added.value.name);
      return job.ok ? success({ job: job.value, planned }) : job;
    },
  };
}
