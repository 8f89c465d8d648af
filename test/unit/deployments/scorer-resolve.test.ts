import { describe, expect, test } from "vitest";
import { scorerWords } from "../../../electron/contract/nouns/scorer.ts";
import type { ScorerFile } from "../../../electron/contract/nouns/scorers/scorer-file.ts";
import {
  float,
  output,
  signature,
  table,
  picture,
  resolved,
  refused,
  named,
  ids,
  bert,
  sentence,
  columnsOf,
} from "../../helpers/deployments/model-signatures.ts";

describe("what is inferred for a table", () => {
  test("is every default", () => {
    expect(resolved(table)).toEqual({
      kind: "tabular",
      inputs: [{ ...float("x", null, 4), columns: null }],
      missing: "error",
      outputs: [
        { name: "y", type: "float32", width: 3, labels: null, softmax: false, topK: 0, columns: ["y_0", "y_1", "y_2"] },
      ],
      keep: [],
      batch: "auto",
      fixedBatch: null,
    });
  });

  test("is a column of its own name for each input one wide", () => {
    const scorer = resolved(
      signature([float("age", null, 1), { name: "city", type: "string", shape: [null] }, float("rest", null, 2)]),
    );
    expect(scorer.kind === "tabular" && scorer.inputs.map(({ columns }) => columns)).toEqual([["age"], ["city"], null]);
  });

  test("is one name for an output that is one wide, and the product of what lies behind the batch", () => {
    const outputs = [output("label", null), output("score", null, 1), output("grid", null, 2, 2)];
    expect(columnsOf(resolved(signature([float("x", null, 4)], outputs)))).toEqual([
      "label",
      "score",
      "grid_0",
      "grid_1",
      "grid_2",
      "grid_3",
    ]);
  });

  test("is ZipMap's labels", () => {
    const outputs = [{ ...output("p", null, 2), labels: ["no", "yes"] }];
    expect(columnsOf(resolved(signature([float("x", null, 4)], outputs)))).toEqual(["p_no", "p_yes"]);
  });

  test("is nothing for texts of three dimensions, or for several matrices", () => {
    const texts = { ...float("x", null, 3, 3), type: "string" as const };
    expect(refused(signature([texts]))).toMatch(/^model\/unsupported .*"x" string\[\?, 3, 3\]/);
    expect(refused(signature([float("a", null, 2), float("b", null, 2)]))).toContain(
      "2 inputs of several columns (a, b)",
    );
  });
});

describe("what is inferred for pictures", () => {
  test("is layout and size by the channels' place", () => {
    expect(resolved(picture)).toMatchObject({
      kind: "image",
      layout: "nchw",
      height: 32,
      width: 48,
      resize: "stretch",
      color: "rgb",
      scale: [0.00392157, 0.00392157, 0.00392157],
      mean: [0, 0, 0],
      std: [1, 1, 1],
    });
    expect(resolved(signature([float("image", null, 32, 48, 3)]))).toMatchObject({
      layout: "nhwc",
      height: 32,
      width: 48,
    });
    expect(resolved(signature([float("image", null, 1, 8, 8)]))).toMatchObject({
      layout: "nchw",
      color: "gray",
      scale: [0.00392157],
    });
  });

  test("is a black border, or one of a level or a colour", () => {
    expect(resolved(picture, { input: { resize: "contain" } })).not.toHaveProperty("pad");
    expect(resolved(picture, { input: { resize: "contain", pad: 114 } })).toMatchObject({ pad: [114, 114, 114] });
    expect(resolved(picture, { input: { resize: "contain", pad: [1, 2, 3] } })).toMatchObject({ pad: [1, 2, 3] });
  });

  test("has the filter, the opacity and the cut that scorer.yml names, and none that it does not name", () => {
    expect(Object.keys(resolved(picture))).not.toEqual(expect.arrayContaining(["alpha"]));
    expect(resolved(picture, { input: { alpha: "white", resample: "bicubic" } })).toMatchObject({
      alpha: "white",
      resample: "bicubic",
      resize: "stretch",
    });
    const cut = resolved(picture, { input: { resize_shorter: 256, crop: "center" } });
    expect(cut).toMatchObject({ resize: "cover", resizeShorter: 256 });
    expect(scorerWords(cut)).toMatchObject({ resize_shorter: 256, crop: "center" });
  });

  test("is refused where a cut is half said, or larger than what it is cut out of", () => {
    expect(refused(picture, { input: { crop: "center" } })).toMatch(/^scorer\/invalid.*"resize_shorter" beside it/);
    expect(refused(picture, { input: { resize_shorter: 256 } })).toMatch(/^scorer\/invalid.*"crop" beside it/);
    expect(refused(picture, { input: { resize_shorter: 256, crop: "center", resize: "cover" } })).toMatch(
      /resize: cover/,
    );
    expect(refused(picture, { input: { resize_shorter: 16, crop: "center" } })).toMatch(/cannot be cut out of/);
  });

  test("is pixels as they are for an input of bytes", () => {
    const bytes = { name: "image", type: "uint8" as const, shape: [null, 32, 48, 3] };
    expect(resolved(signature([bytes]))).toMatchObject({
      kind: "image",
      layout: "nhwc",
      color: "rgb",
      scale: [1, 1, 1],
    });
    expect(resolved(signature([bytes]), { input: { scale: 0.5 } })).toMatchObject({ scale: [0.5, 0.5, 0.5] });
    // Four dimensions alone do not make bytes a picture.
    expect(resolved(signature([{ ...bytes, shape: [null, 8, 8, 8] }]))).toMatchObject({ kind: "tensor" });
    const signed = signature([{ ...bytes, type: "int32" }]);
    expect(resolved(signed, { input: { kind: "image" } })).toMatchObject({ kind: "image", scale: [1, 1, 1] });
    const wide = signature([{ ...bytes, type: "int64" }]);
    expect(refused(wide, { input: { kind: "image" } })).toMatch(/^scorer\/invalid/);
  });

  test("is not the size of a dynamic input, nor the layout of one without channels", () => {
    const open = signature([float("image", null, 3, null, null)]);
    expect(refused(open)).toContain("any size");
    expect(resolved(open, { input: { size: [20, 30] } })).toMatchObject({ height: 20, width: 30 });
    const eight = signature([float("image", null, 8, 8, 8)]);
    expect(refused(eight, { input: { kind: "image" } })).toContain("colour channels");
    expect(resolved(eight)).toMatchObject({ kind: "tensor" });
  });

  test("is contradicted by a scorer.yml at its peril", () => {
    expect(refused(picture, { input: { size: [48, 32] } })).toContain("32 by 48 pixels (height by width)");
    expect(refused(picture, { input: { color: "gray" } })).toContain("3 channels");
    expect(refused(picture, { input: { mean: [1, 2] } })).toContain(
      '"input.mean" in scorer.yml has 2 numbers for 3 channels',
    );
    expect(refused(picture, { input: { std: [1, 0, 1] } })).toContain('"input.std"');
    expect(refused(picture, { input: { pad: 114 } })).toContain('"input.pad"');
    expect(refused(picture, { output: { keep: ["id"] } })).toContain("output.keep");
    expect(refused(picture, { input: { kind: "image", columns: { image: "a" } } })).toContain('"input.columns"');
    expect(refused(table, { input: { kind: "image" } })).toContain("four dimensions");
  });
});

describe("a model of more values than a table has columns", () => {
  test("is an array, one column, which says the shape of an item, and a few items run at a time", () => {
    const wide = signature([float("x", null, 4)], [output("y", null, 3, 58, 58), output("z", null, 1000)]);
    const scorer = resolved(wide);
    expect(scorer.outputs[0]).toMatchObject({ columns: ["y"], width: 1, array: { shape: [3, 58, 58] } });
    expect(scorer.outputs[1]?.columns).toHaveLength(1000);
    expect(scorer.outputs[1]?.array).toBeUndefined();
    expect(scorer.batch).toBe(16);
    expect(resolved(wide, { batch: 100_000 }).batch).toBe(Math.floor((4 * 1024 * 1024) / (3 * 58 * 58)));
  });

  test("is columns where they have names", () => {
    const labels = Array.from({ length: 1001 }, (_, index) => `label ${index}`);
    const scorer = resolved(signature([float("x", null, 4)], [output("y", null, 1001)]), {}, labels);
    expect(columnsOf(scorer)).toEqual(labels.map((label) => `y_${label}`));
  });

  test("is an array where only a run tells how many: one item runs at a time", () => {
    const scorer = resolved(signature([float("x", null, 4)], [output("y", null, 2, null)]));
    expect(scorer).toMatchObject({ batch: 1, outputs: [{ columns: ["y"], array: { shape: [2, null] } }] });
  });

  test.each([
    ["52 million", output("y", null, 52_428_800)],
    ["more than memory holds", output("y", null, 2 ** 31 - 1, 2 ** 31 - 1)],
  ])("is refused where no file could hold them: %s", (_title, wide) => {
    expect(refused(signature([float("x", null, 4)], [wide]))).toContain("values an item");
  });

  test("is taken when the best of them are all that is asked for", () => {
    const scorer = resolved(signature([float("x", null, 4)], [output("y", null, 52_428_800)]), {
      output: { top_k: 2 },
    });
    expect(columnsOf(scorer)).toEqual(["y_top1", "y_top1_score", "y_top2", "y_top2_score"]);
  });
});

describe("a scorer.yml for a table", () => {
  test("names columns, one or several", () => {
    const scorer = resolved(signature([float("x", null, 2), float("z", null, 1)]), {
      input: { columns: { x: ["a", "b"], z: "c" }, missing: { missing: { value: 0 } } },
      output: { keep: ["id"] },
    });
    expect(scorer).toMatchObject({
      inputs: [{ columns: ["a", "b"] }, { columns: ["c"] }],
      missing: { value: 0 },
      keep: ["id"],
    });
  });

  test("names one column of vectors for a matrix, or for more dimensions", () => {
    const matrix = resolved(signature([float("x", null, 4)]), { input: { columns: { x: "v" } } });
    expect(matrix).toMatchObject({ kind: "tabular", inputs: [{ columns: ["v"], vector: [4] }] });
    const nested = resolved(signature([float("x", null, 2, null)]), { input: { columns: { x: "a.b" } } });
    expect(nested).toMatchObject({ kind: "tabular", inputs: [{ columns: ["a.b"], vector: [2, null] }] });
    const one = resolved(signature([float("x", null, 1)]), { input: { columns: { x: "v" } } });
    expect(one.kind === "tabular" && one.inputs[0]?.vector).toBeUndefined();
    expect(refused(signature([float("x", null, 2, 3)]), { input: { columns: { x: ["a", "b"] } } })).toContain(
      "is not columns of a table",
    );
  });

  test.each([
    ["an unknown input", { input: { columns: { features: "a" } } }, 'no input "features"'],
    ["too few columns", { input: { columns: { x: ["a"] } } }, "takes 4 columns, and scorer.yml names 1"],
    ["an unknown output", { output: { outputs: ["z"] } }, 'no output "z"'],
    ["labels of another number", { output: { labels: ["a", "b"] } }, "2 labels"],
    ["more of the top than there are", { output: { top_k: 4 } }, "more than the 3 values"],
    ["a picture's key", { input: { size: [1, 1] } }, '"input.size"'],
    ["a text's key", { input: { tokenizer: "t.json" } }, '"input.tokenizer"'],
    ["the same column twice", { output: { keep: ["id", "id"] } }, 'two columns called "id"'],
    ["a kept column called like a result", { output: { keep: ["y_1"] } }, 'two columns called "y_1"'],
    ["the same label twice", { output: { labels: ["a", "a", "b"] } }, 'two columns called "y_a"'],
  ] as const)("that names %s is refused", (_what, file, sentence) => {
    const given = file as unknown as ScorerFile;
    const labels = "output" in file && "labels" in file.output ? [...file.output.labels] : null;
    const text = refused(table, given, labels);
    expect(text).toMatch(/^scorer\/invalid /);
    expect(text).toContain(sentence);
  });

  test("takes labels for the outputs that have as many values, and no others", () => {
    const two = signature([float("x", null, 4)], [output("a", null, 3), output("b", null, 2), output("c", null)]);
    expect(columnsOf(resolved(two, {}, ["r", "g", "b"]))).toEqual(["a_r", "a_g", "a_b", "b_0", "b_1", "c"]);
  });

  test("applies softmax and top_k to rows of several numbers alone", () => {
    const outputs = [output("p", null, 3), output("q", null), { ...output("s", null, 2), type: "string" as const }];
    const scorer = resolved(signature([float("x", null, 4)], outputs), { output: { softmax: true, top_k: 2 } });
    expect(scorer.outputs.map(({ softmax, topK }) => [softmax, topK])).toEqual([
      [true, 2],
      [false, 0],
      [false, 0],
    ]);
    expect(columnsOf(scorer)).toEqual(["p_top1", "p_top1_score", "p_top2", "p_top2_score", "q", "s_0", "s_1"]);
    const whole = { ...output("n", null, 2), type: "int64" as const };
    expect(refused(signature([float("x", null, 4)], [whole]), { output: { softmax: true } })).toContain("softmax");
    expect(refused(signature([float("x", null, 4)], [output("q", null)]), { output: { top_k: 1 } })).toContain("top_k");
  });

  test("needs a float input for missing: nan", () => {
    expect(
      refused(signature([{ name: "n", type: "int64", shape: [null, 1] }]), { input: { missing: { missing: "nan" } } }),
    ).toContain("missing: nan");
  });
});

describe("outputs and batches", () => {
  test("keep the model's order, whatever order they are asked for in", () => {
    const two = signature([float("x", null, 4)], [output("a", null), output("b", null), output("c", null)]);
    expect(columnsOf(resolved(two, { output: { outputs: ["c", "a"] } }))).toEqual(["a", "c"]);
  });

  test("must be one result an item, and texts of a known width; others can be left out", () => {
    const odd = signature(
      [float("x", null, 4)],
      [output("y", null, 2), output("all", 1, 2), { ...output("wide", null, null), type: "string" }],
    );
    expect(refused(odd)).toContain('"all" float32[1, 2] does not give one result an item');
    expect(refused(odd, { output: { outputs: ["wide"] } })).toContain("not known");
    expect(columnsOf(resolved(odd, { output: { outputs: ["y"] } }))).toEqual(["y_0", "y_1"]);
    expect(refused(signature([float("x", null, 4)], [output("y")]))).toContain("one result an item");
  });

  test("belong whole to the one item of a run, where the model fixes that or scorer.yml asks for it", () => {
    const timeFirst = (rows: number | null) =>
      signature([float("x", rows, 4)], [output("y", 5, 1, 2), output("z", rows)]);
    const whole = { batch: 1, fixedBatch: 1, wholeOutputs: true };
    expect(resolved(timeFirst(1))).toMatchObject(whole);
    expect(resolved(timeFirst(null), { batch: 1 })).toMatchObject(whole);
    expect(columnsOf(resolved(timeFirst(1)))).toHaveLength(11);
    expect(resolved(timeFirst(1), { output: { outputs: ["z"] } })).not.toHaveProperty("wholeOutputs");
    expect(refused(timeFirst(2))).toContain("does not give one result an item");
  });

  test("are refused when a table could not hold the columns, unless only the top is wanted", () => {
    const many = signature(
      [float("x", null, 4)],
      Array.from({ length: 11 }, (_, index) => output(`y${index}`, null, 1000)),
    );
    expect(refused(many)).toContain("11000 values");
    expect(columnsOf(resolved(many, { output: { top_k: 1 } }))).toHaveLength(22);
  });

  test("follow a batch that the model fixes", () => {
    const fixed = signature([float("x", 8, 4)], [output("y", 8, 1)]);
    expect(resolved(fixed)).toMatchObject({ batch: 8, fixedBatch: 8 });
    expect(resolved(fixed, { batch: 8 })).toMatchObject({ batch: 8 });
    expect(refused(fixed, { batch: 4 })).toContain("exactly 8 rows");
    expect(resolved(table, { batch: 4 })).toMatchObject({ batch: 4, fixedBatch: null });
  });
});

describe("a scorer of texts", () => {
  test("is inferred for input_ids and what goes with them, beside a tokenizer; else they are columns", () => {
    expect(resolved(bert, {}, null, named)).toMatchObject({
      kind: "text",
      items: "file",
      column: null,
      missing: "error",
      tokenizer: { file: "tokenizer.json", maxLength: 128 },
      inputs: [{ holds: "input_ids" }, { holds: "attention_mask" }, { holds: "token_type_ids" }],
    });
    expect(resolved(signature([ids("input_ids", 4)])).kind).toBe("tabular");
    expect(resolved(signature([ids("input_ids"), ids("position", 1)]), {}, null, named).kind).toBe("tabular");
  });

  test("is not inferred for a string, which is a column", () => {
    expect(resolved(sentence).kind).toBe("tabular");
    expect(resolved(sentence, { input: { kind: "text" } })).toMatchObject({
      kind: "text",
      items: "file",
      tokenizer: null,
      inputs: [{ name: "sentence", holds: "text" }],
    });
  });

  test("reads rows where a column is named, else what items says, else files", () => {
    const itemsOf = (input: ScorerFile["input"]) => {
      const scorer = resolved(bert, { input }, null, named);
      return scorer.kind === "text" ? [scorer.items, scorer.column] : null;
    };
    expect(itemsOf({})).toEqual(["file", null]);
    expect(itemsOf({ items: "line" })).toEqual(["line", null]);
    expect(itemsOf({ columns: { input_ids: "body" } })).toEqual(["row", "body"]);
  });

  test.each([
    ["max_length", { input: { max_length: 64 } }, null, 64],
    ["the model's length", {}, 256, 128],
    ["the model's length when the tokenizer's own is larger", {}, 32, 32],
    ["max_length within the model's", { input: { max_length: 16 } }, 32, 16],
  ] as const)("cuts texts to %s", (_what, file, length, wanted) => {
    const scorer = resolved(signature([ids("input_ids", length)]), file, null, named);
    expect(scorer.kind === "text" && scorer.tokenizer?.maxLength).toBe(wanted);
  });

  test.each([
    ["tokens without a tokenizer", bert, { input: { kind: "text" } }, null, "no tokenizer.json"],
    [
      "more tokens than the model takes",
      signature([ids("input_ids", 8)]),
      { input: { max_length: 9 } },
      named,
      "8 tokens",
    ],
    ["nothing but special tokens", bert, { input: { max_length: 2 } }, named, "cut to 2 tokens"],
    ["a tokenizer for a string", sentence, { input: { kind: "text", tokenizer: "t.json" } }, null, "as they are"],
    ["numbers", table, { input: { kind: "text" } }, null, "one string input"],
    ["columns of lines", bert, { input: { items: "line", columns: { input_ids: "a" } } }, named, "input.columns"],
    ["kept columns of files", sentence, { input: { kind: "text" }, output: { keep: ["id"] } }, null, "output.keep"],
    ["empty cells of files", sentence, { input: { kind: "text", missing: "nan" } }, null, "input.missing"],
    ["rows of an unnamed column", bert, { input: { items: "row" } }, named, "Which column"],
    ["two columns", bert, { input: { columns: { input_ids: ["a", "b"] } } }, named, "one column"],
    ["an unknown input", bert, { input: { columns: { words: "a" } } }, named, 'no input "words"'],
    ["a picture's key", bert, { input: { size: [1, 1] } }, named, '"input.size"'],
  ] as const)("of %s is refused", (_what, of, file, tokenizer, reason) => {
    const text = refused(of, file as unknown as ScorerFile, null, tokenizer);
    expect(text).toMatch(/^scorer\/invalid /);
    expect(text).toContain(reason);
  });
});
