import type { WordTable } from "../../speaker.ts";

/** Jobs that run in Azure: what stands against one, and how one ends there. */
export const azureJobProblems = {
  "azure/job-failed": ({ job, reason }: { job: string; reason: string }) => [
    `Azure ended the job ${job} as failed. ${reason === "" ? "It did not say why here." : reason}`,
    "See its logs in Azure ML studio: batchdeck job show names its page.",
  ],
  "azure/job-lost": ({ job }: { job: string }) => [
    `Azure does not know the job ${job} any more.`,
    "Look for it in Azure ML studio; if it is gone there, invoke the endpoint again.",
  ],
  "azure/job-canceled": ({ job }: { job: string }) => [
    `The job ${job} was cancelled in Azure, and not from here.`,
    "Low-priority nodes that are all taken away cancel a job, too. Invoke the endpoint again.",
  ],
  "azure/no-results": ({ job, place }: { job: string; place: string }) => [
    `Azure says that the job ${job} has completed, but there are no results at ${place}.`,
    "See its logs in Azure ML studio: batchdeck job show names its page.",
  ],
  "azure/unreadable-results": ({ file, line, reason }: { file: string; line: number; reason: string }) => [
    `Line ${line} of "${file}", which Azure wrote, cannot be read: ${reason}.`,
    "What Azure wrote stays beside; see the folder azure in the output folder.",
  ],
  "azure/other-cloud": ({ job, cloud, active }: Record<"job" | "cloud" | "active", string>) => [
    `The job ${job} is in the cloud ${cloud}, and its account is now signed in to ${active}.`,
    "Sign in there with: batchdeck login --cloud CLOUD",
  ],
  "azure/sign-in-needed:job": ({ job, account }: Record<"job" | "account", string>) => [
    `The job ${job} is of the account ${account}, which is not signed in.`,
    "Run: batchdeck login",
  ],
  "azure/not-ready": ({ what, state }: { what: string; state: string }) => [
    `The ${what} cannot be invoked in Azure: it is ${state}.`,
    "Wait until Azure has made it, or see in Azure ML studio what went wrong.",
  ],
  "azure/no-datastore": ({ workspace }: { workspace: string }) => [
    `The Azure workspace ${workspace} has no default datastore of blobs, where inputs and results could lie.`,
    "Set one in Azure ML studio.",
  ],
  "endpoint/no-default-deployment:azure": ({ endpoint }: { endpoint: string }) => [
    `No valid deployments to route to: the endpoint "${endpoint}" has no default deployment in Azure.`,
    "Name one with -d.",
  ],
  "deployment/unsupported:azure-invoke": ({ deployment }: { deployment: string }) => [
    `The deployment "${deployment}" is a pipeline, which is not invoked from here.`,
    "Invoke it with az ml, or name a model deployment with -d.",
  ],
  "input/empty:azure": ({ path, nested }: { path: string; nested: number }) => [
    nested === 0
      ? `There are no files in "${path}".`
      : `There are no files directly in "${path}"; Azure does not look into its folders, which hold ${nested}.`,
    "Give a folder with files in it.",
  ],
  "input/unsupported:azure-secret": ({ address }: { address: string }) => [
    `The address of "${address}" holds a key, which would be kept with the job.`,
    "Make a datastore of that place in Azure ML studio, and name it: azureml://datastores/NAME/paths/PATH",
  ],
  "input/unsupported:azure-job-output": ({ address }: { address: string }) => [
    `"${address}" is the output of a job, which is no input in Azure.`,
    "Name the folder that it lies in: azureml://datastores/NAME/paths/PATH",
  ],
  "usage/invalid:azure-setting": ({ key, known }: { key: string; known: readonly string[] }) => [
    `--set ${key} has no meaning for a job in Azure.`,
    `Known there: ${known.join(", ")}.`,
  ],
  "job/not-allowed:azure-address": ({ job }: { job: string }) => [
    `The input of the job ${job} lies in Azure, which cannot be given some files of it.`,
    "Put the files that failed into a folder of their own (errors.csv names them), and invoke the endpoint over that.",
  ],
  "job/not-allowed:azure-unnamed": ({ job }: { job: string }) => [
    `What Azure wrote for the job ${job} does not say which files failed.`,
    "Invoke the endpoint again over its input. A script that returns the name of the file with each row makes such a retry possible.",
  ],
} satisfies Partial<WordTable>;
