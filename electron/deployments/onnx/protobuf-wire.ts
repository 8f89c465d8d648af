import { readSync } from "node:fs";
import type { WireFault } from "../../contract/words/english/parts/finding-words.ts";

/** Bytes of a protobuf message, wherever they are. `read` gives exactly `end - start` bytes. */
export type WireSource = {
  readonly size: number;
  readonly read: (start: number, end: number) => Uint8Array;
};

/** One field of a message: where it starts with its tag, and where its body is. Varints have their value, low 53 bits. */
export type WireField = {
  readonly number: number;
  readonly wireType: number;
  readonly start: number;
  readonly bodyStart: number;
  readonly end: number;
};

export const lengthDelimited = 2;
const varint = 0;

const windowBytes = 64 * 1024;
const maxVarint = 10;
const noBytes = new Uint8Array(0);

/** A file of which only what is looked at is read: tensors of gigabytes are stepped over. */
export function fileSource(descriptor: number, size: number): WireSource {
  let windowStart = 0;
  let window: Uint8Array = noBytes;
  const readFrom = (start: number, length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    const got = readSync(descriptor, bytes, 0, length, start);
    return bytes.subarray(0, got);
  };
  return {
    size,
    read: (start, end) => {
      if (end - start > windowBytes) return exactly(readFrom(start, end - start), end - start);
      if (start < windowStart || end > windowStart + window.length) {
        windowStart = start;
        window = readFrom(start, Math.min(windowBytes, size - start));
      }
      return exactly(window.subarray(start - windowStart, end - windowStart), end - start);
    },
  };
}

export function bufferSource(bytes: Uint8Array): WireSource {
  return { size: bytes.length, read: (start, end) => exactly(bytes.subarray(start, end), end - start) };
}

/** What makes a file not a protobuf message; a value thrown inside this module's callers and caught by them. */
export class WireError extends Error {
  readonly fault: WireFault;

  constructor(fault: WireFault) {
    super(fault.kind);
    this.fault = fault;
  }
}

/** The fault of a number of bytes from the start of the file. */
function atByte(kind: Extract<WireFault, { readonly params: { byte: number } }>["kind"], byte: number): WireError {
  return new WireError({ kind, params: { byte } } as WireFault);
}

/** Visits the fields of the message at `start`..`end`, in order. Throws WireError when the bytes are not a message. */
export function forEachField(source: WireSource, start: number, end: number, visit: (field: WireField) => void): void {
  let position = start;
  while (position < end) {
    const tag = readVarint(source, position, end);
    const number = Math.floor(tag.value / 8);
    const wireType = tag.value % 8;
    // What a reader does with longer tags than these is its own affair, and we must see what it sees.
    if (tag.value >= 2 ** 32 || tag.end - position > 5) throw atByte("number-of-field", position);
    if (number === 0) throw atByte("field-zero", position);
    const body = bodyOf(source, wireType, tag.end, end);
    if (body.end > end) throw atByte("field-too-long", position);
    visit({ number, wireType, start: position, bodyStart: body.start, end: body.end });
    position = body.end;
  }
}

function bodyOf(source: WireSource, wireType: number, position: number, end: number): { start: number; end: number } {
  switch (wireType) {
    case varint:
      return { start: position, end: readVarint(source, position, end).end };
    case 1:
      return { start: position, end: position + 8 };
    case lengthDelimited: {
      const length = readVarint(source, position, end);
      if (length.value >= 2 ** 31) throw atByte("field-too-large", position);
      return { start: length.end, end: length.end + length.value };
    }
    case 5:
      return { start: position, end: position + 4 };
    default:
      throw new WireError({ kind: "wire-type", params: { type: wireType, byte: position } });
  }
}

/** Lengths and tags: beyond 53 bits it is no length of ours. */
function readVarint(source: WireSource, position: number, end: number): { value: number; end: number } {
  const bytes = source.read(position, Math.min(position + maxVarint, end));
  let value = 0;
  let factor = 1;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return { value, end: position + index + 1 };
    factor *= 128;
  }
  throw atByte("unfinished-number", position);
}

/** Every varint in a range, signed 64 bits: for `repeated int64`, packed or one at a time. */
export function readInt64s(source: WireSource, start: number, end: number): bigint[] {
  const bytes = source.read(start, end);
  const values: bigint[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte < 0x80) {
      values.push(BigInt.asIntN(64, value));
      value = 0n;
      shift = 0n;
    } else if (shift > 63n) throw atByte("long-number", start);
  }
  if (shift !== 0n) throw atByte("unfinished-number", start);
  return values;
}

/** How many varints a packed field holds, whatever its size, in a window's memory. */
export function countVarints(source: WireSource, start: number, end: number): number {
  let count = 0;
  let unfinished = 0;
  for (let position = start; position < end; position += windowBytes) {
    for (const byte of source.read(position, Math.min(position + windowBytes, end))) {
      if (byte < 0x80) {
        count += 1;
        unfinished = 0;
      } else {
        unfinished += 1;
        if (unfinished >= maxVarint) throw atByte("long-number", position);
      }
    }
  }
  if (unfinished > 0) throw atByte("unfinished-number", end);
  return count;
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The text as it is written, with a byte order mark when it has one. */
export function readText(source: WireSource, field: WireField): string {
  return utf8.decode(source.read(field.bodyStart, field.end));
}

/** A field with a message or text as its body. */
export function encodeDelimited(number: number, ...bodies: readonly Uint8Array[]): Uint8Array {
  const length = bodies.reduce((sum, body) => sum + body.length, 0);
  return Buffer.concat([encodeVarint(number * 8 + lengthDelimited), encodeVarint(length), ...bodies]);
}

export function encodeText(number: number, text: string): Uint8Array {
  return encodeDelimited(number, new TextEncoder().encode(text));
}

export function encodeNumber(number: number, value: number): Uint8Array {
  return Buffer.concat([encodeVarint(number * 8 + varint), encodeVarint(value)]);
}

function encodeVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.from([...bytes, rest]);
}

function exactly(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length !== length) throw new WireError({ kind: "cut-short", params: {} });
  return bytes;
}
