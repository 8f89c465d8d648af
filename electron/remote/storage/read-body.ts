import type { Readable } from "node:stream";
import type { BlobDownloadResponseParsed } from "@azure/storage-blob";

/** The answer ended before its bytes did. The library has several ways to say that, and no code for any. */
export class CutShort extends Error {
  readonly code = "ECONNRESET";
}

/** What a blob's answer brings, piece by piece. Throws what counts as a broken connection when it ends too early. */
export async function* bodyOf(
  { readableStreamBody }: BlobDownloadResponseParsed,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  if (readableStreamBody === undefined) return;
  try {
    for await (const piece of readableStreamBody) yield piece as Buffer;
  } catch (error) {
    signal.throwIfAborted();
    throw new CutShort("The answer was cut short.", { cause: error });
  }
}

/** Of an answer that is not read. */
export function dispose({ readableStreamBody }: BlobDownloadResponseParsed): void {
  const body = readableStreamBody as Readable | undefined;
  body?.on("error", () => undefined).destroy();
}
