import type { TensorType } from "../../../electron/contract/signature.ts";

/** NumPy's names of the types, little-endian; texts have none that is read without unpickling. */
const descriptions: Readonly<Record<Exclude<TensorType, "string">, string>> = {
  float16: "<f2",
  float32: "<f4",
  float64: "<f8",
  int8: "|i1",
  uint8: "|u1",
  int16: "<i2",
  uint16: "<u2",
  int32: "<i4",
  uint32: "<u4",
  int64: "<i8",
  uint64: "<u8",
  bool: "|b1",
};

const magic = Buffer.from("\x93NUMPY\x01\x00", "latin1");
const lengthBytes = 2;
const alignment = 64;

/** What an .npy file (version 1.0, C order) begins with; the values follow as they lie in memory. */
export function npyHeader(type: Exclude<TensorType, "string">, shape: readonly number[]): Buffer {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${descriptions[type]}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const before = magic.length + lengthBytes;
  const whole = Math.ceil((before + text.length + 1) / alignment) * alignment;
  const header = Buffer.alloc(whole, " ");
  magic.copy(header);
  header.writeUInt16LE(whole - before, magic.length);
  header.write(text, before, "latin1");
  header[whole - 1] = 0x0a;
  return header;
}
