import type { DuckDBVector } from "@duckdb/node-api";
import { nullCell } from "../block.ts";

/** The texts of one column of a chunk, in UTF-8: row r is `bytes[starts[r]..ends[r])`, or null where `starts[r] === nullCell`. */
export type ChunkTexts = {
  bytes: Buffer;
  starts: Uint32Array;
  ends: Uint32Array;
};

export function createChunkTexts(): ChunkTexts {
  return { bytes: Buffer.allocUnsafeSlow(64 * 1024), starts: new Uint32Array(0), ends: new Uint32Array(0) };
}

/** Reads the text that an entry of a vector stands for. */
export type ReadTextEntry = (entries: DataView, offset: number) => Uint8Array;

/** Texts of up to so many bytes stand in the entry itself; of longer ones it holds the address. */
const inlineBytes = 12;
const entryBytes = 16;
/** Texts that lie no further apart are read with what is between them: less than a page, so all of it is there. */
const widestGap = 256;
const maxRunBytes = 1024 * 1024;

/**
 * Puts the texts of a vector's first `rows` rows into `texts`. Asking DuckDB for them one by one costs a call, a decoding
 * and an encoding each; here the neighbours in its memory, as they come from a file, are read in one go.
 */
export function readTexts(texts: ChunkTexts, vector: DuckDBVector, rows: number, readEntry: ReadTextEntry): void {
  if (texts.starts.length < rows) {
    texts.starts = new Uint32Array(rows);
    texts.ends = new Uint32Array(rows);
  }
  readRuns(texts, insideOf(vector), rows, readEntry);
}

type Inside = { readonly entries: DataView; readonly isValid: (row: number) => boolean };

/** What a vector of texts is made of, which its type keeps to itself. Throws where another version of DuckDB makes it otherwise. */
function insideOf(vector: DuckDBVector): Inside {
  const entries: unknown = Reflect.get(vector, "dataView");
  const validity: unknown = Reflect.get(vector, "validity");
  if (!(entries instanceof DataView) || !(validity instanceof Object) || !("itemValid" in validity)) {
    throw new Error("DuckDB's vectors of texts are not made as they were.");
  }
  const itemValid = validity.itemValid as (row: number) => boolean;
  return { entries, isValid: (row) => itemValid.call(validity, row) };
}

function readRuns(texts: ChunkTexts, { entries, isValid }: Inside, rows: number, readEntry: ReadTextEntry): void {
  const { starts, ends } = texts;
  /** An entry of our own: it asks for a whole run. */
  const run = new DataView(new ArrayBuffer(entryBytes));
  let used = 0;
  let runStart = 0;
  let runEnd = 0;

  const endRun = (): void => {
    if (runEnd === runStart) return;
    const length = runEnd - runStart;
    run.setUint32(0, length, true);
    run.setUint32(8, runStart % 2 ** 32, true);
    run.setUint32(12, Math.floor(runStart / 2 ** 32), true);
    makeRoom(texts, used, length);
    texts.bytes.set(readEntry(run, 0), used);
    used += length;
    runEnd = runStart;
  };

  for (let row = 0; row < rows; row++) {
    if (!isValid(row)) {
      starts[row] = nullCell;
      ends[row] = nullCell;
      continue;
    }
    const offset = row * entryBytes;
    const length = entries.getUint32(offset, true);
    if (length <= inlineBytes) {
      // Its place is behind the run that is still being gathered.
      endRun();
      makeRoom(texts, used, inlineBytes);
      const { bytes } = texts;
      for (let index = 0; index < length; index++) bytes[used + index] = entries.getUint8(offset + 4 + index);
      starts[row] = used;
      used += length;
      ends[row] = used;
      continue;
    }
    const address = entries.getUint32(offset + 8, true) + entries.getUint32(offset + 12, true) * 2 ** 32;
    const isNext =
      runEnd > runStart &&
      address >= runEnd &&
      address - runEnd <= widestGap &&
      address + length - runStart <= maxRunBytes;
    if (!isNext) {
      endRun();
      runStart = address;
    }
    runEnd = address + length;
    starts[row] = used + (address - runStart);
    ends[row] = used + (runEnd - runStart);
  }
  endRun();
}

function makeRoom(texts: ChunkTexts, used: number, length: number): void {
  if (texts.bytes.length >= used + length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(texts.bytes.length * 2, used + length));
  larger.set(texts.bytes.subarray(0, used));
  texts.bytes = larger;
}
