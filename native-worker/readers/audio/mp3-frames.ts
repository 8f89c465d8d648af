import { audioStart, type Mp3Frame, mp3Frame, mp3HeaderBytes } from "../../../electron/contract/audio-format.ts";
import { damaged, type SoundFault } from "./sound.ts";

/** The frames of an MP3 file, without the tags around them. */
export type Mp3Frames = { readonly data: Uint8Array; readonly rate: number; readonly samples: number };

/**
 * Walks from frame to frame. A file that ends within one, that has fewer than its first frame says, or that has anything but tags
 * after the last, is damaged: what a decoder would make of it is a guess.
 */
export function readMp3Frames(bytes: Uint8Array): Mp3Frames | SoundFault {
  const start = audioStart(bytes);
  const first = mp3Frame(bytes, start);
  if (first === null) return damaged("MP3", "it has no frames");
  let [at, count, samples] = [start, 0, 0];
  for (;;) {
    const frame = mp3Frame(bytes, at);
    if (frame === null) break;
    if (at + frame.bytes > bytes.length) return damaged("MP3", "it is cut off");
    if (frame.rate !== first.rate) return damaged("MP3", "its sample rate changes");
    at += frame.bytes;
    count += 1;
    samples += frame.samples;
  }
  if (!isTag(bytes.subarray(at))) return damaged("MP3", "between its frames is something else");
  const said = saidFrames(bytes, start, first);
  if (said !== null && count - 1 < said) return damaged("MP3", "it is cut off");
  return { data: bytes.subarray(start, at), rate: first.rate, samples };
}

/** How many frames follow, where the first is one that tells of the others; else null. */
function saidFrames(bytes: Uint8Array, start: number, { sideBytes }: Mp3Frame): number | null {
  const at = start + mp3HeaderBytes + sideBytes;
  const [name, flags] = [latin1(bytes, at, 4), bytes[at + 7] ?? 0];
  if ((name !== "Xing" && name !== "Info") || (flags & 1) === 0 || at + 12 > bytes.length) return null;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).readUInt32BE(at + 8);
}

function isTag(rest: Uint8Array): boolean {
  const isKnown = ["TAG", "APETAGEX", "LYRICSBEGIN", "ID3"].some((name) => latin1(rest, 0, name.length) === name);
  return isKnown || rest.every((byte) => byte === 0);
}

function latin1(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
