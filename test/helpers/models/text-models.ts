import { encodeModel, type OnnxNode, type OnnxTensor, type OnnxValueInfo } from "./onnx-builder.ts";

export type TokenModelOptions = {
  /** Tokens that the model knows, from 0 on; one beyond them makes it refuse its run. */
  readonly vocabulary: number;
  readonly type?: "int64" | "int32";
  /** Left out: true. Without it the model counts padding in. */
  readonly mask?: boolean;
  /** Left out: false. */
  readonly tokenTypes?: boolean;
  /** A number: the model takes texts of exactly so many tokens. */
  readonly length?: number;
  /** A number: the model takes exactly so many texts. */
  readonly batch?: number;
  /** A token that ends the model's process (on x64), of ids of int64; left out: none does. */
  readonly deadly?: number;
  /** Of the output `hidden` [N, S, 3]: `hiddenVector` of each token, padding too, and of `padded` int64 [N]: how many they are. Left out: neither. */
  readonly hidden?: "float" | "float16";
};

const width = 3;

/** What the model knows of a token: three numbers, different for every id and exact in float32. */
export function tokenVector(id: number): readonly [number, number, number] {
  return [id / 8, ((id * 37) % 64) / 16, ((id * 11) % 32) / 4];
}

/** What the model gives of a token as `hidden`: never 0, so that padding shows where it is counted in. */
export function hiddenVector(id: number): readonly number[] {
  return tokenVector(id).map((value) => value - 1.25);
}

/**
 * A classifier of tokens: Gather of `tokenVector`, the sum of those that are no padding divided by their number → `mean`
 * float [N, 3]; `length` int64 [N] is how many tokens were counted, and with token types `types` int64 [N] is their sum.
 */
export function tokenModel(options: TokenModelOptions): Uint8Array {
  const { vocabulary, type = "int64", mask = true, tokenTypes = false, length = "S", batch = "N" } = options;
  const input = (name: string): OnnxValueInfo => ({ name, type, shape: [batch, length] });
  const nodes: OnnxNode[] = [
    { op: "Gather", inputs: ["table", "input_ids"], outputs: ["vectors"] },
    // Without a mask every place counts.
    mask
      ? { op: "Identity", inputs: ["attention_mask"], outputs: ["counted"] }
      : { op: "Equal", inputs: ["input_ids", "input_ids"], outputs: ["counted"] },
    { op: "Cast", inputs: ["counted"], outputs: ["weights"], attributes: { to: { int: 1 } } },
    { op: "Unsqueeze", inputs: ["weights", "last"], outputs: ["columns"] },
    { op: "Mul", inputs: ["vectors", "columns"], outputs: ["weighted"] },
    { op: "ReduceSum", inputs: ["weighted", "first"], outputs: ["sum"], attributes: { keepdims: { int: 0 } } },
    { op: "ReduceSum", inputs: ["columns", "first"], outputs: ["number"], attributes: { keepdims: { int: 0 } } },
    { op: "Div", inputs: ["sum", "number"], outputs: ["mean"] },
    { op: "ReduceSum", inputs: ["weights", "first"], outputs: ["count"], attributes: { keepdims: { int: 0 } } },
    { op: "Cast", inputs: ["count"], outputs: ["known_length"], attributes: { to: { int: 7 } } },
  ];
  // The least int64 divided by -1, for which an x64 processor sends SIGFPE.
  if (options.deadly !== undefined) {
    nodes.push(
      { op: "Equal", inputs: ["input_ids", "deadly"], outputs: ["is_deadly"] },
      { op: "Where", inputs: ["is_deadly", "least", "zero"], outputs: ["dividend"] },
      { op: "Where", inputs: ["is_deadly", "minus_one", "one"], outputs: ["divisor"] },
      { op: "Div", inputs: ["dividend", "divisor"], outputs: ["nought"] },
      { op: "ReduceSum", inputs: ["nought", "first"], outputs: ["noughts"], attributes: { keepdims: { int: 0 } } },
      { op: "Add", inputs: ["known_length", "noughts"], outputs: ["length"] },
    );
  } else nodes.push({ op: "Identity", inputs: ["known_length"], outputs: ["length"] });
  if (options.hidden !== undefined) {
    const to = options.hidden === "float" ? 1 : 10;
    nodes.push(
      { op: "Add", inputs: ["vectors", "shift"], outputs: ["shifted"] },
      { op: "Cast", inputs: ["shifted"], outputs: ["hidden"], attributes: { to: { int: to } } },
      { op: "Equal", inputs: ["input_ids", "input_ids"], outputs: ["is_there"] },
      { op: "Cast", inputs: ["is_there"], outputs: ["there"], attributes: { to: { int: 7 } } },
      { op: "ReduceSum", inputs: ["there", "first"], outputs: ["padded"], attributes: { keepdims: { int: 0 } } },
    );
  }
  if (tokenTypes) {
    nodes.push(
      { op: "Cast", inputs: ["token_type_ids"], outputs: ["long_types"], attributes: { to: { int: 7 } } },
      { op: "ReduceSum", inputs: ["long_types", "first"], outputs: ["types"], attributes: { keepdims: { int: 0 } } },
    );
  }
  return encodeModel({
    graph: {
      nodes,
      initializers: [
        {
          name: "table",
          type: "float",
          dims: [vocabulary, width],
          values: Array.from({ length: vocabulary }, (_, id) => tokenVector(id)).flat(),
        },
        { name: "last", type: "int64", dims: [1], values: [2n] },
        { name: "shift", type: "float", dims: [1], values: [-1.25] },
        { name: "first", type: "int64", dims: [1], values: [1n] },
        { name: "zero", type: "int64", dims: [1], values: [0n] },
        { name: "one", type: "int64", dims: [1], values: [1n] },
        { name: "minus_one", type: "int64", dims: [1], values: [-1n] },
        { name: "least", type: "int64", dims: [1], values: [-(2n ** 63n)] },
        { name: "deadly", type: "int64", dims: [1], values: [BigInt(options.deadly ?? 0)] },
      ],
      inputs: [
        input("input_ids"),
        ...(mask ? [input("attention_mask")] : []),
        ...(tokenTypes ? [input("token_type_ids")] : []),
      ],
      outputs: [
        { name: "mean", type: "float", shape: [batch, width] },
        { name: "length", type: "int64", shape: [batch] },
        ...(options.hidden === undefined
          ? []
          : ([
              { name: "hidden", type: options.hidden, shape: [batch, length, width] },
              { name: "padded", type: "int64", shape: [batch] },
            ] as const)),
        ...(tokenTypes ? [{ name: "types", type: "int64", shape: [batch] } as const] : []),
      ],
    },
  });
}

/**
 * About as much arithmetic a token as one layer of a small transformer encoder: `input_ids` and `attention_mask` int64
 * [N, S] in, `hidden` float [N, S, 384] out. Tokens see themselves alone, so a text gives the same however it is padded.
 */
export function encoderModel(vocabulary: number): Uint8Array {
  const [hidden, inner] = [384, 1536];
  const weights = (
    name: string,
    rows: number,
    columns: number,
    seed: number,
  ): OnnxTensor & { readonly name: string } => ({
    name,
    type: "float",
    dims: [rows, columns],
    values: Array.from(
      { length: rows * columns },
      (_, at) => (((at * 7919 + seed) % 199) - 99) / (99 * Math.sqrt(rows)),
    ),
  });
  return encodeModel({
    graph: {
      nodes: [
        { op: "Gather", inputs: ["table", "input_ids"], outputs: ["vectors"] },
        { op: "MatMul", inputs: ["vectors", "attention"], outputs: ["attended"] },
        { op: "MatMul", inputs: ["attended", "up"], outputs: ["raised"] },
        { op: "Relu", inputs: ["raised"], outputs: ["active"] },
        { op: "MatMul", inputs: ["active", "down"], outputs: ["lowered"] },
        { op: "Unsqueeze", inputs: ["attention_mask", "last"], outputs: ["columns"] },
        { op: "Cast", inputs: ["columns"], outputs: ["counted"], attributes: { to: { int: 1 } } },
        { op: "Mul", inputs: ["lowered", "counted"], outputs: ["hidden"] },
      ],
      initializers: [
        weights("table", vocabulary, hidden, 1),
        weights("attention", hidden, hidden, 2),
        weights("up", hidden, inner, 3),
        weights("down", inner, hidden, 4),
        { name: "last", type: "int64", dims: [1], values: [2n] },
      ],
      inputs: ["input_ids", "attention_mask"].map((name) => ({ name, type: "int64", shape: ["N", "S"] })),
      outputs: [{ name: "hidden", type: "float", shape: ["N", "S", hidden] }],
    },
  });
}

/** Gives back what it takes: input `text` string [N, 1], output `same` string [N, 1]. */
export function echoModel(): Uint8Array {
  return encodeModel({
    graph: {
      nodes: [{ op: "Identity", inputs: ["text"], outputs: ["same"] }],
      inputs: [{ name: "text", type: "string", shape: ["N", 1] }],
      outputs: [{ name: "same", type: "string", shape: ["N", 1] }],
    },
  });
}
