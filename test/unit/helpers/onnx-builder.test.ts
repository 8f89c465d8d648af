import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession, type Tensor } from "onnxruntime-node";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeModel } from "../../helpers/models/model-fixtures.ts";
import type { OnnxModel, OnnxTensor } from "../../helpers/models/onnx-builder.ts";
import { encodeModel, float16Bits, floatTensor, int64Tensor, rawBytes } from "../../helpers/models/onnx-builder.ts";
import { floatMatrix, type ModelOutput, runModel } from "../../helpers/models/run-model.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "batchdeck-onnx-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** `sum` = `x` [N, 2] + `offset`. */
function additionModel(offset: OnnxTensor): OnnxModel {
  return {
    graph: {
      nodes: [{ op: "Add", inputs: ["x", "offset"], outputs: ["sum"] }],
      initializers: [{ ...offset, name: "offset" }],
      inputs: [{ name: "x", type: "float", shape: ["N", 2] }],
      outputs: [{ name: "sum", type: "float", shape: ["N", 2] }],
    },
  };
}

async function values(
  model: Uint8Array | string,
  feeds: Record<string, Tensor>,
): Promise<Record<string, ModelOutput["values"]>> {
  const results = await runModel(model, feeds);
  return Object.fromEntries(Object.entries(results).map(([name, output]) => [name, output.values]));
}

const twoRows = floatMatrix([
  [1, 2],
  [3, 4],
]);

test("the same model gives the same bytes, and another one does not", () => {
  const bytes = encodeModel(additionModel(floatTensor([2], [10, 20])));
  expect(encodeModel(additionModel(floatTensor([2], [10, 20])))).toEqual(bytes);
  expect(encodeModel(additionModel(floatTensor([2], [10, 21])))).not.toEqual(bytes);
});

test("ONNX Runtime reads names, types, dynamic dimensions and constants as they were given", async () => {
  const bytes = encodeModel(additionModel(floatTensor([2], [10, 20])));
  const session = await InferenceSession.create(bytes);
  expect(session.inputMetadata).toEqual([{ name: "x", isTensor: true, type: "float32", shape: ["N", 2] }]);
  expect(session.outputMetadata).toEqual([{ name: "sum", isTensor: true, type: "float32", shape: ["N", 2] }]);
  expect(await values(bytes, { x: twoRows })).toEqual({ sum: [11, 22, 13, 24] });
});

test("attributes of every kind reach the operators", async () => {
  const model = encodeModel({
    opsets: { "": 17, "ai.onnx.ml": 3 },
    metadata: { author: "Ünit" },
    graph: {
      nodes: [
        // int, ints, float, tensor, graph
        { op: "Transpose", inputs: ["x"], outputs: ["turned"], attributes: { perm: { ints: [1, 0] } } },
        { op: "LeakyRelu", inputs: ["turned"], outputs: ["bent"], attributes: { alpha: { float: 0.5 } } },
        { op: "Constant", inputs: [], outputs: ["truth"], attributes: { value: { tensor: trueTensor } } },
        {
          op: "If",
          inputs: ["truth"],
          outputs: ["chosen"],
          attributes: {
            then_branch: { graph: constantGraph("then_value", 7) },
            else_branch: { graph: constantGraph("else_value", 9) },
          },
        },
        { op: "ArgMax", inputs: ["x"], outputs: ["index"], attributes: { axis: { int: -1 }, keepdims: { int: 0 } } },
        // string, strings, floats
        {
          op: "LabelEncoder",
          domain: "ai.onnx.ml",
          inputs: ["bent"],
          outputs: ["words"],
          attributes: {
            keys_floats: { floats: [-0.5, 3] },
            values_strings: { strings: ["half", "drei"] },
            default_string: { string: "süß" },
          },
        },
      ],
      inputs: [{ name: "x", type: "float", shape: [2, 2] }],
      outputs: [
        { name: "bent", type: "float", shape: null },
        { name: "chosen", type: "float", shape: [1] },
        { name: "index", type: "int64", shape: [2] },
        { name: "words", type: "string", shape: [2, 2] },
      ],
    },
  });
  expect(
    await values(model, {
      x: floatMatrix([
        [-1, 2],
        [3, 4],
      ]),
    }),
  ).toEqual({
    bent: [-0.5, 3, 2, 4],
    chosen: [7],
    index: [1n, 1n],
    words: ["half", "drei", "süß", "süß"],
  });
});

const trueTensor: OnnxTensor = { type: "bool", dims: [], values: [1] };

function constantGraph(output: string, value: number) {
  return {
    nodes: [
      { op: "Constant", inputs: [], outputs: [output], attributes: { value: { tensor: floatTensor([1], [value]) } } },
    ],
    inputs: [],
    outputs: [{ name: output, type: "float", shape: [1] }],
  } as const;
}

test("sparse constants and functions are understood", async () => {
  const model = encodeModel({
    opsets: { "": 17, ours: 1 },
    functions: [
      {
        name: "Twice",
        domain: "ours",
        inputs: ["value"],
        outputs: ["doubled"],
        nodes: [{ op: "Add", inputs: ["value", "value"], outputs: ["doubled"] }],
        opsets: { "": 17 },
      },
    ],
    graph: {
      nodes: [
        {
          op: "Constant",
          inputs: [],
          outputs: ["from_attribute"],
          attributes: { sparse_value: { sparseTensor: sparse("unused", [1n], [100]) } },
        },
        { op: "Add", inputs: ["x", "from_attribute"], outputs: ["once"] },
        { op: "Add", inputs: ["once", "from_initializer"], outputs: ["both"] },
        { op: "Twice", domain: "ours", inputs: ["both"], outputs: ["twice"] },
      ],
      sparseInitializers: [sparse("from_initializer", [0n], [1000])],
      inputs: [{ name: "x", type: "float", shape: ["N", 2] }],
      outputs: [{ name: "twice", type: "float", shape: ["N", 2] }],
    },
  });
  expect(await values(model, { x: twoRows })).toEqual({ twice: [2002, 204, 2006, 208] });
});

function sparse(name: string, indices: readonly bigint[], values: readonly number[]) {
  return {
    values: { name, ...floatTensor([values.length], values) },
    indices: int64Tensor([indices.length], indices),
    dims: [2],
  };
}

test("constants can lie in another file", async () => {
  writeFileSync(join(folder, "weights.bin"), rawBytes("float", [0, 5, 6]));
  const model = encodeModel(
    additionModel({ type: "float", dims: [2], external: { location: "weights.bin", offset: "4", length: "8" } }),
  );
  const file = writeModel(folder, model);
  expect(await values(file, { x: twoRows })).toEqual({ sum: [6, 8, 8, 10] });
});

test("whole numbers of every width are written little-endian", () => {
  expect([...rawBytes("int64", [-2n])]).toEqual([254, 255, 255, 255, 255, 255, 255, 255]);
  expect([...rawBytes("uint64", [2n ** 64n - 1n])]).toEqual(Array(8).fill(255));
  expect([...rawBytes("int32", [-2])]).toEqual([254, 255, 255, 255]);
  expect([...rawBytes("uint16", [258])]).toEqual([2, 1]);
  expect([...rawBytes("int8", [-2])]).toEqual([254]);
  expect([...rawBytes("double", [1])]).toEqual([0, 0, 0, 0, 0, 0, 240, 63]);
});

test("half precision rounds to the nearest number, ties to even", () => {
  const bits: readonly (readonly [number, number])[] = [
    [0, 0],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [0.1, 0x2e66],
    [65504, 0x7bff],
    [65519, 0x7bff],
    [65520, 0x7c00],
    [Number.NEGATIVE_INFINITY, 0xfc00],
    [Number.NaN, 0x7e00],
    // The least subnormal number, half of it (a tie, to 0), a little more than half, and the greatest subnormal.
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [2 ** -25 * 1.01, 0x0001],
    [2 ** -14 - 2 ** -24, 0x03ff],
    // Ties: 2049 lies between 2048 and 2050, 2051 between 2050 and 2052.
    [2049, 0x6800],
    [2051, 0x6802],
    // Rounds up into the next power of two.
    [2047.9, 0x6800],
  ];
  for (const [value, expected] of bits) expect(float16Bits(value), String(value)).toBe(expected);
});
