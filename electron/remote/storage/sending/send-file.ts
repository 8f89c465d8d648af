import type { BlockBlobClient } from "@azure/storage-blob";
import type { Result } from "../../../contract/problem.ts";
import type { HashedFile } from "../../../data/content/content-ledger.ts";
import type { Container } from "../container.ts";
import type { Flight } from "../flight.ts";
import type { Pace } from "../pace.ts";
import { type Body, changed, type FilePart, openSource, type SourceFile } from "./source-file.ts";
import type { TransferMeter } from "../transfer-meter.ts";

/** What sending files takes. */
export type Sending = {
  readonly container: Container;
  readonly folder: string;
  readonly prefix: string;
  /** Of the blocks that a larger file is sent in. */
  readonly blockBytes: number;
  readonly pace: Pace;
  readonly meter: TransferMeter;
  readonly flight: Flight;
  /** Larger files that are open; those that are left when it ends are closed by whoever ends it. */
  readonly sources: Set<SourceFile>;
  /** A file is there, whole. */
  readonly onSent: (file: HashedFile) => void;
};

/**
 * Starts what there is to do for a file; false when nothing more is to be started. A small one is put at once. A larger one is
 * staged in blocks, and the last one to arrive makes the blob of them: before that, nobody sees any of it.
 */
export function startSending(sending: Sending, file: HashedFile): Promise<boolean> {
  const { flight, blockBytes } = sending;
  if (file.sizeBytes > blockBytes) return startBlocks(sending, file);
  return flight.start(file.sizeBytes, () => sendWhole(sending, file));
}

async function sendWhole(sending: Sending, file: HashedFile): Promise<Result<unknown>> {
  const source = await openSource(sending.folder, file);
  if (!source.ok) return source;
  const blob = blobOf(sending, file);
  const { sizeBytes } = file;
  try {
    const sent = await sendPart(sending, source.value, { start: 0, length: sizeBytes }, (content, abortSignal) =>
      blob.upload(content, sizeBytes, { abortSignal }),
    );
    if (sent.ok) sending.onSent(file);
    return sent;
  } finally {
    await source.value.close();
  }
}

async function startBlocks(sending: Sending, file: HashedFile): Promise<boolean> {
  const { flight, sources } = sending;
  const opened = await openSource(sending.folder, file);
  const known = opened.ok ? await blocksThere(sending, file) : opened;
  if (opened.ok) sources.add(opened.value);
  // Its problem becomes that of the whole.
  if (!opened.ok || !known.ok) return flight.start(0, async () => known);
  const source = opened.value;
  const blob = blobOf(sending, file);
  const blocks = blocksOf(file.sizeBytes, sending.blockBytes);
  const missing = blocks.filter(({ id, length }) => known.value.get(id) !== length);
  let left = missing.length;

  async function makeBlob(): Promise<Result<unknown>> {
    if (!(await source.isUnchanged())) return changed(file);
    const ids = blocks.map(({ id }) => id);
    const made = await sending.container.ask(
      "write",
      ({ signal }) => blob.commitBlockList(ids, { abortSignal: signal }),
      flight.signal,
    );
    if (!made.ok) return made;
    sources.delete(source);
    await source.close();
    sending.onSent(file);
    return made;
  }

  sending.meter.found(0, file.sizeBytes - missing.reduce((sum, { length }) => sum + length, 0));
  if (left === 0) return flight.start(0, makeBlob);
  for (const block of missing) {
    const isStarted = await flight.start(block.length, async () => {
      const sent = await sendPart(sending, source, block, (content, abortSignal) =>
        blob.stageBlock(block.id, content, block.length, { abortSignal }),
      );
      left -= 1;
      return sent.ok && left === 0 ? makeBlob() : sent;
    });
    if (!isStarted) return false;
  }
  return true;
}

/**
 * The blocks that the service has of a file and that are not a blob yet, with their lengths: from an earlier try of anybody's.
 * The service is asked, since it knows also those whose answer was lost.
 */
async function blocksThere(sending: Sending, file: HashedFile): Promise<Result<ReadonlyMap<string, number>>> {
  const blob = blobOf(sending, file);
  return sending.container.ask(
    "write",
    async ({ signal }) => {
      const { uncommittedBlocks = [] } = await blob.getBlockList("uncommitted", { abortSignal: signal });
      return new Map(uncommittedBlocks.map(({ name, size }) => [name, size]));
    },
    sending.flight.signal,
    { BlobNotFound: new Map<string, number>() },
  );
}

function sendPart(
  { container, pace, meter, flight }: Sending,
  source: SourceFile,
  part: FilePart,
  put: (content: Body["content"], abortSignal: AbortSignal) => Promise<unknown>,
): Promise<Result<null>> {
  return container.ask(
    "write",
    async (attempt) => {
      let handed = 0;
      const onBytes = (bytes: number): void => {
        handed += bytes;
        meter.moved(bytes);
      };
      // Nothing is begun while it is paused.
      await attempt.whileWaiting(pace.pass(0, attempt.signal));
      const body = await source.body(part, { pace, onBytes }, attempt);
      try {
        await put(body.content, attempt.signal);
        return null;
      } catch (error) {
        meter.moved(-handed);
        throw body.trouble() ?? error;
      } finally {
        body.close();
      }
    },
    flight.signal,
  );
}

function blobOf({ container, prefix }: Sending, { path }: HashedFile): BlockBlobClient {
  return container.client.getBlockBlobClient(`${prefix}/${path}`);
}

type Block = FilePart & { readonly id: string };

/** Of one blob. */
const mostBlocks = 50_000;
const mebibyte = 1024 * 1024;

/**
 * The blocks of a file. Their ids hold the length of blocks, since only those of one length go together, and are all of one
 * length themselves, which the service wants.
 */
function blocksOf(sizeBytes: number, usualBytes: number): readonly Block[] {
  const leastBytes = Math.ceil(sizeBytes / mostBlocks / mebibyte) * mebibyte;
  const blockBytes = sizeBytes > usualBytes * mostBlocks ? leastBytes : usualBytes;
  return Array.from({ length: Math.ceil(sizeBytes / blockBytes) }, (_none, index) => {
    const start = index * blockBytes;
    const name = `batchdeck ${String(blockBytes).padStart(10, "0")} ${String(index).padStart(5, "0")}`;
    return { id: btoa(name), start, length: Math.min(blockBytes, sizeBytes - start) };
  });
}
