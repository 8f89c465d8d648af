import * as z from "zod";
import type { ModelSignature } from "../signature.ts";

/** Azure ML's words for what a model is. */
export const modelTypeSchema = z.enum(["custom_model", "mlflow_model", "triton_model"]);
export type ModelType = z.infer<typeof modelTypeSchema>;

/** A version of a model as scripts see it (`model show --json`). */
export type ModelView = {
  readonly name: string;
  readonly version: string;
  readonly type: ModelType;
  /** SHA-256 over the files as they were given, in hexadecimal. */
  readonly hash: string;
  /** Empty for a model that is plain files. */
  readonly onnx_file: string;
  readonly inputs: ModelSignature["inputs"];
  readonly outputs: ModelSignature["outputs"];
  readonly fixed_batch: ModelSignature["fixedBatch"];
  readonly created_at: string;
};
