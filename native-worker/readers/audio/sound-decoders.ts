import { audioStart } from "../../../electron/contract/audio-format.ts";
import { readMp3Frames } from "./mp3-frames.ts";
import { readOgg } from "./ogg-pages.ts";
import {
  damaged,
  mostChannels,
  mostSamples,
  type Sound,
  type SoundFault,
  soundFault,
  tooLong,
  unsupported,
} from "./sound.ts";

/** What a decoder gives for a part of a file. */
type Decoded = {
  readonly channelData: readonly Float32Array[];
  readonly samplesDecoded: number;
  readonly errors: readonly unknown[];
};

/** A file is decoded in pieces so small that what comes out of one fits into memory, however well it was compressed. */
const pieceBytes = 4096;
const piecePackets = 64;

export async function decodeMp3(bytes: Uint8Array): Promise<Sound | SoundFault> {
  const frames = readMp3Frames(bytes);
  if ("code" in frames) return frames;
  const fault = soundFault("MP3", frames.rate, frames.samples);
  if (fault !== null) return fault;
  const { MPEGDecoder } = await import("mpg123-decoder");
  const decoder = new MPEGDecoder();
  return mixed("MP3", frames.rate, decoder, async function* () {
    for (const piece of pieces(frames.data)) yield decoder.decode(piece);
  });
}

type StreamInfo = { readonly channels: number; readonly rate: number; readonly bits: number; readonly samples: number };

const streamInfoBytes = 34;
const flacFrameStart = 8;

export async function decodeFlac(bytes: Uint8Array): Promise<Sound | SoundFault> {
  const file = bytes.subarray(audioStart(bytes));
  const info = readStreamInfo(file.subarray(flacFrameStart));
  return info === null ? damaged("FLAC", "it is cut off") : decodeFlacStream(file, info);
}

function readStreamInfo(bytes: Uint8Array): StreamInfo | null {
  if (bytes.length < streamInfoBytes) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packed = view.getUint32(10);
  return {
    rate: packed >>> 12,
    channels: ((packed >>> 9) & 7) + 1,
    bits: ((packed >>> 4) & 31) + 1,
    samples: (packed & 15) * 2 ** 32 + view.getUint32(14),
  };
}

/** `samples` 0: the file does not say how many it has, as one that was written as a stream. */
async function decodeFlacStream(file: Uint8Array, info: StreamInfo): Promise<Sound | SoundFault> {
  const fault = soundFault("FLAC", info.rate, info.samples === 0 ? 1 : info.samples);
  if (fault !== null) return fault;
  const { FLACDecoder } = await import("@wasm-audio-decoders/flac");
  const decoder = new FLACDecoder();
  const sound = await mixed("FLAC", info.rate, decoder, async function* () {
    for (const piece of pieces(file)) yield fullScale(await decoder.decode(piece), info.bits);
    yield fullScale(await decoder.flush(), info.bits);
  });
  if ("code" in sound || info.samples === 0 || sound.samples.length === info.samples) return sound;
  return damaged("FLAC", "a part of it is missing or broken");
}

/** The decoder divides by the largest whole number; everybody else by one more. */
function fullScale(decoded: Decoded, bits: number): Decoded {
  const full = 2 ** (bits - 1);
  for (const samples of decoded.channelData) {
    for (let index = 0; index < samples.length; index++) {
      samples[index] = Math.round((samples[index] as number) * (full - 1)) / full;
    }
  }
  return decoded;
}

export async function decodeOgg(bytes: Uint8Array): Promise<Sound | SoundFault> {
  const stream = readOgg(bytes);
  if ("code" in stream) return stream;
  const [head] = stream.packets;
  const name = Buffer.from(head ?? []).toString("latin1", 0, 8);
  if (head !== undefined && name === "OpusHead") return decodeOpus(head, stream.packets.slice(2), stream.lastPosition);
  if (head !== undefined && name.startsWith("\x01vorbis")) return decodeVorbis(bytes, head, stream.lastPosition);
  if (head !== undefined && name.startsWith("\x7fFLAC")) {
    const info = readStreamInfo(head.subarray(17));
    return info === null ? damaged("Ogg", "its beginning is cut off") : decodeFlacStream(bytes, info);
  }
  return unsupported("The Ogg file holds something else than Vorbis, Opus or FLAC.");
}

async function decodeVorbis(bytes: Uint8Array, head: Uint8Array, lastPosition: number): Promise<Sound | SoundFault> {
  if (head.length < 16) return damaged("Ogg", "its beginning is cut off");
  const rate = new DataView(head.buffer, head.byteOffset).getUint32(12, true);
  const fault = soundFault("Ogg", rate, lastPosition) ?? channelFault(head[11] as number);
  if (fault !== null) return fault;
  const { OggVorbisDecoder } = await import("@wasm-audio-decoders/ogg-vorbis");
  const decoder = new OggVorbisDecoder();
  return mixed("Ogg", rate, decoder, async function* () {
    for (const piece of pieces(bytes)) yield await decoder.decode(piece);
    yield await decoder.flush();
  });
}

/** Opus is decoded at its own rate, whatever rate was recorded; the samples that its encoder put before it are left out. */
async function decodeOpus(
  head: Uint8Array,
  packets: readonly Uint8Array[],
  lastPosition: number,
): Promise<Sound | SoundFault> {
  const rate = 48_000;
  const family = head[18];
  const channels = head[9] as number;
  if (family === undefined) return damaged("Ogg", "its beginning is cut off");
  const view = new DataView(head.buffer, head.byteOffset);
  const preSkip = view.getUint16(10, true);
  const samples = lastPosition - preSkip;
  const fault = soundFault("Ogg", rate, Math.max(0, samples)) ?? channelFault(channels);
  if (fault !== null) return fault;
  if (family === 0 ? channels > 2 : head.length < 21 + channels) return damaged("Ogg", "its channels make no sense");
  const [streamCount = 1, coupledStreamCount = 0] = head.subarray(19);
  const { OpusDecoder } = await import("opus-decoder");
  const decoder = new OpusDecoder({
    ...{ sampleRate: rate, channels, preSkip },
    ...(family === 0
      ? {}
      : { streamCount, coupledStreamCount, channelMappingTable: [...head.subarray(21, 21 + channels)] }),
  });
  const sound = await mixed("Ogg", rate, decoder, async function* () {
    for (let at = 0; at < packets.length; at += piecePackets) {
      yield decoder.decodeFrames(packets.slice(at, at + piecePackets));
    }
  });
  if ("code" in sound) return sound;
  const gain = 10 ** (view.getInt16(16, true) / 256 / 20);
  const trimmed = sound.samples.subarray(0, samples);
  return { rate, samples: gain === 1 ? trimmed : trimmed.map((sample) => sample * gain) };
}

function channelFault(channels: number): SoundFault | null {
  if (channels === 0) return damaged("Ogg", "it has no channels");
  return channels > mostChannels
    ? unsupported(`The Ogg file has ${channels} channels, more than ${mostChannels}.`)
    : null;
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

/** All pieces, each the mean of its channels. What a decoder throws, it throws for bytes that are none of its format. */
async function mixed(
  format: string,
  rate: number,
  decoder: { readonly ready: Promise<void>; readonly free: () => void },
  decode: () => AsyncGenerator<Decoded>,
): Promise<Sound | SoundFault> {
  const broken = damaged(format, "a part of it cannot be decoded");
  const parts: Float32Array[] = [];
  let count = 0;
  await decoder.ready;
  try {
    for await (const decoded of decode()) {
      if (decoded.errors.length > 0) return broken;
      const part = meanOf(decoded);
      count += part.length;
      if (count > mostSamples) return tooLong;
      parts.push(part);
    }
    decoder.free();
  } catch {
    return broken;
  }
  if (count === 0) return damaged(format, "it holds no samples");
  const samples = new Float32Array(count);
  let at = 0;
  for (const part of parts) {
    samples.set(part, at);
    at += part.length;
  }
  return { samples, rate };
}

function meanOf({ channelData }: Decoded): Float32Array {
  const [first, ...others] = channelData;
  if (first === undefined) return new Float32Array(0);
  if (others.length === 0) return first;
  return first.map((sample, index) => {
    const sum = others.reduce((total, channel) => total + (channel[index] as number), sample);
    return sum / channelData.length;
  });
}
