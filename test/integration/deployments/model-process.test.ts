import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nodeProcessHost } from "../../../electron/compute/node-process-host.ts";
import type { ProcessHost } from "../../../electron/compute/process-host.ts";
import type { Result } from "../../../electron/contract/problem.ts";
import type { ModelSignature } from "../../../electron/contract/signature.ts";
import { startModelReader } from "../../../electron/deployments/models/open-model.ts";
import {
  denseModel,
  float16Model,
  int64Model,
  perColumnModel,
  stringModel,
  writeModel,
  zipMapLabels,
  zipMapModel,
} from "../../helpers/models/model-fixtures.ts";
import { type ElementType, encodeModel, type OnnxNode, type OnnxValueInfo } from "../../helpers/models/onnx-builder.ts";
import { floatMatrix, runModel } from "../../helpers/models/run-model.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import { inWords } from "../../../electron/cli/terminal/json-text.ts";
import { fixedBatchImageModel, imageModel } from "../../helpers/models/image-models.ts";

const programs = path.join(import.meta.dirname, "../../../dist");
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "batchdeck-model-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function open(bytes: Uint8Array, host: ProcessHost = nodeProcessHost(programs)): Promise<Result<ModelSignature>> {
  const reader = startModelReader(host);
  const file = writeModel(folder, bytes);
  const scanned = await reader.scan(file);
  const opened = scanned.ok ? await reader.open(file) : scanned;
  reader.end();
  return opened;
}

/** A model of one float input `x` [N, `width`] and the given nodes and outputs. */
function modelOf(
  nodes: readonly OnnxNode[],
  outputs: readonly OnnxValueInfo[],
  width: number | string = 4,
): Uint8Array {
  return encodeModel({ graph: { nodes, inputs: [{ name: "x", type: "float", shape: ["N", width] }], outputs } });
}

const noLabels = { labels: null };

describe("the signature that a model process reports", () => {
  test("has names, types and widths, with null for the number of rows", async () => {
    expect(await open(denseModel())).toEqual({
      ok: true,
      value: {
        inputs: [{ name: "features", type: "float32", shape: [null, 4] }],
        outputs: [
          { name: "label", type: "int64", shape: [null], ...noLabels },
          { name: "probabilities", type: "float32", shape: [null, 3], ...noLabels },
        ],
        fixedBatch: null,
      },
    });
  });

  test("has every element type that the fixtures have", async () => {
    const types: Record<string, string> = {};
    for (const bytes of [perColumnModel(), stringModel(), int64Model(), float16Model(), imageModel()]) {
      const opened = await open(bytes);
      if (!opened.ok) throw new Error(englishWords(opened.problem).message);
      for (const { name, type } of [...opened.value.inputs, ...opened.value.outputs]) types[name] = type;
    }
    expect(types).toEqual({
      age: "float32",
      income: "float32",
      children: "int64",
      score: "float32",
      city: "string",
      country: "string",
      code: "int64",
      id: "int64",
      same: "int64",
      moved: "int64",
      features: "float16",
      halved: "float16",
      image: "float32",
      probabilities: "float32",
    });
  });

  test("says how many rows a fixed batch has", async () => {
    const opened = await open(fixedBatchImageModel());
    expect(opened).toMatchObject({ ok: true, value: { fixedBatch: 1, outputs: [{ shape: [1, 3] }] } });
  });

  test("finds a width that the model does not declare by running it", async () => {
    const outputs: OnnxValueInfo[] = [{ name: "y", type: "float", shape: ["N", "wide"] }];
    const nodes: OnnxNode[] = [{ op: "Concat", inputs: ["x", "x"], outputs: ["y"], attributes: { axis: { int: 1 } } }];
    expect(await open(modelOf(nodes, outputs))).toMatchObject({ ok: true, value: { outputs: [{ shape: [null, 8] }] } });
  });

  test("leaves a width unknown that depends on the input's", async () => {
    const outputs: OnnxValueInfo[] = [{ name: "y", type: "float", shape: null }];
    const nodes: OnnxNode[] = [{ op: "Relu", inputs: ["x"], outputs: ["y"] }];
    const opened = await open(modelOf(nodes, outputs, "K"));
    expect(opened).toMatchObject({ ok: true, value: { outputs: [{ shape: [null, null] }] } });
  });

  test("is not deceived by a model that rounds small sizes up", async () => {
    // 1 × 1 up to 32 pixels, 8 × 8 at 256.
    const everyThirtySecond = { kernel_shape: { ints: [1, 1] }, strides: { ints: [32, 32] } };
    const opened = await open(
      encodeModel({
        graph: {
          nodes: [{ op: "MaxPool", inputs: ["x"], outputs: ["y"], attributes: everyThirtySecond }],
          inputs: [{ name: "x", type: "float", shape: ["N", 3, "H", "W"] }],
          outputs: [{ name: "y", type: "float", shape: null }],
        },
      }),
    );
    expect(opened).toMatchObject({ ok: true, value: { outputs: [{ shape: [null, 3, null, null] }] } });
  });

  test("tells one result for the whole batch from one an item", async () => {
    const mean = { axes: { ints: [0] }, keepdims: { int: 1 } };
    const opened = await open(
      encodeModel({
        opsets: { "": 13 },
        graph: {
          nodes: [{ op: "ReduceMean", inputs: ["x"], outputs: ["y"], attributes: mean }],
          inputs: [{ name: "x", type: "float", shape: ["N", 4] }],
          outputs: [{ name: "y", type: "float", shape: null }],
        },
      }),
    );
    expect(opened).toMatchObject({ ok: true, value: { outputs: [{ shape: [1, 4] }] } });
  });
});

describe("scikit-learn's ZipMap", () => {
  test.each([
    ["string", [...zipMapLabels]],
    ["int64", ["0", "1", "2"]],
  ] as const)("is detached and gives its %s labels", async (labels, expected) => {
    const opened = await open(zipMapModel({ labels }));
    expect(opened).toMatchObject({
      ok: true,
      value: {
        outputs: [
          { name: "output_label", type: labels === "string" ? "string" : "int64", labels: null },
          { name: "output_probability", type: "float32", shape: [null, 3], labels: expected },
        ],
      },
    });
  });

  test("leaves a file whose output is the very tensor that went into it", async () => {
    const before = zipMapModel();
    await open(before);
    const feeds = {
      float_input: floatMatrix([
        [1, 2, 3, 4],
        [-1, 0.5, 2, -3],
      ]),
    };
    const after = await runModel(path.join(folder, "model.onnx"), feeds);
    expect(after["output_probability"]?.dims).toEqual([2, 3]);
    // The original's label is that of the largest probability.
    const label = await runModel(before, feeds, ["output_label"]);
    expect(after["output_label"]?.values).toEqual(label["output_label"]?.values);
    const values = after["output_probability"]?.values as number[];
    const best = [values.slice(0, 3), values.slice(3)].map((row) => zipMapLabels[row.indexOf(Math.max(...row))]);
    expect(best).toEqual(label["output_label"]?.values);
  });
});

describe("a model that cannot be opened", () => {
  test("is refused in one sentence when it is text, cut short or empty", async () => {
    const whole = denseModel();
    for (const bytes of [
      Buffer.from("not a model, but a letter"),
      whole.subarray(0, whole.length - 20),
      Buffer.alloc(0),
    ]) {
      const opened = await open(bytes);
      expect(opened).toMatchObject({ ok: false, problem: { code: "model/unreadable" } });
      if (!opened.ok) expect(englishWords(opened.problem).message).toMatch(/^[^\n]{10,200}\.$/);
    }
  });

  test("is refused when ONNX Runtime does, without the file's place", async () => {
    const opened = await open(
      modelOf([{ op: "NoSuchOperator", inputs: ["x"], outputs: ["y"] }], [{ name: "y", type: "float", shape: null }]),
    );
    expect(opened).toMatchObject({ ok: false, problem: { code: "model/unreadable" } });
    if (!opened.ok) {
      expect(englishWords(opened.problem).message).toBe(
        "ONNX Runtime cannot open the model: No Op registered for NoSuchOperator with domain_version of 17.",
      );
    }
  });

  test("is refused when an output is no tensor", async () => {
    const opened = await open(
      encodeModel({
        opsets: { "": 17, "ai.onnx.ml": 1 },
        graph: {
          nodes: [
            {
              op: "ZipMap",
              domain: "ai.onnx.ml",
              inputs: ["x"],
              outputs: ["inner"],
              attributes: { classlabels_int64s: { ints: [0, 1] } },
            },
            { op: "Identity", inputs: ["inner"], outputs: ["maps"] },
          ],
          inputs: [{ name: "x", type: "float", shape: ["N", 2] }],
          outputs: [{ name: "maps", mapKey: "int64", mapValue: "float" }],
        },
      }),
    );
    expect(opened).toMatchObject({ ok: false });
  });

  test("is refused before ONNX Runtime when its operators are nobody's", async () => {
    const opened = await open(
      encodeModel({
        opsets: { "": 17, "my.plugins": 1 },
        graph: {
          nodes: [{ op: "Secret", domain: "my.plugins", inputs: ["x"], outputs: ["y"] }],
          inputs: [{ name: "x", type: "float", shape: ["N", 2] }],
          outputs: [{ name: "y", type: "float", shape: ["N", 2] }],
        },
      }),
    );
    expect(opened).toMatchObject({ ok: false, problem: { code: "model/unsupported" } });
    if (!opened.ok) expect(englishWords(opened.problem).message).toContain("my.plugins");
  });

  test("is refused, and the caller lives, when the process that reads it dies", async () => {
    const inner = nodeProcessHost(programs);
    let pid = 0;
    const host: ProcessHost = {
      start: (program, options) => {
        const child = inner.start(program, options);
        return {
          ...child,
          send: (message) => {
            pid = child.pid() ?? 0;
            // As a hostile model would: the process is gone before it answers.
            process.kill(pid, "SIGSTOP");
            const sent = child.send(message);
            process.kill(pid, "SIGKILL");
            return sent;
          },
        };
      },
    };
    expect(inWords(await open(denseModel(), host))).toEqual({
      ok: false,
      problem: {
        code: "model/unreadable",
        message: "The model could not be opened: the process that read it ended.",
        remedy: "",
      },
    });
    expect(pid).toBeGreaterThan(0);
  });
});

test("a scan names the files that a model asks for, and opens nothing", async () => {
  const bytes = encodeModel({
    graph: {
      nodes: [{ op: "Add", inputs: ["x", "w"], outputs: ["y"] }],
      initializers: [{ name: "w", type: "float", dims: [1], external: { location: "../../etc/passwd", length: "4" } }],
      inputs: [{ name: "x", type: "float", shape: ["N", 1] }],
      outputs: [{ name: "y", type: "float", shape: ["N", 1] }],
    },
  });
  const reader = startModelReader(nodeProcessHost(programs));
  const file = writeModel(folder, bytes);
  writeFileSync(path.join(folder, "other"), "");
  expect(await reader.scan(file)).toMatchObject({
    ok: true,
    value: {
      externalFiles: [{ location: "../../etc/passwd", tensors: 1, endBytes: 4, tensorBytes: 4 }],
      operators: [{ domain: "", name: "Add", count: 1 }],
    },
  });
  reader.end();
  expect(existsSync(file)).toBe(true);
  expect(readFileSync(file).equals(Buffer.from(bytes))).toBe(true);
});

describe("a model that ONNX Runtime does not open", () => {
  const sameShape = (type: ElementType, nodes: readonly OnnxNode[], out: ElementType = type) =>
    encodeModel({
      graph: {
        nodes,
        inputs: [{ name: "x", type, shape: ["N"] }],
        outputs: [{ name: "y", type: out, shape: ["N"] }],
      },
    });
  const between: readonly OnnxNode[] = [
    { op: "Cast", inputs: ["x"], outputs: ["half"], attributes: { to: { int: 16 } } },
    { op: "Add", inputs: ["half", "half"], outputs: ["sum"] },
    { op: "Cast", inputs: ["sum"], outputs: ["y"], attributes: { to: { int: 1 } } },
  ];
  const lower = { case_change_action: { string: "LOWER" }, locale: { string: "xx_YY" } };

  test.each([
    [
      "a locale that is not installed",
      "string",
      [{ op: "StringNormalizer", inputs: ["x"], outputs: ["y"], attributes: lower }],
      '"xx_YY"',
    ],
    ["bfloat16 between its layers", "float", between, "ONNX Runtime has no Add (opset 14)"],
  ] as const)("says what to do about %s", async (_, type, nodes, said) => {
    const opened = await open(sameShape(type, nodes));
    if (opened.ok) throw new Error("It was opened.");
    const { message, remedy } = englishWords(opened.problem);
    expect(message).toContain(said);
    expect(remedy).toMatch(/^(Install|Export)/);
  });
});
