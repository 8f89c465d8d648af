import fs from "node:fs/promises";
import type { Readable } from "node:stream";
import { createHttpHeaders, createPipelineRequest, type PipelineResponse, RestError } from "@azure/core-rest-pipeline";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import { failure, problemOf, type Result } from "../../contract/problem.ts";
import { withoutSecrets } from "../../data/names/address.ts";
import type { RemoteFile } from "../../jobs/submit/input-source.ts";
import type { Patience } from "../network/patience.ts";
import type { RemoteNetwork } from "../network/remote-network.ts";
import { filePathOf } from "../storage/fetching/blob-names.ts";
import { writeAt } from "../storage/fetching/part-files.ts";
import { Refusal } from "../storage/refusal.ts";
import { createRequests, type Try } from "../storage/requests.ts";

/** Larger inputs are not fetched by a URL: nobody vouches for what is behind it. */
const mostBytes = 64e9;

type Ways = { readonly network: RemoteNetwork; readonly patience?: Patience };

/** The file at a URL of the web, asked without fetching it. */
export async function describeWebFile(
  { network, patience }: Ways,
  address: string,
  signal: AbortSignal,
): Promise<Result<RemoteFile>> {
  const shown = withoutSecrets(address);
  const path = nameIn(address);
  if (path === null)
    return failure("input/unsupported:download-name", { address: shown, name: shown.replace(/^.*\//, "") });
  return createRequests(network, address, patience).ask(
    "read",
    async (attempt) => {
      const answer = await get(network, address, { Range: "bytes=0-0" }, attempt);
      bodyOf(answer)?.destroy();
      const sizeBytes = sizeIn(answer);
      if (sizeBytes === null || sizeBytes > mostBytes) {
        throw new Refusal(problemOf("input/unsupported:web-size", { address: shown, most: mostBytes }));
      }
      return { path, sizeBytes, version: versionOf(answer) };
    },
    signal,
  );
}

/**
 * Fetches the file at a URL, if it is still the one that was described. What is cut off goes on where it was, if the server can
 * do that; else from its beginning.
 */
export async function fetchWebFile(
  { network, patience }: Ways,
  { address, file, target }: { readonly address: string; readonly file: RemoteFile; readonly target: string },
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Result<null>> {
  const handle = await fs.open(target, "wx", ownerOnly.file);
  const changed = new Refusal(problemOf("input/changed:web", { address: withoutSecrets(address) }));
  let at = 0;
  try {
    return await createRequests(network, address, patience).ask(
      "read",
      async (attempt) => {
        if (at === file.sizeBytes) return null;
        const answer = await get(network, address, { Range: `bytes=${at}-` }, attempt);
        if (versionOf(answer) !== file.version || sizeIn(answer) !== file.sizeBytes) throw changed;
        if (answer.status === 200) {
          onBytes(-at);
          at = 0;
        }
        for await (const piece of bodyOf(answer) ?? []) {
          const bytes = piece as Buffer;
          if (at + bytes.length > file.sizeBytes) throw changed;
          await writeAt(handle, bytes, at);
          at += bytes.length;
          attempt.alive();
          onBytes(bytes.length);
        }
        if (at < file.sizeBytes) throw Object.assign(new Error("The answer was cut short."), { code: "ECONNRESET" });
        return null;
      },
      signal,
    );
  } finally {
    await handle.close();
  }
}

/** Throws `Refusal` for what does not pass by itself; `Requests.ask` repeats everything else. */
async function get(
  network: RemoteNetwork,
  url: string,
  headers: Readonly<Record<string, string>>,
  attempt: Try,
): Promise<PipelineResponse> {
  const request = createPipelineRequest({
    url,
    abortSignal: attempt.signal,
    // Only bytes as they are can be counted and gone on with.
    headers: createHttpHeaders({ ...headers, "Accept-Encoding": "identity" }),
    streamResponseStatusCodes: new Set([200, 206]),
  });
  const response = await network.webClient.sendRequest(request);
  const { status } = response;
  if (status === 200 || status === 206) return response;
  if (status === 408 || status === 429 || status >= 500) {
    throw new RestError(`The server answered with status ${status}.`, { request, response });
  }
  throw new Refusal(problemOf("input/unsupported:web-status", { address: url.replace(/[?#].*$/, ""), status }));
}

function bodyOf({ readableStreamBody }: PipelineResponse): Readable | undefined {
  return readableStreamBody as Readable | undefined;
}

/** Of the whole file; null: unknown. */
function sizeIn({ status, headers }: PipelineResponse): number | null {
  const text =
    status === 206
      ? /^bytes \d+-\d+\/(\d{1,15})$/.exec(headers.get("content-range") ?? "")?.[1]
      : /^\d{1,15}$/.exec(headers.get("content-length") ?? "")?.[0];
  return text === undefined ? null : Number(text);
}

/** Identifies this content: another one has another. */
function versionOf({ headers }: PipelineResponse): string {
  return headers.get("etag") ?? headers.get("last-modified") ?? "";
}

/** The last part of the address's path, as a file may be called; null: it cannot be one. */
function nameIn(address: string): string | null {
  const last = new URL(address).pathname.split("/").at(-1) ?? "";
  try {
    const name = decodeURIComponent(last);
    return name.includes("/") ? null : filePathOf(name);
  } catch {
    return null;
  }
}
