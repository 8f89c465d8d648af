import type { CsvDialect } from "../../electron/contract/tables/csv.ts";
import type { TabularScorer } from "../../electron/contract/nouns/scorers/tabular-scorer.ts";
import type { MiniBatchPart } from "../../electron/contract/nouns/mini-batch.ts";
import type { ItemRange } from "../../electron/contract/messages/worker-messages.ts";
import type { PartProblem, TabularBlock } from "./block.ts";

/** What stays the same over the parts of a job. */
export type TabularSettings = {
  readonly scorer: TabularScorer;
  /** What a record of a text file is: a row of a table, or a line of text, which is the only column. */
  readonly records: "rows" | "lines";
  /** Of the files whose parts say no other one. */
  readonly dialect: CsvDialect | null;
  /** Records in a block. */
  readonly batch: number;
  /** Absolute path of the input, and whether it is a folder: no file outside it is opened. */
  readonly input: { readonly path: string; readonly kind: "folder" | "file" };
};

export type TabularPart = {
  /** Where the part's file lies, absolute and without links. */
  readonly path: string;
  /** A part without a `problem`. */
  readonly part: MiniBatchPart;
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
