import type { FactTable } from "../../speaker.ts";

/** What makes a file not a readable ONNX file, as a clause. `message` and `field` are names of ONNX's format. */
export const wireFaults = {
  "number-of-field": ({ byte }: { byte: number }) => `a field number too large at byte ${byte}`,
  "field-zero": ({ byte }: { byte: number }) => `field number 0 at byte ${byte}`,
  "field-too-long": ({ byte }: { byte: number }) => `a field at byte ${byte} is longer than what holds it`,
  "field-too-large": ({ byte }: { byte: number }) => `a field at byte ${byte} that claims more than 2 GiB`,
  "wire-type": ({ type, byte }: { type: number; byte: number }) => `wire type ${type} at byte ${byte}`,
  "unfinished-number": ({ byte }: { byte: number }) => `an unfinished number at byte ${byte}`,
  "long-number": ({ byte }: { byte: number }) => `a number too long at byte ${byte}`,
  "cut-short": () => "the file ends too early",
  "cut-list": () => "a list of numbers is cut in the middle of one",
  "long-list": ({ most }: { most: number }) => `a list of more than ${most} numbers`,
  "long-name": ({ bytes }: { bytes: number }) => `a name is longer than ${bytes} bytes`,
  "too-deep": ({ levels }: { levels: number }) => `it is nested deeper than ${levels} levels`,
  "too-many-parts": ({ most }: { most: number }) => `it has more than ${most} parts`,
  "too-many": ({ most, what }: { most: number; what: keyof typeof countedParts }) =>
    `it has more than ${most} ${countedParts[what]}`,
  "too-many-files": ({ most }: { most: number }) => `it has its data in more than ${most} files`,
  "unknown-field": ({ field, message }: { field: number; message: string }) =>
    `field ${field} of a ${message} is none of ONNX`,
  "wrong-form": ({ field, message }: { field: string; message: string }) =>
    `the ${field} of a ${message} is written as something else`,
  "field-twice": ({ field, message }: { field: string; message: string }) =>
    `the ${field} of a ${message} is there twice`,
  "attribute-kind": ({ kind }: { kind: string }) => `an attribute of the unknown kind ${kind}`,
  "opset-version": ({ version }: { version: string }) => `version ${version} of an operator set`,
  "format-version": ({ version }: { version: string }) => `version ${version} of the format`,
  "tensor-dimensions": () => "a tensor of too many dimensions",
  "sparse-dimensions": () => "a sparse tensor of too many dimensions",
  "tensor-entries": () => "a tensor with too many entries",
  "dimension-size": ({ size }: { size: string }) => `a dimension of the size ${size}`,
  "shape-dimensions": ({ most }: { most: number }) => `a shape of more than ${most} dimensions`,
} satisfies FactTable<string>;

const countedParts = {
  opsets: "operator sets",
  functions: "functions",
  values: "inputs or outputs",
  operators: "different operators",
} as const;
export type CountedPart = keyof typeof countedParts;
