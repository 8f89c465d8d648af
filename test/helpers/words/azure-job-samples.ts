import type { azureJobProblems } from "../../../electron/contract/words/english/azure/azure-job-problems.ts";
import type { SamplesOf } from "./samples-of.ts";

const job = "churn-1";

export const azureJobSamples: SamplesOf<typeof azureJobProblems> = {
  "azure/job-failed": [
    { job, reason: "" },
    { job, reason: "There is no succeeded mini batch item returned from run()." },
  ],
  "azure/job-lost": [{ job }],
  "azure/job-canceled": [{ job }],
  "azure/no-results": [{ job, place: "azureml/churn-1/score/" }],
  "azure/unreadable-results": [{ file: "predictions.csv", line: 3, reason: "it has 2 cells, not 4" }],
  "azure/other-cloud": [{ job, cloud: "AzureCloud", active: "AzureChinaCloud" }],
  "azure/sign-in-needed:job": [{ job, account: "eva@lab.test" }],
  "azure/not-ready": [{ what: 'endpoint "churn"', state: "Creating" }],
  "azure/no-datastore": [{ workspace: "lab" }],
  "endpoint/no-default-deployment:azure": [{ endpoint: "churn" }],
  "deployment/unsupported:azure-invoke": [{ deployment: "steps" }],
  "input/empty:azure": [
    { path: "/data", nested: 0 },
    { path: "/data", nested: 3 },
  ],
  "input/unsupported:azure-secret": [{ address: "https://one.test/x" }],
  "input/unsupported:azure-job-output": [{ address: "azureml://jobs/one/outputs/score" }],
  "usage/invalid:azure-setting": [{ key: "batchdeck.priority", known: ["mini_batch_size"] }],
  "job/not-allowed:azure-address": [{ job }],
  "job/not-allowed:azure-unnamed": [{ job }],
};
