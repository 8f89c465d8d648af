import { createHash } from "node:crypto";
import { closeSync, createReadStream, existsSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import { renameSync } from "../../files/patient.ts";
import { fileDamage, storedJson } from "../../registry/rows/damage.ts";
import { skippedNamesSchema } from "../../contract/nouns/skip-reason.ts";
import { compressionSchema, tableFormatSchema } from "../../contract/tables/table-format.ts";
import type { ListedFile, Listing } from "./listing.ts";
import type { Skips } from "./skips.ts";

/*
 * The list of a job's files, kept beside its journal so that a resumed job plans over exactly the same files. JSON
 * lines: a line of totals, then one `[path, bytes, modified, inode, target, format, compression]` a file, in order (the last four only
 * where they are known), and a line with the SHA-256 of all that stands before it. A name may hold a line break; its JSON does not.
 * Lists of earlier versions have no last line.
 */
const totalsSchema = z.strictObject({
  version: z.literal(1),
  files: z.number().int().min(0),
  bytes: z.number().min(0),
  skipped: z.number().int().min(0),
  skippedBy: z.record(z.string(), z.number().int().min(0)),
  /** Left out by earlier versions. */
  skippedNames: skippedNamesSchema.optional(),
  /** As of `hashOfList`; left out by earlier versions, whose lists are what is hashed. */
  sha256: z.string().optional(),
});
export type ListingTotals = Readonly<z.infer<typeof totalsSchema>>;

const entrySchema = z.tuple([
  z.string(),
  z.number(),
  z.number(),
  z.number().nullish(),
  z.string().nullish(),
  tableFormatSchema.optional(),
  compressionSchema.optional(),
]);
const blockLength = 1024 * 1024;
const lineFeed = 0x0a;
const damageKind = "registry/damaged:listing";

/** Writes the list whole or not at all: beside its place first, synced, then renamed into it. */
export function writeListing(path: string, listing: Listing): ListingTotals {
  const counts = {
    version: 1,
    files: listing.files.length,
    bytes: listing.bytes,
    skipped: listing.skipped,
    skippedBy: { ...listing.skippedBy },
  } as const;
  const totals = { ...counts, skippedNames: listing.skippedNames, sha256: hashOfList(counts, listing.files) };
  const temporary = `${path}.${process.pid}.part`;
  const file = openSync(temporary, "w", ownerOnly.file);
  const hash = createHash("sha256");
  try {
    let block = `${JSON.stringify(totals)}\n`;
    for (const entry of listing.files) {
      block += `${JSON.stringify([...listedOf(entry), ...whereaboutsOf(entry)])}\n`;
      if (block.length >= blockLength) {
        hash.update(block);
        writeSync(file, block);
        block = "";
      }
    }
    hash.update(block);
    writeSync(file, `${block}${lastLine(hash.digest("hex"))}`);
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

/** What a kept list says of the files that were left out. */
export function skipsOf({ skipped, skippedBy, skippedNames = {} }: ListingTotals): Skips {
  return { skipped, skippedBy, skippedNames };
}

type Listed = readonly [path: string, sizeBytes: number, modifiedMs: number];

function listedOf({ path, sizeBytes, modifiedMs }: ListedFile): Listed {
  return [path, sizeBytes, modifiedMs];
}

/** What holds on this computer alone, or follows from what a file holds. */
function whereaboutsOf({ inode, target, format, compression }: ListedFile): readonly unknown[] {
  if (compression !== undefined) return [inode ?? null, target ?? null, format, compression];
  if (format !== undefined) return [inode ?? null, target ?? null, format];
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

function lastLine(sha256: string): string {
  return `${JSON.stringify({ sha256 })}\n`;
}

/**
 * The totals of an existing list; null when there is none yet. Goes through all of it first: throws Damage when it is not
 * the list that was written, so that whoever then reads its files may take them as they are.
 */
export async function readListingTotals(path: string): Promise<ListingTotals | null> {
  if (!existsSync(path)) return null;
  const { lines, sha256, last } = await sumUpListing(path);
  let totals: ListingTotals | null = null;
  for await (const line of linesOf(path)) {
    totals = storedJson(totalsSchema, line, path, damageKind);
    break;
  }
  const isWhole = totals !== null && lines === totals.files + 1 && (last === null || last === lastLine(sha256));
  if (totals === null || !isWhole) throw fileDamage(path, damageKind);
  return totals;
}

/** How many lines a list has before its last one, their hash, and that last one (null: it has none). What they say is not looked at. */
export async function sumUpListing(
  path: string,
): Promise<{ readonly lines: number; readonly sha256: string; readonly last: string | null }> {
  const { last, position } = readLastLine(path);
  const hash = createHash("sha256");
  let lines = 0;
  const blocks = position === 0 ? [] : createReadStream(path, { end: position - 1, highWaterMark: blockLength });
  for await (const block of blocks as AsyncIterable<Buffer> | readonly Buffer[]) {
    hash.update(block);
    for (let at = block.indexOf(lineFeed); at !== -1; at = block.indexOf(lineFeed, at + 1)) lines += 1;
  }
  return { lines, sha256: hash.digest("hex"), last };
}

/** The line with the hash, and where what it is made of ends. */
function readLastLine(path: string): { readonly last: string | null; readonly position: number } {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, lastLine("0".repeat(64)).length));
    const position = size - bytes.length;
    readSync(file, bytes, 0, bytes.length, position);
    const last = bytes.toString("latin1");
    return last.startsWith('{"sha256":"') ? { last, position } : { last: null, position: size };
  } finally {
    closeSync(file);
  }
}

/** The files of a list, one after another, without holding them all. Throws Damage at one that is none. */
export async function* readListedFiles(path: string): AsyncGenerator<ListedFile> {
  let isFirst = true;
  for await (const line of linesOf(path)) {
    if (!isFirst && !line.startsWith("{")) yield readEntry(path, line);
    isFirst = false;
  }
}

/** The file that one line of the list at `path` stands for. Throws Damage. */
export function readEntry(path: string, line: string): ListedFile {
  return fileOf(storedJson(entrySchema, line, path, damageKind));
}

function fileOf([path, sizeBytes, modifiedMs, inode, target, format, compression]: z.infer<
  typeof entrySchema
>): ListedFile {
  return { path, sizeBytes, modifiedMs, inode: inode ?? undefined, target: target ?? undefined, format, compression };
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
