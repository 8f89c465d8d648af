import { closeSync } from "node:fs";
import { type CsvDialect, defaultDialect } from "../../contract/tables/csv.ts";
import type { ItemSource } from "../../contract/nouns/scorer.ts";
import { tableFormat } from "../../contract/tables/table-format.ts";
import { type MiniBatch, type MiniBatchPart, type PartSource, partSource } from "../../contract/nouns/mini-batch.ts";
import { type Input, realPlace } from "../listing/listing.ts";
import { openListed } from "../table-file.ts";
import { type Slice, splitText } from "./split-text.ts";

/** Items `from`..`to` of a mini-batch. */
export type ItemSpan = { readonly from: number; readonly to: number };

type CutSettings = { readonly input: Input; readonly source: ItemSource; readonly dialect: CsvDialect | null };

/**
 * Cuts a mini-batch into the given spans, which follow one another and cover it. Null when a file of it cannot be cut there: it
 * is not what it was when the mini-batch was planned.
 */
export function cutMiniBatch(
  settings: CutSettings,
  miniBatch: MiniBatch,
  spans: readonly ItemSpan[],
): MiniBatchPart[][] | null {
  const cut: MiniBatchPart[][] = spans.map(() => []);
  let firstItem = 0;
  for (const part of miniBatch.parts) {
    const end = firstItem + part.items;
    const within = [...spans.entries()].filter(([, span]) => span.to > firstItem && span.from < end);
    const sizes = within.map(([, span]) => Math.min(span.to, end) - Math.max(span.from, firstItem));
    const pieces = sizes.length === 1 ? [part] : cutPart(settings, part, sizes);
    if (pieces === null) return null;
    for (const [index, [place]] of within.entries()) cut[place]?.push(pieces[index] as MiniBatchPart);
    firstItem = end;
  }
  return cut;
}

function cutPart(
  { input, source, dialect }: CutSettings,
  part: MiniBatchPart,
  sizes: readonly number[],
): MiniBatchPart[] | null {
  const format = source === "table-rows" ? tableFormat(part.file, part.format) : "json-lines";
  const slices =
    format === "parquet" || source === "array-rows"
      ? rowSlices(part, sizes)
      : textSlices(
          partSource(part, realPlace(input, { path: part.file, target: part.target })),
          part,
          sizes,
          format === "delimited" ? (part.dialect ?? dialect ?? defaultDialect) : null,
        );
  const isCut = slices?.length === sizes.length && slices.every(({ items }, index) => items === sizes[index]);
  return slices !== null && isCut ? slices.map((slice) => ({ ...part, ...slice })) : null;
}

/** Rows of a Parquet file, and entries of arrays, are known by their number alone. */
function rowSlices(part: MiniBatchPart, sizes: readonly number[]): Slice[] {
  let firstRow = part.firstRow;
  return sizes.map((items) => {
    const slice = { start: part.start, end: part.end, firstRow, items };
    firstRow += items;
    return slice;
  });
}

function textSlices(
  { path, listed }: PartSource,
  part: MiniBatchPart,
  sizes: readonly number[],
  dialect: CsvDialect | null,
): Slice[] | null {
  const rows = (slice: number) => sizes[slice] ?? Number.POSITIVE_INFINITY;
  const limits = { bytes: Number.POSITIVE_INFINITY, rows, rowMultiple: 1 };
  const file = openListed(path, listed);
  if (!file.ok) return null;
  try {
    return [...splitText(file.value, part.start, part.end, part.firstRow, dialect, limits)];
  } finally {
    closeSync(file.value);
  }
}
