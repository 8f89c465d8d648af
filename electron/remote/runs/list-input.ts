import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { compareCodePoints } from "../../data/listing/code-points.ts";
import { outputsNamedIn, skipReason } from "../../data/listing/listing.ts";
import { createSkips, type Skips } from "../../data/listing/skips.ts";
import { codeOf } from "../../contract/errno.ts";

/** A file that is sent. */
export type SentFile = { readonly path: string; readonly sizeBytes: number; readonly modifiedMs: number };

export type ListedInput = Skips & {
  /** In order. */
  readonly files: readonly SentFile[];
  readonly bytes: number;
  /** Files in its folders, which Azure does not look into. */
  readonly nested: number;
};

/**
 * What of a folder or file Azure would score: the files directly in it, but for those that no listing of ours takes. Links are
 * passed over: Azure has none. Problems: input/empty, input/unreadable, input/not-found.
 */
export async function listForAzure({
  path: place,
  kind,
}: Pick<JobSpec["input"], "path" | "kind">): Promise<Result<ListedInput>> {
  const skips = createSkips();
  const files: SentFile[] = [];
  let nested = 0;
  try {
    if (kind === "file") {
      files.push(await sentFile(path.dirname(place), path.basename(place)));
    } else {
      const ours = outputsNamedIn(path.join(place, "job.json"));
      for await (const entry of await fs.promises.opendir(place)) {
        const reason = skipReason(entry.name, ours);
        if (reason !== null) skips.skip(reason, entry.name);
        else if (entry.isDirectory()) nested += await countFiles(path.join(place, entry.name));
        else if (entry.isFile()) files.push(await sentFile(place, entry.name));
        else skips.skip("not-a-file", entry.name);
      }
    }
  } catch (error) {
    const errno = codeOf(error);
    if (errno === "") throw error;
    return failure("input/unreadable:right-now", { place, errno });
  }
  if (files.length === 0) return failure("input/empty:azure", { path: place, nested });
  files.sort((one, other) => compareCodePoints(one.path, other.path));
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return success({ ...skips.all(), files, bytes, nested });
}

async function sentFile(folder: string, name: string): Promise<SentFile> {
  const { size, mtimeMs } = await fs.promises.stat(path.join(folder, name));
  return { path: name, sizeBytes: size, modifiedMs: mtimeMs };
}

async function countFiles(folder: string): Promise<number> {
  let count = 0;
  for await (const entry of await fs.promises.opendir(folder, { recursive: true })) if (entry.isFile()) count += 1;
  return count;
}

/** One a line, under its name only when it is whole. */
export async function writeList(file: string, files: readonly SentFile[]): Promise<void> {
  const part = `${file}.part`;
  const stream = fs.createWriteStream(part, { mode: ownerOnly.file });
  for (const one of files) {
    if (!stream.write(`${JSON.stringify(one)}\n`)) await once(stream, "drain");
  }
  stream.end();
  await once(stream, "close");
  await fs.promises.rename(part, file);
}
