import * as z from "zod";
import type { BlobPlace } from "../../contract/nouns/azure/azure-part.ts";
import type { AzureJobSpec } from "../../contract/nouns/job-spec.ts";
import type { AzureEstimate } from "../../contract/nouns/azure/azure-estimate.ts";
import { estimateAzureJob } from "../../jobs/azure/estimate-azure-job.ts";
import type { AzureHistoryRepository, AzureTarget } from "../../registry/azure/azure-history.repository.ts";
import type { RunMeasures } from "../../remote/runs/measured-work.ts";
import type { PlannedAzureJob } from "../../remote/runs/plan-job.ts";

/** Keeps what jobs in Azure took, for the estimate of the next one. */
export function azureMeasures(history: AzureHistoryRepository): RunMeasures {
  return {
    uploaded: (spec, { listing, speed }) =>
      history.addUpload({ store: storeOf(spec.azure.datastore), listing }, { job: spec.name, speed }),
    ran: (spec, run) => history.addRun(targetOf(spec), { ...run, job: spec.name, nodes: nodesOf(spec) }),
    uploadLimit: history.uploadLimit,
  };
}

/** What a planned job will take, by what this computer has learned of earlier ones. */
export function azureEstimate(
  history: AzureHistoryRepository,
  spec: AzureJobSpec,
  listed: PlannedAzureJob["listed"],
): AzureEstimate {
  const store = storeOf(spec.azure.datastore);
  const target = targetOf(spec);
  const input =
    listed === null
      ? null
      : {
          bytes: listed.bytes,
          sentBy: history.sentBy({ store, listing: listed.listing }),
        };
  return estimateAzureJob(
    { nodes: nodesOf(spec), input },
    {
      runs: history.runs(target),
      uploads: history.speeds(store),
      price: history.price(target, spec.compute),
    },
  );
}

function targetOf({ azure, endpointName, deploymentName, compute }: AzureJobSpec): AzureTarget {
  const { cloud, place } = azure;
  return { cloud, place, endpoint: endpointName, deployment: deploymentName, compute };
}

function storeOf({ accountName, endpoint, containerName }: BlobPlace): string {
  return `${accountName}.blob.${endpoint}/${containerName}`;
}

const countedSchema = z.object({ resources: z.object({ instance_count: z.number().int().positive() }) });

/** As the job asks for, else as its deployment says. */
function nodesOf({ azure, deployment }: AzureJobSpec): number {
  return azure.overrides.instanceCount ?? countedSchema.safeParse(deployment).data?.resources.instance_count ?? 1;
}
