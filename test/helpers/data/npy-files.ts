import { crc32, deflateRawSync } from "node:zlib";
import type { ArrayType } from "../../../electron/contract/tensors/npy-header.ts";
import { rawBytes } from "../models/onnx-builder.ts";

/** Writes arrays as NumPy does, from their values in C order. */
export type ArrayParts = {
  readonly type: ArrayType;
  readonly shape: readonly number[];
  /** int64 and uint64 take bigints, bool takes 0 and 1. */
  readonly values: readonly (number | bigint)[];
  readonly isBigEndian?: boolean;
  readonly isFortran?: boolean;
  readonly version?: 1 | 2 | 3;
  /** Stands in place of the type's own name. */
  readonly descr?: string;
};

const names: Readonly<Record<ArrayType, string>> = {
  bool: "b1",
  int8: "i1",
  uint8: "u1",
  int16: "i2",
  uint16: "u2",
  float16: "f2",
  int32: "i4",
  uint32: "u4",
  float32: "f4",
  int64: "i8",
  uint64: "u8",
  float64: "f8",
};

const onnxNames = { float32: "float", float64: "double" } as const;

export function npyFile(parts: ArrayParts): Buffer {
  const { type, shape, isBigEndian = false, isFortran = false, version = 1 } = parts;
  const order = type === "bool" || type.endsWith("int8") ? "|" : isBigEndian ? ">" : "<";
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const descr = parts.descr ?? `'${order}${names[type]}'`;
  const header = `{'descr': ${descr}, 'fortran_order': ${isFortran ? "True" : "False"}, 'shape': ${tuple}, }`;
  return Buffer.concat([npyHeader(header, version), dataOf(parts)]);
}

/** The beginning of a file with any text for its header, filled up with blanks to a multiple of 64 bytes. */
export function npyHeader(text: string, version: 1 | 2 | 3 = 1): Buffer {
  const fixed = version === 1 ? 10 : 12;
  const padded = `${text}${" ".repeat(63 - ((fixed + text.length) % 64))}\n`;
  const beginning = Buffer.alloc(fixed);
  beginning.write("\x93NUMPY", "latin1");
  beginning[6] = version;
  if (version === 1) beginning.writeUInt16LE(padded.length, 8);
  else beginning.writeUInt32LE(padded.length, 8);
  return Buffer.concat([beginning, Buffer.from(padded)]);
}

function dataOf({ type, shape, values, isBigEndian = false, isFortran = false }: ArrayParts): Buffer {
  const ordered = isFortran ? fortranOrder(values, shape) : values;
  const onnxType = type === "float32" || type === "float64" ? onnxNames[type] : type;
  const bytes = Buffer.from(rawBytes(onnxType, ordered as readonly number[]));
  const size = Number(names[type].slice(1));
  if (isBigEndian && size === 2) bytes.swap16();
  if (isBigEndian && size === 4) bytes.swap32();
  if (isBigEndian && size === 8) bytes.swap64();
  return bytes;
}

/** Place of the value in C order, for each place of Fortran's. */
function fortranOrder<Value>(values: readonly Value[], shape: readonly number[]): Value[] {
  return values.map((_, place) => {
    let rest = place;
    const index = shape.map((size) => {
      const at = rest % size;
      rest = Math.floor(rest / size);
      return at;
    });
    return values[index.reduce((sum, at, axis) => sum * (shape[axis] as number) + at, 0)] as Value;
  });
}

/** A `.npz` archive as `numpy.savez` (or, deflated, `numpy.savez_compressed`) writes it. */
export function npzFile(arrays: Readonly<Record<string, Buffer>>, isDeflated = false): Buffer {
  return zipFile(Object.fromEntries(Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, bytes])), isDeflated);
}

export function zipFile(files: Readonly<Record<string, Buffer>>, isDeflated: boolean): Buffer {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const [name, bytes] of Object.entries(files)) {
    const packed = isDeflated ? deflateRawSync(bytes) : bytes;
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(isDeflated ? 8 : 0, 4);
    facts.writeUInt32LE(crc32(bytes), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(bytes.length, 18);
    facts.writeUInt16LE(Buffer.byteLength(name), 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    entries.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), facts, place, Buffer.from(name));
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), facts, Buffer.from(name), packed]);
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}
