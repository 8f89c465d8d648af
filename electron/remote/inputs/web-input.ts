import { constants as fsConstants } from "node:fs";
import fs from "node:fs/promises";
import type { Readable } from "node:stream";
import { createHttpHeaders, createPipelineRequest, type PipelineResponse, RestError } from "@azure/core-rest-pipeline";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import { failure, problemOf, type Result } from "../../contract/problem.ts";
import { remove } from "../../files/patient.ts";
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

type Ways = {
  readonly network: RemoteNetwork;
  readonly patience?: Patience;
  /** How much may have come and not be on the disk yet; left out: 32 MB. */
  readonly syncBytes?: number;
};

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
      return { path, sizeBytes, version: versionOf(answer), identity: address };
    },
    signal,
  );
}

/**
 * Fetches the file at a URL, if it is still the one that was described. What is cut off, also by an earlier run, goes on where it was
 * where the server can vouch that the rest belongs to what is here; else from its beginning.
 */
export async function fetchWebFile(
  { network, patience, syncBytes = 32e6 }: Ways,
  { address, file, target }: { readonly address: string; readonly file: RemoteFile; readonly target: string },
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Result<null>> {
  const changed = new Refusal(problemOf("input/changed:web", { address: withoutSecrets(address) }));
  const validator = validatorIn(file.version);
  const part = await openPart(target, validator === null ? 0 : file.sizeBytes, syncBytes);
  onBytes(part.bytes());
  try {
    return await createRequests(network, address, patience).ask(
      "read",
      async (attempt) => {
        await part.settled();
        if (validator === null) onBytes(-part.beginAgain());
        if (part.bytes() === file.sizeBytes && file.sizeBytes > 0) return null;
        const from = part.bytes();
        const condition = from === 0 || validator === null ? {} : { "If-Range": validator };
        const answer = await get(network, address, { Range: `bytes=${from}-`, ...condition }, attempt);
        if (versionOf(answer) !== file.version || !isPartOf(answer, from, file.sizeBytes)) {
          bodyOf(answer)?.destroy();
          throw changed;
        }
        // The whole of it, though a rest was asked for.
        if (answer.status === 200) onBytes(-part.beginAgain());
        for await (const piece of bodyOf(answer) ?? []) {
          attempt.signal.throwIfAborted();
          const bytes = piece as Buffer;
          if (part.bytes() + bytes.length > file.sizeBytes) throw changed;
          await part.append(bytes);
          attempt.alive();
          onBytes(bytes.length);
        }
        if (part.bytes() < file.sizeBytes) {
          throw Object.assign(new Error("The answer was cut short."), { code: "ECONNRESET" });
        }
        return null;
      },
      signal,
    );
  } finally {
    await part.close();
  }
}

/** What is here of a file, from its beginning. */
type Part = {
  readonly bytes: () => number;
  readonly append: (bytes: Buffer) => Promise<void>;
  /** Once what is being appended is there, or could not be: a try that took too long may have left it behind. */
  readonly settled: () => Promise<void>;
  /** How much is given up with it. */
  readonly beginAgain: () => number;
  readonly close: () => Promise<void>;
};

/** Of what lies there, up to `most` bytes count. After a power cut the last of it may be nothing. */
async function openPart(target: string, most: number, syncBytes: number): Promise<Part> {
  if (most === 0) await remove(target);
  const handle = await fs.open(target, fsConstants.O_RDWR | fsConstants.O_CREAT, ownerOnly.file);
  let at = Math.min(most, Math.max(0, (await handle.stat()).size - 2 * syncBytes));
  let unsynced = 0;
  await handle.truncate(at);
  let appended: Promise<void> = Promise.resolve();

  async function append(bytes: Buffer): Promise<void> {
    await writeAt(handle, bytes, at);
    at += bytes.length;
    unsynced += bytes.length;
    if (unsynced < syncBytes) return;
    await handle.datasync();
    unsynced = 0;
  }

  return {
    bytes: () => at,
    append(bytes) {
      appended = append(bytes);
      return appended;
    },
    settled: () => appended.catch(() => {}),
    beginAgain() {
      const given = at;
      at = 0;
      return given;
    },
    close: () => handle.close(),
  };
}

/**
 * What a server is asked to compare before it sends a rest; null: a version that it would not tell exactly. A weak ETag stands for
 * contents that only mean the same.
 */
function validatorIn(version: string): string | null {
  return version === "" || version.startsWith("W/") ? null : version;
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
function sizeIn(answer: PipelineResponse): number | null {
  const text =
    answer.status === 206 ? rangeIn(answer)?.total : /^\d{1,15}$/.exec(answer.headers.get("content-length") ?? "")?.[0];
  return text === undefined ? null : Number(text);
}

/** Whether an answer is the whole file of that length, or the rest of it from there on. */
function isPartOf(answer: PipelineResponse, from: number, sizeBytes: number): boolean {
  const size = sizeIn(answer);
  if (answer.status === 200) return size === null || size === sizeBytes;
  return size === sizeBytes && Number(rangeIn(answer)?.start) === from;
}

function rangeIn({ headers }: PipelineResponse) {
  return /^bytes (?<start>\d{1,15})-\d{1,15}\/(?<total>\d{1,15})$/.exec(headers.get("content-range") ?? "")?.groups;
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
