import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { encodeDelimited, encodeNumber, encodeText } from "../../../electron/deployments/onnx/protobuf-wire.ts";
import { englishFindingWords } from "../../../electron/contract/words/english-problems.ts";
import { scanOnnx } from "../../../electron/deployments/onnx/onnx-scan.ts";
import { imageModel, fixedBatchImageModel } from "../../helpers/models/image-models.ts";
import { abortingModel, hangingModel, refusingModel } from "../../helpers/models/misbehaving-models.ts";
import * as fixtures from "../../helpers/models/model-fixtures.ts";
import {
  encodeModel,
  floatTensor,
  int64Tensor,
  type OnnxAttribute,
  type OnnxGraph,
} from "../../helpers/models/onnx-builder.ts";
import {
  attribute,
  carriedFunction,
  longs,
  modelWith,
  node,
  opset,
  outside,
  sparse,
  tensor,
} from "../../helpers/models/raw-onnx.ts";

const messages = (bytes: Uint8Array) => scanOnnx(bytes).findings.map((finding) => englishFindingWords(finding).message);
const weights = tensor(5, { raw: 8 });

function graphWith(attributes: Readonly<Record<string, OnnxAttribute>>, more: Partial<OnnxGraph> = {}): OnnxGraph {
  return { nodes: [{ op: "Constant", inputs: [], outputs: ["y"], attributes }], inputs: [], outputs: [], ...more };
}

test("a model is described as it is written", () => {
  const bytes = encodeModel({
    producer: "an exporter",
    opsets: { "": 17, "ai.onnx.ml": 3 },
    graph: {
      nodes: [
        { op: "Gemm", inputs: ["x", "w"], outputs: ["h"] },
        { op: "Relu", inputs: ["h"], outputs: ["r"] },
        { op: "Relu", inputs: ["r"], outputs: ["y"] },
      ],
      initializers: [{ name: "w", ...floatTensor([3, 2], [1, 2, 3, 4, 5, 6]) }],
      inputs: [{ name: "x", type: "float", shape: ["N", 3] }],
      outputs: [
        { name: "y", type: "float", shape: [null, 2] },
        { name: "z", type: "int64", shape: null },
        { name: "maps", mapKey: "string", mapValue: "float" },
      ],
    },
  });
  expect(scanOnnx(bytes)).toEqual({
    sizeBytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    irVersion: 8,
    producer: "an exporter",
    producerVersion: "",
    opsets: [
      { domain: "", version: 17 },
      { domain: "ai.onnx.ml", version: 3 },
    ],
    operators: [
      { domain: "", name: "Gemm", count: 1 },
      { domain: "", name: "Relu", count: 2 },
    ],
    functions: 0,
    tensors: 1,
    parameters: 6,
    tensorBytes: 24,
    unbackedBytes: 0,
    inputs: [{ name: "x", type: "float32", shape: ["N", 3] }],
    outputs: [
      { name: "y", type: "float32", shape: [null, 2] },
      { name: "z", type: "int64", shape: null },
      { name: "maps", type: "sequence", shape: null },
    ],
    metadata: {},
    externalFiles: [],
    findings: [],
  });
});

test("data outside is found wherever a tensor can be", () => {
  const at = (location: string) => ({ name: location, type: "float", dims: [1], external: { location } }) as const;
  const places = {
    name: "in-sparse-indices",
    type: "int64",
    dims: [1],
    external: { location: "in-sparse-indices" },
  } as const;
  const inner = graphWith({ value: { tensor: at("in-subgraph") } });
  const bytes = encodeModel({
    graph: graphWith(
      {
        value: { tensor: at("in-attribute") },
        body: { graph: { ...inner, initializers: [at("in-subgraph-initializer")] } },
        sparse: { sparseTensor: { values: at("in-sparse-attribute"), indices: int64Tensor([1], [0n]), dims: [4] } },
      },
      {
        initializers: [at("in-initializer"), { name: "here", ...floatTensor([1], [1]) }],
        sparseInitializers: [{ values: floatTensor([1], [1]), indices: places, dims: [4] }],
      },
    ),
    functions: [
      {
        name: "f",
        domain: "mine",
        inputs: [],
        outputs: ["y"],
        opsets: { "": 17 },
        nodes: graphWith({ value: { tensor: at("in-function") } }).nodes,
      },
    ],
  });
  const { externalFiles, findings } = scanOnnx(bytes);
  expect(findings).toEqual([]);
  expect(externalFiles.map(({ location }) => location).sort()).toEqual([
    "in-attribute",
    "in-function",
    "in-initializer",
    "in-sparse-attribute",
    "in-sparse-indices",
    "in-subgraph",
    "in-subgraph-initializer",
  ]);
});

test("each data file is told with its tensors, their sum and where the last one ends", () => {
  const external = (name: string, offset: string) =>
    outside(5, "w.bin", {
      name,
      entries: [
        ["offset", offset],
        ["length", "8"],
      ],
    });
  expect(scanOnnx(modelWith([external("w", "64"), external("v", "0"), external("u", "64")])).externalFiles).toEqual([
    { location: "w.bin", tensors: 3, endBytes: 72, tensorBytes: 24 },
  ]);
});

test("a sparse tensor counts with the memory that it takes once it is filled up", () => {
  const places = tensor(2, { type: 7, dims: [1], raw: longs(3) });
  const { unbackedBytes, findings } = scanOnnx(
    modelWith([weights, sparse(15, tensor(1, { dims: [1], raw: 4 }), places, [1000])]),
  );
  expect([unbackedBytes, findings]).toEqual([4000, []]);
});

const int32Numbers = (count: number) => encodeDelimited(5, new Uint8Array(count).fill(1));

test.each([
  ["float16 as numbers", tensor(5, { type: 10, more: [int32Numbers(2)] })],
  ["packed numbers in several pieces", tensor(5, { type: 6, more: [int32Numbers(1), encodeNumber(5, 7)] })],
  ["two int4 in a byte", tensor(5, { type: 22, dims: [3], raw: 2 })],
  ["two int4 in a number", tensor(5, { type: 22, dims: [3], more: [int32Numbers(2)] })],
  ["complex numbers", tensor(5, { type: 14, dims: [1], more: [encodeDelimited(4, new Uint8Array(8))] })],
  ["texts", tensor(5, { type: 8, more: [encodeText(6, "a"), encodeText(6, "")] })],
  ["no elements", tensor(5, { dims: [0, 5] })],
  ["a scalar", tensor(5, { dims: [], raw: 4 })],
  ["packed dimensions", tensor(5, { dims: [], raw: 24, more: [encodeDelimited(1, Uint8Array.from([2, 3]))] })],
])("a tensor of %s is what it says", (_what, written) => {
  expect(messages(modelWith([written]))).toEqual([]);
});

test("a model's own functions are no strangers, also when they call each other", () => {
  const bytes = modelWith(
    [weights, node("Twice", "mine")],
    [
      opset("mine", 1),
      carriedFunction("Twice", "mine", node("Once", "mine", [], 7), node("Once", "mine", [], 7)),
      carriedFunction("Once", "mine", node("Add", "", [], 7)),
    ],
  );
  const { findings, functions, operators } = scanOnnx(bytes);
  expect([findings, functions]).toEqual([[], 2]);
  expect(operators).toContainEqual({ domain: "mine", name: "Once", count: 2 });
});

test("every reason is told with its place, not the first alone", () => {
  const bytes = modelWith([
    tensor(5, { raw: 4 }),
    node("Constant", "", [attribute("value", 4, outside(5, "a", { location: 2 }))]),
    node("X", "y"),
  ]);
  expect(scanOnnx(bytes).findings.map(({ code, where }) => [code, where])).toEqual([
    ["wrong-size", "graph / initializer 1"],
    ["wrong-size", "graph / node 2 / attribute 1 / tensor 1"],
    ["unknown-operator", "graph / node 3"],
  ]);
});

test("a model cut at any byte is refused or still a message, and never an exception", () => {
  const whole = fixtures.denseModel();
  for (let length = 0; length < whole.length; length += 1) {
    const { findings } = scanOnnx(whole.subarray(0, length));
    // What is cut behind the graph is only the list of operator sets.
    if (length < whole.length - 6) expect(findings.map(({ code }) => code)).toEqual(["malformed"]);
  }
});

test.each([
  ["dense", fixtures.denseModel()],
  ["fixed batch", fixtures.fixedBatchModel()],
  ["large", fixtures.bigDenseModel(512)],
  ["no operation", fixtures.noOpModel()],
  ["one input a column", fixtures.perColumnModel()],
  ["scikit-learn's classifier", fixtures.zipMapModel()],
  ["texts", fixtures.stringModel()],
  ["int64", fixtures.int64Model()],
  ["float16", fixtures.float16Model()],
  ["images", imageModel()],
  ["images, channels last", fixedBatchImageModel()],
  ["aborting", abortingModel()],
  ["refusing", refusingModel()],
  ["a loop", hangingModel()],
])("the %s model is found harmless", (_what, bytes) => {
  expect(messages(bytes)).toEqual([]);
});
