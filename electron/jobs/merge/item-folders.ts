import crypto from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { itemFileEntryBytes, type ItemFilesRecord } from "../../contract/tables/item-file-records.ts";
import { isItemFilePath, type ItemFolder } from "../../contract/nouns/scorers/item-files.ts";
import { type WrittenFile, type WrittenFolders, writtenFolders } from "../../contract/nouns/written-file.ts";
import { fileModeIn, folderModeIn } from "../../contract/processes/file-modes.ts";
import { remove, removeFolder } from "../../files/patient.ts";
import { errnoOf } from "../folder/blocked.ts";
import { fileAt } from "../folder/written-file.ts";

/**
 * The folders in which a job's item files are made. They always begin empty: whatever a process before this one left in them is
 * written again, since the segments still hold every record. So nothing has to be synced before the end.
 */
export type ItemFolders = {
  readonly made: readonly MadeFolder[];
  /** Writes the files of one record, read with `read`; false when they are not what a worker wrote. Throws SameName. */
  readonly add: (read: ReadBytes, record: ItemFilesRecord) => Promise<boolean>;
  /** What was added since the last `keep` stays, or goes again. */
  readonly keep: () => void;
  readonly takeBack: () => Promise<void>;
  /** Puts everything on the disk. */
  readonly sync: () => Promise<WrittenFolders>;
};

/** `found`: as it was when it was made. */
type MadeFolder = { readonly name: ItemFolder; readonly part: string; readonly found: WrittenFile };

/** Fills as much of the buffer as there is from a position on; answers how much that was. */
type ReadBytes = (into: Buffer, position: number) => Promise<number>;

/** Thrown where the file system takes two names for one. */
export class SameName extends Error {
  readonly file: string;
  constructor(file: string) {
    super(`${file} is there already.`);
    this.file = file;
  }
}

const checksumDigits = 16;
const maxPathBytes = 4096;
const syncedAtOnce = 8;
const block = Buffer.allocUnsafeSlow(1 << 18);

/** Makes them anew, beside `besideFile`. */
export async function makeItemFolders(
  wanted: readonly Omit<MadeFolder, "found">[],
  besideFile: string,
): Promise<ItemFolders> {
  const above = await fs.stat(path.dirname(besideFile));
  const [mode, folderMode] = [fileModeIn(above), folderModeIn(above)];
  const made: MadeFolder[] = [];
  for (const folder of wanted) made.push({ ...folder, found: await makeFolder(folder.part, folderMode) });
  let added: string[] = [];
  let lastFolder = "";

  /** Null: no such folder is made. */
  async function create(name: string): Promise<fs.FileHandle | null> {
    const start = name.indexOf("/");
    const folder = made.find((one) => one.name === name.slice(0, start));
    if (folder === undefined) return null;
    const file = path.join(folder.part, name.slice(start + 1));
    if (lastFolder !== path.dirname(file)) await fs.mkdir(path.dirname(file), { recursive: true, mode: folderMode });
    lastFolder = path.dirname(file);
    try {
      const handle = await fs.open(file, "wx", mode);
      added.push(file);
      return handle;
    } catch (error) {
      if (errnoOf(error) === "EEXIST") throw new SameName(name);
      throw error;
    }
  }

  return {
    made,
    async add(read, { offset, bytes, checksum }) {
      const hash = crypto.createHash("sha256");
      const end = offset + bytes;
      let position = offset;
      const next = async (length: number): Promise<Buffer | null> => {
        const wanted = block.subarray(0, Math.min(length, block.length));
        if (position + wanted.length > end || (await read(wanted, position)) < wanted.length) return null;
        position += wanted.length;
        hash.update(wanted);
        return wanted;
      };
      while (position < end) {
        const lengths = await next(itemFileEntryBytes);
        const [pathBytes = 0, contentBytes = 0] =
          lengths === null ? [] : [lengths.readUInt32LE(0), lengths.readUInt32LE(4)];
        const name = pathBytes > maxPathBytes ? null : ((await next(pathBytes))?.toString("utf8") ?? null);
        if (name === null || !isItemFilePath(name) || position + contentBytes > end) return false;
        const file = await create(name);
        if (file === null) return false;
        try {
          for (let left = contentBytes; left > 0; ) {
            const piece = await next(left);
            if (piece === null) return false;
            await file.writeFile(piece);
            left -= piece.length;
          }
        } finally {
          await file.close();
        }
      }
      return hash.digest("hex").slice(0, checksumDigits) === checksum;
    },
    keep() {
      added = [];
    },
    async takeBack() {
      for (const file of added) await remove(file);
      added = [];
    },
    async sync() {
      const synced = new Map<ItemFolder, WrittenFile | null>();
      for (const { name, part } of made) {
        await syncAll(part);
        synced.set(name, await fileAt(part));
      }
      return writtenFolders((folder) => synced.get(folder) ?? null);
    },
  };
}

async function makeFolder(folder: string, mode: number): Promise<WrittenFile> {
  await removeFolder(folder);
  await fs.mkdir(folder, { mode });
  const found = await fileAt(folder);
  if (found === null) throw new Error(`${folder} was taken away while it was made.`);
  return found;
}

/** Every file below a folder, and every folder in which names were made. */
async function syncAll(folder: string): Promise<void> {
  let files: Promise<void>[] = [];
  for await (const entry of await fs.opendir(folder)) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) await syncAll(place);
    else files.push(syncOne(place, "r+"));
    if (files.length < syncedAtOnce) continue;
    await Promise.all(files);
    files = [];
  }
  await Promise.all(files);
  // Windows has no such thing.
  if (process.platform !== "win32") await syncOne(folder, "r");
}

async function syncOne(place: string, flags: "r" | "r+"): Promise<void> {
  const handle = await fs.open(place, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
