import type { ItemSource } from "../../contract/nouns/scorer.ts";
import { tableFormat } from "../../contract/tables/table-format.ts";
import type { MiniBatch, MiniBatchPart } from "../../contract/nouns/mini-batch.ts";
import type { Input, ListedFile } from "../listing/listing.ts";
import type { FileCopies } from "../copies/file-copies.ts";
import type { Dialects } from "../dialects/file-dialect.ts";
import { planMiniBatches, type PlanSettings } from "../cut/plan-mini-batches.ts";

/**
 * The first items of an input as one mini-batch of `items` items (of fewer when the input holds fewer), cut as a job's mini-batches
 * are, so that a worker reads them in the same way. Reads no more of the files than the first blocks of those it takes.
 */
export async function sampleMiniBatch(
  input: Input,
  how: Dialects & Pick<PlanSettings, "source" | "encoding" | "arrays">,
  files: readonly ListedFile[],
  copies: FileCopies,
  items: number,
): Promise<MiniBatch> {
  const parts: MiniBatchPart[] = [];
  let left = items;
  for (const file of files) {
    if (left <= 0) break;
    // Slices of the least size there is end at the first multiple of rows.
    const limits = { miniBatchSize: 1, sliceBytes: 1, miniBatchBytes: 1, rowMultiple: left };
    const settings = { input, ...how, copies, ...limits };
    for await (const { miniBatch } of planMiniBatches(settings, only(file), { nextMiniBatch: 0, after: null })) {
      for (const part of miniBatch.parts.map((whole) => cutPart(whole, left, how.source))) {
        parts.push(part);
        left -= part.items;
      }
      break;
    }
  }
  const [first, ...others] = parts;
  if (first === undefined) throw new Error("An input that holds nothing has no first items.");
  return { id: 0, items: parts.reduce((sum, part) => sum + part.items, 0), parts: [first, ...others] };
}

async function* only(file: ListedFile): AsyncGenerator<ListedFile> {
  yield file;
}

/** Rows in Parquet and in arrays are not cut by bytes: the first of them are as good a part as any. All others are cut already. */
function cutPart(part: MiniBatchPart, items: number, source: ItemSource): MiniBatchPart {
  const byNumber = source === "array-rows" || tableFormat(part.file, part.format) === "parquet";
  const isUncut = part.problem === null && part.items > items && byNumber;
  return isUncut ? { ...part, items } : part;
}
