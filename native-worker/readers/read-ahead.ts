import type { JobSpec } from "../../electron/contract/nouns/job-spec.ts";
import { type MiniBatchPart, partSource } from "../../electron/contract/nouns/mini-batch.ts";
import { partPlace, readWholeFile } from "./source-file.ts";
import type { FileBytes } from "./source-file.ts";

/** Files read ahead of the one that is decoded, at most: enough to hide a slow disk, little memory. */
const maxAhead = 4;
const maxAheadBytes = 32 << 20;

/** The files of some parts in order: each call gives the next. */
export type FileQueue = { readonly next: () => Promise<FileBytes> };

/** Reads the files of `parts` in order, a few ahead of the one that was asked for. */
export function readAhead(input: JobSpec["input"], parts: readonly MiniBatchPart[]): FileQueue {
  const started: Promise<FileBytes>[] = [];
  let startedTo = 0;
  let takenTo = 0;
  let bytesAhead = 0;
  const fill = () => {
    while (startedTo < parts.length) {
      const part = parts[startedTo] as MiniBatchPart;
      const ahead = startedTo - takenTo;
      if (ahead > 0 && (ahead > maxAhead || bytesAhead + part.end > maxAheadBytes)) return;
      const { path, listed } = partSource(part, partPlace(input, part));
      started.push(readWholeFile(path, listed));
      bytesAhead += part.end;
      startedTo++;
    }
  };
  return {
    async next() {
      fill();
      const file = await (started.shift() as Promise<FileBytes>);
      bytesAhead -= (parts[takenTo] as MiniBatchPart).end;
      takenTo++;
      fill();
      return file;
    },
  };
}
