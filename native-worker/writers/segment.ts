import { createHash } from "node:crypto";
import fs from "node:fs";
import { systemErrno } from "../../electron/contract/errno.ts";
import { itemFilesOf } from "../../electron/contract/tables/item-file-records.ts";
import { ownerOnly } from "../../electron/contract/processes/file-modes.ts";
import type { WriteProblem } from "./write-problem.ts";

/**
 * A worker's own append-only file of committed records (contract/worker-messages.ts, `committedUnitSchema`).
 *
 * Bytes are put into chunks; a full chunk is hashed and written by the thread pool while the next one fills. Every
 * write names its position, so a record that fails is simply written over by the next: the file is never truncated,
 * and what no commit names does not count.
 */
export type Segment = {
  /** Starts a record at the end of the last finished one. One record at a time. */
  readonly startRecord: () => RecordWriter;
  /** The same of item files, which lie in a file of their own (`itemFilesOf`), made with the first. */
  readonly startItemFiles: () => RecordWriter;
  readonly sync: () => Promise<WriteProblem | null>;
  readonly close: () => Promise<void>;
};

/** The record being written. Encoders write into `chunk` from `position` on, after asking for room with `reserve`. */
export type RecordWriter = {
  chunk: Buffer;
  position: number;
  /** Makes room for `bytes` more bytes in `chunk`; may put another chunk in its place. */
  reserve(bytes: number): void;
  append(bytes: Uint8Array): void;
  /** Waits while too much is on its way to the file. Null: all is well so far. */
  drain(): Promise<WriteProblem | null>;
  /** Bytes of the record so far. */
  length(): number;
  /** Writes the rest, waits for it and ends the record. */
  finish(): Promise<{ offset: number; bytes: number; checksum: string } | WriteProblem>;
  /** Gives the record up; its place is used by the next. */
  abandon(): Promise<void>;
};

const chunkBytes = 1 << 20;
/** Chunks that may be on their way to the file at once: what bounds the memory. */
const maxInFlight = 4;
const checksumDigits = 16;
const nothing = Buffer.alloc(0);

/** Creates the file, which must not exist, as must none of its item files. Throws what `fs` throws. */
export function createSegment(file: string): Segment {
  const records = createRecordFile(file);
  let itemFiles: RecordFile | null = null;
  return {
    startRecord: records.startRecord,
    startItemFiles() {
      itemFiles ??= createRecordFile(itemFilesOf(file));
      return itemFiles.startRecord();
    },
    async sync() {
      const [problem, ofItemFiles] = await Promise.all([records.sync(), itemFiles?.sync() ?? null]);
      return problem ?? ofItemFiles;
    },
    async close() {
      await Promise.all([records.close(), itemFiles?.close()]);
    },
  };
}

type RecordFile = Omit<Segment, "startItemFiles">;

function createRecordFile(file: string): RecordFile {
  const descriptor = fs.openSync(file, "wx", ownerOnly.file);
  let end = 0;
  const spare: Buffer[] = [];
  const newChunk = (bytes: number) =>
    bytes <= chunkBytes ? (spare.pop() ?? Buffer.allocUnsafeSlow(chunkBytes)) : Buffer.allocUnsafeSlow(bytes);

  const startRecord = (): RecordWriter => {
    const offset = end;
    const hash = createHash("sha256");
    let handedOver = 0;
    let inFlight = 0;
    let problem: WriteProblem | null = null;
    let wake: (() => void) | null = null;

    const handOver = (chunk: Buffer, bytes: number) => {
      if (bytes === 0) {
        if (chunk.length === chunkBytes) spare.push(chunk);
        return;
      }
      const content = chunk.subarray(0, bytes);
      hash.update(content);
      inFlight++;
      writeWhole(descriptor, content, offset + handedOver, (failed) => {
        problem ??= failed;
        inFlight--;
        if (chunk.length === chunkBytes && spare.length < maxInFlight) spare.push(chunk);
        wake?.();
      });
      handedOver += bytes;
    };
    const waitUntil = async (atMost: number) => {
      while (inFlight > atMost) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = null;
      }
    };

    const record: RecordWriter = {
      chunk: newChunk(chunkBytes),
      position: 0,
      reserve(bytes) {
        if (record.position + bytes <= record.chunk.length) return;
        handOver(record.chunk, record.position);
        record.chunk = newChunk(bytes);
        record.position = 0;
      },
      append(bytes) {
        record.reserve(bytes.length);
        record.chunk.set(bytes, record.position);
        record.position += bytes.length;
      },
      async drain() {
        await waitUntil(maxInFlight - 1);
        return problem;
      },
      length: () => handedOver + record.position,
      async finish() {
        handOver(record.chunk, record.position);
        // The chunk goes back to the spare ones by itself: `abandon` must not put it there a second time.
        record.chunk = nothing;
        record.position = 0;
        await waitUntil(0);
        if (problem !== null) return problem;
        end = offset + handedOver;
        return { offset, bytes: handedOver, checksum: hash.digest("hex").slice(0, checksumDigits) };
      },
      async abandon() {
        await waitUntil(0);
        if (record.chunk.length === chunkBytes && spare.length < maxInFlight) spare.push(record.chunk);
      },
    };
    return record;
  };

  return {
    startRecord,
    sync: () =>
      new Promise((resolve) => {
        fs.fdatasync(descriptor, (error) => resolve(error === null ? null : asWriteProblem(error)));
      }),
    close: () =>
      new Promise((resolve) => {
        fs.close(descriptor, () => resolve());
      }),
  };
}

/** Writes all of `content` at `position`, in as many calls as the system takes. */
function writeWhole(
  descriptor: number,
  content: Buffer,
  position: number,
  done: (problem: WriteProblem | null) => void,
): void {
  fs.write(descriptor, content, 0, content.length, position, (error, written) => {
    if (error !== null) done(asWriteProblem(error));
    else if (written === 0) done({ message: "The file took no more bytes.", errno: "EIO" });
    else if (written < content.length) writeWhole(descriptor, content.subarray(written), position + written, done);
    else done(null);
  });
}

function asWriteProblem(error: NodeJS.ErrnoException): WriteProblem {
  return { message: error.message, errno: systemErrno(error) ?? "EIO" };
}
