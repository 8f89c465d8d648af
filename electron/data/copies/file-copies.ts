import { createHash } from "node:crypto";
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  futimesSync,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
  statfsSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { isAsListed } from "../../contract/listed-files.ts";
import type { FileCopy } from "../../contract/nouns/mini-batch.ts";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import { lineFeed } from "../../contract/tables/csv.ts";
import { type Compression, compressionOf, fileEnding, unpackedName } from "../../contract/tables/table-format.ts";
import { textStart } from "../../contract/tables/text-start.ts";
import { removeSync, renameSync } from "../../files/patient.ts";
import { errorCode } from "../errors.ts";
import type { ListedFile } from "../listing/listing.ts";
import { breathe } from "../listing/report-progress.ts";
import { changedSince, type Checked, emptyFile, type FileProblem, readFully, unreadable } from "../table-file.ts";
import { PackedDataError, packedAs, unpack } from "../unpack.ts";

/*
 * Text that cannot be cut by bytes as it stands, since it is compressed or in an encoding in which a byte may be half a
 * character, is copied once: unpacked, and as UTF-8. What is cut, read and resumed is the copy; what is listed, checked and named
 * is the file. Docs: decisions/0032.
 */
export type FileCopies = {
  /** Whether its name or the settings alone say that a file needs one. */
  readonly needsByName: (file: ListedFile) => boolean;
  /** Whether a file needs one, by its name, the settings and its first bytes. Of an open file. */
  readonly needs: (opened: number, file: ListedFile) => boolean;
  /** The copy of an open file, made unless it is there already; a problem when nothing of the file can be read. */
  readonly make: (opened: number, file: ListedFile) => Promise<Checked<MadeCopy>>;
};

/** `readBytes`: how many bytes of the file it was made of; `isWhole`: all of them. */
export type MadeCopy = { readonly copy: FileCopy; readonly readBytes: number; readonly isWhole: boolean };

export type CopySettings = {
  /** Where copies are put; made with the first. Null: nothing can be written, and no copy is made. */
  readonly folder: string | null;
  /** The encoding of scorer.yml, by its name in the Encoding Standard; null: none is set. */
  readonly encoding: string | null;
  /** Copies hold no more of the text than this, up to the end of a line; Infinity: all of it. */
  readonly mostBytes: number;
};

type WritableSettings = CopySettings & { readonly folder: string };

const nothing = new Uint8Array(0);
const chunkBytes = 64 * 1024;
/** What unpacks to more than this, and to so many times the size of what it was, is made to fill a disk. */
const harmlessBytes = 64 * 1024 * 1024;
const mostRatio = 250;
/** What a copy leaves free on the disk of the workspace. */
const spareBytes = 512 * 1024 * 1024;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

export function createFileCopies(settings: CopySettings): FileCopies {
  const { folder } = settings;
  const needsByName = (file: ListedFile): boolean => {
    return compressionIn(file) !== null || textStart(nothing, settings.encoding) !== null;
  };
  return {
    needsByName,
    needs(opened, file) {
      if (needsByName(file)) return true;
      const beginning = Buffer.alloc(4);
      return textStart(beginning.subarray(0, readSync(opened, beginning, 0, 4, 0)), settings.encoding) !== null;
    },
    async make(opened, file) {
      if (folder === null) return { ok: false, problem: noRoom };
      mkdirSync(folder, { recursive: true, mode: ownerOnly.folder });
      const path = join(realpathSync(folder), nameOf(file, settings));
      const modifiedMs = Math.floor(file.modifiedMs / 1000) * 1000;
      // One that is there is whole: it gets its name at the end.
      const there = settings.mostBytes === Number.POSITIVE_INFINITY ? sizeIfThere(path) : null;
      if (there !== null) {
        return {
          ok: true,
          value: { copy: { path, sizeBytes: there, modifiedMs }, readBytes: file.sizeBytes, isWhole: true },
        };
      }
      const part = `${path}.${process.pid}.part`;
      const made = await write(part, opened, file, { ...settings, folder }, modifiedMs);
      if (!made.ok) {
        removeSync(part);
        return made;
      }
      renameSync(part, path);
      const { sizeBytes, ...how } = made.value;
      return { ok: true, value: { copy: { path, sizeBytes, modifiedMs }, ...how } };
    },
  };
}

/** A file's copy as a file of its own, called as the file is without the ending of its compression. */
export function contentOf(file: ListedFile, copy: FileCopy): ListedFile {
  const { sizeBytes, modifiedMs } = copy;
  return { path: unpackedName(file.path), sizeBytes, modifiedMs, format: file.format };
}

function compressionIn({ path, compression }: ListedFile): Compression | null {
  return compression ?? compressionOf(path);
}

/** The same for the same file and settings, and for no other. */
function nameOf({ path, sizeBytes, modifiedMs }: ListedFile, { encoding, mostBytes }: CopySettings): string {
  const key = JSON.stringify([path, sizeBytes, modifiedMs, encoding, String(mostBytes)]);
  return createHash("sha256").update(key).digest("hex").slice(0, 32);
}

function sizeIfThere(path: string): number | null {
  try {
    return statSync(path).size;
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    return null;
  }
}

type Written = { readonly sizeBytes: number; readonly readBytes: number; readonly isWhole: boolean };

async function write(
  path: string,
  opened: number,
  file: ListedFile,
  settings: WritableSettings,
  modifiedMs: number,
): Promise<Checked<Written>> {
  const target = openSync(path, "w+", ownerOnly.file);
  try {
    const written = await copyText(target, opened, file, settings);
    if (!written.ok) return written;
    if (!isAsListed(fstatSync(opened), file)) return { ok: false, problem: changedSince };
    futimesSync(target, modifiedMs / 1000, modifiedMs / 1000);
    fsyncSync(target);
    return written;
  } catch (error) {
    if (error instanceof PackedDataError) return { ok: false, problem: unpackable(file, error.why) };
    if (error instanceof SourceError) return { ok: false, problem: error.problem };
    throw error;
  } finally {
    closeSync(target);
  }
}

async function copyText(
  target: number,
  opened: number,
  file: ListedFile,
  { encoding, mostBytes, folder }: WritableSettings,
): Promise<Checked<Written>> {
  const source = { readBytes: 0 };
  const compression = compressionIn(file);
  const chunks = chunksOf(opened, file.sizeBytes, source);
  const text = compression === null ? chunks : unpack(compression, checked(chunks, compression));
  let sizeBytes = 0;
  let checkedAt = 0;
  let lastBreath = performance.now();
  const put = (bytes: Buffer): void => {
    writeFully(target, bytes);
    sizeBytes += bytes.length;
  };
  for await (const bytes of decoded(text, encoding)) {
    put(bytes);
    if (sizeBytes >= mostBytes)
      return { ok: true, value: { ...cutAtLine(target, sizeBytes), ...source, isWhole: false } };
    if (sizeBytes > harmlessBytes && sizeBytes > mostRatio * source.readBytes) return { ok: false, problem: bomb };
    if (sizeBytes - checkedAt >= harmlessBytes) {
      checkedAt = sizeBytes;
      if (freeBytes(folder) < spareBytes) return { ok: false, problem: noRoom };
    }
    if (performance.now() - lastBreath > 20) {
      await breathe();
      lastBreath = performance.now();
    }
  }
  // A file that has become shorter ends early, and counts as changed.
  return sizeBytes === 0
    ? { ok: false, problem: emptyFile }
    : { ok: true, value: { sizeBytes, ...source, isWhole: true } };
}

function* chunksOf(opened: number, sizeBytes: number, source: { readBytes: number }): Generator<Buffer> {
  while (source.readBytes < sizeBytes) {
    const chunk = Buffer.allocUnsafeSlow(Math.min(chunkBytes, sizeBytes - source.readBytes));
    const length = readSource(opened, chunk, source.readBytes);
    if (length === 0) return;
    source.readBytes += length;
    yield chunk.subarray(0, length);
  }
}

/** Why the file itself cannot be read, apart from what goes wrong with its copy. */
class SourceError extends Error {
  readonly problem: FileProblem;
  constructor(problem: FileProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

function readSource(opened: number, chunk: Buffer, position: number): number {
  try {
    return readFully(opened, chunk, 0, chunk.length, position);
  } catch (error) {
    throw new SourceError(unreadable(error));
  }
}

/** Says of data of another kind that it is that, before the decoder finds it damaged. */
function* checked(chunks: Iterable<Buffer>, compression: Compression): Generator<Buffer> {
  let isFirst = true;
  for (const chunk of chunks) {
    if (isFirst && packedAs(chunk) !== compression) throw new PackedDataError("other-data");
    isFirst = false;
    yield chunk;
  }
}

/** Text as it stands or, where it cannot be cut by bytes, as UTF-8 with its mark: nobody has to guess what it is again. */
async function* decoded(
  text: AsyncIterable<Buffer> | Iterable<Buffer>,
  encoding: string | null,
): AsyncGenerator<Buffer> {
  const enough = gathered(text);
  const first = await enough.next();
  if (first.done === true) return;
  const start = textStart(first.value, encoding);
  if (start === null) {
    yield first.value;
    yield* enough;
    return;
  }
  // Its tables are large, and few files need them.
  const { createUtf8Encoder } = await import("../encodings.ts");
  const encoder = createUtf8Encoder(start.encoding);
  yield byteOrderMark;
  yield encoder.encode(first.value.subarray(start.markLength));
  for await (const bytes of enough) yield encoder.encode(bytes);
  yield encoder.end();
}

/** The same, but for the first piece, which is as long as any byte order mark. */
async function* gathered(text: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer> {
  let first: Buffer | null = Buffer.alloc(0);
  for await (const bytes of text) {
    if (first === null) yield bytes;
    else {
      first = Buffer.concat([first, bytes]);
      if (first.length < 4) continue;
      yield first;
      first = null;
    }
  }
  if (first !== null && first.length > 0) yield first;
}

function writeFully(target: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(target, bytes, done);
}

/** What is cut off in the midst of a line must not be taken for one. */
function cutAtLine(target: number, sizeBytes: number): { readonly sizeBytes: number } {
  const last = Buffer.alloc(Math.min(sizeBytes, 1024 * 1024));
  const from = sizeBytes - last.length;
  readFully(target, last, 0, last.length, from);
  const end = from + last.lastIndexOf(lineFeed) + 1;
  if (end <= from) return { sizeBytes };
  ftruncateSync(target, end);
  return { sizeBytes: end };
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

const titles: Readonly<Record<Compression, string>> = { gzip: "gzip", zstd: "Zstandard" };

function unpackable(file: ListedFile, why: PackedDataError["why"]): FileProblem {
  const title = titles[compressionIn(file) ?? "gzip"];
  const message = {
    "other-data": `The name of the file ends in ${fileEnding(file.path)}, but it holds no ${title} data.`,
    "cut-off": `The ${title} data of the file ends too early, so it cannot be trusted: copy or download it again.`,
    damaged: `The ${title} data of the file is damaged, so none of it can be trusted: copy or download it again.`,
  }[why];
  return { code: "file-unreadable", message };
}

const bomb: FileProblem = {
  code: "file-unreadable",
  message: `The file unpacks to more than ${mostRatio} times its size, as files do that are made to fill a disk; if it is meant so, unpack it yourself.`,
};

const noRoom: FileProblem = {
  code: "file-unreadable",
  message: "The disk of the workspace has no room for the unpacked file; make room, then retry what failed.",
};
