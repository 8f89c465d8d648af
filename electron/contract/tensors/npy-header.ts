import type { ItemErrorCode } from "../item-error.ts";
import type { TensorType } from "../signature.ts";

/** Why an array cannot be read, as `errors.csv` says it. */
export type ArrayFault = { readonly code: ItemErrorCode; readonly message: string };

/** Element types that arrays of files may have. */
export type ArrayType = Exclude<TensorType, "string">;

/** What the header of a `.npy` file says. Nothing but numbers is ever read: an array of Python objects is a pickle. */
export type NpyHeader = {
  readonly type: ArrayType;
  readonly isBigEndian: boolean;
  /** The first index runs fastest. */
  readonly isFortran: boolean;
  /** As many numbers as the array has dimensions; none: a single value. */
  readonly shape: readonly number[];
  /** Where the values begin: bytes from the beginning of the file, or of its entry in an archive. */
  readonly dataStart: number;
};

export const elementBytes: Readonly<Record<ArrayType, number>> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  float16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  int64: 8,
  uint64: 8,
  float64: 8,
};

const magic = "\x93NUMPY";

/** Headers are looked for in so many bytes: more than any array of numbers needs. */
export const npyBeginning = 64 * 1024;

export function isNpy(beginning: Uint8Array): boolean {
  return [...magic].every((letter, index) => beginning[index] === letter.charCodeAt(0));
}

/**
 * Reads the header of an array that is `sizeBytes` long with its header; `beginning` are its first bytes, `npyBeginning` of them
 * where there are as many. The array fills the size exactly, so nothing larger than that is ever allocated for it.
 */
export function readNpyHeader(beginning: Uint8Array, sizeBytes: number): NpyHeader | ArrayFault {
  if (!isNpy(beginning)) return fault("array-damaged", "This is not an array as NumPy writes it.");
  const version = beginning[6] ?? 0;
  if (version < 1 || version > 3) {
    return fault("array-unsupported", `The array is of version ${version} of the .npy format, which is not known.`);
  }
  const isShort = version === 1;
  const textStart = isShort ? 10 : 12;
  const view = new DataView(beginning.buffer, beginning.byteOffset, beginning.length);
  if (beginning.length < textStart) return cutOff;
  const dataStart = textStart + (isShort ? view.getUint16(8, true) : view.getUint32(8, true));
  if (dataStart > sizeBytes) return cutOff;
  if (dataStart > beginning.length) return fault("array-damaged", "The header of the array is too long.");
  const fields = headerFields(new TextDecoder().decode(beginning.subarray(textStart, dataStart)));
  if (fields === null) return fault("array-damaged", "The header of the array is damaged.");
  const found = elementType(fields.descr);
  if ("code" in found) return found;
  const { isFortran, shape } = fields;
  const wanted = valuesIn(shape) * elementBytes[found.type];
  const present = sizeBytes - dataStart;
  if (wanted > present) {
    return fault(
      "array-damaged",
      `The array is cut off: ${shapeText(shape)} of ${found.type} takes ${wanted} bytes, and ${present} are there.`,
    );
  }
  if (wanted < present) {
    return fault(
      "array-damaged",
      `${present - wanted} bytes follow the array ${shapeText(shape)} of ${found.type}, so its header cannot be right.`,
    );
  }
  return { ...found, isFortran, shape, dataStart };
}

/** Values of an array of that shape; too many to count exactly are still too many. */
export function valuesIn(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** "[4, 3]" */
export function shapeText(shape: readonly (number | null)[]): string {
  return `[${shape.map((size) => size ?? "?").join(", ")}]`;
}

const cutOff: ArrayFault = { code: "array-damaged", message: "The array is cut off within its header." };

function fault(code: ItemErrorCode, message: string): ArrayFault {
  return { code, message };
}

type HeaderFields = { readonly descr: string | null; readonly isFortran: boolean; readonly shape: readonly number[] };

/** One field of the header's dictionary: truth value, text, tuple, or a list, as which fields of structures are given. */
const field =
  /\s*(['"])(descr|fortran_order|shape)\1\s*:\s*(?:(True|False)|(['"])([^'"]*)\4|\(([^()]*)\)|(\[.*\]))\s*/sy;
const mostDimensions = 32;
const mostInDimension = 2 ** 31;

/** Null: it is not the dictionary of exactly these three fields. `descr` null: it is a list. */
function headerFields(text: string): HeaderFields | null {
  const inner = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1];
  if (inner === undefined) return null;
  const found = new Map<string, RegExpExecArray>();
  for (let at = 0; at < inner.length; ) {
    field.lastIndex = at;
    const match = field.exec(inner);
    if (match === null || found.has(match[2] ?? "")) return null;
    found.set(match[2] ?? "", match);
    at = field.lastIndex;
    if (at < inner.length && inner[at] !== ",") return null;
    at += 1;
    if (inner.slice(at).trim() === "") break;
  }
  const [descr, order, sizes] = ["descr", "fortran_order", "shape"].map((name) => found.get(name));
  const shape = shapeOf(sizes?.[6]);
  const isList = descr?.[7] !== undefined;
  if (shape === null || order?.[3] === undefined || (!isList && descr?.[5] === undefined)) return null;
  return { descr: isList ? null : (descr?.[5] ?? null), isFortran: order[3] === "True", shape };
}

/** Python 2 wrote `3L`; a tuple of one has a comma behind it. */
function shapeOf(tuple: string | undefined): readonly number[] | null {
  if (tuple === undefined) return null;
  if (tuple.trim() === "") return [];
  if (!/^\s*\d+L?\s*(,\s*\d+L?\s*)*,?\s*$/.test(tuple) || !tuple.includes(",")) return null;
  const shape = tuple.split(",").flatMap((size) => (size.trim() === "" ? [] : [Number.parseInt(size, 10)]));
  return shape.length <= mostDimensions && shape.every((size) => size < mostInDimension) ? shape : null;
}

const types: Readonly<Record<string, ArrayType>> = {
  "?": "bool",
  b1: "bool",
  i1: "int8",
  u1: "uint8",
  i2: "int16",
  u2: "uint16",
  f2: "float16",
  i4: "int32",
  u4: "uint32",
  f4: "float32",
  i8: "int64",
  u8: "uint64",
  f8: "float64",
};

const otherTypes: Readonly<Record<string, string>> = {
  O: "Python objects, which are never opened; save it as numbers",
  V: "structures; save each field as an array of its own",
  S: "texts",
  U: "texts",
  a: "texts",
  c: "complex numbers",
  m: "times",
  M: "dates",
};

/** `descr` null: fields of structures. */
function elementType(descr: string | null): { readonly type: ArrayType; readonly isBigEndian: boolean } | ArrayFault {
  const parts = /^([<>|=]?)(.*)$/s.exec(descr ?? "|V");
  const [order, name] = [parts?.[1] ?? "", parts?.[2] ?? ""];
  const type = Object.hasOwn(types, name) ? types[name] : undefined;
  if (type !== undefined) return { type, isBigEndian: order === ">" };
  const other = Object.hasOwn(otherTypes, name[0] ?? "") ? otherTypes[name[0] ?? ""] : undefined;
  const held = other ?? `values of the type "${name.slice(0, 20)}", which is not read`;
  return fault("array-unsupported", `The array holds ${held}.`.replaceAll(/[^\x20-\x7e]+/g, " "));
}
