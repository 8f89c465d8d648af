import { Tensor } from "onnxruntime-node";
import { halfBits } from "../../contract/half-float.ts";
import type { TensorType } from "../../contract/signature.ts";

/** A tensor of zeros, or of empty texts: the input that most models can take. */
export function zeros(type: TensorType, dims: readonly number[]): Tensor {
  return tensor(type, dims, () => 0);
}

/**
 * A tensor whose first dimension is the items, each with numbers of its own that are the same at every call. Whole numbers are
 * 0 and 1, which every list has as an index, but for bytes, which are pixels as a rule.
 */
export function madeUpItems(type: TensorType, dims: readonly number[], items: readonly number[]): Tensor {
  const width = dims.slice(1).reduce((product, size) => product * size, 1);
  const levels = type === "uint8" ? 256 : type.startsWith("float") ? 1009 : 2;
  return tensor(type, dims, (index) => {
    const item = items[Math.floor(index / width)] ?? 0;
    const level = scrambled(item * 7919 + (index % width) + 1) % levels;
    return type.startsWith("float") ? level / levels : level;
  });
}

/** One whole number made of another, without a pattern that an image filter could cancel out. */
function scrambled(value: number): number {
  const mixed = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39) >>> 8) & 0xffff;
}

function tensor(type: TensorType, dims: readonly number[], valueAt: (index: number) => number): Tensor {
  const length = dims.reduce((product, size) => product * size, 1);
  const fill = <Values extends { [index: number]: number }>(values: Values): Values => {
    for (let index = 0; index < length; index++) values[index] = valueAt(index);
    return values;
  };
  const fillBig = <Values extends { [index: number]: bigint }>(values: Values): Values => {
    for (let index = 0; index < length; index++) values[index] = BigInt(valueAt(index));
    return values;
  };
  switch (type) {
    case "string":
      return new Tensor(
        "string",
        Array.from({ length }, (_, index) => (valueAt(index) === 0 ? "" : "a")),
        dims,
      );
    case "bool":
      return new Tensor("bool", fill(new Uint8Array(length)), dims);
    case "float16":
      return halfTensor(
        Uint16Array.from({ length }, (_, index) => halfBits(valueAt(index))),
        dims,
      );
    case "float32":
      return new Tensor("float32", fill(new Float32Array(length)), dims);
    case "float64":
      return new Tensor("float64", fill(new Float64Array(length)), dims);
    case "int8":
      return new Tensor("int8", fill(new Int8Array(length)), dims);
    case "uint8":
      return new Tensor("uint8", fill(new Uint8Array(length)), dims);
    case "int16":
      return new Tensor("int16", fill(new Int16Array(length)), dims);
    case "uint16":
      return new Tensor("uint16", fill(new Uint16Array(length)), dims);
    case "int32":
      return new Tensor("int32", fill(new Int32Array(length)), dims);
    case "uint32":
      return new Tensor("uint32", fill(new Uint32Array(length)), dims);
    case "int64":
      return new Tensor("int64", fillBig(new BigInt64Array(length)), dims);
    case "uint64":
      return new Tensor("uint64", fillBig(new BigUint64Array(length)), dims);
  }
}

/**
 * ONNX Runtime's JavaScript side makes a Float16Array of half-precision values where the runtime has that type, and its
 * native side cannot read one: the bits are put back in its place.
 */
function halfTensor(bits: Uint16Array, dims: readonly number[]): Tensor {
  return Object.defineProperty(new Tensor("float16", bits, dims), "data", { value: bits });
}
