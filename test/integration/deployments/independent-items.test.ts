import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nodeProcessHost } from "../../../electron/compute/node-process-host.ts";
import { startModelReader } from "../../../electron/deployments/models/open-model.ts";
import {
  denseModel,
  float16Model,
  int64Model,
  stringModel,
  writeModel,
  zipMapModel,
} from "../../helpers/models/model-fixtures.ts";
import { fixedBatchImageModel, imageModel } from "../../helpers/models/image-models.ts";
import {
  type ElementType,
  encodeModel,
  floatTensor,
  int64Tensor,
  type OnnxDimension,
  type OnnxNode,
  type OnnxTensor,
} from "../../helpers/models/onnx-builder.ts";

const programs = path.join(import.meta.dirname, "../../../dist");
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "batchdeck-items-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function isDependent(bytes: Uint8Array): Promise<boolean> {
  const reader = startModelReader(nodeProcessHost(programs));
  const file = writeModel(folder, bytes);
  const scanned = await reader.scan(file);
  const opened = scanned.ok ? await reader.open(file) : scanned;
  reader.end();
  if (!opened.ok) throw new Error(opened.problem.code);
  return opened.value.dependentItems === true;
}

/** One input `x` of that type and shape, one output `y` of the same shape. */
function modelOf(
  nodes: readonly OnnxNode[],
  shape: readonly OnnxDimension[],
  initializers: readonly OnnxTensor[] = [],
  type: ElementType = "float",
): Uint8Array {
  const graph = { nodes, initializers, inputs: [{ name: "x", type, shape }], outputs: [{ name: "y", type, shape }] };
  return encodeModel({ graph });
}

const firstAxis: OnnxTensor = { name: "axis", ...int64Tensor([1], [0n]) };
const meanOfRun = { keepdims: { int: 1 }, axes: { ints: [0] } };
const minusMean: readonly OnnxNode[] = [
  { op: "ReduceMean", inputs: ["x"], outputs: ["mean"], attributes: meanOfRun },
  { op: "Sub", inputs: ["x", "mean"], outputs: ["y"] },
];

describe("a model whose items depend on each other", () => {
  test("is one that takes the mean of its run from each row", async () => {
    expect(await isDependent(modelOf(minusMean, ["N", 3]))).toBe(true);
  });

  test("is one that carries something from row to row, as along a time axis", async () => {
    const nodes: readonly OnnxNode[] = [
      { op: "ReduceSum", inputs: ["x", "axis"], outputs: ["sum"], attributes: { keepdims: { int: 1 } } },
      { op: "Add", inputs: ["x", "sum"], outputs: ["y"] },
    ];
    expect(await isDependent(modelOf(nodes, ["T", 4], [firstAxis]))).toBe(true);
  });

  test("is found in half precision, in whole numbers, with open dimensions and with a fixed number of rows", async () => {
    expect(await isDependent(modelOf(minusMean, ["N", 3], [], "float16"))).toBe(true);
    const largest: readonly OnnxNode[] = [
      { op: "ReduceMax", inputs: ["x"], outputs: ["max"], attributes: meanOfRun },
      { op: "Sub", inputs: ["x", "max"], outputs: ["y"] },
    ];
    expect(await isDependent(modelOf(largest, ["N", 16], [], "int64"))).toBe(true);
    expect(await isDependent(modelOf(minusMean, ["N", "W"]))).toBe(true);
    expect(await isDependent(modelOf(minusMean, [5, 3]))).toBe(true);
  });
});

describe("a model whose items do not", () => {
  test.each([
    ["of a table", denseModel()],
    ["with ZipMap", zipMapModel()],
    ["of pictures", imageModel()],
    ["of one picture a run", fixedBatchImageModel()],
    ["of half precision", float16Model()],
    ["of whole numbers", int64Model()],
    ["of texts", stringModel()],
  ])("is one %s", async (_, bytes) => {
    expect(await isDependent(bytes)).toBe(false);
  });

  test("is one that adds in another order for two rows than for one", async () => {
    const width = 512;
    const weights = Float32Array.from({ length: width * width }, (_, index) => Math.sin(index * 12.9898) * 100);
    const nodes: readonly OnnxNode[] = [
      { op: "MatMul", inputs: ["x", "w"], outputs: ["h"] },
      { op: "MatMul", inputs: ["h", "w"], outputs: ["y"] },
    ];
    expect(
      await isDependent(modelOf(nodes, ["N", width], [{ name: "w", ...floatTensor([width, width], weights) }])),
    ).toBe(false);
  });

  test("is one that answers otherwise each time, whatever shares the run", async () => {
    const nodes: readonly OnnxNode[] = [
      { op: "RandomUniformLike", inputs: ["x"], outputs: ["noise"] },
      { op: "Add", inputs: ["x", "noise"], outputs: ["y"] },
    ];
    expect(await isDependent(modelOf(nodes, ["N", 3]))).toBe(false);
  });
});

test("a model that dies of made-up items is opened all the same", async () => {
  // The least int64 divided by -1, for which an x64 processor sends SIGFPE: where an item holds a 1.
  const nodes: readonly OnnxNode[] = [
    { op: "Equal", inputs: ["x", "one"], outputs: ["is_one"] },
    { op: "Where", inputs: ["is_one", "least", "zero"], outputs: ["dividend"] },
    { op: "Where", inputs: ["is_one", "minus_one", "one"], outputs: ["divisor"] },
    { op: "Div", inputs: ["dividend", "divisor"], outputs: ["y"] },
  ];
  const constant = (name: string, value: bigint): OnnxTensor => ({ name, ...int64Tensor([1], [value]) });
  const constants = [
    constant("one", 1n),
    constant("zero", 0n),
    constant("minus_one", -1n),
    constant("least", -(2n ** 63n)),
  ];
  expect(await isDependent(modelOf(nodes, ["N", 64], constants, "int64"))).toBe(false);
});
