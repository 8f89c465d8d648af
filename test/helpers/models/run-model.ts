import { InferenceSession, Tensor } from "onnxruntime-node";

/** One output of a direct ONNX Runtime call: its shape, and its elements row by row (numbers, bigints or texts). */
export type ModelOutput = { readonly dims: readonly number[]; readonly values: readonly (number | bigint | string)[] };

/**
 * Scores with ONNX Runtime and nothing of ours in between: the truth that predictions are compared with. `model` is the
 * file's path or its bytes; only `outputs` are fetched, all when left out. Errors of ONNX Runtime are thrown.
 */
export async function runModel(
  model: string | Uint8Array,
  feeds: Readonly<Record<string, Tensor>>,
  outputs?: readonly string[],
): Promise<Readonly<Record<string, ModelOutput>>> {
  const options = { intraOpNumThreads: 1, logSeverityLevel: 4 } as const;
  const session = await (typeof model === "string"
    ? InferenceSession.create(model, options)
    : InferenceSession.create(model, options));
  const results = await session.run(feeds, outputs ?? session.outputNames);
  return Object.fromEntries(
    Object.entries(results).map(([name, tensor]) => [name, { dims: tensor.dims, values: tensorValues(tensor) }]),
  );
}

/** A float32 tensor of rows that are equally long. */
export function floatMatrix(rows: readonly (readonly number[])[]): Tensor {
  return new Tensor("float32", Float32Array.from(rows.flat()), [rows.length, rows[0]?.length ?? 0]);
}

export function tensorValues(tensor: Tensor): readonly (number | bigint | string)[] {
  return Array.from<number | bigint | string>(tensor.data as ArrayLike<number | bigint | string>);
}
