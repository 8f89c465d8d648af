import type { Result } from "../../contract/problem.ts";
import type { Container } from "./container.ts";
import { bodyOf } from "./read-body.ts";

/** `BlobStore.read`. */
export function readRange(
  { client, ask }: Container,
  { name, start, length }: { readonly name: string; readonly start: number; readonly length: number },
  signal: AbortSignal,
): Promise<Result<Buffer>> {
  return ask<Buffer>(
    "read",
    async (attempt) => {
      const answer = await client
        .getBlobClient(name)
        .download(start, length, { abortSignal: attempt.signal, maxRetryRequests: 0 });
      const pieces: Buffer[] = [];
      let bytes = 0;
      for await (const piece of bodyOf(answer, attempt.signal)) {
        attempt.alive();
        pieces.push(piece);
        bytes += piece.length;
        // Never more than was asked for, whatever comes.
        if (bytes > length) break;
      }
      return Buffer.concat(pieces).subarray(0, length);
    },
    signal,
    { BlobNotFound: Buffer.alloc(0), InvalidRange: Buffer.alloc(0) },
  );
}
