import type { JobSpec } from "../../electron/contract/job-spec.ts";
import type { ImageScorer } from "../../electron/contract/scorer.ts";
import type { UnitPart } from "../../electron/contract/unit.ts";
import type { InputValues, PartProblem } from "./block.ts";
import { createImageDecoder } from "./image-decode.ts";
import type { BeforeDecoding } from "./image-decode.ts";
import { fitImage, turnImage } from "./image-resize.ts";
import type { ImageTensorWriter } from "./image-tensor.ts";
import { partPath, readWholeFile } from "./source-file.ts";
import type { FileBytes } from "./source-file.ts";

/** Files read ahead of the one that is decoded, at most: enough to hide a slow disk, little memory. */
const mostAhead = 4;
const mostAheadBytes = 32 << 20;

/** The files of some parts in order: each call gives the next. */
export type FileQueue = { readonly next: () => Promise<FileBytes> };

/** Reads the files of `parts` in order, a few ahead of the one that was asked for. */
export function readAhead(input: JobSpec["input"], parts: readonly UnitPart[]): FileQueue {
  const started: Promise<FileBytes>[] = [];
  let startedTo = 0;
  let takenTo = 0;
  let bytesAhead = 0;
  const fill = () => {
    while (startedTo < parts.length) {
      const part = parts[startedTo] as UnitPart;
      const ahead = startedTo - takenTo;
      if (ahead > 0 && (ahead > mostAhead || bytesAhead + part.sizeBytes > mostAheadBytes)) return;
      started.push(readWholeFile(partPath(input, part), part));
      bytesAhead += part.sizeBytes;
      startedTo++;
    }
  };
  return {
    async next() {
      fill();
      const file = await (started.shift() as Promise<FileBytes>);
      bytesAhead -= (parts[takenTo] as UnitPart).sizeBytes;
      takenTo++;
      fill();
      return file;
    },
  };
}

/** Turns the bytes of one file into the `index`-th picture of `values`; null when that worked. */
export type PictureReader = (
  bytes: Buffer,
  values: InputValues,
  index: number,
  beforeDecoding: BeforeDecoding,
) => Promise<PartProblem | null>;

export function createPictureReader(scorer: ImageScorer, tensorWriter: ImageTensorWriter): PictureReader {
  const decode = createImageDecoder();
  return async (bytes, values, index, beforeDecoding) => {
    if (bytes.length === 0) return { stage: "read", code: "file-empty", message: "The file is empty." };
    const decoded = await decode(bytes, beforeDecoding);
    if ("code" in decoded) return { stage: "preprocess", ...decoded };
    const { pixels, orientation } = decoded;
    const isSideways = orientation >= 5;
    // A picture that lies on its side is fitted lying, then turned: the small picture is quicker to turn.
    const width = isSideways ? scorer.height : scorer.width;
    const height = isSideways ? scorer.width : scorer.height;
    const fitted = turnImage(fitImage(pixels, width, height, scorer.resize), width, height, orientation);
    tensorWriter.write(fitted, values, index);
    return null;
  };
}
