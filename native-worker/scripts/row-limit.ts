import { nextRecordEnd, type RecordStyle, searchRecords } from "../../electron/contract/tables/written-records.ts";

/** Passes on the rows of a script, which come in pieces that are cut anywhere; leaves out those that are too long to be read. */
export type RowLimit = {
  readonly take: (bytes: Uint8Array) => Promise<void>;
  /** Rows that were left out. */
  readonly tooLong: () => number;
};

/** `maxBytes`: of one row with its line end. At most so much is held. */
export function limitRows(
  style: RecordStyle,
  maxBytes: number,
  passOn: (bytes: Uint8Array) => Promise<void>,
): RowLimit {
  const search = searchRecords(style);
  /** The begin of a row whose end has not come; without the bytes once they are too many. */
  let begun: { readonly pieces: readonly Uint8Array[]; readonly bytes: number } = { pieces: [], bytes: 0 };
  let tooLong = 0;

  return {
    async take(bytes) {
      let passed = 0;
      let start = 0;
      for (let end = nextRecordEnd(search, bytes, 0); end !== -1; end = nextRecordEnd(search, bytes, end)) {
        const isTooLong = begun.bytes + end - start > maxBytes;
        if (isTooLong) {
          await passOn(bytes.subarray(passed, start));
          passed = end;
          tooLong += 1;
        } else {
          for (const piece of begun.pieces) await passOn(piece);
        }
        begun = { pieces: [], bytes: 0 };
        start = end;
      }
      await passOn(bytes.subarray(passed, start));
      // Copied: whoever sends may use the bytes again.
      const rest = new Uint8Array(bytes.subarray(start));
      const held = begun.bytes + rest.length;
      begun = { pieces: held > maxBytes ? [] : [...begun.pieces, rest], bytes: held };
    },
    tooLong: () => tooLong,
  };
}
