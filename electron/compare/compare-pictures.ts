import { inflateSync } from "node:zlib";
import type { ComparedJob } from "../contract/messages/compare-messages.ts";
import { FilesChanged } from "./compare-items.ts";
import { itemFileBytes } from "./item-file.ts";

type Side = Pick<ComparedJob, "name" | "outputFolder">;
type ComparedPictures = { readonly isSame: boolean; readonly difference: number | null };

const different: ComparedPictures = { isSame: false, difference: null };
const mostBytes = 2 ** 31;

/**
 * How two cells are compared that name pictures: PNG level by level, the difference being the largest; JPEG, which keeps no
 * levels, byte by byte. Throws FilesChanged where a file is not what the job wrote.
 */
export function pictureComparison(
  a: Side,
  b: Side,
  tolerance: number,
): (cellA: string, cellB: string) => ComparedPictures {
  return (cellA, cellB) => {
    const [x, y] = [bytesOf(cellA, a), bytesOf(cellB, b)];
    if (x.equals(y)) return { isSame: true, difference: isPng(x) ? 0 : null };
    if (!isPng(x) || !isPng(y)) return different;
    const [one, other] = [levelsOf(x, a), levelsOf(y, b)];
    if (one.kind !== other.kind) return different;
    let difference = 0;
    for (let index = 0; index < one.levels.length; index++) {
      difference = Math.max(difference, Math.abs((one.levels[index] as number) - (other.levels[index] as number)));
    }
    return { isSame: difference <= tolerance, difference };
  };
}

function bytesOf(cell: string, side: Side): Buffer {
  const bytes = itemFileBytes(side, cell, mostBytes);
  if (bytes === null) throw new FilesChanged(side.name);
  return bytes;
}

const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
const samplesAPixel: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 6: 4 };
const headerAt = signature.length + 8;
const filterUp = 2;

function isPng(bytes: Buffer): boolean {
  return bytes.subarray(0, signature.length).equals(signature);
}

/** `kind`: size, bits and channels, which must be alike. */
type Levels = { readonly kind: string; readonly levels: Uint8Array | Uint16Array };

/** The levels of a PNG as a worker writes it (native-worker/writers/pictures/png.ts). */
function levelsOf(bytes: Buffer, { name }: Side): Levels {
  const levels = readLevels(bytes);
  if (levels === null) throw new FilesChanged(name);
  return levels;
}

function readLevels(bytes: Buffer): Levels | null {
  const data = dataOf(bytes);
  if (data === null || bytes.length < headerAt + 13) return null;
  const [width, height] = [bytes.readUInt32BE(headerAt), bytes.readUInt32BE(headerAt + 4)];
  const [bits = 0, color = 0] = bytes.subarray(headerAt + 8);
  const sampleBytes = bits / 8;
  const rowBytes = width * (samplesAPixel[color] ?? 0) * sampleBytes;
  const wanted = (rowBytes + 1) * height;
  let rows: Buffer;
  try {
    rows = inflateSync(data, { maxOutputLength: Math.max(1, wanted) });
  } catch {
    return null;
  }
  if (wanted === 0 || rows.length !== wanted) return null;
  const samples = Buffer.alloc(rowBytes * height);
  for (let y = 0, from = 0, to = 0; y < height; y++) {
    if (rows[from++] !== filterUp) return null;
    for (const end = to + rowBytes; to < end; to++, from++) {
      samples[to] = (rows[from] as number) + (y === 0 ? 0 : (samples[to - rowBytes] as number));
    }
  }
  const kind = `${width} ${height} ${bits} ${color}`;
  if (bits !== 16) return { kind, levels: samples };
  samples.swap16();
  return { kind, levels: new Uint16Array(samples.buffer, samples.byteOffset, samples.length / 2) };
}

/** What is packed in its one IDAT chunk; null where there is none. */
function dataOf(bytes: Buffer): Buffer | null {
  for (let at = signature.length; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (bytes.toString("latin1", at + 4, at + 8) === "IDAT") return bytes.subarray(at + 8, at + 8 + length);
    at += 12 + length;
  }
  return null;
}
