import type { ItemErrorCode, ItemStage } from "../../electron/contract/item-error.ts";

/**
 * Values of one model input, packed row-major: `rows × width` elements. float16 travels as its 16 bits, bool as 0 and 1.
 */
export type InputValues =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | string[];

/**
 * Cells of one kept column, one a packed row: UTF-8 text `bytes[starts[i]..ends[i])`, without the quotes that the
 * file put around it. `starts[i] === nullCell`: no value at all (a JSON or Parquet null).
 */
type TextCells = {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
};

export const nullCell = 0xffffffff;

/** An item that could not be read or converted. `item` counts from 0 within its part. */
export type ItemFailure = {
  readonly item: number;
  readonly row: number;
  readonly stage: Extract<ItemStage, "read" | "preprocess">;
  readonly code: ItemErrorCode;
  readonly message: string;
  /** The raw text that failed, of any length; shortened where it is written. */
  readonly value: string;
};

/**
 * Consecutive records of one part, converted. Where a part is cut into blocks depends on the part and the batch alone,
 * never on timing: a run of the model never crosses a block, so the cuts show in the last digits of the results.
 */
export type TabularBlock = {
  /** Item offset of the first record within the part. */
  readonly firstItem: number;
  /** Records in this block, failed ones included. */
  readonly records: number;
  /** Records that converted: how many rows the arrays below hold. */
  readonly rows: number;
  /** One a model input, in the scorer's order. */
  readonly inputs: readonly InputValues[];
  /** The shape of a row of each input, where the file says it; left out: by the scorer. */
  readonly shapes?: readonly (readonly number[])[];
  /** Item offset within the part, one a packed row, ascending. */
  readonly itemOf: Uint32Array;
  /** 1-based row number in the file, one a packed row. */
  readonly rowNumbers: Uint32Array;
  /** One a kept column, in the scorer's order. */
  readonly keep: readonly TextCells[];
  /** Ascending by item. */
  readonly failures: readonly ItemFailure[];
};

/** Why a part as a whole cannot be read: each of its items fails for it. */
export type PartProblem = {
  readonly stage: ItemStage;
  readonly code: ItemErrorCode;
  readonly message: string;
};
