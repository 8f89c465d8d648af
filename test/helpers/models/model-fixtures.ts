import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeModel, int64Tensor } from "./onnx-builder.ts";
import { seededRandom } from "../random.ts";
import { denseLayers } from "./graph-parts.ts";

/**
 * Small real models, as bytes. Every one of them loads and runs in ONNX Runtime. Weights come from the seed alone, so the
 * same call gives the same bytes. `writeModel` puts one into a folder.
 */

/** Writes a model into `folder` (made if missing) and returns the file's path. */
export function writeModel(folder: string, bytes: Uint8Array, fileName = "model.onnx"): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, fileName);
  writeFileSync(file, bytes);
  return file;
}

export type DenseModelOptions = {
  /** Columns of the input matrix. Left out: 4. */
  readonly features?: number;
  /** Widths of the hidden layers. Left out: one of 8. */
  readonly hidden?: readonly number[];
  /** Left out: 3. */
  readonly classes?: number;
  readonly seed?: number;
};

/**
 * A classifier: input `features` float [N, k], outputs `label` int64 [N] and `probabilities` float [N, classes].
 * With `batch`, the first dimension is that number instead of dynamic.
 */
export function denseModel(options: DenseModelOptions & { readonly batch?: number } = {}): Uint8Array {
  const { features = 4, hidden = [8], classes = 3, seed = 1, batch } = options;
  const layers = denseLayers({ input: "features", output: "logits", widths: [features, ...hidden, classes], seed });
  const rows = batch ?? "N";
  return encodeModel({
    graph: {
      nodes: [
        ...layers.nodes,
        { op: "Softmax", inputs: ["logits"], outputs: ["probabilities"], attributes: { axis: { int: 1 } } },
        {
          op: "ArgMax",
          inputs: ["probabilities"],
          outputs: ["label"],
          attributes: { axis: { int: 1 }, keepdims: { int: 0 } },
        },
      ],
      initializers: layers.initializers,
      inputs: [{ name: "features", type: "float", shape: [rows, features] }],
      outputs: [
        { name: "label", type: "int64", shape: [rows] },
        { name: "probabilities", type: "float", shape: [rows, classes] },
      ],
    },
  });
}

/** `denseModel` with a batch dimension fixed at 1. */
export function fixedBatchModel(options: DenseModelOptions = {}): Uint8Array {
  return denseModel({ ...options, batch: 1 });
}

/** The two sizes that throughput is measured with: 20 columns, two hidden layers of `width`, 3 classes. */
export function bigDenseModel(width: 64 | 512): Uint8Array {
  return denseModel({ features: 20, hidden: [width, width], classes: 3, seed: width });
}

/** Float [N, k] in and out, unchanged: what is left of the time is not the model's. */
export function noOpModel(features = 4): Uint8Array {
  return encodeModel({
    graph: {
      nodes: [{ op: "Identity", inputs: ["features"], outputs: ["same"] }],
      inputs: [{ name: "features", type: "float", shape: ["N", features] }],
      outputs: [{ name: "same", type: "float", shape: ["N", features] }],
    },
  });
}

/**
 * Each result depends on all rows of its run: `features` float [N, k] in, `score` float [N, 1] out, the sum of the row
 * and of the whole run.
 */
export function neighboursModel(features: number): Uint8Array {
  return encodeModel({
    graph: {
      nodes: [
        { op: "ReduceSum", inputs: ["features", "columns"], outputs: ["own"] },
        { op: "ReduceSum", inputs: ["features"], outputs: ["all"] },
        { op: "Add", inputs: ["own", "all"], outputs: ["score"] },
      ],
      initializers: [{ name: "columns", ...int64Tensor([1], [1n]) }],
      inputs: [{ name: "features", type: "float", shape: ["N", features] }],
      outputs: [{ name: "score", type: "float", shape: ["N", 1] }],
    },
  });
}

/** One input [N, 1] a column: `age` and `income` float, `children` int64. Output `score` float [N, 1]. */
export function perColumnModel(seed = 1): Uint8Array {
  const layers = denseLayers({ input: "row", output: "score", widths: [3, 1], seed });
  return encodeModel({
    graph: {
      nodes: [
        { op: "Cast", inputs: ["children"], outputs: ["children_float"], attributes: { to: { int: 1 } } },
        {
          op: "Concat",
          inputs: ["age", "income", "children_float"],
          outputs: ["row"],
          attributes: { axis: { int: 1 } },
        },
        ...layers.nodes,
      ],
      initializers: layers.initializers,
      inputs: [
        { name: "age", type: "float", shape: ["N", 1] },
        { name: "income", type: "float", shape: ["N", 1] },
        { name: "children", type: "int64", shape: ["N", 1] },
      ],
      outputs: [{ name: "score", type: "float", shape: ["N", 1] }],
    },
  });
}

/** Class names of `zipMapModel`. */
export const zipMapLabels = ["churn", "stay", "unsure"] as const;

/**
 * A classifier as scikit-learn's exporter writes it: LinearClassifier, Normalizer, and ZipMap at the end. Input
 * `float_input` [N, 4]; outputs `output_label` string [N] and `output_probability`, a list of maps that ONNX Runtime's
 * Node binding cannot return. The tensor under it is called `probabilities`, float [N, 3]. With `labels: "int64"` the
 * classes are the numbers 0 to 2, and `output_label` is int64.
 */
export function zipMapModel(
  options: { readonly labels?: "string" | "int64"; readonly seed?: number } = {},
): Uint8Array {
  const { labels = "string", seed = 1 } = options;
  const random = seededRandom(seed);
  const classes = zipMapLabels.length;
  const draw = (count: number): number[] => Array.from({ length: count }, () => Math.fround(random() * 2 - 1));
  const classAttribute = (strings: string, int64s: string) =>
    labels === "string" ? { [strings]: { strings: zipMapLabels } } : { [int64s]: { ints: [0, 1, 2] } };
  return encodeModel({
    opsets: { "": 17, "ai.onnx.ml": 1 },
    producer: "skl2onnx",
    graph: {
      nodes: [
        {
          op: "LinearClassifier",
          domain: "ai.onnx.ml",
          inputs: ["float_input"],
          outputs: ["label", "probability_tensor"],
          attributes: {
            ...classAttribute("classlabels_strings", "classlabels_ints"),
            coefficients: { floats: draw(classes * 4) },
            intercepts: { floats: draw(classes) },
            multi_class: { int: 1 },
            post_transform: { string: "SOFTMAX" },
          },
        },
        {
          op: "Normalizer",
          domain: "ai.onnx.ml",
          inputs: ["probability_tensor"],
          outputs: ["probabilities"],
          attributes: { norm: { string: "L1" } },
        },
        { op: "Identity", inputs: ["label"], outputs: ["output_label"] },
        {
          op: "ZipMap",
          domain: "ai.onnx.ml",
          inputs: ["probabilities"],
          outputs: ["output_probability"],
          attributes: classAttribute("classlabels_strings", "classlabels_int64s"),
        },
      ],
      inputs: [{ name: "float_input", type: "float", shape: [null, 4] }],
      outputs: [
        { name: "output_label", type: labels, shape: [null] },
        { name: "output_probability", mapKey: labels, mapValue: "float" },
      ],
    },
  });
}

/**
 * Text in, text and number out: input `city` string [N, 1]; outputs `country` string [N, 1] and `code` int64 [N, 1].
 * Amsterdam, Lyon and São Paulo are known; anything else gives `unknown` and -1.
 */
export function stringModel(): Uint8Array {
  const keys = { strings: ["Amsterdam", "Lyon", "São Paulo"] };
  return encodeModel({
    opsets: { "": 17, "ai.onnx.ml": 2 },
    graph: {
      nodes: [
        {
          op: "LabelEncoder",
          domain: "ai.onnx.ml",
          inputs: ["city"],
          outputs: ["country"],
          attributes: {
            keys_strings: keys,
            values_strings: { strings: ["Netherlands", "France", "Brazil"] },
            default_string: { string: "unknown" },
          },
        },
        {
          op: "LabelEncoder",
          domain: "ai.onnx.ml",
          inputs: ["city"],
          outputs: ["code"],
          attributes: { keys_strings: keys, values_int64s: { ints: [31, 33, 55] }, default_int64: { int: -1 } },
        },
      ],
      inputs: [{ name: "city", type: "string", shape: ["N", 1] }],
      outputs: [
        { name: "country", type: "string", shape: ["N", 1] },
        { name: "code", type: "int64", shape: ["N", 1] },
      ],
    },
  });
}

/** What `int64Model` adds: 2^53 + 1, the first whole number that a double cannot hold. */
export const int64Offset = 9007199254740993n;

/** Input `id` int64 [N, 1]; outputs `same` (the input) and `moved` (the input + `int64Offset`), both int64 [N, 1]. */
export function int64Model(): Uint8Array {
  return encodeModel({
    graph: {
      nodes: [
        { op: "Identity", inputs: ["id"], outputs: ["same"] },
        { op: "Add", inputs: ["id", "offset"], outputs: ["moved"] },
      ],
      initializers: [{ name: "offset", ...int64Tensor([1], [int64Offset]) }],
      inputs: [{ name: "id", type: "int64", shape: ["N", 1] }],
      outputs: [
        { name: "same", type: "int64", shape: ["N", 1] },
        { name: "moved", type: "int64", shape: ["N", 1] },
      ],
    },
  });
}

/** Half precision: input `features` float16 [N, 2], output `halved` float16 [N, 2]. */
export function float16Model(): Uint8Array {
  return encodeModel({
    graph: {
      nodes: [{ op: "Mul", inputs: ["features", "half"], outputs: ["halved"] }],
      initializers: [{ name: "half", type: "float16", dims: [1], values: [0.5] }],
      inputs: [{ name: "features", type: "float16", shape: ["N", 2] }],
      outputs: [{ name: "halved", type: "float16", shape: ["N", 2] }],
    },
  });
}

/**
 * What comes in goes out, in every type that tables are scored with: columns `in_single` (float32), `in_half` (float16), …
 * by the names below, outputs of the same names without `in_`, all [N, 1].
 */
export function everyTypeModel(): Uint8Array {
  const types = {
    single: "float",
    half: "float16",
    double: "double",
    signed: "int64",
    unsigned: "uint64",
    flag: "bool",
    word: "string",
  } as const;
  const names = Object.entries(types);
  return encodeModel({
    graph: {
      nodes: names.map(([name]) => ({ op: "Identity", inputs: [`in_${name}`], outputs: [name] })),
      inputs: names.map(([name, type]) => ({ name: `in_${name}`, type, shape: ["N", 1] })),
      outputs: names.map(([name, type]) => ({ name, type, shape: ["N", 1] })),
    },
  });
}
