import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeModel, floatTensor, int64Tensor } from "./onnx-builder.ts";
import type { OnnxNode, OnnxTensor } from "./onnx-builder.ts";
import { seededRandom } from "../random.ts";

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

export type ImageModelOptions = {
  /** Pixels. Left out: 32 by 32. */
  readonly height?: number;
  readonly width?: number;
  /** Left out: 3. */
  readonly classes?: number;
  readonly seed?: number;
};

/** A small convolution net: input `image` float [N, 3, H, W], output `probabilities` float [N, classes]. */
export function imageModel(options: ImageModelOptions = {}): Uint8Array {
  const { height = 32, width = 32, classes = 3, seed = 1 } = options;
  const layers = convolutionLayers("image", classes, seed);
  return encodeModel({
    graph: {
      ...layers,
      inputs: [{ name: "image", type: "float", shape: ["N", 3, height, width] }],
      outputs: [{ name: "probabilities", type: "float", shape: ["N", classes] }],
    },
  });
}

/** The same net with channels last and a batch fixed at 1: input `image` float [1, H, W, 3]. */
export function fixedBatchImageModel(options: ImageModelOptions = {}): Uint8Array {
  const { height = 32, width = 32, classes = 3, seed = 1 } = options;
  const layers = convolutionLayers("planes", classes, seed);
  return encodeModel({
    graph: {
      nodes: [
        { op: "Transpose", inputs: ["image"], outputs: ["planes"], attributes: { perm: { ints: [0, 3, 1, 2] } } },
        ...layers.nodes,
      ],
      initializers: layers.initializers,
      inputs: [{ name: "image", type: "float", shape: [1, height, width, 3] }],
      outputs: [{ name: "probabilities", type: "float", shape: [1, classes] }],
    },
  });
}

/**
 * Kills its process on one value: input `features` float [N, 2], output `score` float [N, 1], their sum. A row whose first
 * feature is `at` (a whole number; left out: 13) divides the least int64 by −1, for which an x64 processor sends SIGFPE.
 */
export function abortingModel(at = 13): Uint8Array {
  const difference = differenceNodes(at);
  return encodeModel({
    graph: {
      nodes: [
        ...difference.nodes,
        { op: "Equal", inputs: ["difference", "zero"], outputs: ["is_value"] },
        { op: "Where", inputs: ["is_value", "least", "zero"], outputs: ["dividend"] },
        { op: "Where", inputs: ["is_value", "minus_one", "one"], outputs: ["divisor"] },
        { op: "Div", inputs: ["dividend", "divisor"], outputs: ["nought"] },
        { op: "Cast", inputs: ["nought"], outputs: ["nought_float"], attributes: { to: { int: 1 } } },
        { op: "Add", inputs: ["sum", "nought_float"], outputs: ["score"] },
      ],
      initializers: [
        ...difference.initializers,
        { name: "zero", ...int64Tensor([1], [0n]) },
        { name: "one", ...int64Tensor([1], [1n]) },
        { name: "minus_one", ...int64Tensor([1], [-1n]) },
        { name: "least", ...int64Tensor([1], [-(2n ** 63n)]) },
      ],
      inputs: [{ name: "features", type: "float", shape: ["N", 2] }],
      outputs: [{ name: "score", type: "float", shape: ["N", 1] }],
    },
  });
}

/**
 * Refuses one value: as `abortingModel`, but a batch with such a row divides by zero, which ONNX Runtime notices: the run
 * ends with an error and nothing dies.
 */
export function refusingModel(at = 13): Uint8Array {
  const difference = differenceNodes(at);
  return encodeModel({
    graph: {
      nodes: [
        ...difference.nodes,
        { op: "Div", inputs: ["zero", "difference"], outputs: ["nought"] },
        { op: "Cast", inputs: ["nought"], outputs: ["nought_float"], attributes: { to: { int: 1 } } },
        { op: "Add", inputs: ["sum", "nought_float"], outputs: ["score"] },
      ],
      initializers: [...difference.initializers, { name: "zero", ...int64Tensor([1], [0n]) }],
      inputs: [{ name: "features", type: "float", shape: ["N", 2] }],
      outputs: [{ name: "score", type: "float", shape: ["N", 1] }],
    },
  });
}

/**
 * Never ends on one value: as `abortingModel`, but a batch with such a row runs a loop of 2^53 turns.
 */
export function hangingModel(at = 13): Uint8Array {
  const difference = differenceNodes(at);
  return encodeModel({
    graph: {
      nodes: [
        ...difference.nodes,
        { op: "Equal", inputs: ["difference", "zero"], outputs: ["is_value"] },
        { op: "Cast", inputs: ["is_value"], outputs: ["is_value_number"], attributes: { to: { int: 7 } } },
        {
          op: "ReduceMax",
          inputs: ["is_value_number"],
          outputs: ["any"],
          attributes: { keepdims: { int: 0 } },
        },
        { op: "Mul", inputs: ["any", "many_turns"], outputs: ["turns"] },
        {
          op: "Loop",
          inputs: ["turns", "go_on", "nothing"],
          outputs: ["nought"],
          attributes: {
            body: {
              graph: {
                nodes: [
                  { op: "Identity", inputs: ["condition"], outputs: ["condition_out"] },
                  { op: "Abs", inputs: ["value"], outputs: ["value_out"] },
                ],
                inputs: [
                  { name: "turn", type: "int64", shape: [] },
                  { name: "condition", type: "bool", shape: [] },
                  { name: "value", type: "float", shape: [1] },
                ],
                outputs: [
                  { name: "condition_out", type: "bool", shape: [] },
                  { name: "value_out", type: "float", shape: [1] },
                ],
              },
            },
          },
        },
        { op: "Add", inputs: ["sum", "nought"], outputs: ["score"] },
      ],
      initializers: [
        ...difference.initializers,
        { name: "zero", ...int64Tensor([1], [0n]) },
        { name: "many_turns", ...int64Tensor([], [2n ** 53n]) },
        { name: "go_on", type: "bool", dims: [], values: [1] },
        { name: "nothing", ...floatTensor([1], [0]) },
      ],
      inputs: [{ name: "features", type: "float", shape: ["N", 2] }],
      outputs: [{ name: "score", type: "float", shape: ["N", 1] }],
    },
  });
}

/**
 * Wants more memory than any machine has (2^48 bytes a row) for a run of more than `mostRows` rows, and for one in which
 * the first feature of a row is `at` (a whole number; left out: none): input `features` float [N, 2], output `score`
 * float [N, 1], their sum. With `dies`, such a run ends the process (as `abortingModel`) instead of being refused, as it
 * does where the system kills who takes too much.
 */
export function hungryModel(options: {
  readonly mostRows: number;
  readonly at?: number;
  readonly dies?: boolean;
}): Uint8Array {
  const { mostRows, at = 2 ** 40, dies = false } = options;
  const difference = differenceNodes(at);
  const isTooMuch: readonly OnnxNode[] = [
    { op: "Shape", inputs: ["sum"], outputs: ["shape"] },
    { op: "Gather", inputs: ["shape", "first"], outputs: ["rows"] },
    { op: "Greater", inputs: ["rows", "most_rows"], outputs: ["too_many"] },
    { op: "Equal", inputs: ["difference", "zero"], outputs: ["is_value"] },
    { op: "Cast", inputs: ["is_value"], outputs: ["is_value_number"], attributes: { to: { int: 7 } } },
    {
      op: "ReduceMax",
      inputs: ["is_value_number"],
      outputs: ["any"],
      attributes: { axes: { ints: [0, 1] }, keepdims: { int: 0 } },
    },
    { op: "Equal", inputs: ["any", "one"], outputs: ["any_value"] },
    { op: "Or", inputs: ["too_many", "any_value"], outputs: ["too_much"] },
  ];
  const ending: readonly OnnxNode[] = dies
    ? [
        { op: "Where", inputs: ["too_much", "least", "zero"], outputs: ["dividend"] },
        { op: "Where", inputs: ["too_much", "minus_one", "one"], outputs: ["divisor"] },
        { op: "Div", inputs: ["dividend", "divisor"], outputs: ["nought"] },
        { op: "Cast", inputs: ["nought"], outputs: ["nought_float"], attributes: { to: { int: 1 } } },
        { op: "Add", inputs: ["sum", "nought_float"], outputs: ["score"] },
      ]
    : [
        { op: "Where", inputs: ["too_much", "huge", "one"], outputs: ["width"] },
        { op: "Concat", inputs: ["one", "width"], outputs: ["times"], attributes: { axis: { int: 0 } } },
        { op: "Mul", inputs: ["shape", "times"], outputs: ["wide_shape"] },
        { op: "Expand", inputs: ["sum", "wide_shape"], outputs: ["wide"] },
        {
          op: "ReduceMax",
          inputs: ["wide"],
          outputs: ["score"],
          attributes: { axes: { ints: [1] }, keepdims: { int: 1 } },
        },
      ];
  return encodeModel({
    graph: {
      nodes: [...difference.nodes, ...isTooMuch, ...ending],
      initializers: [
        ...difference.initializers,
        { name: "most_rows", ...int64Tensor([1], [BigInt(mostRows)]) },
        { name: "zero", ...int64Tensor([1], [0n]) },
        { name: "one", ...int64Tensor([1], [1n]) },
        { name: "minus_one", ...int64Tensor([1], [-1n]) },
        { name: "least", ...int64Tensor([1], [-(2n ** 63n)]) },
        { name: "huge", ...int64Tensor([1], [2n ** 46n]) },
      ],
      inputs: [{ name: "features", type: "float", shape: ["N", 2] }],
      outputs: [{ name: "score", type: "float", shape: ["N", 1] }],
    },
  });
}

type GraphPart = { readonly nodes: readonly OnnxNode[]; readonly initializers: readonly OnnxTensor[] };

/** From `features` [N, 2]: `sum` float [N, 1], and `difference` int64 [N, 1], the first feature (cut to a whole number) − `at`. */
function differenceNodes(at: number): GraphPart {
  return {
    nodes: [
      { op: "ReduceSum", inputs: ["features", "columns"], outputs: ["sum"] },
      { op: "Gather", inputs: ["features", "first"], outputs: ["column"], attributes: { axis: { int: 1 } } },
      { op: "Cast", inputs: ["column"], outputs: ["column_number"], attributes: { to: { int: 7 } } },
      { op: "Sub", inputs: ["column_number", "at"], outputs: ["difference"] },
    ],
    initializers: [
      { name: "columns", ...int64Tensor([1], [1n]) },
      { name: "first", ...int64Tensor([1], [0n]) },
      { name: "at", ...int64Tensor([1], [BigInt(at)]) },
    ],
  };
}

/** Fully connected layers with Relu between them; `widths` are the input's, each hidden layer's and the output's. */
function denseLayers(options: {
  readonly input: string;
  readonly output: string;
  readonly widths: readonly number[];
  readonly seed: number;
}): GraphPart {
  const random = seededRandom(options.seed);
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const last = options.widths.length - 2;
  let current = options.input;
  for (let layer = 0; layer <= last; layer++) {
    const rows = options.widths[layer] ?? 0;
    const columns = options.widths[layer + 1] ?? 0;
    initializers.push(randomTensor(`weights_${layer}`, [rows, columns], Math.sqrt(3 / rows), random));
    initializers.push(randomTensor(`bias_${layer}`, [columns], 0.1, random));
    const output = layer === last ? options.output : `layer_${layer}`;
    nodes.push({ op: "Gemm", inputs: [current, `weights_${layer}`, `bias_${layer}`], outputs: [output] });
    current = output;
    if (layer < last) {
      nodes.push({ op: "Relu", inputs: [output], outputs: [`${output}_relu`] });
      current = `${output}_relu`;
    }
  }
  return { nodes, initializers };
}

function convolutionLayers(input: string, classes: number, seed: number): GraphPart {
  const random = seededRandom(seed);
  const channels = 8;
  const dense = denseLayers({ input: "means", output: "logits", widths: [channels, classes], seed: seed + 1 });
  return {
    nodes: [
      {
        op: "Conv",
        inputs: [input, "kernel", "kernel_bias"],
        outputs: ["edges"],
        attributes: { kernel_shape: { ints: [3, 3] }, strides: { ints: [2, 2] }, pads: { ints: [1, 1, 1, 1] } },
      },
      { op: "Relu", inputs: ["edges"], outputs: ["edges_relu"] },
      { op: "GlobalAveragePool", inputs: ["edges_relu"], outputs: ["pooled"] },
      { op: "Flatten", inputs: ["pooled"], outputs: ["means"] },
      ...dense.nodes,
      { op: "Softmax", inputs: ["logits"], outputs: ["probabilities"], attributes: { axis: { int: 1 } } },
    ],
    initializers: [
      randomTensor("kernel", [channels, 3, 3, 3], 0.5, random),
      randomTensor("kernel_bias", [channels], 0.1, random),
      ...dense.initializers,
    ],
  };
}

/** Uniform in ±`range`. */
function randomTensor(name: string, dims: readonly number[], range: number, random: () => number): OnnxTensor {
  const count = dims.reduce((product, dimension) => product * dimension, 1);
  return {
    name,
    ...floatTensor(
      dims,
      Float32Array.from({ length: count }, () => (random() * 2 - 1) * range),
    ),
  };
}
