import { damaged, type Sound, type SoundFault, soundFault, unsupported } from "./sound.ts";

type Chunk = { readonly id: string; readonly start: number; readonly sizeBytes: number };

/** The value of the sample that begins at a byte, full scale being 1. */
type ReadSample = (view: DataView, at: number) => number;

type Format = {
  readonly channels: number;
  readonly rate: number;
  readonly sampleBytes: number;
  readonly read: ReadSample;
};

/** What a program writes for a size that it did not know when it began. */
const unknownSizes: readonly number[] = [0, 0xffffffff];
const chunkHeaderBytes = 8;

/**
 * Reads a RIFF WAVE file: PCM of 8 to 32 bits, floats of 32 and 64, A-law and µ-law, of any number of channels. A file that ends
 * before its data is damaged, unless it was written as a stream and says nothing of its length.
 */
export function readWav(bytes: Uint8Array): Sound | SoundFault {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isStream = unknownSizes.includes(view.getUint32(4, true));
  let format: Format | SoundFault | null = null;
  for (const chunk of chunksOf(view)) {
    const left = bytes.length - chunk.start;
    if (chunk.id === "fmt ") {
      if (chunk.sizeBytes > left) break;
      format = readFormat(view, chunk);
      if ("code" in format) return format;
    }
    if (chunk.id !== "data") continue;
    if (format === null) return damaged("WAV", "its format does not stand before its samples");
    const isOpen = unknownSizes.includes(chunk.sizeBytes) ? isStream || chunk.sizeBytes > 0 : isStream;
    if (chunk.sizeBytes > left && !isOpen) return damaged("WAV", "it ends before its samples do");
    return mixed(view, chunk.start, isOpen ? left : chunk.sizeBytes, format);
  }
  return damaged("WAV", format === null ? "it has no format" : "it has no samples");
}

/** Chunks are padded to an even length. */
function* chunksOf(view: DataView): Generator<Chunk> {
  for (let at = 12; at + chunkHeaderBytes <= view.byteLength; ) {
    const id = String.fromCharCode(...[0, 1, 2, 3].map((index) => view.getUint8(at + index)));
    const sizeBytes = view.getUint32(at + 4, true);
    yield { id, start: at + chunkHeaderBytes, sizeBytes };
    at += chunkHeaderBytes + sizeBytes + (sizeBytes % 2);
  }
}

const extensible = 0xfffe;
/** What follows the tag in the identifier of a format that has one. */
const tagSuffix = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

function readFormat(view: DataView, { start, sizeBytes }: Chunk): Format | SoundFault {
  if (sizeBytes < 16) return damaged("WAV", "its format is cut off");
  const outerTag = view.getUint16(start, true);
  const channels = view.getUint16(start + 2, true);
  const rate = view.getUint32(start + 4, true);
  const frameBytes = view.getUint16(start + 12, true);
  const bits = view.getUint16(start + 14, true);
  let tag = outerTag;
  if (outerTag === extensible) {
    if (sizeBytes < 40) return damaged("WAV", "its format is cut off");
    const isTag = tagSuffix.every((byte, index) => view.getUint8(start + 26 + index) === byte);
    tag = isTag ? view.getUint16(start + 24, true) : extensible;
  }
  if (channels === 0) return damaged("WAV", "it has no channels");
  const sampleBytes = frameBytes / channels;
  const read = readers[`${tag}:${sampleBytes}`];
  if (read === undefined || Math.ceil(bits / 8) !== sampleBytes) {
    return unsupported(
      `WAV files of format ${tag} with ${bits} bits a sample are not read; save it as PCM of 16 bits.`,
    );
  }
  return { channels, rate, sampleBytes, read };
}

/** By the tag of the format and the bytes of a sample. PCM of fewer bits than its bytes hold fills the upper ones. */
const readers: Readonly<Record<string, ReadSample>> = {
  "1:1": (view, at) => (view.getUint8(at) - 128) / 128,
  "1:2": (view, at) => view.getInt16(at, true) / 2 ** 15,
  "1:3": (view, at) => (view.getUint8(at) + view.getInt16(at + 1, true) * 256) / 2 ** 23,
  "1:4": (view, at) => view.getInt32(at, true) / 2 ** 31,
  "3:4": (view, at) => view.getFloat32(at, true),
  "3:8": (view, at) => view.getFloat64(at, true),
  "6:1": (view, at) => alaw(view.getUint8(at)) / 2 ** 15,
  "7:1": (view, at) => mulaw(view.getUint8(at)) / 2 ** 15,
};

/** ITU-T G.711, widened to 16 bits. */
function alaw(byte: number): number {
  const bits = byte ^ 0x55;
  const segment = (bits >> 4) & 7;
  const low = ((bits & 15) << 4) + 8;
  const value = segment === 0 ? low : (low + 0x100) << (segment - 1);
  return (bits & 0x80) === 0 ? -value : value;
}

function mulaw(byte: number): number {
  const bits = ~byte & 0xff;
  const value = ((((bits & 15) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84;
  return (bits & 0x80) === 0 ? value : -value;
}

function mixed(view: DataView, start: number, sizeBytes: number, format: Format): Sound | SoundFault {
  const { channels, rate, sampleBytes, read } = format;
  const count = Math.floor(sizeBytes / (channels * sampleBytes));
  const fault = soundFault("WAV", rate, count);
  if (fault !== null) return fault;
  const samples = new Float32Array(count);
  let at = start;
  for (let index = 0; index < count; index++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++, at += sampleBytes) sum += read(view, at);
    samples[index] = sum / channels;
  }
  return { samples, rate };
}
