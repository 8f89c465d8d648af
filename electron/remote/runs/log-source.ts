import { type BlobPlace, blobPlaceSchema } from "../../contract/nouns/azure/azure-part.ts";
import type { AzureJobSpec } from "../../contract/nouns/job-spec.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { addressIn } from "../azureml/addresses.ts";
import { datastore } from "../azureml/nouns/datastores.ts";
import type { AzureSession } from "../identity/session.ts";
import { type BlobStore, openBlobStore, type StorageWays } from "../storage/blob-store.ts";
import type { LogSource } from "./job-logs.ts";
import { createService, plain } from "./service.ts";

/** The datastore that every workspace has for what jobs leave behind. */
const artifactStore = "workspaceartifactstore";

/**
 * The container of the workspace's artifacts; null: the workspace has none of blobs. Problems: those of a `Service`, azure/forbidden,
 * azure/unexpected-answer.
 */
async function findArtifacts(
  session: AzureSession,
  { azure }: AzureJobSpec,
  signal: AbortSignal,
): Promise<Result<BlobPlace | null>> {
  const url = new URL(session.cloud.resource_manager).origin + addressIn(azure.place, ["datastores", artifactStore]);
  const answer = await createService(session, "resource-manager")({ method: "GET", url, signal });
  if (!answer.ok) return answer;
  if (answer.value.status === 404) return success(null);
  if (answer.value.status !== 200) return failure("azure/unexpected-answer", { address: plain(url), fault: "shape" });
  const found = datastore.safeParse(answer.value.json).data;
  const place = blobPlaceSchema.safeParse({
    name: found?.name,
    protocol: found?.protocol,
    accountName: found?.account_name,
    endpoint: found?.endpoint,
    containerName: found?.container_name,
  });
  return success(found?.type === "azure_blob" && place.success ? place.data : null);
}

/** Where the run history keeps what a job of that name leaves behind. */
function artifactsPrefix(jobName: string): string {
  return `ExperimentRun/dcid.${jobName}`;
}

/** A look that fails is not repeated at once: the next one comes anyway. */
const patience = { retries: 0, firstWaitMs: 0, mostWaitMs: 0 };

/** Opens no socket. Problems of the source: those of `findArtifacts`, and of a `BlobStore`. */
export function openJobLogSource(ways: StorageWays & AzureSession, spec: AzureJobSpec, jobName: string): LogSource {
  let found: BlobPlace | null | undefined;
  let store: BlobStore | null = null;
  return async (signal) => {
    if (found === undefined) {
      const artifacts = await findArtifacts(ways, spec, signal);
      if (!artifacts.ok) return artifacts;
      found = artifacts.value;
    }
    if (found === null) return success(null);
    if (store === null) {
      const opened = openBlobStore({ ...ways, patience }, found);
      if (!opened.ok) return opened;
      store = opened.value;
    }
    return success({ store, prefix: artifactsPrefix(jobName) });
  };
}
