import type { azureWriteProblems } from "../../../electron/contract/words/english/azure/azure-write-problems.ts";
import type { SamplesOf } from "./samples-of.ts";

const endpoint = { noun: "endpoint", name: "churn7", endpoint: null, change: "delete" } as const;
const deployment = { noun: "deployment", name: "blue7", endpoint: "churn7", change: "create" } as const;
const known = { names: ["cpu7", "gpu7"], count: 2 };
const none = { names: [], count: 0 };
const version = { name: "net7", version: "17", workspace: "lab7" };

export const azureWriteSamples: SamplesOf<typeof azureWriteProblems> = {
  "azure/operation-failed": [
    { ...deployment, code: "QuotaExceeded7", reason: "There are no cores left." },
    { ...endpoint, code: "Canceled7", reason: "Somebody stopped it." },
  ],
  "azure/operation-unfinished": [deployment, endpoint],
  "azure/operation-unfinished:left": [deployment, { ...endpoint, change: "update" }],
  "compute/not-found:azure-cluster": [
    { name: "local7", workspace: "lab7", known },
    { name: "local7", workspace: "lab7", known: none },
  ],
  "compute/invalid:azure-type": [{ name: "eva7", type: "computeinstance7", workspace: "lab7", known }],
  "datastore/not-found:azure-default": [{ workspace: "lab7" }],
  "endpoint/invalid:azure-auth-mode": [{ name: "churn7", mode: "key7" }],
  "model/invalid:azure-version-taken": [version],
  "environment/invalid:azure-version-taken": [version],
  "script/invalid:azure-version-taken": [version],
  "data/invalid:azure-version-taken": [version],
  "deployment/unsupported:azure-node-script": [{ script: "score7.mjs" }],
  "deployment/unsupported:azure-no-environment": [{ deployment: "blue7" }],
  "deployment/unsupported:azure-build": [{ deployment: "blue7" }],
  "deployment/unsupported:azure-pipeline": [{ deployment: "blue7" }],
};
