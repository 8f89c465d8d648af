import type { ItemErrorCode } from "../../../electron/contract/item-error.ts";

/** A decoded sound: the mean of its channels, full scale being 1. */
export type Sound = { readonly samples: Float32Array; readonly rate: number };

/** Why a file is no sound that can be scored. */
export type SoundFault = { readonly code: ItemErrorCode; readonly message: string };

/** Samples of a channel: a file of a few bytes can ask for any amount of memory. */
export const mostSamples = 100_000_000;

/** Rates that sound is recorded at. The length of a filter between two rates grows with them. */
const [leastRate, mostRate] = [1000, 768_000];

/** Of compressed formats; their decoders keep a picture of each. */
export const mostChannels = 8;

export function damaged(format: string, why: string): SoundFault {
  return { code: "audio-damaged", message: `The ${format} file is damaged: ${why}.` };
}

export function unsupported(message: string): SoundFault {
  return { code: "audio-unsupported", message };
}

export const tooLong: SoundFault = {
  code: "audio-too-long",
  message: "The sound has more than 100 million samples, which is more than can be held at once.",
};

/** What is wrong with a sound of that many samples a channel; null: nothing. */
export function soundFault(format: string, rate: number, samples: number): SoundFault | null {
  if (rate === 0) return damaged(format, "its sample rate is 0");
  if (rate < leastRate || rate > mostRate) {
    return unsupported(`A sample rate of ${rate} Hz is not read: from ${leastRate} to ${mostRate} Hz are.`);
  }
  if (samples === 0) return damaged(format, "it holds no samples");
  return samples > mostSamples ? tooLong : null;
}
