import { createDefaultHttpClient, type HttpClient } from "@azure/core-rest-pipeline";
import { problemOf } from "../../contract/problem.ts";
import { urlOf } from "../hosts.ts";
import { isAbort, NetworkRefusal } from "./network-problems.ts";
import type { Environment } from "./proxy.ts";

/** Where every virtual machine of Azure finds its identity, and the variables that services of Azure name another place with. */
const usual = "http://169.254.169.254";
const variables = ["IDENTITY_ENDPOINT", "IMDS_ENDPOINT", "MSI_ENDPOINT", "AZURE_POD_IDENTITY_AUTHORITY_HOST"];
/** It is on this computer: outside of Azure nothing is there, and that should not take long to be known. */
const timeoutMs = 5_000;

/** Gets tokens of a managed identity from the computer itself: no other host, no proxy, nothing secret sent. */
export function metadataClient(environment: Environment): HttpClient {
  const client = createDefaultHttpClient();
  const origins = [usual, ...variables.map((name) => environment[name] ?? "")].map((address) => urlOf(address)?.origin);
  return {
    async sendRequest(request) {
      const url = urlOf(request.url);
      if (url === null || !origins.includes(url.origin)) {
        throw new NetworkRefusal(problemOf("azure/host-refused", { host: url?.host ?? "" }));
      }
      request.allowInsecureConnection = true;
      request.timeout = timeoutMs;
      try {
        return await client.sendRequest(request);
      } catch (error) {
        if (isAbort(error) && request.abortSignal?.aborted === true) throw error;
        const refusal = { kind: "no-identity", params: {} } as const;
        throw new NetworkRefusal(problemOf("azure/sign-in-failed", { refusal }));
      }
    },
  };
}
