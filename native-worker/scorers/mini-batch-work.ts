import type { ItemErrorCode, ItemStage } from "../../electron/contract/item-error.ts";
import type { JobSpec } from "../../electron/contract/nouns/job-spec.ts";
import type { itemUnit } from "../../electron/contract/nouns/scorer.ts";
import type { MiniBatch, MiniBatchPart } from "../../electron/contract/nouns/mini-batch.ts";
import type { ItemRange } from "../../electron/contract/messages/worker-messages.ts";
import type { PartProblem } from "../readers/block.ts";
import type { PrepareOutput } from "../writers/prepared-output.ts";
import type { RowsToWrite } from "../writers/rows-encoder.ts";
import type { RowLayout } from "../writers/row-layout.ts";
import type { StatusFile } from "../writers/status-file.ts";
import type { TextStyle } from "../writers/text-cell.ts";
import type { ModelSession } from "./model-session.ts";
import type { RunLimit } from "./run-rows.ts";
import type { StageTimes } from "../../electron/contract/nouns/stage-times.ts";

/** What stays the same while a worker serves one job. */
export type ScoringJob = {
  readonly spec: JobSpec;
  readonly model: ModelSession;
  readonly status: StatusFile;
  /** How text cells of the predictions are written. */
  readonly textStyle: TextStyle;
  /** What stands around the cells of a row. */
  readonly layout: RowLayout;
  /** One an output: turns what a run gave into cells. */
  readonly outputCells: readonly PrepareOutput[];
  /** Values that the arrays of an item may have together. */
  readonly mostValues: number;
};

/** Which items of a mini-batch are worked on, and how. */
export type MiniBatchWork = {
  readonly miniBatch: MiniBatch;
  /** Items in a run, at most. Runs are cut from items alone: who runs them and how often changes nothing. */
  readonly frameItems: number;
  readonly range: ItemRange;
  /** Nothing is kept: it is only found out which step kills. */
  readonly isProbe: boolean;
  /** Items that are left out of every run, by item, with what is recorded for them. */
  readonly poisoned: ReadonlyMap<number, PartProblem>;
  /** Parts found to be unreadable on an earlier try of this work, by their place. */
  readonly partProblems: ReadonlyMap<number, PartProblem>;
  readonly limit: RunLimit;
  readonly times: { -readonly [Stage in keyof StageTimes]: number };
};

/** An item that failed: `item` counts within the mini-batch. */
export type FailedItem = {
  readonly item: number;
  readonly part: MiniBatchPart;
  /** Null when the whole file is meant. */
  readonly row: number | null;
  readonly stage: ItemStage;
  readonly code: ItemErrorCode;
  readonly message: string;
  readonly value: string;
};

export type ScoredRows = RowsToWrite & {
  /** How many items they are all the rows of. */
  readonly items: number;
  /** How many of these have a score that is NaN or infinite. */
  readonly notANumber: number;
};

/** Where finished items go. Frames come in order; the failures of a frame come after its rows. */
export type MiniBatchSink = {
  readonly rows: (rows: ScoredRows) => void;
  readonly failed: (failures: FailedItem[]) => void;
  /** After each frame. False: stop, the sink takes no more. */
  readonly frameDone: () => Promise<boolean>;
  /** Called between slow steps within a frame: the work goes on. */
  readonly alive: () => void;
};

export type WorkResult =
  | { readonly kind: "done" }
  /** The sink stopped the work. */
  | { readonly kind: "stopped" }
  /** A part turned out to be unreadable after some of it was used: do it all again, without that part. */
  | { readonly kind: "part-unreadable"; readonly partIndex: number; readonly problem: PartProblem }
  /** The place of the whole input cannot be reached. */
  | { readonly kind: "input-gone"; readonly errno: string };

/** Every item of a part fails for one reason: a row each for tables and lines, else, and for broken files, the file itself. */
export function failWholePart(
  part: MiniBatchPart,
  firstItem: number,
  problem: PartProblem,
  unit: ReturnType<typeof itemUnit>,
): FailedItem[] {
  const { stage, code, message } = problem;
  const isWholeFile = unit === "file" || part.problem !== null;
  return Array.from({ length: part.items }, (_, index) => ({
    item: firstItem + index,
    part,
    row: isWholeFile ? null : part.firstRow + index,
    stage,
    code,
    message,
    value: "",
  }));
}
