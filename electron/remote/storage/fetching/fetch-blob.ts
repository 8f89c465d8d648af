import fs from "node:fs/promises";
import type { BlobDownloadResponseParsed } from "@azure/storage-blob";
import { failure, type Result, success } from "../../../contract/problem.ts";
import { ownerOnly } from "../../../contract/processes/file-modes.ts";
import { remove } from "../../../files/patient.ts";
import type { Container } from "../container.ts";
import type { DownloadLedger, WantedBlob } from "./download-ledger.ts";
import { createFlight, type Flight } from "../flight.ts";
import { createPace, type Pace } from "../pace.ts";
import { type PartFile, type PartFiles, writeAt } from "./part-files.ts";
import { bodyOf, CutShort, dispose } from "../read-body.ts";
import type { TransferMeter } from "../transfer-meter.ts";
import type { TransferSizes } from "../transfer-sizes.ts";
import type { FetchedBlob } from "../transfers.ts";

/** What fetching blobs takes. */
export type Fetching = {
  readonly container: Container;
  readonly ledger: DownloadLedger;
  readonly parts: PartFiles;
  /** A larger blob is fetched in ranges of this length. */
  readonly rangeBytes: number;
  readonly pace: Pace;
  readonly meter: TransferMeter;
  readonly flight: Flight;
  /** Larger ones that are open; those that are left when it ends are closed by whoever ends it. */
  readonly open: Set<PartFile>;
};

type Range = { readonly start: number; readonly length: number };

/** Starts what there is to do for a blob; false when nothing more is to be started. Its last range gives the file its name. */
export function startFetching(fetching: Fetching, blob: WantedBlob): Promise<boolean> {
  const { flight, rangeBytes } = fetching;
  if (blob.sizeBytes > rangeBytes) return startRanges(fetching, blob);
  return flight.start(blob.sizeBytes, async () => {
    const part = await fetching.parts.open(blob, 0);
    try {
      const got = await fetchRange(fetching, blob, part, { start: 0, length: blob.sizeBytes });
      return got.ok ? await finish(fetching, part) : got;
    } finally {
      await part.close();
    }
  });
}

async function startRanges(fetching: Fetching, blob: WantedBlob): Promise<boolean> {
  const { ledger, rangeBytes, flight, meter, parts, open } = fetching;
  const ranges = rangesOf(blob.sizeBytes, rangeBytes);
  const counted = ledger.ranges(blob.id);
  const last = ranges.findLast(({ start }) => counted.has(start));
  const part = await parts.open(blob, last === undefined ? 0 : last.start + last.length);
  open.add(part);
  const here = ledger.ranges(blob.id);
  const missing = ranges.filter(({ start }) => !here.has(start));
  let left = missing.length;

  async function end(): Promise<Result<null>> {
    const finished = await finish(fetching, part);
    open.delete(part);
    await part.close();
    return finished;
  }

  meter.found(0, blob.sizeBytes - missing.reduce((sum, { length }) => sum + length, 0));
  if (left === 0) return flight.start(0, end);
  for (const range of missing) {
    const isStarted = await flight.start(range.length, async () => {
      const got = await fetchRange(fetching, blob, part, range);
      if (!got.ok) return got;
      await part.addRange(range.start);
      left -= 1;
      return left === 0 ? end() : success(null);
    });
    if (!isStarted) return false;
  }
  return true;
}

/** `BlobStore.fetch`. */
export async function fetchBlob(
  container: Container,
  { name, sizeBytes, etag, target }: FetchedBlob,
  sizes: TransferSizes,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Result<null>> {
  // What an earlier try left may have holes; whoever still writes into it does not write into this one.
  await remove(target);
  const handle = await fs.open(target, "wx", ownerOnly.file);
  try {
    const flight = createFlight(sizes.flight, signal);
    const fetching = { container, pace: createPace(), flight, meter: { moved: onBytes } };
    const write = (bytes: Buffer, at: number) => writeAt(handle, bytes, at);
    return await flight.land(async () => {
      for (const range of rangesOf(sizeBytes, sizes.blockBytes)) {
        const isStarted = await flight.start(range.length, () =>
          fetchRange(fetching, { name, path: name, etag }, { write }, range),
        );
        if (!isStarted) return;
      }
    });
  } finally {
    await handle.close();
  }
}

async function finish({ meter }: Fetching, part: PartFile): Promise<Result<null>> {
  const finished = await part.finish();
  if (finished.ok) meter.finished(1);
  return finished;
}

/** What an answer turned out to be. */
type Outcome = "here" | "changed" | "wrong";

/** What fetching a range takes. */
type RangeFetching = Pick<Fetching, "container" | "pace" | "flight"> & { readonly meter: Pick<TransferMeter, "moved"> };

async function fetchRange(
  { container, pace, meter, flight }: RangeFetching,
  blob: Pick<WantedBlob, "name" | "path" | "etag">,
  part: Pick<PartFile, "write">,
  { start, length }: Range,
): Promise<Result<null>> {
  // Nothing can be asked of an empty blob: it has no first byte.
  if (length === 0) return success(null);
  const client = container.client.getBlobClient(blob.name);
  const outcome = await container.ask<Outcome>(
    "read",
    async (attempt) => {
      // Nothing is begun while it is paused.
      await attempt.whileWaiting(pace.pass(0, attempt.signal));
      let at = start;
      try {
        const answer = await client.download(start, length, {
          abortSignal: attempt.signal,
          conditions: { ifMatch: blob.etag },
          maxRetryRequests: 0,
        });
        if (!isWhatWasAsked(answer, blob, { start, length })) {
          // Nobody reads it: left open, it would end the program when its connection breaks.
          dispose(answer);
          return "wrong";
        }
        for await (const piece of bodyOf(answer, attempt.signal)) {
          await attempt.whileWaiting(pace.pass(piece.length, attempt.signal));
          if (at + piece.length > start + length) return "wrong";
          await part.write(piece, at);
          at += piece.length;
          attempt.alive();
          meter.moved(piece.length);
        }
        if (at < start + length) throw new CutShort("The answer was cut short.");
        return "here";
      } catch (error) {
        meter.moved(start - at);
        throw error;
      }
    },
    flight.signal,
    { ConditionNotMet: "changed", BlobNotFound: "changed" },
  );
  if (!outcome.ok) return outcome;
  if (outcome.value === "here") return success(null);
  const kind = outcome.value === "changed" ? "input/changed:blob" : "azure/unexpected-answer:blob";
  return failure(kind, { container: container.url, name: blob.path });
}

/** Bytes of another place in the blob, or of another blob, would be of the right length, too. */
function isWhatWasAsked(
  { contentLength, contentRange, etag }: BlobDownloadResponseParsed,
  blob: Pick<WantedBlob, "etag">,
  { start, length }: Range,
): boolean {
  const range = `bytes ${start}-${start + length - 1}/`;
  return contentLength === length && contentRange?.startsWith(range) === true && bare(etag ?? "") === bare(blob.etag);
}

/** A list of blobs has the tag without the quotation marks of HTTP. */
function bare(etag: string): string {
  return etag.replaceAll('"', "");
}

function rangesOf(sizeBytes: number, rangeBytes: number): readonly Range[] {
  return Array.from({ length: Math.ceil(sizeBytes / rangeBytes) }, (_none, index) => {
    const start = index * rangeBytes;
    return { start, length: Math.min(rangeBytes, sizeBytes - start) };
  });
}
