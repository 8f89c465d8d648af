import { type ArrayFault, isNpy, type NpyHeader, npyBeginning, readNpyHeader, shapeText } from "./npy-header.ts";
import { type FileView, isZip, readZipDirectory, type ZipEntry } from "./zip-directory.ts";

/** A file of arrays as it lies there, and what unpacks the beginning of deflated bytes (undefined: it cannot be). */
export type ArrayFile = FileView & { readonly inflateBeginning: (packed: Uint8Array) => Uint8Array | undefined };

/** An array in a file, its header read. `entry` null: the whole file is the array. */
export type StoredArray = { readonly header: NpyHeader; readonly entry: ZipEntry | null };

/** An array must be held in memory with all its copies. */
export const mostArrayBytes = 256 * 1024 * 1024;
const unsuspectedBytes = 64 * 1024 * 1024;
const mostRatio = 250;
const ending = ".npy";

/**
 * The arrays of a `.npy` or `.npz` file that fill the inputs of those names, in their order. The only array fills the only
 * input, whatever it is called.
 */
export function arraysFor(file: ArrayFile, inputs: readonly string[]): readonly StoredArray[] | ArrayFault {
  const beginning = file.readAt(0, Math.min(npyBeginning, file.sizeBytes));
  const [only, ...others] = inputs;
  if (isNpy(beginning)) {
    const header = readNpyHeader(beginning, file.sizeBytes);
    if ("code" in header) return header;
    return only === undefined || others.length > 0 ? oneArrayOnly(inputs) : [{ header, entry: null }];
  }
  if (!isZip(beginning)) return { code: "array-damaged", message: "This is neither a .npy nor a .npz file of NumPy." };
  const all = readZipDirectory(file);
  if ("code" in all) return all;
  const entries = all.filter(({ name }) => name.endsWith(ending));
  const arrays: StoredArray[] = [];
  for (const name of inputs) {
    const isOnly = entries.length === 1 && others.length === 0;
    const entry = entries.find((one) => one.name === name + ending) ?? (isOnly ? entries[0] : undefined);
    if (entry === undefined) return noArray(name, entries);
    const header = headerOf(file, entry);
    if ("code" in header) return header;
    arrays.push({ header, entry });
  }
  return arrays;
}

function headerOf(file: ArrayFile, entry: ZipEntry): NpyHeader | ArrayFault {
  const { start, packedBytes, sizeBytes, isDeflated } = entry;
  if (sizeBytes > unsuspectedBytes && sizeBytes > mostRatio * packedBytes) {
    return { code: "array-too-large", message: `The array unpacks to more than ${mostRatio} times its size.` };
  }
  const packed = file.readAt(start, Math.min(packedBytes, npyBeginning));
  const beginning = isDeflated ? file.inflateBeginning(packed) : packed;
  if (beginning === undefined) return damagedArray;
  return readNpyHeader(beginning.subarray(0, npyBeginning), sizeBytes);
}

export const damagedArray: ArrayFault = { code: "array-damaged", message: "The compressed array is damaged." };

/** Bytes of an array with its header, unpacked. */
export function arrayBytes(file: FileView, { entry }: StoredArray): number {
  return entry?.sizeBytes ?? file.sizeBytes;
}

function oneArrayOnly(inputs: readonly string[]): ArrayFault {
  const names = inputs.map((name) => `"${name}"`).join(", ");
  return {
    code: "array-missing",
    message: `A .npy file holds one array, and the model's inputs are ${names}; use a .npz file with one array for each.`,
  };
}

function noArray(name: string, entries: readonly ZipEntry[]): ArrayFault {
  const shown = entries.slice(0, 5).map((entry) => `"${entry.name.slice(0, -ending.length)}"`);
  const more = entries.length > shown.length ? ", …" : "";
  const there = shown.length === 0 ? "it holds none" : `it holds ${shown.join(", ")}${more}`;
  return { code: "array-missing", message: `The file has no array "${name}"; ${there}.` };
}

/**
 * The shape of an item in an array that is one item; `wanted` are the sizes that the model takes, null where any will do. A
 * leading 1 more or less is no matter.
 */
export function itemShape(
  name: string,
  shape: readonly number[],
  wanted: readonly (number | null)[],
): readonly number[] | ArrayFault {
  const [first, ...rest] = shape;
  if (fits(shape, wanted)) return shape;
  if (first === 1 && fits(rest, wanted)) return rest;
  if (wanted[0] === 1 && fits([1, ...shape], wanted)) return [1, ...shape];
  return wrongShape(name, shape, shapeText(wanted));
}

/** The same in an array whose first axis is the items. */
export function rowShape(
  name: string,
  shape: readonly number[],
  wanted: readonly (number | null)[],
): readonly number[] | ArrayFault {
  const rest = shape.slice(1);
  if (shape.length > 0 && fits(rest, wanted)) return rest;
  return wrongShape(name, shape, `[items, ${wanted.map((size) => size ?? "?").join(", ")}]`.replace(", ]", "]"));
}

function fits(shape: readonly number[], wanted: readonly (number | null)[]): boolean {
  return shape.length === wanted.length && shape.every((size, axis) => (wanted[axis] ?? size) === size);
}

function wrongShape(name: string, shape: readonly number[], wanted: string): ArrayFault {
  return {
    code: "array-wrong-shape",
    message: `The array for "${name}" has the shape ${shapeText(shape)}, and the model takes ${wanted}.`,
  };
}
