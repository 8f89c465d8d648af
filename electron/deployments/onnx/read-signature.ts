import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import {
  type ModelSignature,
  type OutputInfo,
  type TensorInfo,
  type TensorType,
  tensorTypeSchema,
} from "../../contract/signature.ts";
import { renameSync } from "../../files/patient.ts";
import { scanOnnxFile } from "./onnx-scan.ts";
import { findingProblem } from "./scan-findings.ts";
import { detachZipMaps } from "./zip-map.ts";

type Shape = readonly (number | null)[];

/**
 * Values of dynamic dimensions to try a model with until two have worked. What differs between those two depends on the
 * input's size; the first ones are far apart because models round sizes up to multiples of 32.
 */
const dryRunSizes = [32, 256, 64, 224, 1, 2] as const;
const maxDryRunValues = 4_000_000;

/**
 * Detaches ZipMap (which rewrites `file`), opens the model with ONNX Runtime and says what it takes and gives.
 * Loads native code and may be killed by a hostile model: call it in the model process alone.
 * Problems: model/unreadable, model/unsupported.
 */
export async function readSignature(file: string): Promise<Result<ModelSignature>> {
  const labels = detachInFile(file);
  if (!labels.ok) return labels;
  let session: InferenceSession;
  try {
    session = await InferenceSession.create(file, {
      executionProviders: ["cpu"],
      intraOpNumThreads: 1,
      logSeverityLevel: 4,
    });
  } catch (error) {
    return runtimeRefuses(error, file);
  }
  try {
    return await signatureOf(session, labels.value);
  } finally {
    await session.release();
  }
}

async function signatureOf(
  session: InferenceSession,
  labels: ReadonlyMap<string, readonly string[]>,
): Promise<Result<ModelSignature>> {
  const inputs = tensorInfos(session.inputMetadata, "input");
  if (!inputs.ok) return inputs;
  const outputs = tensorInfos(session.outputMetadata, "output");
  if (!outputs.ok) return outputs;
  if (inputs.value.length === 0) return failure("model/unsupported:no-input");

  const batches = new Set(inputs.value.map(({ shape }) => shape[0]).filter((size) => typeof size === "number"));
  if (batches.size > 1) {
    return failure("model/unsupported:fixed-rows", { rows: [...batches] });
  }
  const fixedBatch = [...batches][0] ?? null;
  const known = outputs.value.every((output) => isKnown(output.shape, fixedBatch));
  const shapes = known ? null : await shapesByDryRuns(session, inputs.value, fixedBatch);
  return success({
    inputs: [...inputs.value],
    outputs: outputs.value.map(
      (output): OutputInfo => ({
        ...output,
        shape: [...(shapes?.get(output.name) ?? output.shape)],
        labels: [...(labels.get(output.name) ?? [])].length === 0 ? null : [...(labels.get(output.name) ?? [])],
      }),
    ),
    fixedBatch,
  });
}

function detachInFile(file: string): Result<ReadonlyMap<string, readonly string[]>> {
  const scan = scanOnnxFile(file);
  if (!scan.ok) return scan;
  const [finding] = scan.value.findings;
  if (finding !== undefined) return { ok: false, problem: findingProblem(finding) };
  if (!scan.value.operators.some(({ domain, name }) => domain === "ai.onnx.ml" && name === "ZipMap")) {
    return success(new Map());
  }
  const detached = detachZipMaps(readFileSync(file));
  if (detached.bytes !== null) {
    const part = `${file}.part`;
    writeFileSync(part, detached.bytes, { flag: "wx", mode: ownerOnly.file });
    renameSync(part, file);
  }
  return success(detached.labels);
}

function tensorInfos(
  metadata: readonly InferenceSession.ValueMetadata[],
  side: "input" | "output",
): Result<readonly TensorInfo[]> {
  const infos: TensorInfo[] = [];
  for (const value of metadata) {
    if (!value.isTensor) {
      return failure("model/unsupported:not-a-tensor", { side, name: value.name });
    }
    const type = tensorTypeSchema.safeParse(value.type);
    if (!type.success) {
      return failure("model/unsupported:tensor-type", { side, name: value.name, type: value.type });
    }
    const shape = value.shape.map((size) => (typeof size === "number" && size > 0 ? size : null));
    infos.push({ name: value.name, type: type.data, shape });
  }
  return success(infos);
}

/** Nothing to find out: a rank, every width, and as many rows as went in. */
function isKnown(shape: Shape, fixedBatch: number | null): boolean {
  return shape.length > 0 && shape[0] === fixedBatch && shape.slice(1).every((size) => size !== null);
}

/**
 * Runs the model on zeros (or empty texts) with dynamic dimensions of two sizes, and keeps what both runs agree on. Null
 * when the model cannot run on such input; then its declared shapes are all that is known.
 */
async function shapesByDryRuns(
  session: InferenceSession,
  inputs: readonly TensorInfo[],
  fixedBatch: number | null,
): Promise<ReadonlyMap<string, Shape> | null> {
  const rows = fixedBatch ?? 2;
  const isDynamic = inputs.some(({ shape }) => shape.slice(1).includes(null));
  const runs: ReadonlyMap<string, Shape>[] = [];
  for (const size of isDynamic ? dryRunSizes : [1]) {
    const shapes = await dryRun(session, inputs, rows, size);
    if (shapes !== null) runs.push(shapes);
    if (runs.length === 2) break;
  }
  const [first, second = first] = runs;
  if (first === undefined || second === undefined) return null;
  const merged = [...first].map(([name, shape]): [string, Shape] => {
    const other = second.get(name) ?? [];
    return [
      name,
      shape.map((size, axis) => (axis === 0 && size === rows ? fixedBatch : size === other[axis] ? size : null)),
    ];
  });
  return new Map(merged);
}

async function dryRun(
  session: InferenceSession,
  inputs: readonly TensorInfo[],
  rows: number,
  dynamicSize: number,
): Promise<ReadonlyMap<string, Shape> | null> {
  const feeds: Record<string, Tensor> = {};
  for (const input of inputs) {
    const shape = input.shape.map((size, axis) => size ?? (axis === 0 ? rows : dynamicSize));
    const count = shape.reduce((product, size) => product * size, 1);
    if (count > maxDryRunValues) return null;
    feeds[input.name] = zeros(input.type, count, shape);
  }
  try {
    const results = await session.run(feeds);
    return new Map(
      Object.entries(results).map(([name, tensor]) => [name, tensor.dims.map((size) => (size > 0 ? size : null))]),
    );
  } catch {
    // Zeros need not be a value that the model can take; what it declares is then all we know.
    return null;
  }
}

function zeros(type: TensorType, count: number, shape: readonly number[]): Tensor {
  switch (type) {
    case "string":
      return new Tensor("string", new Array<string>(count).fill(""), shape);
    case "bool":
      return new Tensor("bool", new Uint8Array(count), shape);
    case "float16":
      return halfZeros(count, shape);
    case "float32":
      return new Tensor("float32", new Float32Array(count), shape);
    case "float64":
      return new Tensor("float64", new Float64Array(count), shape);
    case "int8":
      return new Tensor("int8", new Int8Array(count), shape);
    case "uint8":
      return new Tensor("uint8", new Uint8Array(count), shape);
    case "int16":
      return new Tensor("int16", new Int16Array(count), shape);
    case "uint16":
      return new Tensor("uint16", new Uint16Array(count), shape);
    case "int32":
      return new Tensor("int32", new Int32Array(count), shape);
    case "uint32":
      return new Tensor("uint32", new Uint32Array(count), shape);
    case "int64":
      return new Tensor("int64", new BigInt64Array(count), shape);
    case "uint64":
      return new Tensor("uint64", new BigUint64Array(count), shape);
  }
}

/** The heart of ONNX Runtime's message: one clause, without its source files, status codes and our folders. */
function runtimeRefuses(error: unknown, file: string): Result<never> {
  const text = (error instanceof Error ? error.message : String(error)).replaceAll(file, path.basename(file));
  const newerOpset = /Opset (\d+) is under development/.exec(text)?.[1];
  if (newerOpset !== undefined) return failure("model/unreadable:newer-opset", { opset: newerOpset });
  const clause = (text.split("\n")[0] ?? "")
    .replace(/^Load model from .*? failed: ?/i, "")
    .replace(/^\/\S+:\d+ .*?\) ?/, "")
    .replace(/^.*, Error /, "")
    .replace(/^(This is an invalid model|Invalid model)\. /, "")
    .replace(/[\s.]+$/, "");
  const reason = clause.length > 300 ? `${clause.slice(0, 300)}…` : clause;
  return failure("model/unreadable:runtime", { reason: reason === "" ? null : reason });
}

/**
 * ONNX Runtime's JavaScript side makes a Float16Array of half-precision values where the runtime has that type, and its
 * native side cannot read one: the bits are put back in its place.
 */
function halfZeros(count: number, shape: readonly number[]): Tensor {
  const bits = new Uint16Array(count);
  return Object.defineProperty(new Tensor("float16", bits, shape), "data", { value: bits });
}
