export type AudioFormat = "wav" | "flac" | "mp3" | "ogg";

/** What kind of sound a file is by its beginning; null: none of these. */
export function audioFormat(bytes: Uint8Array): AudioFormat | null {
  const start = text(bytes, 0, 4);
  if (start === "RIFF" && text(bytes, 8, 4) === "WAVE") return "wav";
  if (start === "OggS") return "ogg";
  const at = audioStart(bytes);
  if (text(bytes, at, 4) === "fLaC") return "flac";
  // A tag of another length than what was looked at may hold a picture: only MP3 is usually behind one.
  if (at >= bytes.length) return at > 0 ? "mp3" : null;
  const first = mp3Frame(bytes, at);
  if (first === null) return null;
  const next = at + first.bytes;
  return next + mp3HeaderBytes > bytes.length || mp3Frame(bytes, next) !== null ? "mp3" : null;
}

/** Where the sound begins, behind an ID3v2 tag and the zeros that may follow it. */
export function audioStart(bytes: Uint8Array): number {
  if (text(bytes, 0, 3) !== "ID3" || bytes.length < 10) return 0;
  const footer = ((bytes[5] as number) & 0x10) === 0 ? 0 : 10;
  const size = [6, 7, 8, 9].reduce((sum, index) => sum * 128 + ((bytes[index] as number) & 0x7f), 0);
  let at = 10 + size + footer;
  while (bytes[at] === 0) at += 1;
  return at;
}

export const mp3HeaderBytes = 4;

/** A frame of MPEG audio layer III: its length with its header, and samples a channel. */
export type Mp3Frame = {
  readonly bytes: number;
  readonly samples: number;
  readonly rate: number;
  /** Bytes between the header and the data. */
  readonly sideBytes: number;
};

const kilobits1 = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const kilobits2 = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const rates1 = [44_100, 48_000, 32_000];

/** The frame whose header stands there; null: there is none, or one of free format, whose length nothing tells. */
export function mp3Frame(bytes: Uint8Array, at: number): Mp3Frame | null {
  if (at + mp3HeaderBytes > bytes.length || bytes[at] !== 0xff) return null;
  const [, second, third, fourth] = bytes.subarray(at, at + mp3HeaderBytes) as Uint8Array &
    [number, number, number, number];
  const isLayer3 = (second & 0xe6) === 0xe2;
  const version = (second >> 3) & 3;
  if (!isLayer3 || version === 1) return null;
  const isMpeg1 = version === 3;
  const kilobits = (isMpeg1 ? kilobits1 : kilobits2)[(third >> 4) - 1];
  const fullRate = rates1[(third >> 2) & 3];
  if (kilobits === undefined || fullRate === undefined) return null;
  const rate = isMpeg1 ? fullRate : fullRate / (version === 2 ? 2 : 4);
  const samples = isMpeg1 ? 1152 : 576;
  const isMono = fourth >> 6 === 3;
  const sideBytes = isMpeg1 ? (isMono ? 17 : 32) : isMono ? 9 : 17;
  return { bytes: Math.floor((samples / 8) * 1000 * (kilobits / rate)) + ((third >> 1) & 1), samples, rate, sideBytes };
}

function text(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
