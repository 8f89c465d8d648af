import { type AudioFormat, audioFormat } from "../../../electron/contract/audio-format.ts";
import { resample, resampledLength } from "./resample.ts";
import { type Sound, type SoundFault, tooLong } from "./sound.ts";
import { readWav } from "./wav-file.ts";

type Decoder = (bytes: Uint8Array) => Sound | SoundFault | Promise<Sound | SoundFault>;

/** The decoders are large: a worker that reads no compressed sound never loads them. */
async function decoderOf(format: AudioFormat): Promise<Decoder> {
  if (format === "wav") return readWav;
  const { decodeFlac, decodeMp3, decodeOgg } = await import("./sound-decoders.ts");
  return { flac: decodeFlac, mp3: decodeMp3, ogg: decodeOgg }[format];
}

/** A sound of a model's rate must be held in memory with its copies. */
export const mostModelSamples = 64 * 1024 * 1024;

/**
 * Decodes a file by its content, mixes its channels and brings it to `sampleRate`. `length`: it is cut to as many samples, or
 * zeros follow; null: as many as it has. Anything that is not an intact sound is a fault, never a guess.
 */
export async function readSound(
  bytes: Uint8Array,
  sampleRate: number,
  length: number | null,
  beforeDecoding: () => void,
): Promise<Float32Array | SoundFault> {
  const format = audioFormat(bytes);
  if (format === null) {
    return { code: "audio-not-audio", message: "The file is no sound: its content is not WAV, FLAC, MP3 or Ogg." };
  }
  beforeDecoding();
  const decode = await decoderOf(format);
  const sound = await decode(bytes);
  if ("code" in sound) return sound;
  const { samples, rate } = sound;
  if (length === null && resampledLength(samples.length, rate, sampleRate) > mostModelSamples) return tooLong;
  const resampled = resample(samples, rate, sampleRate, length ?? mostModelSamples);
  if (length === null || resampled.length === length) return resampled;
  const padded = new Float32Array(length);
  padded.set(resampled);
  return padded;
}
