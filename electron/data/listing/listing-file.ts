import { createHash } from "node:crypto";
import { closeSync, createReadStream, existsSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import type { ListedFile, Listing } from "./listing.ts";

/*
 * The list of a job's files, kept beside its journal so that a resumed job plans over exactly the same files. JSON
 * lines: a line of totals, then one `[path, bytes, modified, inode, target]` a file, in order; the last two only where they
 * are known. A name may hold a line break; its JSON does not.
 */
const totalsSchema = z.strictObject({
  version: z.literal(1),
  files: z.number().int().min(0),
  bytes: z.number().min(0),
  skipped: z.number().int().min(0),
  skippedBy: z.record(z.string(), z.number().int().min(0)),
  /** As of `hashOfList`; left out by earlier versions, whose lists are what is hashed. */
  sha256: z.string().optional(),
});
export type ListingTotals = Readonly<z.infer<typeof totalsSchema>>;

const entrySchema = z.tuple([z.string(), z.number(), z.number(), z.number().nullish(), z.string().optional()]);
const blockLength = 1024 * 1024;

/** Writes the list whole or not at all: beside its place first, synced, then renamed into it. */
export function writeListing(path: string, listing: Listing): ListingTotals {
  const counts = {
    version: 1,
    files: listing.files.length,
    bytes: listing.bytes,
    skipped: listing.skipped,
    skippedBy: { ...listing.skippedBy },
  } as const;
  const totals = { ...counts, sha256: hashOfList(counts, listing.files) };
  const temporary = `${path}.${process.pid}.part`;
  const file = openSync(temporary, "w");
  try {
    let block = `${JSON.stringify(totals)}\n`;
    for (const entry of listing.files) {
      block += `${JSON.stringify([...listedOf(entry), ...whereaboutsOf(entry)])}\n`;
      if (block.length >= blockLength) {
        writeSync(file, block);
        block = "";
      }
    }
    writeSync(file, block);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  // Windows has no way to open a folder, and needs none to keep the new name.
  if (process.platform !== "win32") {
    const folder = openSync(dirname(path), "r");
    fsyncSync(folder);
    closeSync(folder);
  }
  return totals;
}

type Listed = readonly [path: string, sizeBytes: number, modifiedMs: number];

function listedOf({ path, sizeBytes, modifiedMs }: ListedFile): Listed {
  return [path, sizeBytes, modifiedMs];
}

/** What holds on this computer alone. */
function whereaboutsOf({ inode, target }: ListedFile): readonly unknown[] {
  if (target !== undefined) return [inode ?? null, target];
  return inode === undefined ? [] : [inode];
}

/** Of what a copy of the folder has, too. */
function hashOfList(counts: object, files: readonly ListedFile[]): string {
  const hash = createHash("sha256");
  let block = `${JSON.stringify(counts)}\n`;
  for (const entry of files) {
    block += `${JSON.stringify(listedOf(entry))}\n`;
    if (block.length < blockLength) continue;
    hash.update(block);
    block = "";
  }
  return hash.update(block).digest("hex");
}

/** The first line of an existing list; null when there is none yet. */
export async function readListingTotals(path: string): Promise<ListingTotals | null> {
  if (!existsSync(path)) return null;
  for await (const line of linesOf(path)) return totalsSchema.parse(JSON.parse(line));
  throw new Error("The list of the job's files is empty.");
}

/** The files of a list, one after another, without holding them all. */
export async function* readListedFiles(path: string): AsyncGenerator<ListedFile> {
  let isFirst = true;
  for await (const line of linesOf(path)) {
    if (!isFirst) {
      const [file, sizeBytes, modifiedMs, inode, target] = entrySchema.parse(JSON.parse(line));
      yield { path: file, sizeBytes, modifiedMs, inode: inode ?? undefined, target };
    }
    isFirst = false;
  }
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const stream = createReadStream(path, { encoding: "utf8", highWaterMark: blockLength });
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
