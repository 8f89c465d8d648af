import type { MiniBatch } from "../../contract/nouns/mini-batch.ts";

/** How a log line names a mini-batch: "mini-batch 3 (a.csv and 9 more)". Mini-batches are counted from 1. */
export function miniBatchPlace(miniBatch: MiniBatch): string {
  const more = miniBatch.parts.length - 1;
  return `mini-batch ${miniBatch.id + 1} (${miniBatch.parts[0]?.file ?? ""}${more === 0 ? "" : ` and ${more} more`})`;
}

/** How a log line names an item of a mini-batch: "a.csv, item 12 of the file". `item` counts within the mini-batch, from 0. */
export function itemPlace(miniBatch: MiniBatch, item: number): string {
  let firstItem = 0;
  for (const part of miniBatch.parts) {
    if (item < firstItem + part.items) {
      return part.items === 1 ? part.file : `${part.file}, row ${part.firstRow + item - firstItem}`;
    }
    firstItem += part.items;
  }
  return miniBatchPlace(miniBatch);
}
