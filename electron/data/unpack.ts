import { createGunzip } from "node:zlib";
import { Readable } from "node:stream";
import type { Compression } from "../contract/tables/table-format.ts";

/** Why compressed data cannot be unpacked. Thrown, since it comes in the midst of a stream. */
export class PackedDataError extends Error {
  readonly why: "cut-off" | "damaged" | "other-data";
  constructor(why: PackedDataError["why"]) {
    super(`Compressed data is ${why}.`);
    this.why = why;
  }
}

/** What the data of each compression begins with; of Zstandard also what may be skipped. */
export function packedAs(beginning: Uint8Array): Compression | null {
  const [first, second, third, fourth] = beginning;
  if (first === 0x1f && second === 0x8b && third === 0x08) return "gzip";
  const isFrame = first === 0x28 && second === 0xb5 && third === 0x2f && fourth === 0xfd;
  const isSkipped = (first ?? 0) >> 4 === 5 && second === 0x2a && third === 0x4d && fourth === 0x18;
  return isFrame || isSkipped ? "zstd" : null;
}

/**
 * Unpacks a stream of compressed data, whatever number of members or frames it consists of; checksums are compared. `chunks`
 * are new buffers each, of 64 KB at most. Throws `PackedDataError`, and what `chunks` throws.
 */
export function unpack(compression: Compression, chunks: Iterable<Buffer>): AsyncIterable<Buffer> {
  return compression === "gzip" ? gunzip(chunks) : unzstd(chunks);
}

async function* gunzip(chunks: Iterable<Buffer>): AsyncGenerator<Buffer> {
  const source = Readable.from(chunks, { highWaterMark: 4 });
  const unzip = createGunzip({ chunkSize: 256 * 1024 });
  source.once("error", (error) => unzip.destroy(error));
  try {
    for await (const chunk of source.pipe(unzip)) yield chunk as Buffer;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw code.startsWith("Z_") ? new PackedDataError(code === "Z_BUF_ERROR" ? "cut-off" : "damaged") : error;
  } finally {
    source.destroy();
    unzip.destroy();
  }
}

/** Frames that hold nothing, one after another: with more, the decoder stands still. */
const mostSilent = 100;

/** The decoder is Zstandard's own, in WebAssembly: the one of Node stops after the first frame, and older ones have none. */
async function* unzstd(chunks: Iterable<Buffer>): AsyncGenerator<Buffer> {
  // Only what is compressed so needs it.
  const { ZSTDDecoder } = await import("zstddec/stream");
  const decoder = new ZSTDDecoder();
  await decoder.init();
  let silent = 0;
  function* counted(): Generator<Buffer> {
    for (const chunk of chunks) {
      silent = 0;
      yield chunk;
    }
  }
  const unpacked = decoder.decodeStreaming(counted());
  for (;;) {
    const next = nextOf(unpacked);
    if (next.done === true) return;
    const { buffer, byteOffset, length } = next.value;
    silent = length === 0 ? silent + 1 : 0;
    // It does not say what is wrong with the data: it just stays where that begins.
    if (silent > mostSilent) throw new PackedDataError("damaged");
    if (length > 0) yield Buffer.from(buffer, byteOffset, length);
  }
}

function nextOf(unpacked: Generator<Uint8Array>): IteratorResult<Uint8Array, void> {
  try {
    return unpacked.next();
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("Incomplete stream")) throw new PackedDataError("cut-off");
    throw error;
  }
}
