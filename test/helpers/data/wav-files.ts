export type WavWish = {
  readonly rate: number;
  /** Samples of each channel, full scale being 1. */
  readonly channels: readonly (readonly number[])[];
  readonly bits?: number;
  readonly tag?: number;
  /** The format names its tag in an identifier, as files of many channels or bits do. */
  readonly isExtensible?: boolean;
  /** What stands for the sizes of the file and of its samples; left out: what they are. */
  readonly sizes?: readonly [riff: number, data: number];
  /** Chunks between the format and the samples. */
  readonly between?: Buffer;
};

const tagSuffix = Buffer.from("000000001000800000aa00389b71", "hex");

/** A WAV file, as programs write it; A-law and µ-law of silence alone. */
export function wavFile(wish: WavWish): Buffer {
  const { rate, channels, bits = 16, tag = 1, isExtensible = false, between = Buffer.alloc(0) } = wish;
  const frameBytes = (bits / 8) * channels.length;
  const format = Buffer.alloc(isExtensible ? 40 : 16);
  format.writeUInt16LE(isExtensible ? 0xfffe : tag, 0);
  format.writeUInt16LE(channels.length, 2);
  format.writeUInt32LE(rate, 4);
  format.writeUInt32LE(rate * frameBytes, 8);
  format.writeUInt16LE(frameBytes, 12);
  format.writeUInt16LE(bits, 14);
  if (isExtensible) {
    format.writeUInt16LE(22, 16);
    format.writeUInt16LE(bits, 18);
    format.writeUInt16LE(tag, 24);
    tagSuffix.copy(format, 26);
  }
  const count = channels[0]?.length ?? 0;
  const data = Buffer.alloc(count * frameBytes);
  for (let index = 0; index < count; index++) {
    for (const [channel, samples] of channels.entries()) {
      writeSample(data, (index * channels.length + channel) * (bits / 8), samples[index] ?? 0, tag, bits);
    }
  }
  const [riffSize, dataSize] = wish.sizes ?? [4 + 8 + format.length + between.length + 8 + data.length, data.length];
  const header = Buffer.from("RIFF\0\0\0\0WAVE", "latin1");
  header.writeUInt32LE(riffSize, 4);
  return Buffer.concat([header, wavChunk("fmt ", format), between, wavChunk("data", data, dataSize)]);
}

/** A chunk of a WAV file, padded to an even length. */
export function wavChunk(id: string, content: Buffer, size = content.length): Buffer {
  const header = Buffer.from(`${id}\0\0\0\0`, "latin1");
  header.writeUInt32LE(size, 4);
  return Buffer.concat([header, content, Buffer.alloc(content.length % 2)]);
}

/** A tone of that many samples, with a peak of `level`. */
export function tone(rate: number, hertz: number, samples: number, level = 0.5): number[] {
  return Array.from({ length: samples }, (_, index) => level * Math.sin((2 * Math.PI * hertz * index) / rate));
}

function writeSample(data: Buffer, at: number, value: number, tag: number, bits: number): void {
  if (tag === 3) {
    if (bits === 32) data.writeFloatLE(value, at);
    else data.writeDoubleLE(value, at);
    return;
  }
  if (tag !== 1) {
    data.writeUInt8(tag === 6 ? 0xd5 : 0xff, at);
    return;
  }
  const full = 2 ** (bits - 1);
  const whole = Math.max(-full, Math.min(full - 1, Math.round(value * full)));
  if (bits === 8) data.writeUInt8(whole + 128, at);
  else data.writeIntLE(whole, at, bits / 8);
}
