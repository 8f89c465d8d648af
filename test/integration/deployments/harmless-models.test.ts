import { existsSync, linkSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeProcessHost } from "../../../electron/compute/node-process-host.ts";
import { scanModel } from "../../../electron/deployments/models/model-scan.ts";
import { createModel, modelFile } from "../../../electron/deployments/models/models.ts";
import { encodeDelimited, encodeText } from "../../../electron/deployments/onnx/protobuf-wire.ts";
import type { DeploymentTools } from "../../../electron/deployments/deployment-tools.ts";
import { openRegistry } from "../../../electron/registry/open-registry.ts";
import { batchdeck } from "../../helpers/batchdeck.ts";
import { denseModel, writeModel } from "../../helpers/models/model-fixtures.ts";
import { encodeModel, floatTensor, int64Tensor, type OnnxGraph, rawBytes } from "../../helpers/models/onnx-builder.ts";
import { attribute, type Field, longs, modelWith, outside, sparse, tensor } from "../../helpers/models/raw-onnx.ts";
import { floatMatrix, runModel } from "../../helpers/models/run-model.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import { temporaryFolder } from "../../helpers/places.ts";

/** Models that use what hostile ones use, and rightly: they must get in, and score what they say. */
const root = temporaryFolder("harmless");
const host = nodeProcessHost(path.join(import.meta.dirname, "../../../dist"));
let tools: DeploymentTools;

beforeAll(() => {
  const registry = openRegistry(path.join(root, "registry.db"));
  if (!registry.ok) throw new Error(englishWords(registry.problem).message);
  tools = {
    registry: registry.value,
    modelsFolder: path.join(root, "models"),
    codeFolder: path.join(root, "code"),
    processHost: host,
  };
});
afterAll(() => tools.registry.close());

const weightValues = [10, 20] as const;
const weightBytes = rawBytes("float", weightValues);
const w = tensor(5, { raw: weightBytes });

const ends = {
  inputs: [{ name: "x", type: "float", shape: ["N", 2] }],
  outputs: [{ name: "y", type: "float", shape: ["N", 2] }],
} as const;

function branch(values: readonly number[]): OnnxGraph {
  return {
    nodes: [{ op: "Identity", inputs: ["inner"], outputs: ["chosen"] }],
    initializers: [{ name: "inner", ...floatTensor([2], values) }],
    inputs: [],
    outputs: [{ name: "chosen", type: "float", shape: [2] }],
  };
}

function constant(output: string, value: Field): Field {
  return encodeDelimited(1, encodeText(2, output), encodeText(4, "Constant"), value);
}

/** Adds 10 and 20 to its two columns, in so many ways. */
const models: readonly {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly data?: Readonly<Record<string, Uint8Array>>;
}[] = [
  { name: "data in the model", bytes: modelWith([w]) },
  {
    name: "data beside the model",
    bytes: modelWith([outside(5, "weights.bin")]),
    data: { "weights.bin": weightBytes },
  },
  {
    name: "data in a folder below, at an offset, with a length and a checksum",
    bytes: modelWith([
      outside(5, "./data/weights.bin", {
        entries: [
          ["offset", "4096"],
          ["length", "8"],
          ["checksum", "0"],
        ],
      }),
    ]),
    data: { "data/weights.bin": Buffer.concat([new Uint8Array(4096), weightBytes]) },
  },
  {
    name: "data in two files, and one of them used twice",
    bytes: modelWith([outside(5, "a"), outside(5, "a", { name: "v" }), outside(5, "b", { name: "u" })]),
    data: { a: weightBytes, b: weightBytes },
  },
  {
    name: "a constant instead of weights",
    bytes: modelWith([constant("w", attribute("value", 4, tensor(5, { raw: weightBytes })))]),
  },
  {
    name: "sparse weights",
    bytes: modelWith([sparse(15, tensor(1, { raw: weightBytes }), tensor(2, { type: 7, raw: longs(0, 1) }), [2])]),
  },
  {
    name: "a function of its own",
    bytes: encodeModel({
      opsets: { "": 17, own: 1 },
      graph: {
        nodes: [{ op: "AddTo", domain: "own", inputs: ["x", "w"], outputs: ["y"] }],
        initializers: [{ name: "w", ...floatTensor([2], weightValues) }],
        ...ends,
      },
      functions: [
        {
          name: "AddTo",
          domain: "own",
          inputs: ["a", "b"],
          outputs: ["sum"],
          opsets: { "": 17 },
          nodes: [{ op: "Add", inputs: ["a", "b"], outputs: ["sum"] }],
        },
      ],
    }),
  },
  {
    name: "graphs in a node, with weights and data of their own",
    bytes: encodeModel({
      graph: {
        nodes: [
          {
            op: "If",
            inputs: ["yes"],
            outputs: ["w"],
            attributes: { then_branch: { graph: branch(weightValues) }, else_branch: { graph: branch([0, 0]) } },
          },
          { op: "Add", inputs: ["x", "w"], outputs: ["y"] },
        ],
        initializers: [{ name: "yes", type: "bool", dims: [], values: [1] }],
        ...ends,
      },
    }),
  },
  {
    name: "a small tensor made from its shape",
    bytes: encodeModel({
      graph: {
        nodes: [
          { op: "ConstantOfShape", inputs: ["shape"], outputs: ["zeros"] },
          { op: "Add", inputs: ["zeros", "w"], outputs: ["filled"] },
          { op: "Add", inputs: ["x", "filled"], outputs: ["y"] },
        ],
        initializers: [
          { name: "shape", ...int64Tensor([1], [2n]) },
          { name: "w", ...floatTensor([2], weightValues) },
        ],
        ...ends,
      },
    }),
  },
];

describe("a harmless model gets in and scores what it says:", () => {
  test.each(models.map((model, index) => [model.name, model, index] as const))("%s", async (_name, model, index) => {
    const folder = path.join(root, `model-${index}`);
    writeModel(folder, model.bytes);
    for (const [name, bytes] of Object.entries(model.data ?? {})) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), bytes);
    }
    for (const source of [folder, path.join(folder, "model.onnx")]) {
      const scanned = await scanModel(host, source);
      expect(scanned).toMatchObject({ ok: true, value: { findings: [] } });
      if (scanned.ok) {
        expect(scanned.value.dataFiles.map(({ name }) => name)).toEqual(Object.keys(model.data ?? {}));
      }
      const made = await createModel(tools, { name: `model-${index}`, path: source, version: null });
      if (!made.ok) throw new Error(englishWords(made.problem).message);
      // By folder or by file, it is the same content and so the same version.
      expect(made.value.version).toBe("1");
      const scored = await runModel(modelFile(tools.modelsFolder, made.value), { x: floatMatrix([[1, 2]]) });
      expect(scored["y"]?.values).toEqual([11, 22]);
    }
  });
});

test("a model and its scorer.yml that have second names elsewhere get in: only data that a model asks for must not", async () => {
  const folder = path.join(root, "linked");
  const file = writeModel(folder, denseModel());
  const scorer = path.join(folder, "scorer.yml");
  writeFileSync(scorer, "batch: 16\n");
  linkSync(file, path.join(root, "second-name.onnx"));
  linkSync(scorer, path.join(root, "second-name.yml"));
  const made = await createModel(tools, { name: "linked", path: folder, version: null });
  expect(made.ok, made.ok ? "" : englishWords(made.problem).message).toBe(true);
});

test("the terminal shows a safe model: exit 0, and the whole report as JSON", async () => {
  const file = writeModel(path.join(root, "dense"), denseModel());
  const home = path.join(root, "home");
  const asJson = await batchdeck(home, "model", "scan", file, "--json");
  expect([asJson.code, asJson.stderr]).toEqual([0, ""]);
  expect(JSON.parse(asJson.stdout)).toMatchObject({
    verdict: "safe",
    file: "model.onnx",
    ir_version: 8,
    opsets: [{ domain: "", version: 17 }],
    tensors: 4,
    parameters: 4 * 8 + 8 + 8 * 3 + 3,
    inputs: [{ name: "features", type: "float32", shape: ["N", 4] }],
    data_files: [],
    findings: [],
  });
  const asText = await batchdeck(home, "model", "scan", path.dirname(file));
  expect(asText.code).toBe(0);
  expect(asText.stdout).toMatch(/^verdict +safe$/m);
  expect(asText.stdout).toMatch(/^operators +ai\.onnx: ArgMax ×1, Gemm ×2, Relu ×1, Softmax ×1$/m);
  expect(existsSync(path.join(home, "models"))).toBe(false);
});

test("a folder that is exchanged for a link while it is copied gives its own data or a refusal, never another's", async () => {
  const folder = path.join(root, "swapped");
  writeModel(folder, modelWith([outside(5, "data/weights.bin")]));
  for (const [place, bytes] of [
    [path.join(folder, "data"), weightBytes],
    [path.join(root, "elsewhere"), rawBytes("float", [666, 666])],
  ] as const) {
    mkdirSync(place);
    writeFileSync(path.join(place, "weights.bin"), bytes);
  }
  const swapping = startSwapping(folder, path.join(root, "elsewhere"));
  const outcomes = { made: 0, refused: 0 };
  try {
    for (let round = 0; round < 40; round += 1) {
      const name = `swapped-${round}`;
      const made = await createModel(tools, { name, path: path.join(folder, "model.onnx"), version: null });
      outcomes[made.ok ? "made" : "refused"] += 1;
      if (made.ok) {
        const data = readFileSync(
          path.join(path.dirname(modelFile(tools.modelsFolder, made.value)), "data/weights.bin"),
        );
        expect(data.equals(weightBytes)).toBe(true);
      } else expect(made.problem.code).toMatch(/^model\/(outside-files|unreadable)$/);
    }
  } finally {
    await swapping.end();
  }
  expect(outcomes.made + outcomes.refused).toBe(40);
  expect(outcomes.refused).toBeGreaterThan(0);
});

/** Exchanges `folder/data` for a link to `elsewhere` and back, as fast as a thread of its own can. */
function startSwapping(folder: string, elsewhere: string): { readonly end: () => Promise<unknown> } {
  const code = `
    const fs = require("node:fs");
    const { parentPort, workerData } = require("node:worker_threads");
    const { folder, elsewhere } = workerData;
    const data = folder + "/data", aside = folder + "/aside";
    let goesOn = true;
    parentPort.once("message", () => (goesOn = false));
    const swap = () => {
      fs.renameSync(data, aside);
      fs.symlinkSync(elsewhere, data);
      fs.unlinkSync(data);
      fs.renameSync(aside, data);
      if (goesOn) setImmediate(swap);
    };
    swap();`;
  const thread = new Worker(code, { eval: true, workerData: { folder, elsewhere } });
  const ended = new Promise((resolve) => thread.once("exit", resolve));
  return {
    end: () => {
      thread.postMessage("end");
      return ended;
    },
  };
}
