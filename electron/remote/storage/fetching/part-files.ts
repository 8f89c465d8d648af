import fs from "node:fs/promises";
import path from "node:path";
import { codeOf } from "../../../contract/errno.ts";
import { fileModeIn, folderModeIn, ownerOnly } from "../../../contract/processes/file-modes.ts";
import { failure, type Result, success } from "../../../contract/problem.ts";
import type { ContentChecks } from "../../../data/content/ask-content-address.ts";
import { removeFolder, rename } from "../../../files/patient.ts";
import { foldersOf } from "./blob-names.ts";
import type { DownloadLedger, WantedBlob } from "./download-ledger.ts";
import { grouped } from "../grouped.ts";

/** In the folder that files are fetched to, so that giving them their names moves no bytes. No blob may be called so. */
export const partsFolderName = ".batchdeck-download";

/** What is fetched of blobs before they are whole, each in a file of its own that its id names. */
export type PartFiles = {
  /**
   * Opens that of a blob, of which so many bytes have to be in it by what the ledger says; what lies in it stays. If it is shorter, or
   * longer than the blob, it is emptied, and the ledger forgets what it said.
   */
  readonly open: (blob: WantedBlob, countedBytes: number) => Promise<PartFile>;
  /** Removes what is left of them; all are closed. */
  readonly remove: () => Promise<void>;
};

export type PartFile = {
  readonly write: (bytes: Buffer, at: number) => Promise<void>;
  /** The range that begins there is in the file: it counts once it is on the disk, together with others. */
  readonly addRange: (start: number) => Promise<void>;
  /** The file is whole: it is checked, put onto the disk and given its name, together with others. */
  readonly finish: () => Promise<Result<null>>;
  readonly close: () => Promise<void>;
};

type Options = {
  /** Its one real path. */
  readonly folder: string;
  /** Of the container, for problems. */
  readonly container: string;
  readonly ledger: DownloadLedger;
  readonly checks: ContentChecks;
  readonly signal: AbortSignal;
};

type Opened = { readonly blob: WantedBlob; readonly handle: fs.FileHandle; readonly place: string };

/** Throws what the file system throws. */
export async function createPartFiles({ folder, container, ledger, checks, signal }: Options): Promise<PartFiles> {
  const parts = path.join(folder, partsFolderName);
  const stats = await fs.stat(folder);
  const modes = { folder: folderModeIn(stats), file: fileModeIn(stats) };
  const flags = fs.constants.O_RDWR | fs.constants.O_CREAT | (fs.constants.O_NOFOLLOW ?? 0);
  const known = new Set<string>();
  await makeFolder(parts, ownerOnly.folder);

  const addRanges = grouped(async (ranges: readonly (Opened & { readonly start: number })[]) => {
    await Promise.all([...new Set(ranges.map(({ handle }) => handle))].map((handle) => handle.datasync()));
    ledger.addRanges(ranges.map(({ blob, start }) => ({ id: blob.id, start })));
    return ranges.map(() => undefined);
  });

  const finishTogether = grouped(async (files: readonly Opened[]): Promise<readonly Result<null>[]> => {
    const lengths = await Promise.all(
      files.map(async ({ handle }) => {
        await handle.sync();
        return (await handle.stat()).size;
      }),
    );
    const checked = files.flatMap(({ blob, place }) => (blob.md5 === null ? [] : [{ path: place, md5: blob.md5 }]));
    const damaged = checked.length === 0 ? success([]) : await checks.findDamaged(checked, signal);
    if (!damaged.ok) return files.map(() => damaged);
    const results: Result<null>[] = [];
    const named: number[] = [];
    for (const [index, { blob, place }] of files.entries()) {
      const isWhole = lengths[index] === blob.sizeBytes && !damaged.value.includes(place);
      if (!isWhole) ledger.forget(blob.id);
      const result = isWhole
        ? await giveName(blob, place)
        : failure("azure/unexpected-answer:blob", { container, name: blob.path });
      if (result.ok) named.push(blob.id);
      results.push(result);
    }
    ledger.finish(named);
    return results;
  });

  async function giveName({ path: name }: WantedBlob, place: string): Promise<Result<null>> {
    for (const inner of foldersOf(name)) {
      const made = path.join(folder, inner);
      if (!known.has(made) && !(await makeFolder(made, modes.folder))) {
        return failure("output/unwritable:through-link", { folder: made });
      }
      known.add(made);
    }
    await rename(place, path.join(folder, name));
    return success(null);
  }

  /** A kill may have come after the file got its name and before that was written down; whoever cleans up may have emptied the folder. */
  async function emptyUnlessUsable(handle: fs.FileHandle, blob: WantedBlob, countedBytes: number): Promise<void> {
    const { size } = await handle.stat();
    if (size >= countedBytes && size <= blob.sizeBytes) return;
    ledger.forget(blob.id);
    await handle.truncate(0);
  }

  return {
    async open(blob, countedBytes) {
      const place = path.join(parts, String(blob.id));
      const handle = await fs.open(place, flags, modes.file);
      await emptyUnlessUsable(handle, blob, countedBytes);
      const opened = { blob, handle, place };
      return {
        write: (bytes, at) => writeAt(handle, bytes, at),
        addRange: (start) => addRanges({ ...opened, start }),
        finish: () => finishTogether(opened),
        close: () => handle.close(),
      };
    },
    remove: () => removeFolder(parts),
  };
}

/** All of it, whatever the system takes at once. */
export async function writeAt(handle: fs.FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    written += (await handle.write(bytes, written, bytes.length - written, at + written)).bytesWritten;
  }
}

/** False: something else than a folder is there. */
async function makeFolder(place: string, mode: number): Promise<boolean> {
  try {
    await fs.mkdir(place, { mode });
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    return (await fs.lstat(place)).isDirectory();
  }
}
