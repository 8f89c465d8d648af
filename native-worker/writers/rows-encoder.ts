import type { TabularBlock } from "../readers/block.ts";
import { nullCell } from "../readers/block.ts";
import { maxNumberBytes, writeInteger } from "./number-text.ts";
import type { PreparedOutput } from "./output-cells.ts";
import { writeFloats } from "./output-cells.ts";
import { type RowLayout, writeBytes } from "./row-layout.ts";
import type { RecordWriter } from "./segment.ts";
import type { TextStyle } from "./text-cell.ts";
import { mostTextBytes, writeTextCell } from "./text-cell.ts";

const nullText = Buffer.from("null");

/** The first cells of a row: which input item it belongs to. Rows are those of a block, or files of a frame. */
export type RowIdentity =
  /** `keep` cells of the rows of a block. */
  | { readonly kind: "kept"; readonly keep: TabularBlock["keep"]; readonly style: TextStyle }
  /** `file` and `row` of the rows of a block. */
  | { readonly kind: "row"; readonly fileCell: Buffer; readonly rowNumbers: Uint32Array }
  /** `file` alone, of pictures: one finished cell a row. */
  | { readonly kind: "file"; readonly fileCells: readonly Buffer[] };

/** `keep` cells, or `file` and `row`, of the rows of a block. `fileCell` is the file's name as a finished cell. */
export function tableIdentity(block: TabularBlock, fileCell: Buffer, style: TextStyle): RowIdentity {
  const { keep, rowNumbers } = block;
  return keep.length === 0 ? { kind: "row", fileCell, rowNumbers } : { kind: "kept", keep, style };
}

/** The most bytes that the cells of a row's identity may take, their leads apart. */
function mostIdentityBytes(identity: RowIdentity, row: number): number {
  if (identity.kind === "row") return identity.fileCell.length + maxNumberBytes;
  if (identity.kind === "file") return (identity.fileCells[row] as Buffer).length;
  const { keep, style } = identity;
  let most = 0;
  for (let index = 0; index < keep.length; index++) {
    const { starts, ends } = keep[index] as TabularBlock["keep"][number];
    const start = starts[row] as number;
    most += start === nullCell ? nullText.length : mostTextBytes((ends[row] as number) - start, style);
  }
  return most;
}

/** Writes the cells that come before the outputs, each after its lead, and returns the position after the last. */
function writeIdentity(
  target: Uint8Array,
  start: number,
  identity: RowIdentity,
  row: number,
  { leads, isMlflow }: RowLayout,
): number {
  let position = start;
  if (identity.kind === "row") {
    position = writeBytes(target, position, leads[0] as Uint8Array);
    const number = identity.rowNumbers[row] as number;
    if (isMlflow) return writeInteger(target, position, number - 1);
    position = writeBytes(target, position, identity.fileCell);
    position = writeBytes(target, position, leads[1] as Uint8Array);
    return writeInteger(target, position, number);
  }
  if (identity.kind === "file") {
    if (isMlflow) return position;
    position = writeBytes(target, position, leads[0] as Uint8Array);
    return writeBytes(target, position, identity.fileCells[row] as Buffer);
  }
  const { keep, style } = identity;
  for (let index = 0; index < keep.length; index++) {
    position = writeBytes(target, position, leads[index] as Uint8Array);
    const { bytes, starts, ends } = keep[index] as TabularBlock["keep"][number];
    const from = starts[row] as number;
    if (from !== nullCell) position = writeTextCell(target, position, bytes, from, ends[row] as number, style);
    else if (style.kind === "json") position = writeBytes(target, position, nullText);
  }
  return position;
}

/** Writes the file's name after the outputs, where MLflow folders have it. */
function writeFileLast(
  target: Uint8Array,
  start: number,
  identity: RowIdentity,
  row: number,
  lead: Uint8Array,
): number {
  if (identity.kind === "kept") throw new Error("a row with kept columns names no file");
  const position = writeBytes(target, start, lead);
  return writeBytes(
    target,
    position,
    identity.kind === "row" ? identity.fileCell : (identity.fileCells[row] as Buffer),
  );
}

/**
 * Appends the predictions of rows `from`..`to`: the identity of each, then every output. `outputs` hold these rows
 * alone, so their first row is `from`.
 */
export function encodeRows(
  record: RecordWriter,
  layout: RowLayout,
  identity: RowIdentity,
  outputs: readonly PreparedOutput[],
  from: number,
  to: number,
): void {
  let hasText = false;
  let fixedBytes = layout.end.length;
  for (const lead of layout.leads) fixedBytes += lead.length;
  for (const output of outputs) {
    fixedBytes += output.fixedBytes;
    hasText ||= output.textBytes !== null;
  }
  const lastLead = layout.leads[layout.leads.length - 1] as Uint8Array;
  let { chunk, position } = record;
  for (let row = from; row < to; row++) {
    let most = fixedBytes + mostIdentityBytes(identity, row);
    if (hasText) for (const output of outputs) most += output.textBytes?.(row - from) ?? 0;
    if (position + most > chunk.length) {
      record.position = position;
      record.reserve(most);
      chunk = record.chunk;
      position = record.position;
    }
    position = writeIdentity(chunk, position, identity, row, layout);
    for (let index = 0; index < outputs.length; index++) {
      const output = outputs[index] as PreparedOutput;
      const { floats } = output;
      position =
        floats === null ? output.write(chunk, position, row - from) : writeFloats(chunk, position, floats, row - from);
    }
    if (layout.isMlflow) position = writeFileLast(chunk, position, identity, row, lastLead);
    position = writeBytes(chunk, position, layout.end);
  }
  record.position = position;
}
