import type { TabularScorer } from "../../contract/nouns/scorers/tabular-scorer.ts";
import { tableFormat } from "../../contract/tables/table-format.ts";
import { createFileCopies } from "../copies/file-copies.ts";
import type { Input, ListedFile } from "../listing/listing.ts";
import { type PlanSettings, planMiniBatches } from "./plan-mini-batches.ts";

/** What reads a table of which nothing is known but that it is one. */
const anyTable: TabularScorer = {
  kind: "tabular",
  inputs: [{ name: "", type: "float32", shape: [null], columns: null }],
  missing: "error",
  outputs: [{ name: "", type: "float32", width: 1, labels: null, softmax: false, topK: 0, columns: [""] }],
  ...{ keep: [], batch: 1, fixedBatch: null },
};

/**
 * Counts the rows of tables as a job of this computer would number them; `onProgress` is called for every slice of one. Null: it is no table, cannot be read whole, or is not what
 * was listed.
 */
export function createRowCounter(
  input: Input,
  copiesFolder: string,
  onProgress: () => Promise<void>,
): (file: ListedFile) => Promise<number | null> {
  const settings: PlanSettings = {
    ...{ input, source: "table-rows", encoding: null, dialect: null, table: anyTable, rowMultiple: 1 },
    ...{ miniBatchSize: 1, sliceBytes: 32 * 1024 * 1024, miniBatchBytes: 1 },
    copies: createFileCopies({ folder: copiesFolder, encoding: null, mostBytes: Number.POSITIVE_INFINITY }),
  };
  return async (file) => {
    if (tableFormat(file.path, file.format) === null) return null;
    let rows = 0;
    for await (const { miniBatch } of planMiniBatches(settings, only(file), { nextMiniBatch: 0, after: null })) {
      if (miniBatch.parts.some(({ problem }) => problem !== null)) return null;
      rows += miniBatch.items;
      await onProgress();
    }
    return rows;
  };
}

async function* only(file: ListedFile): AsyncGenerator<ListedFile> {
  yield file;
}
