import type { JobView } from "../../contract/nouns/job.ts";
import { type Result, success } from "../../contract/problem.ts";
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
import { findJob } from "./find-job.ts";

export type { AzureInvocation, PlannedAzureJob } from "../../remote/runs/plan-job.ts";

/** From an invocation to a queued job that runs in Azure. */
export type AzureSubmission = {
  /** Looks at it without queueing it: all that is wrong with it, and what would be sent. */
  readonly planForAzure: (
    request: AzureInvocation,
    resources: AzureResources,
    where: AzureWhere,
  ) => Promise<PlannedAzureJob>;
  /** A refusal names everything that is wrong. Nothing is sent by it: the engine does that. */
  readonly submitToAzure: (
    request: AzureInvocation,
    resources: AzureResources,
    where: AzureWhere,
  ) => Promise<Result<{ readonly job: JobView; readonly planned: PlannedAzureJob }>>;
};

export function createAzureSubmission({ registry, home, changed }: WorkspaceContext): AzureSubmission {
  const plan: AzureSubmission["planForAzure"] = (request, resources, where) =>
    planAzureJob({ registry, home }, request, resources, where);

  return {
    planForAzure: plan,
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
