import * as z from "zod";
import { findingKinds } from "../words/english/parts/finding-words.ts";

/** What a scan can find wrong with a model. */
const findingCodes = [
  /** Not a protobuf message of the form that onnx.proto describes. */
  "malformed",
  /** Data in a place that is not, or might not be, a file in the model's own folder. */
  "outside-folder",
  /** Data in a file that is not there. */
  "missing-data",
  /** Data of another size or form than the model says it has. */
  "wrong-size",
  /** More memory, parts or nesting than can be meant. */
  "too-large",
  /** An operator that is not part of ONNX Runtime, or that opens files. */
  "unknown-operator",
  /** A function that replaces a standard operator, calls itself, or is there twice. */
  "bad-function",
  /** Settings that a model has no business with. */
  "settings",
] as const;

export const findingSchema = z.strictObject({
  code: z.enum(findingCodes),
  /** What was found exactly: the key of its words in each language. */
  kind: z.enum(findingKinds),
  /** As for a problem; its words name the shape. */
  params: z.record(z.string(), z.json()),
  /** Where in the model, such as `graph / node 3 / attribute 1`; empty when it is about the whole. */
  where: z.string(),
});
/** One reason to refuse a model. */
export type Finding = Readonly<z.infer<typeof findingSchema>>;

const describedValueSchema = z.strictObject({
  name: z.string(),
  /** Element type of a tensor, else `sequence`, `map`, `optional`, `sparse tensor`, `opaque` or `unknown`. */
  type: z.string(),
  /** As declared: a number, the name of a dynamic dimension, or null; the whole is null when no shape is given. */
  shape: z.array(z.union([z.number(), z.string(), z.null()])).nullable(),
});

/** What our own reading of a model's protobuf found, before any library has opened it. Texts are as in the file. */
export const modelFactsSchema = z.strictObject({
  sizeBytes: z.number(),
  /** Of the .onnx file alone, hexadecimal. */
  sha256: z.string(),
  irVersion: z.number().nullable(),
  producer: z.string(),
  producerVersion: z.string(),
  opsets: z.array(z.strictObject({ domain: z.string(), version: z.number() })),
  /** The standard domain is empty. */
  operators: z.array(z.strictObject({ domain: z.string(), name: z.string(), count: z.number() })),
  functions: z.number(),
  tensors: z.number(),
  /** Elements of all tensors. */
  parameters: z.number(),
  /** What all tensors take in memory; sparse ones as they are once they are filled up. */
  tensorBytes: z.number(),
  /** The part of it that no data in a file stands for. */
  unbackedBytes: z.number(),
  inputs: z.array(describedValueSchema),
  outputs: z.array(describedValueSchema),
  /** What is used of the model's metadata (deployments/onnx/model-metadata.ts), by key. */
  metadata: z.record(z.string(), z.string()),
  externalFiles: z.array(
    z.strictObject({
      location: z.string(),
      tensors: z.number(),
      /** Where the last of its tensors ends. */
      endBytes: z.number(),
      /** The sum over its tensors, which may overlap. */
      tensorBytes: z.number(),
    }),
  ),
  /** Empty: nothing is wrong as far as the file alone can tell. */
  findings: z.array(findingSchema),
});
export type ModelFacts = Readonly<z.infer<typeof modelFactsSchema>>;

/** A model's facts and its data files: what `model scan` shows and what creation goes by. Safe when nothing was found. */
export type ModelReport = {
  readonly onnxFile: string;
  readonly facts: ModelFacts;
  readonly dataFiles: readonly { readonly name: string; readonly sizeBytes: number }[];
  /** What a process needs to hold it once, about. */
  readonly memoryBytes: number;
  readonly findings: readonly Finding[];
};
