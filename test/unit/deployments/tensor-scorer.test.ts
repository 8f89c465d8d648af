import { describe, expect, test } from "vitest";
import { resolveScorer } from "../../../electron/deployments/scorers/resolve-scorer.ts";
import { type ScorerFile, scorerFileSchema } from "../../../electron/contract/nouns/scorers/scorer-file.ts";
import type { Scorer } from "../../../electron/contract/nouns/scorer.ts";
import type { ModelSignature, TensorInfo } from "../../../electron/contract/signature.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";

const tensor = (name: string, type: TensorInfo["type"], ...shape: readonly (number | null)[]): TensorInfo => ({
  name,
  type,
  shape: [...shape],
});
const score = (...shape: readonly (number | null)[]) => ({ ...tensor("score", "float32", ...shape), labels: null });

function signatureOf(
  inputs: readonly TensorInfo[],
  outputs = [score(null, 1)],
  fixedBatch: number | null = null,
): ModelSignature {
  return { inputs: [...inputs], outputs, fixedBatch };
}

function resolve(signature: ModelSignature, input: NonNullable<ScorerFile["input"]> = {}, outputs?: [string]) {
  const file = scorerFileSchema.parse({ input, ...(outputs === undefined ? {} : { output: { outputs } }) });
  return resolveScorer(signature, file, null);
}

function scorerOf(...given: Parameters<typeof resolve>): Scorer {
  const result = resolve(...given);
  if (!result.ok) throw new Error(englishWords(result.problem).message);
  return result.value;
}

function refusalOf(...given: Parameters<typeof resolve>): string {
  const result = resolve(...given);
  return result.ok ? "" : `${result.problem.kind} ${englishWords(result.problem).message}`;
}

describe("arrays are what is read", () => {
  test.each([
    ["of rank three", [tensor("x", "float32", null, 4, 3)]],
    ["of rank five", [tensor("x", "int64", null, 1, 3, 8, 8)]],
    ["of rank four with no picture's channels", [tensor("x", "float32", null, 4, 64, 64)]],
    ["several, one of them a picture", [tensor("x", "float32", null, 3, 8, 8), tensor("n", "float32", null, 2)]],
  ])("for inputs %s", (_, inputs) => {
    expect(scorerOf(signatureOf(inputs))).toMatchObject({ kind: "tensor", items: "file", isWhole: false, inputs });
  });

  test("but not for a table, a picture, or a picture beside constants", () => {
    expect(scorerOf(signatureOf([tensor("x", "float32", null, 4)])).kind).toBe("tabular");
    const picture = tensor("x", "float32", null, 3, 8, 8);
    expect(scorerOf(signatureOf([picture])).kind).toBe("image");
    const beside = signatureOf([picture, tensor("scale", "float32", null, 2)]);
    expect(scorerOf(beside, { constants: { scale: [1, 2] } })).toMatchObject({
      kind: "image",
      constants: [{ name: "scale", shape: [null, 2], values: ["1", "2"] }],
    });
  });

  test("as lists in tables where columns are named, or rows are asked for", () => {
    const two = signatureOf([tensor("a", "float32", null, 4, 3), tensor("b", "int64", null)]);
    expect(scorerOf(two, { kind: "tensor", columns: { a: "points" } })).toMatchObject({
      kind: "tabular",
      inputs: [
        { name: "a", columns: ["points"], vector: [4, 3] },
        { name: "b", columns: ["b"] },
      ],
    });
    expect(scorerOf(two, { kind: "tensor", items: "row" })).toMatchObject({ inputs: [{ columns: ["a"] }, {}] });
  });

  test("as whole runs where an output does not begin with the rows that the model fixes", () => {
    const whole = signatureOf([tensor("x", "float32", 4, 3)], [score(3)], 4);
    expect(scorerOf(whole, { kind: "tensor" })).toMatchObject({
      isWhole: true,
      fixedBatch: 1,
      outputs: [{ width: 3 }],
    });
    const rows = signatureOf([tensor("x", "float32", 4, 3, 2)], [score(4, 1)], 4);
    expect(scorerOf(rows)).toMatchObject({ isWhole: false, fixedBatch: 4, outputs: [{ width: 1 }] });
  });

  test("and keys that have no effect are refused", () => {
    const model = signatureOf([tensor("x", "float32", null, 4, 3)]);
    expect(refusalOf(model, { items: "line" })).toMatch(/^scorer\/invalid\S* .*items: line/);
    expect(refusalOf(model, { items: "axis", missing: "nan" as never })).toMatch(/^scorer\/invalid/);
    expect(refusalOf(model, { tokenizer: "tokenizer.json" })).toContain("input.tokenizer");
    expect(refusalOf(signatureOf([tensor("x", "string", null)]), { kind: "text", items: "axis" })).toContain("axis");
    expect(refusalOf(signatureOf([tensor("x", "string", null, 2)]), { kind: "tensor" })).toContain("takes texts");
  });
});

describe("constants", () => {
  const data = tensor("x", "float32", null, 5);
  const single = tensor("sr", "int64");
  const state = tensor("h", "float32", 2, null, 64);

  function constantOf(info: TensorInfo, value: unknown, rows: number | null = null) {
    const x = { ...data, shape: [rows, 5] };
    const signature = signatureOf([x, info], [score(rows, 1)], rows);
    const scorer = scorerOf(signature, { constants: { [info.name]: value as number } });
    return "constants" in scorer ? scorer.constants?.[0] : undefined;
  }

  test("of one value fill what the model asks for; the first free size is that of the rows", () => {
    expect(constantOf(single, 16000)).toMatchObject({ shape: [], values: ["16000"] });
    expect(constantOf(state, 0)).toMatchObject({ shape: [2, null, 64], values: ["0"] });
    expect(constantOf(state, 0, 1)).toMatchObject({ shape: [2, 1, 64], values: ["0"] });
    expect(constantOf(tensor("n", "float32", null, null), 1)).toMatchObject({ shape: [null, 1] });
  });

  test("of lists have their shape, with or without an axis for the rows", () => {
    const pair = tensor("n", "float32", null, 2);
    expect(constantOf(pair, [1, 2])).toMatchObject({ shape: [null, 2], values: ["1", "2"] });
    expect(constantOf(pair, [[1, 2]])).toMatchObject({ shape: [null, 2], values: ["1", "2"] });
    expect(constantOf(tensor("t", "string", 2), ["a", "b"])).toMatchObject({ shape: [2], values: ["a", "b"] });
    for (const wrong of [[1, 2, 3], [[1], [2, 3]], [[[1, 2]]]]) {
      const refusal = refusalOf(signatureOf([data, pair]), { constants: { n: wrong } });
      expect(refusal).toMatch(/^scorer\/invalid\S* .*"n" float32\[\?, 2\]/);
    }
  });

  test("keep what the type holds, whole numbers of 64 bits in quotes", () => {
    const long = tensor("n", "int64", 1);
    expect(constantOf(long, "9007199254740993")?.values).toEqual(["9007199254740993"]);
    expect(constantOf(tensor("n", "bool"), true)?.values).toEqual(["1"]);
    expect(constantOf(tensor("n", "float32"), Number.POSITIVE_INFINITY)?.values).toEqual(["Infinity"]);
    for (const [type, value] of [
      ["int64", 9007199254740993],
      ["int64", 1.5],
      ["uint8", 256],
      ["uint8", "-1"],
      ["float32", "many"],
      ["bool", 2],
    ] as const) {
      const refusal = refusalOf(signatureOf([data, tensor("n", type)]), { constants: { n: value } });
      expect(refusal).toMatch(/^scorer\/invalid\S* .* cannot hold/);
    }
  });

  test("say nothing of how many rows run together, and are asked for where an item cannot be", () => {
    const recurrent = signatureOf([data, tensor("h", "float32", 2, 1, 64)], [score(null, 1)], 2);
    expect(scorerOf(recurrent, { constants: { h: 0 } })).toMatchObject({ fixedBatch: null, batch: "auto" });
    expect(
      refusalOf(signatureOf([tensor("x", "float32", 1, 5), tensor("h", "float32", 2, 4)], [score(1, 1)], 1)),
    ).toMatch(/^model\/unsupported/);
    expect(refusalOf(signatureOf([data, single]))).toMatch(/^scorer\/invalid\S* .*"sr" int64\[\]/);
    expect(refusalOf(signatureOf([data]), { constants: { x: 1 } })).toMatch(/^scorer\/invalid/);
    expect(refusalOf(signatureOf([data]), { constants: { y: 1 } })).toContain('no input "y"');
    expect(refusalOf(signatureOf([data, tensor("h", "float32", 4000, 5000)]), { constants: { h: 0 } })).toContain(
      "too large",
    );
  });
});
