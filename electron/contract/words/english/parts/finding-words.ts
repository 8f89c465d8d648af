import {
  factWords,
  type FactOf,
  type FactParams,
  type FactTable,
  type NestedProblem,
  type Speaker,
  type WrittenWords,
} from "../../speaker.ts";
import { wireFaults } from "./wire-words.ts";

export type WireFault = FactOf<typeof wireFaults>;

/** What is wrong with a tensor, as what follows its name. */
export const tensorFaults = {
  "unknown-type": ({ type }: { type: string }) => `has the unknown element type ${type}`,
  segment: () => "is only a segment of a tensor, which ONNX Runtime does not put together",
  "too-many-dimensions": ({ most }: { most: number }) => `has more than ${most} dimensions`,
  "negative-dimension": ({ size }: { size: string }) => `has a dimension of the size ${size}`,
  "too-many-elements": () => "has a shape of more elements than any computer can hold",
  "file-not-said": () => "names a data file, but does not say that its data is there",
  "data-in-both": () => "has data in the model and in a file as well",
  "texts-in-file": () => "has texts in a data file, where only numbers can be",
  "data-twice": () => "has its data twice",
  "raw-texts": () => "has texts written as raw bytes",
  "raw-bytes": ({ needed, found }: { needed: number; found: number }) =>
    `needs ${needed} bytes for its shape and has ${found}`,
  "foreign-data": ({ type }: { type: string }) => `is of type ${type} and has data of another type`,
  numbers: ({ needed, found }: { needed: number; found: number }) =>
    `needs ${needed} numbers for its shape and has ${found}`,
  prepacked: () => "has prepared copies of its data, which cannot be checked",
  "unknown-entry": ({ key }: { key: string }) => `says "${key}" of its data file, which means nothing to ONNX`,
  "entry-twice": ({ key }: { key: string }) => `says the ${key} of its data twice`,
  "no-location": () => "says that its data is in a file and not in which",
  "no-bytes": ({ key, text }: { key: "offset" | "length"; text: string }) =>
    `has the ${key} "${text}", which is no number of bytes`,
  "file-bytes": ({ needed, found }: { needed: number; found: number }) =>
    `needs ${needed} bytes for its shape and says that its data has ${found}`,
  "no-parts": () => "lacks its values or their places",
  "too-many-values": () => "has more values than its shape has places",
  "odd-places": () => "has places that are not whole numbers",
  "uneven-places": () => "has not one place for each value",
  "too-many-places": () => "has more places than can be checked",
  "place-outside": () => "has a value in a place outside its shape",
} satisfies FactTable<string>;

export type TensorFault = FactOf<typeof tensorFaults>;

const exportStandard = "Export the model with standard operators.";
const exportInlined = "Export the model without functions.";

/**
 * The English words of what a scan finds wrong with a model: one sentence, and the next step. Texts of the model are cut and
 * cleaned before they become parameters.
 */
export const englishFindings = {
  "malformed:no-graph": () => ["The model is not an ONNX file: it holds no graph.", "Export it again."],
  "malformed:file": ({ fault }: { fault: WireFault }, speaker: Speaker) => [
    `The model is not a readable ONNX file: ${factWords<string>(wireFaults, fault, speaker)}.`,
    "It may be damaged or cut short; export or copy it again.",
  ],
  "malformed:two-opsets": ({ domain }: { domain: string }) => [
    `The model asks for two versions of the operator set "${domain}".`,
    "Export the model again.",
  ],
  settings: ({ key }: { key: string }) => [
    `The model carries settings for ONNX Runtime ("${key}"), which are not a model's to make.`,
    "Export the model without them.",
  ],
  "unknown-operator": ({ operator, domain }: { operator: string; domain: string }) => [
    `The model uses the operator "${operator}" of "${domain}", which is not part of ONNX Runtime.`,
    "Export the model with standard operators, or run it in a scoring script that loads them.",
  ],
  "bad-function:replaces": ({ operator, domain }: { operator: string; domain: string }) => [
    `The model replaces the operator "${operator}" of "${domain}" by its own.`,
    exportStandard,
  ],
  "bad-function:twice": ({ operator, domain }: { operator: string; domain: string }) => [
    `The model has two functions "${operator}" of "${domain}".`,
    "Export the model again.",
  ],
  "bad-function:calls-itself": () => ["A function of the model calls itself.", exportInlined],
  "bad-function:calls-deep": ({ depth }: { depth: number }) => [
    `A function of the model calls others more than ${depth} deep.`,
    exportInlined,
  ],
  "too-large:functions": ({ operators }: { operators: number }) => [
    `The model's functions stand for more than ${operators} operators once they are written out.`,
    exportInlined,
  ],
  "too-large:generated": ({ operator, elements }: { operator: string; elements: number }) => [
    `The model's operator "${operator}" makes a tensor of more than ${elements} elements out of nothing.`,
    "Export the model with smaller constants.",
  ],
  "too-large:file": ({ bytes }: { bytes: number }) => [
    `The model's .onnx file has ${bytes} bytes, and an ONNX file cannot be larger than 2 GiB.`,
    "Export the model with its data in a file beside it.",
  ],
  "too-large:memory": ({ needed, memory, repeated }: { needed: number; memory: number; repeated: number }) => [
    `The model would take ${gibibytes(needed)} GiB of memory; this computer has ${gibibytes(memory)} GiB, ` +
      `and at most ${gibibytes(repeated)} GiB may be made of repeated or sparse data.`,
    "Use a smaller model, or a computer with more memory.",
  ],
  /** `tensor` null: it has no name. */
  "wrong-size:tensor": ({ tensor, fault }: { tensor: string | null; fault: TensorFault }, speaker: Speaker) => [
    `In the model, ${tensor === null ? "a tensor" : `the tensor "${tensor}"`} ${factWords<string>(tensorFaults, fault, speaker)}.`,
    "Export the model again; its data does not fit what it says about it.",
  ],
  "wrong-size:sparse": ({ fault }: { fault: TensorFault }, speaker: Speaker) => [
    `A sparse tensor of the model ${factWords<string>(tensorFaults, fault, speaker)}.`,
    "Export the model without it.",
  ],
  "wrong-size:data-file": ({ file, needed, found }: { file: string; needed: number; found: number }) => [
    `The model needs ${needed} bytes of its data file "${file}", which has ${found}.`,
    "Copy the data file again; it may be cut short.",
  ],
  "outside-folder:capitals": ({ file, other }: { file: string; other: string }) => [
    `The model's data files "${file}" and "${other}" differ in capitals alone, which not every disk tells apart.`,
    "Give them different names.",
  ],
  "outside-folder:file": causeWords,
  "missing-data:file": causeWords,
} satisfies FactTable<WrittenWords>;

export type FindingKind = keyof typeof englishFindings;

export type FindingParams<Kind extends FindingKind> = FactParams<typeof englishFindings, Kind>;

export const findingKinds = Object.keys(englishFindings) as [FindingKind, ...FindingKind[]];

/** A finding as words need it. */
export type FindingFact = { readonly kind: string; readonly params: object };

export function findingWords(finding: FindingFact, speaker: Speaker): WrittenWords {
  return factWords<WrittenWords>(englishFindings, finding, speaker);
}

/** A data file that cannot be used is told as what cannot be used anywhere else. */
function causeWords({ cause }: { cause: NestedProblem }, speaker: Speaker): WrittenWords {
  const { message, remedy } = speaker.problem(cause);
  return [message, remedy];
}

function gibibytes(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(1);
}
