import { readFileSync, writeFileSync } from "node:fs";
import { InferenceSession, type Tensor } from "onnxruntime-node";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import {
  type ModelMetadata,
  type ModelSignature,
  type OutputInfo,
  type TensorInfo,
  tensorTypeSchema,
} from "../../contract/signature.ts";
import { renameSync } from "../../files/patient.ts";
import { areItemsDependent } from "./independent-items.ts";
import { zeros } from "./made-up-tensors.ts";
import { readMetadata } from "./model-metadata.ts";
import { runtimeRefuses } from "./runtime-refusal.ts";
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

/** A model that ONNX Runtime holds open, until `release`. */
export type OpenedModel = {
  readonly signature: ModelSignature;
  /** Whether items that share a run change each other's results; may take long, and kill the process. */
  readonly areItemsDependent: () => Promise<boolean>;
  readonly release: () => Promise<void>;
};

/**
 * Detaches ZipMap (which rewrites `file`), opens the model with ONNX Runtime and says what it takes and gives.
 * Loads native code and may be killed by a hostile model: call it in the model process alone.
 * Problems: model/unreadable, model/unsupported.
 */
export async function openModel(file: string): Promise<Result<OpenedModel>> {
  const read = readFile(file);
  if (!read.ok) return read;
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
  const signature = await signatureOf(session, read.value);
  if (!signature.ok) {
    await session.release();
    return signature;
  }
  const { inputs, fixedBatch } = signature.value;
  return success({
    signature: signature.value,
    areItemsDependent: () => areItemsDependentAtAnySize(session, inputs, fixedBatch),
    release: () => session.release(),
  });
}

async function signatureOf(session: InferenceSession, { labels, metadata }: ReadFile): Promise<Result<ModelSignature>> {
  const inputs = tensorInfos(session.inputMetadata, "input");
  if (!inputs.ok) return inputs;
  const outputs = tensorInfos(session.outputMetadata, "output");
  if (!outputs.ok) return outputs;
  if (inputs.value.length === 0) return failure("model/unsupported:no-input");

  // Where inputs fix different numbers, those of constants are no rows: that shows with scorer.yml.
  const fixedBatch = inputs.value.map(({ shape }) => shape[0]).find((size) => typeof size === "number") ?? null;
  const known = outputs.value.every((output) => isKnown(output.shape, fixedBatch));
  const shapes = known ? null : await foundShapes(session, inputs.value, fixedBatch);
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
    ...(metadata === undefined ? {} : { metadata }),
  });
}

async function areItemsDependentAtAnySize(
  session: InferenceSession,
  inputs: readonly TensorInfo[],
  fixedBatch: number | null,
): Promise<boolean> {
  for (const size of dynamicSizes(inputs)) {
    const isDependent = await areItemsDependent(session, inputs, fixedBatch, size);
    if (isDependent !== null) return isDependent;
  }
  return false;
}

/** What only the bytes of a model tell: the labels of each ZipMap's output, and what its metadata says. */
type ReadFile = {
  readonly labels: ReadonlyMap<string, readonly string[]>;
  readonly metadata: ModelMetadata | undefined;
};

function readFile(file: string): Result<ReadFile> {
  const scan = scanOnnxFile(file);
  if (!scan.ok) return scan;
  const [finding] = scan.value.findings;
  if (finding !== undefined) return { ok: false, problem: findingProblem(finding) };
  const metadata = readMetadata(scan.value.metadata);
  if (!scan.value.operators.some(({ domain, name }) => domain === "ai.onnx.ml" && name === "ZipMap")) {
    return success({ labels: new Map(), metadata });
  }
  const detached = detachZipMaps(readFileSync(file));
  if (detached.bytes !== null) {
    const part = `${file}.part`;
    writeFileSync(part, detached.bytes, { flag: "wx", mode: ownerOnly.file });
    renameSync(part, file);
  }
  return success({ labels: detached.labels, metadata });
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

/** Rows of the two trials. They differ, so that a size which follows the rows is not taken for one that the model fixes. */
const trialRows = [2, 3] as const;

/** The shapes that trials find. An output that does not begin with the rows has the shape that one row gives. */
async function foundShapes(
  session: InferenceSession,
  inputs: readonly TensorInfo[],
  fixedBatch: number | null,
): Promise<ReadonlyMap<string, Shape> | null> {
  if (fixedBatch !== null) return shapesByDryRuns(session, inputs, [fixedBatch, fixedBatch]);
  const shapes = await shapesByDryRuns(session, inputs, trialRows);
  const beginsWithRows = ([first]: Shape) => first === null;
  if (shapes === null || [...shapes.values()].every(beginsWithRows)) return shapes;
  const ofOneRow = await shapesByDryRuns(session, inputs, [1, 1]);
  return new Map(
    [...shapes].map(([name, shape]) => [name, beginsWithRows(shape) ? shape : (ofOneRow?.get(name) ?? shape)]),
  );
}

/**
 * Runs the model on zeros (or empty texts) twice, with so many rows and with dynamic dimensions of two sizes, and keeps what both
 * runs agree on. Null when the model cannot run on such input; then its declared shapes are all that is known.
 */
async function shapesByDryRuns(
  session: InferenceSession,
  inputs: readonly TensorInfo[],
  rows: readonly [number, number],
): Promise<ReadonlyMap<string, Shape> | null> {
  const runs: ReadonlyMap<string, Shape>[] = [];
  for (const size of dynamicSizes(inputs, rows)) {
    const shapes = await dryRun(session, inputs, rows[runs.length] ?? 1, size);
    if (shapes !== null) runs.push(shapes);
    if (runs.length === rows.length) break;
  }
  const [first, second = first] = runs;
  if (first === undefined || second === undefined) return null;
  // A single run that worked shows which sizes are those of its rows, and no more.
  const otherRows = second === first ? rows[0] : rows[1];
  const follows = (size: number | null, other: number | null | undefined): boolean =>
    rows[0] !== rows[1] && size === rows[0] && other === otherRows;
  const merged = [...first].map(([name, shape]): [string, Shape] => {
    const other = second.get(name) ?? [];
    return [
      name,
      shape.map((size, axis) => (size !== other[axis] || (axis === 0 && follows(size, other[axis])) ? null : size)),
    ];
  });
  return new Map(merged);
}

function dynamicSizes(inputs: readonly TensorInfo[], [one, other]: readonly number[] = [1, 1]): readonly number[] {
  if (inputs.some(({ shape }) => shape.slice(1).includes(null))) return dryRunSizes;
  return one === other ? [1] : [1, 1];
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
    if (shape.reduce((product, size) => product * size, 1) > maxDryRunValues) return null;
    feeds[input.name] = zeros(input.type, shape);
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
