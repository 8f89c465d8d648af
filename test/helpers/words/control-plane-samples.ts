import type { controlPlaneProblems } from "../../../electron/contract/words/english/control-plane-problems.ts";
import type { SamplesOf } from "./samples-of.ts";

const sought = { name: "churn", workspace: "lab" };

export const controlPlaneSamples: SamplesOf<typeof controlPlaneProblems> = {
  "azure/sign-in-needed:refused": [{ host: "one.test" }],
  "azure/no-workspace": [{}],
  "azure/no-workspace:other-cloud": [{ workspace: "lab", cloud: "AzureChinaCloud", active: "AzureCloud" }],
  "azure/workspace-not-found": [{ workspace: "lab" }],
  "azure/workspace-ambiguous": [{ workspace: "lab", places: { names: ["rg-one", "rg-two"], count: 2 } }],
  "azure/subscription-not-found": [{ subscription: "Research" }],
  "azure/forbidden": [{ action: "batchEndpoints/read", scope: "/subscriptions/one", role: "AzureML Data Scientist" }],
  "azure/forbidden:untold": [{ address: "https://one.test/x", reason: "You may not.", role: "Reader" }],
  "azure/refused": [{ status: 400, code: "BadRequest", reason: "The name is too long." }],
  "azure/refused:fields": [
    { status: 400, fields: [{ field: "mini_batch_size", reason: "'Mini Batch Size' must be greater than '0'." }] },
  ],
  "azure/unexpected-answer": (["not-json", "shape", "too-large", "endless-list", "other-place"] as const).map(
    (fault) => ({ address: "https://one.test/x", fault }),
  ) as [{ address: string; fault: "shape" }],
  "usage/invalid:workspace-file": [{ file: "/home/me/config.json" }],
  "usage/invalid:workspace-address": [{ address: "https://one.test/" }],
  "usage/invalid:azure-name": [
    { name: "a/b", what: "workspace" },
    { name: "a/b", what: "resource group" },
    { name: "a/b", what: "subscription" },
    { name: "a/b", what: "model" },
    { name: "a/b", what: "environment" },
    { name: "a/b", what: "data asset" },
  ],
  "endpoint/not-found:azure": [sought],
  "deployment/not-found:azure": [{ ...sought, endpoint: "customers" }],
  "compute/not-found:azure": [sought],
  "model/not-found:azure": [sought],
  "data/not-found:azure": [sought],
  "environment/not-found:azure": [sought],
  "component/not-found:azure": [sought],
  "datastore/not-found:azure": [sought],
  "job/not-found:azure": [sought],
};
