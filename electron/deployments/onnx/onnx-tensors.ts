import type { TensorFault } from "../../contract/words/english/parts/finding-words.ts";
import { type ElementType, elementTypes } from "./onnx-schema.ts";
import type { FindingList } from "./scan-findings.ts";
import { plainText } from "../../contract/plain-text.ts";
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

/** Checks one tensor; null when something is wrong with it, which `findings` then tells. */
export function checkTensor(tensor: WrittenTensor, where: string, findings: FindingList): CheckedTensor | null {
  const name = tensor.name === "" ? null : plainText(tensor.name);
  const wrong = (fault: TensorFault): null => {
    findings.add("wrong-size:tensor", { tensor: name, fault }, where);
    return null;
  };
  const element = elementTypes[Number(tensor.elementType)];
  if (element === undefined) return wrong({ kind: "unknown-type", params: { type: String(tensor.elementType) } });
  if (tensor.isSegment) return wrong({ kind: "segment", params: {} });
  const elements = countElements(tensor.dims);
  if (typeof elements !== "number") return wrong(elements);
  const dims = tensor.dims.map(Number);
  const bytes = Math.ceil((elements * element.bits) / 8);
  const fields = Object.entries(tensor.counts).filter(([, count]) => count > 0);

  if (tensor.location !== 0n || tensor.external.length > 0) {
    if (tensor.location !== 1n) return wrong({ kind: "file-not-said", params: {} });
    if (tensor.rawBytes !== null || fields.length > 0) return wrong({ kind: "data-in-both", params: {} });
    if (element.bits === 0) return wrong({ kind: "texts-in-file", params: {} });
    const place = externalPlace(tensor.external, bytes);
    if ("kind" in place) return wrong(place);
    return { elements, bytes, dims, element, external: place };
  }
  if (tensor.rawBytes !== null) {
    if (fields.length > 0) return wrong({ kind: "data-twice", params: {} });
    if (element.bits === 0) return wrong({ kind: "raw-texts", params: {} });
    if (tensor.rawBytes !== bytes) {
      return wrong({ kind: "raw-bytes", params: { needed: bytes, found: tensor.rawBytes } });
    }
    return { elements, bytes, dims, element, external: null };
  }
  const foreign = fields.find(([field]) => field !== element.field);
  if (foreign !== undefined) return wrong({ kind: "foreign-data", params: { type: element.name } });
  const needed = typedEntries(element, elements);
  const count = tensor.counts[element.field];
  if (count !== needed) return wrong({ kind: "numbers", params: { needed, found: count } });
  return { elements, bytes, dims, element, external: null };
}

/** Number of elements of a shape, or what is wrong with it. */
export function countElements(dims: readonly bigint[]): number | TensorFault {
  if (dims.length > scanLimits.dimensions) {
    return { kind: "too-many-dimensions", params: { most: scanLimits.dimensions } };
  }
  let product = 1n;
  let isEmpty = false;
  for (const size of dims) {
    if (size < 0n) return { kind: "negative-dimension", params: { size: String(size) } };
    if (size === 0n) isEmpty = true;
    else product *= size;
    if (product >= 2n ** 50n) return { kind: "too-many-elements", params: {} };
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
): { readonly location: string; readonly offset: number } | TensorFault {
  const given = new Map<string, string>();
  for (const [key, value] of entries) {
    if (key.startsWith("prepacked")) return { kind: "prepacked", params: {} };
    if (!["location", "offset", "length", "checksum"].includes(key)) {
      return { kind: "unknown-entry", params: { key: plainText(key) } };
    }
    if (given.has(key)) return { kind: "entry-twice", params: { key } };
    given.set(key, value);
  }
  const location = given.get("location");
  if (location === undefined) return { kind: "no-location", params: {} };
  const numbers = { offset: 0, length: bytes };
  for (const key of ["offset", "length"] as const) {
    const text = given.get(key);
    if (text === undefined) continue;
    if (!/^(0|[1-9]\d{0,15})$/.test(text) || Number(text) > 2 ** 50) {
      return { kind: "no-bytes", params: { key, text: plainText(text) } };
    }
    numbers[key] = Number(text);
  }
  if (numbers.length !== bytes) {
    return { kind: "file-bytes", params: { needed: bytes, found: numbers.length } };
  }
  return { location, offset: numbers.offset };
}
