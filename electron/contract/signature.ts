import * as z from "zod";

/** Element types of tensors that the scorer reads and writes, by ONNX Runtime's names. */
export const tensorTypeSchema = z.enum([
  "float16",
  "float32",
  "float64",
  "int8",
  "uint8",
  "int16",
  "uint16",
  "int32",
  "uint32",
  "int64",
  "uint64",
  "bool",
  "string",
]);
export type TensorType = z.infer<typeof tensorTypeSchema>;

/** One input or output of a model. `shape` holds `null` where a dimension is dynamic; the first is the batch. */
export const tensorInfoSchema = z.strictObject({
  name: z.string(),
  type: tensorTypeSchema,
  shape: z.array(z.number().int().positive().nullable()),
});
export type TensorInfo = Readonly<z.infer<typeof tensorInfoSchema>>;

/** An output also knows its class labels when the model carried them (scikit-learn's ZipMap). */
export const outputInfoSchema = tensorInfoSchema.extend({ labels: z.array(z.string()).nullable() });
export type OutputInfo = Readonly<z.infer<typeof outputInfoSchema>>;

/**
 * What a model's own metadata says of the pictures that it takes, by ONNX's MetadataProps.md, and of its classes, as the
 * exporters of detectors and classifiers write them; what it does not say is left out.
 */
export const modelMetadataSchema = z.strictObject({
  pixelFormat: z.enum(["Gray8", "Rgb8", "Bgr8"]).optional(),
  gamma: z.enum(["Linear", "SRGB"]).optional(),
  pixelRange: z.enum(["NominalRange_0_255", "Normalized_0_1", "Normalized_1_1", "NominalRange_16_235"]).optional(),
  /** By number of the class. */
  classNames: z.array(z.string()).nonempty().optional(),
});
export type ModelMetadata = Readonly<z.infer<typeof modelMetadataSchema>>;

/** What a model takes and gives, as ONNX Runtime reported it when the model was opened once. */
export const modelSignatureSchema = z.strictObject({
  inputs: z.array(tensorInfoSchema),
  outputs: z.array(outputInfoSchema),
  /** Rows a run must have when the model fixes its batch dimension, else null. */
  fixedBatch: z.number().int().positive().nullable(),
  /** Left out: it says nothing that is used. */
  metadata: modelMetadataSchema.optional(),
  /** Items that were run together came out otherwise than alone: they must not share a run. Left out: they may. */
  dependentItems: z.literal(true).optional(),
});
export type ModelSignature = Readonly<z.infer<typeof modelSignatureSchema>>;
