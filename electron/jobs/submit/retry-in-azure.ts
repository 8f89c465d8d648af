import { randomUUID } from "node:crypto";
import path from "node:path";
import type { ProcessHost } from "../../compute/process-host.ts";
import type { AzurePart } from "../../contract/nouns/azure/azure-part.ts";
import type { AzureJobSpec, JobSpec } from "../../contract/nouns/job-spec.ts";
import { type Problem, problemOf } from "../../contract/problem.ts";
import { exists } from "../folder/exists.ts";
import { askListForAzure, type RetriedFiles } from "./ask-list-for-azure.ts";

/** What a job is called in Azure: as here, with some digits of the request that makes it, so that nobody else can have made one of that name. */
export function nameInAzure(job: string, requestId: string): string {
  return `${job.replaceAll(".", "-")}-${requestId.slice(0, 8)}`;
}

/** The part of a job that tries again what failed in another one, whose files were last made by `writer`: that job, or its last retry. */
export function retryInAzure(name: string, writer: AzureJobSpec): AzurePart {
  const requestId = randomUUID();
  const { azure } = writer;
  return {
    ...azure,
    jobName: nameInAzure(name, requestId),
    requestId,
    folder: `azure-${/retry-\d+$/.exec(name)?.[0] ?? "retry"}`,
    earlier: [...azure.earlier, { job: writer.name, folder: azure.folder }],
  };
}

/** Why what failed in a job in Azure cannot be tried again as a job of those files; null: it can. */
export async function checkAzureRetry(
  host: ProcessHost,
  retried: JobSpec,
  { input, output, azure }: Pick<AzureJobSpec, "input" | "output" | "azure">,
  files: RetriedFiles,
): Promise<Problem | null> {
  const job = retried.name;
  if (azure.input.kind === "address") return problemOf("job/not-allowed:azure-address", { job });
  for (const { folder } of azure.earlier) {
    if (!(await exists(path.join(output.folder, folder)))) {
      return problemOf("output/gone:moved", { job, folder: output.folder });
    }
  }
  const listed = await askListForAzure(host, input, { listingFile: null, retried: { ...files, sentFile: null } }, null);
  if (!listed.ok) return listed.problem;
  return listed.value.files === 0 ? problemOf("job/not-allowed:azure-unnamed", { job }) : null;
}
