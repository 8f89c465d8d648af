import { createHttpHeaders, createPipelineRequest, type RequestBodyType } from "@azure/core-rest-pipeline";
import { toHttpHeadersLike } from "@azure/core-http-compat";
import { AnonymousCredential, ContainerClient, newPipeline, type StoragePipelineOptions } from "@azure/storage-blob";
import { failure, type Result, success } from "../../contract/problem.ts";
import { isAllowed } from "../hosts.ts";
import { authorizedClient } from "./authorized-client.ts";
import { orAsAnybody } from "./open-blobs.ts";
import type { BlobPlace, StorageWays } from "./transfers.ts";
import { createRequests, type Requests } from "./requests.ts";

/** A container, by Microsoft's client for it, and the way in which it is asked. */
export type Container = Requests & {
  /** Without a slash at its end. */
  readonly url: string;
  readonly client: ContainerClient;
};

/** Problems: azure/host-refused, datastore/invalid. */
export function openContainer(
  { cloud, tokens, network, patience, mayBeOpen = false }: StorageWays,
  place: BlobPlace,
): Result<Container> {
  const url = urlOf(place);
  if (!url.ok) return url;
  if (!isAllowed(url.value, cloud.hosts)) return failure("azure/host-refused", { host: new URL(url.value).host });
  const { httpClient } = network;
  const authorized = authorizedClient(httpClient, tokens);
  const options = {
    httpClient: legacyClient(mayBeOpen ? orAsAnybody(authorized, httpClient) : authorized),
    retryOptions: { maxTries: 1 },
  };
  // The client adds the token, and repeating a request is decided in one place: the library is told to do neither.
  const client = new ContainerClient(url.value, newPipeline(new AnonymousCredential(), options));
  return success({ url: url.value, client, ...createRequests(network, url.value, patience) });
}

const accountName = /^[a-z0-9]{3,24}$/;
const containerName = /^(?:\$root|\$web|[a-z0-9](?:[a-z0-9]|-(?!-)){1,61}[a-z0-9])$/;
const endpoint = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[1-9]\d{0,4})?$/;

/** What a record says is put together to an address only where it cannot mean another one. */
function urlOf(place: BlobPlace): Result<string> {
  const url = `${place.protocol}://${place.accountName}.blob.${place.endpoint}/${place.containerName}`;
  const isOne =
    place.protocol === "https" &&
    accountName.test(place.accountName) &&
    endpoint.test(place.endpoint) &&
    containerName.test(place.containerName) &&
    URL.canParse(url);
  return isOne ? success(url) : failure("datastore/invalid:blobs", { address: url });
}

type LegacyClient = NonNullable<StoragePipelineOptions["httpClient"]>;

/**
 * The library's interface for another client is that of its predecessor. Its request is the answer's request again: the library
 * finds by it what the answer is to be read as.
 */
function legacyClient(client: ReturnType<typeof authorizedClient>): LegacyClient {
  return {
    async sendRequest(asked) {
      const { url, method, abortSignal, timeout, streamResponseStatusCodes } = asked;
      const request = createPipelineRequest({
        url,
        method,
        timeout,
        body: asked.body as RequestBodyType,
        headers: createHttpHeaders(asked.headers.toJson({ preserveCase: true })),
        ...(abortSignal === undefined ? {} : { abortSignal }),
        ...(streamResponseStatusCodes === undefined ? {} : { streamResponseStatusCodes }),
      });
      const response = await client.sendRequest(request);
      return { ...response, headers: toHttpHeadersLike(response.headers), request: asked };
    },
  };
}
