import { expect, test } from "vitest";
import { scanOnnx } from "../../electron/deployments/onnx-scan.ts";
import { bufferSource } from "../../electron/deployments/protobuf-wire.ts";
import { denseModel } from "../helpers/model-fixtures.ts";
import {
  encodeModel,
  floatTensor,
  int64Tensor,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxTensor,
} from "../helpers/onnx-builder.ts";

const scan = (bytes: Uint8Array) => scanOnnx(bufferSource(bytes));

const outside = (location: string): OnnxTensor => ({
  name: location,
  type: "float",
  dims: [1],
  external: { location },
});

function graphWith(attributes: Readonly<Record<string, OnnxAttribute>>, more: Partial<OnnxGraph> = {}): OnnxGraph {
  return { nodes: [{ op: "Constant", inputs: [], outputs: ["y"], attributes }], inputs: [], outputs: [], ...more };
}

test("data outside is found wherever a tensor can be", () => {
  const inner = graphWith({ value: { tensor: outside("in-subgraph") } });
  const bytes = encodeModel({
    graph: graphWith(
      {
        value: { tensor: outside("in-attribute") },
        body: { graph: { ...inner, initializers: [outside("in-subgraph-initializer")] } },
        sparse: {
          sparseTensor: { values: outside("in-sparse-attribute"), indices: int64Tensor([1], [0n]), dims: [4] },
        },
      },
      {
        initializers: [outside("in-initializer"), { name: "here", ...floatTensor([1], [1]) }],
        sparseInitializers: [{ values: floatTensor([1], [1]), indices: outside("in-sparse-indices"), dims: [4] }],
      },
    ),
    functions: [
      {
        name: "f",
        domain: "mine",
        inputs: [],
        outputs: ["y"],
        opsets: { "": 17 },
        nodes: graphWith({ value: { tensor: outside("in-function") } }).nodes,
      },
    ],
  });
  const found = scan(bytes);
  expect(found).toMatchObject({ ok: true });
  if (found.ok) {
    expect([...found.value.externalFiles].sort()).toEqual([
      "in-attribute",
      "in-function",
      "in-initializer",
      "in-sparse-attribute",
      "in-sparse-indices",
      "in-subgraph",
      "in-subgraph-initializer",
    ]);
  }
});

test("operators are listed with their domain, and a model's own functions are no strangers", () => {
  const own = encodeModel({
    opsets: { "": 17, mine: 1 },
    graph: { nodes: [{ op: "Twice", domain: "mine", inputs: ["x"], outputs: ["y"] }], inputs: [], outputs: [] },
    functions: [
      {
        name: "Twice",
        domain: "mine",
        inputs: ["x"],
        outputs: ["y"],
        opsets: { "": 17 },
        nodes: [{ op: "Add", inputs: ["x", "x"], outputs: ["y"] }],
      },
    ],
  });
  expect(scan(own)).toMatchObject({ ok: true, value: { operators: ["mine:Twice", ":Add"] } });
});

test.each([
  ["another library's", "their.plugins", "Anything"],
  ["a device compiler's, which reads files,", "com.microsoft", "EPContext"],
])("%s operator is refused by name", (_whose, domain, op) => {
  const bytes = encodeModel({
    graph: { nodes: [{ op, domain, inputs: [], outputs: ["y"] }], inputs: [], outputs: [] },
  });
  const found = scan(bytes);
  expect(found).toMatchObject({ ok: false, problem: { code: "model/unsupported" } });
  if (!found.ok) expect(found.problem.message).toContain(`"${op}" of "${domain}"`);
});

test("a model cut at any byte is refused or still a message, and never an exception", () => {
  const whole = denseModel();
  const codes = new Set<string>();
  for (let length = 0; length < whole.length; length += 1) {
    const found = scan(whole.subarray(0, length));
    codes.add(found.ok ? "message" : found.problem.code);
  }
  expect([...codes].sort()).toEqual(["message", "model/unreadable"]);
  // Inside the graph there is always something missing.
  expect(scan(whole.subarray(0, Math.floor(whole.length / 2)))).toMatchObject({ ok: false });
});

test("a field that claims more than there is ends the reading, without memory for it", () => {
  // Field 7 (graph), 2^52 bytes long.
  const bytes = Uint8Array.from([0x3a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x08]);
  expect(scan(bytes)).toMatchObject({ ok: false, problem: { code: "model/unreadable" } });
});

test("graphs in graphs without end are refused before they exhaust the stack", () => {
  let graph: OnnxGraph = { nodes: [], inputs: [], outputs: [] };
  for (let depth = 0; depth < 60; depth += 1) graph = graphWith({ body: { graph } });
  const found = scan(encodeModel({ graph }));
  expect(found).toMatchObject({ ok: false, problem: { code: "model/unreadable" } });
  if (!found.ok) expect(found.problem.message).toContain("nested deeper");
});

test.each([
  ["text", Buffer.from("%PDF-1.7 a document of another kind\n")],
  ["nothing", Buffer.alloc(0)],
  ["zeros", Buffer.alloc(100)],
])("%s is no model", (_what, bytes) => {
  expect(scan(bytes)).toMatchObject({ ok: false, problem: { code: "model/unreadable" } });
});
