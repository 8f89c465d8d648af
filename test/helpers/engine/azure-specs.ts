import { randomUUID } from "node:crypto";
import type { AzurePart } from "../../../electron/contract/nouns/azure/azure-part.ts";
import { type AzureJobSpec, jobSpecSchema, runsInAzure } from "../../../electron/contract/nouns/job-spec.ts";

/** A job for Azure as a submit freezes it, of a script that somebody wrote there. */
export function azureSpec(facts: {
  readonly name: string;
  readonly endpoint: string;
  readonly deployment: string;
  /** A folder, which is uploaded. */
  readonly input: string;
  readonly output: string;
  readonly azure: Pick<AzurePart, "cloud" | "place" | "datastore"> & Partial<AzurePart>;
}): AzureJobSpec {
  const { name, endpoint, deployment, input, output, azure } = facts;
  const spec = jobSpecSchema.parse({
    ...{ version: 1, name, endpointName: endpoint, deploymentName: deployment },
    input: { path: input, kind: "folder", recursive: false },
    model: { name: "net", version: "1", hash: "", file: "" },
    scorer: {
      ...{ kind: "script", language: "python", folder: "", script: "score.py", hash: "", environment: "azure" },
      ...{ interpreter: null, outputs: [], keep: [], batch: 1, fixedBatch: null },
    },
    ...{ dialect: null, settings: {}, compute: "cpu-cluster", workers: 1, batch: 1, sliceBytes: 1 },
    output: { folder: output, fileName: "predictions.csv", format: "csv", csvFormulas: "escape" },
    azure: {
      ...{ accountId: "0".repeat(32), runAs: "eva@lab.test", jobName: `${name}-0a0a0a0a`, requestId: randomUUID() },
      ...{ input: { kind: "upload" }, rowsFile: "predictions.csv", rows: { kind: "script" }, overrides: {} },
      ...azure,
    },
    ...{ overrides: {}, deployment: {} },
  });
  if (!runsInAzure(spec)) throw new Error("A job for Azure says so.");
  return spec;
}
