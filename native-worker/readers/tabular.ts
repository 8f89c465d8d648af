import { closeSync, fstatSync, openSync } from "node:fs";
import { type CsvDialect, usualDialect } from "../../electron/contract/csv.ts";
import type { TabularScorer } from "../../electron/contract/scorer.ts";
import { tableFormat } from "../../electron/contract/table-format.ts";
import type { UnitPart } from "../../electron/contract/unit.ts";
import type { ItemRange } from "../../electron/contract/worker-messages.ts";
import { errnoOf } from "../writers/write-problem.ts";
import type { PartProblem, TabularBlock } from "./block.ts";
import { createCsvReader } from "./csv.ts";
import { createJsonLinesReader } from "./json-lines.ts";
import { openParquetReader } from "./parquet.ts";
import { changed, isAsListed, unreadable } from "./source-file.ts";
import { createRowCollector, type RowCollector } from "./tabular-rows.ts";
import { openWindow } from "./tabular-window.ts";

/** What stays the same over the parts of a job. */
export type TabularSettings = {
  readonly scorer: TabularScorer;
  readonly dialect: CsvDialect | null;
  /** Records in a block. */
  readonly batch: number;
  /** Absolute path of the input, and whether it is a folder: no file outside it is opened. */
  readonly input: { readonly path: string; readonly kind: "folder" | "file" };
};

export type TabularPart = {
  /** Absolute path of the part's file. */
  readonly path: string;
  /** A part without a `problem`. */
  readonly part: UnitPart;
  /** Items of the part that are wanted. Blocks are cut from `start` on, `batch` records each. */
  readonly range: ItemRange;
  /** Items that are neither converted nor reported. */
  readonly leaveOut: ReadonlySet<number>;
};

export type TabularStep =
  /** Its arrays are valid until the next call of `next`. */
  | { readonly kind: "block"; readonly block: TabularBlock }
  /** All items of the range have been handed out, and the file is still the one that was listed. */
  | { readonly kind: "end" }
  /**
   * The part cannot be read, or was changed meanwhile: every item of it fails for this reason, also those of blocks
   * that were handed out before. `errno` when the file system refused.
   */
  | { readonly kind: "problem"; readonly problem: PartProblem; readonly errno: string | null };

export type TabularReader = {
  readonly next: () => Promise<TabularStep>;
  /** Lets go of the file. To be called once, whatever happened. */
  readonly close: () => Promise<void>;
};

/** Reads the items of parts; keeps what can be used again from one part to the next. */
export type TabularReaders = {
  readonly open: (part: TabularPart) => Promise<TabularReader>;
};

/** One reader of the records of a part; blocks come from `readBlock` until it gives null. */
export type RecordReader = {
  /** The next block of at most the collector's capacity; null after the last; a problem when the file is not as planned. */
  readonly readBlock: () => Promise<TabularBlock | PartProblem | null>;
  readonly close: () => Promise<void>;
};

/** `settings.scorer` must name the columns of every input. */
export function createTabularReaders(settings: TabularSettings): TabularReaders {
  const collector = createRowCollector(settings.scorer, settings.batch);
  return { open: (part) => openPart(settings, collector, part) };
}

async function openPart(
  settings: TabularSettings,
  collector: RowCollector,
  wanted: TabularPart,
): Promise<TabularReader> {
  let file: number;
  try {
    file = openSync(wanted.path, "r");
  } catch (error) {
    return brokenReader(unreadable(error), errnoOf(error));
  }
  const close = (): void => closeSync(file);
  let records: RecordReader;
  try {
    if (!isAsListed(fstatSync(file), wanted.part)) {
      close();
      return brokenReader(changed, null);
    }
    records = await openRecords(settings, collector, wanted, file);
  } catch (error) {
    close();
    if (errnoOf(error) === null) throw error;
    return brokenReader(unreadable(error), errnoOf(error));
  }
  return {
    async next() {
      try {
        const block = await records.readBlock();
        if (block !== null) {
          return "records" in block ? { kind: "block", block } : { kind: "problem", problem: block, errno: null };
        }
        const isSame = isAsListed(fstatSync(file), wanted.part);
        return isSame ? { kind: "end" } : { kind: "problem", problem: changed, errno: null };
      } catch (error) {
        if (errnoOf(error) === null) throw error;
        return { kind: "problem", problem: unreadable(error), errno: errnoOf(error) };
      }
    },
    async close() {
      await records.close();
      close();
    },
  };
}

function brokenReader(problem: PartProblem, errno: string | null): TabularReader {
  return { next: async () => ({ kind: "problem", problem, errno }), close: async () => undefined };
}

async function openRecords(
  settings: TabularSettings,
  collector: RowCollector,
  wanted: TabularPart,
  file: number,
): Promise<RecordReader> {
  const format = tableFormat(wanted.part.file);
  if (format === "parquet") return openParquetReader(settings, collector, wanted);
  const window = openWindow(file, wanted.part.start, wanted.part.end);
  if (format === "json-lines") return createJsonLinesReader(collector, wanted, window);
  return createCsvReader(collector, wanted, window, settings.dialect ?? usualDialect);
}
