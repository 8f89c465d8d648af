import { type ElementType, elementTypes } from "./onnx-schema.ts";
import type { FindingList } from "./scan-findings.ts";
import { quoted } from "./scan-findings.ts";
import { scanLimits } from "./scan-limits.ts";

/** A tensor as it is written, before anything in it is believed. */
export type WrittenTensor = {
  readonly name: string;
  readonly dims: readonly bigint[];
  readonly elementType: bigint;
  /** Entries in each of the fields that can hold its numbers. */
  readonly counts: Readonly<Record<ElementType["field"], number>>;
  /** Null: no raw bytes. */
  readonly rawBytes: number | null;
  readonly isSegment: boolean;
  /** `data_location`; zero: in the model. */
  readonly location: bigint;
  readonly external: readonly (readonly [key: string, value: string])[];
};

/** What a tensor is, when all that it says fits together. */
export type CheckedTensor = {
  readonly elements: number;
  readonly bytes: number;
  readonly dims: readonly number[];
  readonly element: ElementType;
  /** Where its bytes are when they are not in the model. */
  readonly external: { readonly location: string; readonly offset: number } | null;
};

const exportAgain = "Export the model again; its data does not fit what it says about it.";

/** Checks one tensor; null when something is wrong with it, which `findings` then tells. */
export function checkTensor(tensor: WrittenTensor, where: string, findings: FindingList): CheckedTensor | null {
  const name = tensor.name === "" ? "a tensor" : `the tensor ${quoted(tensor.name)}`;
  const wrong = (what: string): null => {
    findings.add("wrong-size", `In the model, ${name} ${what}.`, exportAgain, where);
    return null;
  };
  const element = elementTypes[Number(tensor.elementType)];
  if (element === undefined) return wrong(`has the unknown element type ${tensor.elementType}`);
  if (tensor.isSegment) return wrong("is only a segment of a tensor, which ONNX Runtime does not put together");
  const elements = countElements(tensor.dims);
  if (typeof elements === "string") return wrong(elements);
  const dims = tensor.dims.map(Number);
  const bytes = Math.ceil((elements * element.bits) / 8);
  const fields = Object.entries(tensor.counts).filter(([, count]) => count > 0);

  if (tensor.location !== 0n || tensor.external.length > 0) {
    if (tensor.location !== 1n) return wrong("names a data file, but does not say that its data is there");
    if (tensor.rawBytes !== null || fields.length > 0) return wrong("has data in the model and in a file as well");
    if (element.bits === 0) return wrong("has texts in a data file, where only numbers can be");
    const place = externalPlace(tensor.external, bytes);
    if (typeof place === "string") return wrong(place);
    return { elements, bytes, dims, element, external: place };
  }
  if (tensor.rawBytes !== null) {
    if (fields.length > 0) return wrong("has its data twice");
    if (element.bits === 0) return wrong("has texts written as raw bytes");
    if (tensor.rawBytes !== bytes) return wrong(`needs ${bytes} bytes for its shape and has ${tensor.rawBytes}`);
    return { elements, bytes, dims, element, external: null };
  }
  const foreign = fields.find(([field]) => field !== element.field);
  if (foreign !== undefined) return wrong(`is of type ${element.name} and has data of another type`);
  const needed = typedEntries(element, elements);
  const count = tensor.counts[element.field];
  if (count !== needed) return wrong(`needs ${needed} numbers for its shape and has ${count}`);
  return { elements, bytes, dims, element, external: null };
}

/** Number of elements of a shape, or what is wrong with it. */
export function countElements(dims: readonly bigint[]): number | string {
  if (dims.length > scanLimits.dimensions) return `has more than ${scanLimits.dimensions} dimensions`;
  let product = 1n;
  let isEmpty = false;
  for (const size of dims) {
    if (size < 0n) return `has a dimension of the size ${size}`;
    if (size === 0n) isEmpty = true;
    else product *= size;
    if (product >= 2n ** 50n) return "has a shape of more elements than any computer can hold";
  }
  return isEmpty ? 0 : Number(product);
}

/** Entries of the typed field: complex numbers take two, small ones share one. */
function typedEntries(element: ElementType, elements: number): number {
  if (element.name.startsWith("complex")) return elements * 2;
  if (element.bits > 0 && element.bits < 8) return Math.ceil((elements * element.bits) / 8);
  return elements;
}

/** Where external data is, or what is wrong with what the tensor says about it. Each key may be there once. */
function externalPlace(
  entries: WrittenTensor["external"],
  bytes: number,
): { readonly location: string; readonly offset: number } | string {
  const given = new Map<string, string>();
  for (const [key, value] of entries) {
    if (key.startsWith("prepacked")) return "has prepared copies of its data, which cannot be checked";
    if (!["location", "offset", "length", "checksum"].includes(key)) {
      return `says ${quoted(key)} of its data file, which means nothing to ONNX`;
    }
    if (given.has(key)) return `says the ${key} of its data twice`;
    given.set(key, value);
  }
  const location = given.get("location");
  if (location === undefined) return "says that its data is in a file and not in which";
  const numbers = { offset: 0, length: bytes };
  for (const key of ["offset", "length"] as const) {
    const text = given.get(key);
    if (text === undefined) continue;
    if (!/^(0|[1-9]\d{0,15})$/.test(text) || Number(text) > 2 ** 50) {
      return `has the ${key} ${quoted(text)}, which is no number of bytes`;
    }
    numbers[key] = Number(text);
  }
  if (numbers.length !== bytes) {
    return `needs ${bytes} bytes for its shape and says that its data has ${numbers.length}`;
  }
  return { location, offset: numbers.offset };
}
