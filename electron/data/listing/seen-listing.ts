import { lstatSync, opendirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { isAsListed } from "../../contract/listed-files.ts";
import type { ItemSource } from "../../contract/nouns/scorer.ts";
import { skippedNamesSchema } from "../../contract/nouns/skip-reason.ts";
import { compressionSchema, tableFormatSchema } from "../../contract/tables/table-format.ts";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import { errorCode } from "../errors.ts";
import { lastingInodes } from "./lasting-inodes.ts";
import { type FreshListing, hashNames, type Input, type ListedFile, type Listing, placeOf } from "./listing.ts";
import { breathe, createProgress } from "./report-progress.ts";

/*
 * A listing that was made to look at an input, kept so that the next look, and the job, need not make it again. It is used
 * only while listing the input would find the same: every folder holds the same names, and every listed file has the size
 * and time that it had. JSON lines: what was listed, a line a folder, then a line a thousand files.
 */
const headSchema = z.strictObject({
  version: z.literal(1),
  path: z.string(),
  kind: z.enum(["folder", "file"]),
  recursive: z.boolean(),
  source: z.string(),
  bytes: z.number(),
  skipped: z.number().int(),
  skippedBy: z.record(z.string(), z.number().int()),
  skippedNames: skippedNamesSchema,
  folders: z.number().int(),
  files: z.number().int(),
});
const folderSchema = z.tuple([z.string(), z.string()]);
const filesSchema = z.array(
  z.tuple([z.string(), z.number(), z.number(), tableFormatSchema.optional(), compressionSchema.optional()]),
);
const filesInLine = 1000;

/** Keeps a listing, unless nobody could tell later whether it still holds. */
export function writeSeenListing(path: string, input: Input, source: ItemSource, listing: FreshListing): void {
  const { files, folders, bytes, skipped, skippedBy, skippedNames } = listing;
  if (folders === null) return;
  const { path: root, kind, recursive } = input;
  const counts = { bytes, skipped, skippedBy, skippedNames, folders: folders.length, files: files.length };
  const head = { version: 1, path: root, kind, recursive, source, ...counts };
  const lines = [JSON.stringify(head), ...folders.map(({ prefix, namesHash }) => JSON.stringify([prefix, namesHash]))];
  for (let from = 0; from < files.length; from += filesInLine) {
    const some = files.slice(from, from + filesInLine);
    lines.push(JSON.stringify(some.map(entryOf)));
  }
  try {
    writeFileSync(path, `${lines.join("\n")}\n`, { mode: ownerOnly.file });
  } catch (error) {
    // Without it the input is listed again. A half of it does not parse.
    if (errorCode(error) === undefined) throw error;
  }
}

function entryOf({ path, sizeBytes, modifiedMs, format, compression }: ListedFile): readonly unknown[] {
  const found = [format, compression].filter((fact) => fact !== undefined);
  return [path, sizeBytes, modifiedMs, ...found];
}

/** The kept listing, when listing that input now would find the same; else null. */
export async function readIfUnchanged(
  path: string,
  input: Input,
  source: ItemSource,
  onProgress: (files: number) => void,
): Promise<Listing | null> {
  try {
    return await checked(path, input, source, onProgress);
  } catch (error) {
    // It cannot be read or parsed, or the input cannot: listing it tells what is wrong.
    if (error instanceof SyntaxError || error instanceof z.ZodError || errorCode(error) !== undefined) return null;
    throw error;
  }
}

async function checked(
  path: string,
  input: Input,
  source: ItemSource,
  onProgress: (files: number) => void,
): Promise<Listing | null> {
  if (input.files) return null;
  const [first = "", ...lines] = readFileSync(path, "utf8").trimEnd().split("\n");
  const head = headSchema.parse(JSON.parse(first));
  const isSameInput = head.path === input.path && head.kind === input.kind && head.recursive === input.recursive;
  if (!isSameInput || head.source !== source) return null;
  for (const line of lines.slice(0, head.folders)) {
    const [prefix, namesHash] = folderSchema.parse(JSON.parse(line));
    if ((await namesHashOf(join(input.path, prefix))) !== namesHash) return null;
  }
  // Paths are not joined for every file: of many, that takes longer than asking the disk.
  const root = `${placeOf(input)}/`;
  const inodeOf = lastingInodes(root, statSync(root).dev);
  const files: ListedFile[] = [];
  const report = createProgress(onProgress, 1000);
  for (const line of lines.slice(head.folders)) {
    for (const [name, sizeBytes, modifiedMs, format, compression] of filesSchema.parse(JSON.parse(line))) {
      // A list with links in it is not kept. A file that is gone throws, as everything does that the system says.
      const stats = lstatSync(root + name);
      if (!isAsListed(stats, { sizeBytes, modifiedMs })) return null;
      files.push({ path: name, sizeBytes, modifiedMs, inode: inodeOf(stats), format, compression });
      const due = report(files.length);
      if (due !== null) await due;
    }
  }
  if (files.length !== head.files) return null;
  const { bytes, skipped, skippedBy, skippedNames } = head;
  return { files, bytes, skipped, skippedBy, skippedNames };
}

async function namesHashOf(folder: string): Promise<string> {
  const names = hashNames(folder);
  const directory = opendirSync(folder, { bufferSize: 512 });
  try {
    let looked = 0;
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      names.add(entry);
      looked += 1;
      if (looked % 2000 === 0) await breathe();
    }
  } finally {
    directory.closeSync();
  }
  return names.digest();
}
