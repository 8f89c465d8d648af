import { itemFileEntryBytes } from "../../../electron/contract/tables/item-file-records.ts";
import type { RowsToWrite } from "../rows-encoder.ts";
import type { RecordWriter } from "../segment.ts";

/** What goes into the record at once, so that its chunks are used again. */
const pieceBytes = 1 << 18;

/** Appends the files that the cells of rows name, as item-file-records.ts says. `alive` is called after each: pictures take time. */
export function appendItemFiles(
  record: RecordWriter,
  { outputs, outputsFrom, from, to }: RowsToWrite,
  alive: () => void,
): void {
  for (let row = from; row < to; row++) {
    for (const { fileOf } of outputs) {
      if (fileOf === undefined) continue;
      const { path, pieces } = fileOf(row - outputsFrom);
      const name = Buffer.from(path, "utf8");
      const lengths = Buffer.alloc(itemFileEntryBytes);
      lengths.writeUInt32LE(name.length, 0);
      lengths.writeUInt32LE(
        pieces.reduce((sum, piece) => sum + piece.length, 0),
        4,
      );
      for (const piece of [lengths, name, ...pieces]) {
        for (let at = 0; at < piece.length; at += pieceBytes) record.append(piece.subarray(at, at + pieceBytes));
      }
      alive();
    }
  }
}
