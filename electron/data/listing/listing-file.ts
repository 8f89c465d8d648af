import { closeSync, createReadStream, existsSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import type { ListedFile, Listing } from "./listing.ts";

/*
 * The list of a job's files, kept beside its journal so that a resumed job plans over exactly the same files. JSON
 * lines: a line of totals, then one `[path, bytes, modified]` a file, in order. A name may hold a line break; its JSON
 * does not.
 */
const totalsSchema = z.strictObject({
  version: z.literal(1),
  files: z.number().int().min(0),
  bytes: z.number().min(0),
  skipped: z.number().int().min(0),
  skippedBy: z.record(z.string(), z.number().int().min(0)),
});
export type ListingTotals = Readonly<z.infer<typeof totalsSchema>>;

const entrySchema = z.tuple([z.string(), z.number(), z.number()]);
const blockLength = 1024 * 1024;

/** Writes the list whole or not at all: beside its place first, synced, then renamed into it. */
export function writeListing(path: string, listing: Listing): ListingTotals {
  const totals = {
    version: 1,
    files: listing.files.length,
    bytes: listing.bytes,
    skipped: listing.skipped,
    skippedBy: { ...listing.skippedBy },
  } as const;
  const temporary = `${path}.${process.pid}.part`;
  const file = openSync(temporary, "w", ownerOnly.file);
  try {
    let block = `${JSON.stringify(totals)}\n`;
    for (const entry of listing.files) {
      block += `${JSON.stringify([entry.path, entry.sizeBytes, entry.modifiedMs])}\n`;
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
      const [file, sizeBytes, modifiedMs] = entrySchema.parse(JSON.parse(line));
      yield { path: file, sizeBytes, modifiedMs };
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
