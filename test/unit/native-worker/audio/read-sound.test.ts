import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { mp3Frame } from "../../../../electron/contract/audio-format.ts";
import { readSound } from "../../../../native-worker/readers/audio/read-sound.ts";
import expected from "../../../fixtures/audio/expected.json" with { type: "json" };
import { isLong } from "../../../helpers/engine/fault-shim.ts";
import { tone, wavFile } from "../../../helpers/data/wav-files.ts";
import { seededRandom } from "../../../helpers/random.ts";

const folder = path.join(import.meta.dirname, "..", "..", "..", "fixtures", "audio");
const names = Object.keys(expected) as (keyof typeof expected)[];
const fixture = (name: string): Buffer => fs.readFileSync(path.join(folder, name));
const read = (bytes: Uint8Array, rate = 16_000, length: number | null = null) =>
  readSound(bytes, rate, length, () => undefined);

describe("a compressed sound", () => {
  it.each(names)("%s has the samples that libsndfile decodes", async (name) => {
    const { rate, samples, meanSquare, every97th } = expected[name];
    const sound = await read(fixture(name), rate);
    if ("code" in sound) throw new Error(sound.message);
    expect(sound).toHaveLength(samples);
    expect(sound.reduce((sum, value) => sum + value * value, 0) / samples).toBeCloseTo(meanSquare, 5);
    // Each decoder of a lossy format rounds in its own way.
    const digits = name.endsWith(".flac") ? 7 : name.endsWith(".opus") ? 4 : 6;
    for (const [index, value] of every97th.entries()) expect(sound[index * 97]).toBeCloseTo(value, digits - 0.31);
  });

  it.each(names)("%s is refused when it is cut off, wherever", async (name) => {
    const bytes = fixture(name);
    for (const share of [0.02, 0.3, 0.6, 0.9, 0.99]) {
      const cut = await read(bytes.subarray(0, Math.floor(bytes.length * share)));
      expect("code" in cut ? cut.code : `${cut.length} samples`).toBe("audio-damaged");
    }
  });

  it.each(names.filter((name) => !name.endsWith(".mp3")))("%s is refused when a byte has changed", async (name) => {
    const bytes = fixture(name);
    bytes[Math.floor(bytes.length * 0.7)] = (bytes[Math.floor(bytes.length * 0.7)] as number) ^ 0x41;
    expect(await read(bytes)).toMatchObject({ code: "audio-damaged" });
  });

  it.each(names)("%s of any bytes is read or refused", async (name) => {
    const random = seededRandom(name.length);
    const original = fixture(name);
    for (let round = 0; round < (isLong ? 400 : 25); round++) {
      const bytes = Buffer.from(original);
      const reach = round % 2 === 0 ? 120 : bytes.length;
      for (let change = 0; change < 3; change++) bytes[Math.floor(random() * reach)] = Math.floor(random() * 256);
      const sound = await read(bytes);
      if ("code" in sound) expect(sound.code).toMatch(/^audio-/);
    }
  });

  it("of MP3 is refused when whole frames are missing at its end", async () => {
    const bytes = fixture("stereo-44100.mp3");
    let end = 0;
    for (let frame = 0; frame < 9; frame++) end += mp3Frame(bytes, end)?.bytes ?? 0;
    expect(await read(bytes.subarray(0, end))).toMatchObject({ code: "audio-damaged" });
  });

  it("of MP3 may have tags around it", async () => {
    const bytes = fixture("stereo-44100.mp3");
    const id3 = Buffer.concat([Buffer.from("ID3\x04\0\0\0\0\x01\x00", "latin1"), Buffer.alloc(128 + 30)]);
    const end = Buffer.concat([Buffer.from("TAG"), Buffer.alloc(125, 0x20)]);
    expect(await read(Buffer.concat([id3, bytes, end]))).toEqual(await read(bytes));
  });
});

describe("a sound", () => {
  it("is cut at its end, or zeros follow", async () => {
    const samples = [0.5, -0.5, 0.25];
    const file = wavFile({ rate: 16_000, channels: [samples], bits: 32, tag: 3 });
    expect(await read(file)).toEqual(Float32Array.from(samples));
    expect(await read(file, 16_000, 2)).toEqual(Float32Array.from([0.5, -0.5]));
    expect(await read(file, 16_000, 5)).toEqual(Float32Array.from([0.5, -0.5, 0.25, 0, 0]));
  });

  it("that becomes too long at the model's rate is refused before it is made", async () => {
    const file = wavFile({ rate: 1000, channels: [tone(1000, 100, 200_000)] });
    expect(await read(file, 768_000)).toMatchObject({ code: "audio-too-long" });
  });

  it("is known by its content", async () => {
    for (const text of ["", "RIFF", "not a sound at all", "ÿþ\0"]) {
      expect(await read(Buffer.from(text, "latin1"))).toMatchObject({ code: "audio-not-audio" });
    }
  });
});
