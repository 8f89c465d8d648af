import { describe, expect, it } from "vitest";
import type { Sound, SoundFault } from "../../../../native-worker/readers/audio/sound.ts";
import { readWav } from "../../../../native-worker/readers/audio/wav-file.ts";
import { tone, wavChunk, wavFile } from "../../../helpers/data/wav-files.ts";
import { seededRandom } from "../../../helpers/random.ts";

const left = tone(8000, 440, 200);
const right = tone(8000, 1000, 200, 0.25);
const mean = left.map((value, index) => (value + (right[index] as number)) / 2);

function soundOf(read: Sound | SoundFault): Sound {
  if ("code" in read) throw new Error(read.message);
  return read;
}

function faultOf(read: Sound | SoundFault): SoundFault | string {
  return "code" in read ? read : `${read.samples.length} samples`;
}

function worst(samples: Float32Array, expected: readonly number[]): number {
  return expected.reduce((most, value, index) => Math.max(most, Math.abs(value - (samples[index] ?? Number.NaN))), 0);
}

describe("a WAV file", () => {
  const formats = [
    { tag: 1, bits: 8 },
    { tag: 1, bits: 16 },
    { tag: 1, bits: 24 },
    { tag: 1, bits: 32 },
    { tag: 3, bits: 32 },
    { tag: 3, bits: 64 },
  ];
  it.each(formats.flatMap((format) => [false, true].map((isExtensible) => ({ ...format, isExtensible }))))(
    "of format $tag with $bits bits is the mean of its channels (extensible: $isExtensible)",
    (format) => {
      const { samples, rate } = soundOf(readWav(wavFile({ rate: 8000, channels: [left, right], ...format })));
      expect(rate).toBe(8000);
      expect(samples).toHaveLength(200);
      expect(worst(samples, mean)).toBeLessThan(format.tag === 3 ? 1e-7 : 0.5 ** (format.bits - 1) + 1e-7);
    },
  );

  it("has full scale at the least whole number", () => {
    const samples = [-1, 0, 0.5, 1];
    for (const bits of [8, 16, 24, 32]) {
      const read = soundOf(readWav(wavFile({ rate: 8000, channels: [samples], bits }))).samples;
      expect([...read.slice(0, 3)]).toEqual([-1, 0, 0.5]);
      expect(read[3]).toBe(Math.fround(1 - 2 ** (1 - bits)));
    }
  });

  it.each([
    { name: "A-law", tag: 6, bytes: [0xd5, 0x55, 0xaa, 0x2a, 0x80], expected: [8, -8, 32_256, -32_256, 5504] },
    { name: "µ-law", tag: 7, bytes: [0xff, 0x7f, 0x80, 0x00, 0xc0], expected: [0, 0, 32_124, -32_124, 1884] },
  ])("of $name has the values of G.711", ({ tag, bytes, expected }) => {
    const file = wavFile({ rate: 8000, channels: [bytes.map(() => 0)], bits: 8, tag });
    const start = file.indexOf("data") + 8;
    for (const [index, byte] of bytes.entries()) file[start + index] = byte;
    const { samples } = soundOf(readWav(file));
    expect([...samples].map((value) => value * 2 ** 15 + 0)).toEqual(expected);
  });

  it("may have other chunks, also of odd length, before its samples", () => {
    const between = Buffer.concat([wavChunk("LIST", Buffer.from("abc")), wavChunk("fact", Buffer.alloc(4))]);
    expect(worst(soundOf(readWav(wavFile({ rate: 8000, channels: [left], between }))).samples, left)).toBeLessThan(
      1e-4,
    );
  });

  it.each([
    { sizes: [0, 0] as const },
    { sizes: [0xffffffff, 0xffffffff] as const },
    { sizes: [400, 0xffffffff] as const },
  ])("that was written as a stream ($sizes) goes to its end", ({ sizes }) => {
    expect(soundOf(readWav(wavFile({ rate: 8000, channels: [left], sizes }))).samples).toHaveLength(200);
  });

  it("that is cut off, has no samples, no channels or a rate of 0 is damaged", () => {
    const whole = wavFile({ rate: 8000, channels: [left] });
    const changed = (at: number, byte: number) => {
      const copy = Buffer.from(whole);
      copy.fill(0, at, at + 2)[at] = byte;
      return copy;
    };
    const damaged = [
      whole.subarray(0, -1),
      whole.subarray(0, 30),
      whole.subarray(0, 14),
      wavFile({ rate: 8000, channels: [[]] }),
      changed(22, 0),
      wavFile({ rate: 0, channels: [left] }),
    ];
    expect(damaged.map((file) => faultOf(readWav(file)))).toEqual(
      damaged.map(() => expect.objectContaining({ code: "audio-damaged" })),
    );
  });

  it("of another format or of a rate that no sound has is not supported", () => {
    const files = [
      wavFile({ rate: 8000, channels: [left], tag: 2, bits: 8 }),
      wavFile({ rate: 2_000_000_000, channels: [left] }),
      wavFile({ rate: 10, channels: [left] }),
    ];
    expect(files.map((file) => faultOf(readWav(file)))).toEqual(
      files.map(() => expect.objectContaining({ code: "audio-unsupported" })),
    );
  });

  it("of any bytes is read or refused, and asks for no memory that it does not fill", () => {
    const random = seededRandom(5);
    const originals = [
      wavFile({ rate: 8000, channels: [left, right] }),
      wavFile({ rate: 8000, channels: [left], bits: 24, isExtensible: true }),
      wavFile({ rate: 8000, channels: [left], bits: 64, tag: 3, sizes: [0, 0] }),
    ];
    for (let round = 0; round < 3000; round++) {
      const bytes = Buffer.from(originals[round % originals.length] as Buffer);
      const changes = 1 + Math.floor(random() * 4);
      for (let change = 0; change < changes; change++) {
        bytes[12 + Math.floor(random() * 60)] = Math.floor(random() * 256);
      }
      const read = readWav(round % 3 === 0 ? bytes.subarray(0, 12 + Math.floor(random() * bytes.length)) : bytes);
      if ("code" in read) expect(read.code).toMatch(/^audio-/);
      else expect(read.samples.length).toBeLessThanOrEqual(bytes.length);
    }
  });
});
