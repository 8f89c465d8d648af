import type { HttpClient, PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";

/** The service does not take this account: its tenant is another one, or the account has no rights there. */
const refusals: readonly number[] = [401, 403];
const reading: readonly string[] = ["GET", "HEAD"];

/**
 * Reads as the account, and where the service refuses that, as anybody: blobs of strangers may be open to everybody, and a token of
 * another tenant closes them. From then on no token is sent there. What is refused to anybody, too, is answered as to the account.
 */
export function orAsAnybody(authorized: HttpClient, anybody: HttpClient): HttpClient {
  let isOpen = false;

  async function sendAsAnybody(request: PipelineRequest): Promise<PipelineResponse> {
    request.headers.delete("Authorization");
    return anybody.sendRequest(request);
  }

  return {
    async sendRequest(request) {
      if (isOpen && reading.includes(request.method)) return sendAsAnybody(request);
      const refused = await authorized.sendRequest(request);
      if (!refusals.includes(refused.status) || !reading.includes(request.method)) return refused;
      const answer = await sendAsAnybody(request);
      isOpen = isAnswered(answer);
      return isOpen ? answer : refused;
    },
  };
}

/** In a container that is closed, a blob that is not there looks like one that is. */
function isAnswered({ status, headers }: PipelineResponse): boolean {
  return status < 300 || status === 412 || headers.get("x-ms-error-code") === "BlobNotFound";
}
