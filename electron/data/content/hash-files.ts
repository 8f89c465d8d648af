import { createHash, type Hash } from "node:crypto";
import { closeSync, fstatSync, readSync } from "node:fs";
import { join } from "node:path";
import { isReplaced } from "../../contract/listed-files.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { opener } from "../../files/opener.ts";
import { errorCode } from "../errors.ts";
import { breathe } from "../listing/report-progress.ts";
import type { ListedFile } from "../listing/listing.ts";
import type { ContentFacts, ContentLedger, HashedFile } from "./content-ledger.ts";

const blockBytes = 1024 * 1024;
/** After so many files or bytes the ledger is written, in one transaction. */
const groupFiles = 200;
const groupBytes = 64 * 1024 * 1024;

/** Told after each block that was read; await what it returns. */
type OnBytes = (bytes: number) => Promise<void>;

/**
 * Finds out what listed files hold, and the address of it all: SHA-256 over one line of JSON a file, `[path, bytes, sha256]`, in
 * code-point order of the paths. Problems: input/changed, input/unreadable.
 */
export async function addressOf(
  folder: string,
  files: AsyncIterable<ListedFile> | Iterable<ListedFile>,
  ledger: ContentLedger,
  onBytes: OnBytes,
): Promise<Result<ContentFacts>> {
  const whole = createHash("sha256");
  let fresh: HashedFile[] = [];
  let [freshBytes, count, bytes] = [0, 0, 0];
  const keepFresh = (): void => {
    ledger.keep(fresh);
    [fresh, freshBytes] = [[], 0];
  };
  ledger.begin();
  for await (const file of files) {
    const { path, sizeBytes } = file;
    let sha256 = ledger.known(file);
    if (sha256 === null) {
      const hashed = await hashListed(folder, file, onBytes);
      if (!hashed.ok) {
        keepFresh();
        return hashed;
      }
      sha256 = hashed.value;
      fresh.push({ ...file, sha256 });
      freshBytes += sizeBytes;
      if (fresh.length >= groupFiles || freshBytes >= groupBytes) keepFresh();
    } else {
      await onBytes(sizeBytes);
    }
    whole.update(`${JSON.stringify([path, sizeBytes, sha256])}\n`);
    count += 1;
    bytes += sizeBytes;
  }
  keepFresh();
  const facts = { address: whole.digest("hex"), files: count, bytes };
  ledger.finish(facts);
  return success(facts);
}

/** SHA-256 of a file that is still the one that was listed, before and after it is read. */
async function hashListed(folder: string, file: ListedFile, onBytes: OnBytes): Promise<Result<string>> {
  const place = join(folder, file.target ?? file.path);
  try {
    const opened = opener.open(place, file);
    if (opened === null) return changed(file);
    try {
      const hash = createHash("sha256");
      await hashWhole(opened, hash, onBytes);
      return opener.isListed(opened, fstatSync(opened), place, file) ? success(hash.digest("hex")) : changed(file);
    } finally {
      closeSync(opened);
    }
  } catch (error) {
    const errno = errorCode(error);
    if (errno === undefined) throw error;
    if (errno === "ENOENT" || isReplaced(errno)) return changed(file);
    return failure("input/unreadable:disk", { path: place, errno });
  }
}

function changed({ path }: ListedFile): Result<never> {
  return failure("input/changed:file", { file: path });
}

/** Reads an open file to its end. */
export async function hashWhole(opened: number, hash: Hash, onBytes: OnBytes): Promise<void> {
  const block = Buffer.allocUnsafe(blockBytes);
  for (let at = 0; ; ) {
    const length = readSync(opened, block, 0, blockBytes, at);
    if (length === 0) return;
    hash.update(block.subarray(0, length));
    at += length;
    await onBytes(length);
  }
}

const maxSilenceMs = 250;

/** Reports how far it is, a few times a second, and lets the end of the parent be noticed. */
export function createByteProgress(total: number, report: (done: number, total: number) => void): OnBytes {
  let done = 0;
  let reportedAt = performance.now();
  return async (bytes) => {
    done += bytes;
    if (performance.now() - reportedAt < maxSilenceMs) return;
    reportedAt = performance.now();
    report(done, total);
    await breathe();
  };
}
