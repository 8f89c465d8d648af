import type { AzureJobSpec } from "../../contract/nouns/job-spec.ts";

/** Where a job's results lie in the default datastore: where Azure itself would put them. */
export function resultsPrefix(jobName: string): string {
  return `azureml/${jobName}/score`;
}

/** Where its input lies, by what it holds: the same content is there once, whoever sent it. */
export function inputPrefix(contentAddress: string): string {
  return `batchdeck/inputs/${contentAddress}`;
}

/** A place in the default datastore, as a request names it. */
export function datastoreUri({ azure }: Pick<AzureJobSpec, "azure">, path: string): string {
  return `azureml://datastores/${azure.datastore.name}/paths/${path}`;
}

/** The request that makes the job: what Azure's data plane calls a `BatchJobResource`. */
export function submitBody(spec: AzureJobSpec, inputUri: string): object {
  const { azure, input } = spec;
  const { instanceCount, maxRetries, timeout, ...others } = azure.overrides;
  const retries = {
    ...(maxRetries === undefined ? {} : { maxRetries }),
    ...(timeout === undefined ? {} : { timeout: `PT${timeout}S` }),
  };
  const output = `${resultsPrefix(azure.jobName)}/${azure.rowsFile ?? ""}`;
  return {
    properties: {
      name: azure.jobName,
      // Azure scores one input, whatever it is called.
      inputData: { input: { jobInputType: input.kind === "folder" ? "UriFolder" : "UriFile", uri: inputUri } },
      outputData: { score: { jobOutputType: "UriFile", uri: datastoreUri(spec, output) } },
      ...(instanceCount === undefined ? {} : { compute: { instanceCount } }),
      ...(Object.keys(retries).length === 0 ? {} : { retrySettings: retries }),
      ...others,
    },
  };
}
