import fs from "node:fs";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { batchdeck, batchdeckJson, deploy, showJob } from "../../helpers/batchdeck.ts";
import { npyFile, npzFile } from "../../helpers/data/npy-files.ts";
import { runModel } from "../../helpers/models/run-model.ts";
import {
  anySizeModel,
  rankThreeModel,
  stateModel,
  twoTensorsModel,
  wholeItemModel,
  wholeNumbersModel,
} from "../../helpers/models/tensor-models.ts";
import { tabularFolder } from "../../helpers/data/tabular-reading.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { seededRandom } from "../../helpers/random.ts";

const { folder: tableFolder, copyParquet } = tabularFolder();

/** Arrays of any rank, one a file or an entry of the first axis, with values as a direct call of ONNX Runtime gives them. */
const root = temporaryFolder("tensors");
let places = 0;

type Row = Readonly<Record<string, string>>;
type Files = Readonly<Record<string, Buffer | string>>;
type Wish = {
  readonly model: Uint8Array;
  readonly files: Files;
  readonly scorer?: string;
  readonly settings?: string[];
};

async function score({ model, files, scorer, settings }: Wish, ...more: readonly string[]) {
  places += 1;
  const place = path.join(root, String(places));
  const [home, input, out] = [path.join(place, "home"), path.join(place, "input"), path.join(place, "out")];
  fs.mkdirSync(input, { recursive: true });
  for (const [name, content] of Object.entries(files)) fs.writeFileSync(path.join(input, name), content);
  await deploy(home, "arrays", model, {
    ...(scorer === undefined ? {} : { scorer }),
    ...(settings === undefined ? {} : { settings }),
  });
  const invoke = ["invoke", "-n", "arrays", "--input", input, "--output-path", out, "--job-name", "job", ...more];
  const ran = await batchdeck(home, ...invoke);
  const text = (name: string) => fs.readFileSync(path.join(out, name), "utf8");
  const read = (name: string): readonly Row[] =>
    fs.existsSync(path.join(out, name)) ? parse<Row>(text(name), { columns: true }) : [];
  return { home, input, ran, rows: read("predictions.csv"), errors: read("errors.csv"), text };
}

const random = seededRandom(11);
const floats = (count: number): number[] => Array.from({ length: count }, () => Math.fround(random() * 4 - 2));
const float32 = (shape: readonly number[], values: readonly number[]) => npyFile({ type: "float32", shape, values });

function numbersOf(row: Row | undefined, output: string): number[] {
  return Object.entries(row ?? {}).flatMap(([name, cell]) =>
    name.startsWith(output) ? [Math.fround(Number(cell))] : [],
  );
}

async function direct(model: Uint8Array, type: "float32", dims: readonly number[], values: readonly number[]) {
  return (await runModel(model, { x: new Tensor(type, Float32Array.from(values), dims) }))["y"]?.values ?? [];
}

describe("arrays of whole files", () => {
  it("fill a model of rank three without a scorer.yml, in any type that is the same number, with or without a leading 1", async () => {
    const [one, two, whole] = [floats(12), floats(12), floats(12).map(Math.round)];
    const { ran, rows } = await score({
      model: rankThreeModel(),
      files: {
        "a.npy": float32([4, 3], one),
        "b.npy": npyFile({ type: "float32", shape: [1, 4, 3], values: two, isBigEndian: true, isFortran: true }),
        "c.npy": npyFile({ type: "int16", shape: [4, 3], values: whole, version: 2 }),
        "d.npy": npyFile({ type: "float64", shape: [4, 3], values: one, version: 3 }),
        "e.npz": npzFile({ anything: float32([4, 3], two) }, true),
        "beside.csv": "x\n1\n",
      },
    });
    expect(ran.code, ran.stderr).toBe(0);
    expect(rows.map(({ file }) => file)).toEqual(["a.npy", "b.npy", "c.npy", "d.npy", "e.npz"]);
    const expected = await direct(rankThreeModel(), "float32", [5, 4, 3], [one, two, whole, one, two].flat());
    expect(rows.flatMap((row) => numbersOf(row, "y"))).toEqual(expected.map((value) => Number(value)));
  });

  it("that cannot be an item fail alone, each with its reason", async () => {
    const good = float32([4, 3], floats(12));
    const { ran, rows, errors } = await score({
      model: rankThreeModel(),
      files: {
        "a.npy": good,
        "cut.npy": good.subarray(0, good.length - 4),
        "empty.npy": "",
        "objects.npy": npyFile({ type: "int8", shape: [4], values: [1, 2, 3, 4], descr: "'|O'" }),
        "shape.npy": float32([3, 4], floats(12)),
        "text.npy": "not an array",
        "z.npy": good,
        "zip.npz": npzFile({ x: good }, true).fill(7, 60, 90),
      },
    });
    expect(ran.code).toBe(3);
    expect(rows.map(({ file }) => file)).toEqual(["a.npy", "z.npy"]);
    expect(errors.map(({ file, code }) => [file, code])).toEqual([
      ["cut.npy", "array-damaged"],
      ["empty.npy", "file-empty"],
      ["objects.npy", "array-unsupported"],
      ["shape.npy", "array-wrong-shape"],
      ["text.npy", "array-damaged"],
      ["zip.npz", "array-damaged"],
    ]);
    expect(errors[3]?.["message"]).toBe('The array for "x" has the shape [3, 4], and the model takes [4, 3].');
  });

  it("fill several inputs by name, of an archive", async () => {
    const [a, b] = [floats(16), [5n, -7n, 9n]];
    const arrays = {
      b: npyFile({ type: "int64", shape: [3], values: b }),
      a: float32([2, 2, 2, 2], a),
      unused: float32([1], [1]),
    };
    const { rows, errors } = await score({
      model: twoTensorsModel(),
      files: {
        "1.npz": npzFile(arrays),
        "2.npz": npzFile(arrays, true),
        "3.npz": npzFile({ a: arrays.a }),
        "4.npy": arrays.a,
      },
    });
    expect(rows.map((row) => numbersOf(row, "joined"))).toEqual([
      [...a, 5, -7, 9],
      [...a, 5, -7, 9],
    ]);
    expect(errors.map(({ code }) => code)).toEqual(["array-missing", "array-missing"]);
    expect(errors[0]?.["message"]).toBe('The file has no array "b"; it holds "a".');
  });

  it("of different shapes run apart, and nothing is padded", async () => {
    const shapes = [
      [2, 3],
      [2, 3],
      [5, 1],
      [2, 3],
      [1, 1],
      [1, 1],
    ] as const;
    const items = shapes.map(([high, wide]) => floats(high * wide));
    const files = Object.fromEntries(
      shapes.map((shape, index) => [`${index}.npy`, float32(shape, items[index] ?? [])]),
    );
    const { ran, rows } = await score({ model: anySizeModel(), files });
    expect(ran.code, ran.stderr).toBe(0);
    for (const [index, values] of items.entries()) {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(numbersOf(rows[index], "mean")[0]).toBeCloseTo(mean, 5);
    }
  });

  it("keep whole numbers of 64 bits, and refuse what the type does not hold", async () => {
    const long = 9007199254740993n;
    const { rows, errors } = await score({
      model: wholeNumbersModel(),
      scorer: "input: {kind: tensor}\n",
      files: {
        "a.npy": npyFile({ type: "int64", shape: [2], values: [long, 1n] }),
        "b.npy": npyFile({ type: "uint8", shape: [3], values: [200, 1, 2] }),
        "c.npy": npyFile({ type: "float32", shape: [2], values: [1.5, 2] }),
      },
    });
    expect(rows.map(({ largest }) => largest)).toEqual([String(long), "200"]);
    expect(errors[0]?.["message"]).toBe(
      'The array for "ids" is float32 and holds 1.5, which is no int64, as the model takes it.',
    );
  });

  it("are whole runs where the model has no batch dimension", async () => {
    const [one, two] = [floats(12), floats(12)];
    const { ran, rows } = await score({
      model: wholeItemModel(),
      scorer: "input: {kind: tensor}\n",
      files: { "a.npy": float32([4, 3], one), "b.npy": float32([1, 4, 3], two) },
    });
    expect(ran.code, ran.stderr).toBe(0);
    const expected = [one, two].map((values) => direct(wholeItemModel(), "float32", [4, 3], values));
    expect(rows.map((row) => numbersOf(row, "y"))).toEqual(await Promise.all(expected));
  });

  it("are filled up where the model fixes how many run together", async () => {
    const items = [floats(12), floats(12), floats(12)];
    const files = Object.fromEntries(items.map((values, index) => [`${index}.npy`, float32([4, 3], values)]));
    const { rows } = await score({ model: rankThreeModel(2), files });
    const expected = await direct(rankThreeModel(), "float32", [3, 4, 3], items.flat());
    expect(rows.flatMap((row) => numbersOf(row, "y"))).toEqual(expected);
  });
});

describe("constants", () => {
  const scorer = "input: {kind: tensor, constants: {sr: 16000, state: 0.25}}\noutput: {outputs: [output]}\n";

  it("fill a rate and a state, whose rows are second, beside the data", async () => {
    const items = [floats(6), floats(6), floats(6)];
    const files = Object.fromEntries(items.map((values, index) => [`${index}.npy`, float32([6], values)]));
    const { ran, rows } = await score({ model: stateModel(), scorer, files });
    expect(ran.code, ran.stderr).toBe(0);
    const outcome = await runModel(stateModel(), {
      input: new Tensor("float32", Float32Array.from(items.flat()), [3, 6]),
      state: new Tensor("float32", new Float32Array(24).fill(0.25), [2, 3, 4]),
      sr: new Tensor("int64", BigInt64Array.of(16000n), []),
    });
    expect(rows.flatMap((row) => numbersOf(row, "output"))).toEqual(outcome["output"]?.values);
  });

  it("fill what a table leaves, too", async () => {
    const table = "input: {columns: {input: [p, q]}, constants: {sr: '7', state: [[[1, 1, 1, 1]], [[2, 2, 2, 2]]]}}\n";
    const { ran, rows } = await score({
      model: stateModel(),
      scorer: `${table}output: {outputs: [output]}\n`,
      files: { "t.csv": "p,q\n1,3\n5,7\n" },
    });
    expect(ran.code, ran.stderr).toBe(0);
    expect(rows.map((row) => Number(row["output"]))).toEqual([2 + 1.5 + 7, 6 + 1.5 + 7]);
  });

  it("are asked for where an input is one value for a run", async () => {
    const wish = { model: stateModel(), scorer: "input: {kind: tensor, constants: {state: 0}}\n", files: {} };
    await expect(score(wish)).rejects.toThrow("input: {constants: {sr: VALUE}}");
    const tooDeep = "input: {kind: tensor, constants: {sr: [1, 2], state: 0}}\n";
    await expect(score({ ...wish, scorer: tooDeep })).rejects.toThrow("lists of the shape [2]");
  });
});

describe("lists in tables", () => {
  const scorer = "input: {kind: tensor, items: row}\noutput: {keep: [id]}\n";
  const items = [1, 2, 3].map((id) => ({ id, a: floats(16), b: [id, -id, 0] }));
  const nested = ({ a }: (typeof items)[number]) => {
    const halves = (list: readonly unknown[]): unknown[] => [
      list.slice(0, list.length / 2),
      list.slice(list.length / 2),
    ];
    return [a.slice(0, 8), a.slice(8)].map((one) =>
      halves(one).map((two) => halves(two as number[]).map((three) => three)),
    );
  };

  it("fill several inputs of any rank, nested or flat", async () => {
    const lines = items.map((item, index) => JSON.stringify(index === 1 ? item : { ...item, a: nested(item) }));
    const { ran, rows } = await score({ model: twoTensorsModel(), scorer, files: { "t.jsonl": lines.join("\n") } });
    expect(ran.code, ran.stderr).toBe(0);
    expect(rows.map((row) => numbersOf(row, "joined"))).toEqual(items.map(({ a, b }) => [...a, ...b]));
    expect(rows.map(({ id }) => id)).toEqual(["1", "2", "3"]);
  });

  it("are read without a scorer.yml where there are no arrays, in a folder or one file", async () => {
    const lines = items.map((item) => JSON.stringify({ ...item, a: nested(item) })).join("\n");
    const { home, input, ran, rows } = await score({ model: twoTensorsModel(), files: { "t.jsonl": lines } });
    expect(ran.code, ran.stderr).toBe(0);
    expect(rows.map((row) => numbersOf(row, "joined"))).toEqual(items.map(({ a, b }) => [...a, ...b]));
    const one = await batchdeck(
      home,
      "invoke",
      "-n",
      "arrays",
      "--input",
      path.join(input, "t.jsonl"),
      "--job-name",
      "one",
    );
    expect(one.code, one.stderr).toBe(0);
    expect(await showJob(home, "one")).toMatchObject({ total: 3, succeeded: 3 });
  });

  it("have the lengths of the first where the model leaves several open", async () => {
    const lines = ["[[1,2,3],[4,5,6]]", "[[7,8,9],[1,1,1]]", "[[1]]"].map((x) => `{"x":${x}}`).join("\n");
    const { rows, errors } = await score({
      model: anySizeModel(),
      scorer: "input: {items: row}\n",
      files: { "t.jsonl": lines },
    });
    expect(rows.map((row) => numbersOf(row, "mean"))).toEqual([[3.5], [4.5]]);
    expect(errors).toMatchObject([{ row: "3", code: "cell-wrong-shape" }]);
  });

  it("are those of Parquet, too, by the columns that are named", async () => {
    const selected = items.map(
      (item) => `SELECT ${item.id} AS id, ${JSON.stringify(nested(item))} AS points, ${JSON.stringify(item.b)} AS b`,
    );
    await copyParquet(selected.join(" UNION ALL "), "t.parquet");
    const { ran, rows } = await score({
      model: twoTensorsModel(),
      scorer: "input: {columns: {a: points, b: b}}\noutput: {keep: [id]}\n",
      files: { "t.parquet": fs.readFileSync(path.join(tableFolder, "t.parquet")) },
    });
    expect(ran.code, ran.stderr).toBe(0);
    expect(rows.map((row) => numbersOf(row, "joined"))).toEqual(items.map(({ a, b }) => [...a, ...b]));
  });
});

describe("entries of the first axis", () => {
  const scorer = "input: {kind: tensor, items: axis}\nbatch: 8\n";
  const count = 500;
  const values = floats(count * 12);
  const shape = [count, 4, 3];
  const files = {
    "a.npy": float32(shape, values),
    "b.npz": npzFile({ x: float32(shape, values) }, true),
    "c.npy": npyFile({ type: "float32", shape, values, isFortran: true }),
    "d.npz": npzFile({ x: float32(shape, values) }),
    "e.npy": float32([3, 3], floats(9)),
  };

  it("are rows, with the same bytes however many workers cut them", async () => {
    const results = await Promise.all(
      [1, 2].map((workers) =>
        score({ model: rankThreeModel(), scorer, files, settings: [`max_concurrency_per_instance: ${workers}`] }),
      ),
    );
    const [one, two] = results;
    expect(one?.rows).toHaveLength(4 * count);
    expect(two?.text("predictions.csv")).toBe(one?.text("predictions.csv"));
    expect(two?.text("errors.csv")).toBe(one?.text("errors.csv"));
    expect(one?.errors.map(({ file, code }) => [file, code])).toEqual(Array(3).fill(["e.npy", "array-wrong-shape"]));
    expect(one?.rows[count + 1]).toMatchObject({ file: "b.npz", row: "2" });
    const expected = await direct(rankThreeModel(), "float32", shape, values);
    for (const file of ["a.npy", "b.npz", "c.npy", "d.npz"]) {
      const own = one?.rows.filter((row) => row["file"] === file) ?? [];
      expect(own.flatMap((row) => numbersOf(row, "y"))).toEqual(expected);
    }
  });

  it("fail alone when the model's type does not hold their values", async () => {
    const { home, rows, errors } = await score({
      model: wholeNumbersModel(),
      scorer: "input: {kind: tensor, items: axis}\n",
      files: { "a.npy": npyFile({ type: "float64", shape: [3, 2], values: [1, 2, 3.5, 4, 5, 6] }) },
    });
    expect(rows.map(({ row, largest }) => [row, largest])).toEqual([
      ["1", "2"],
      ["3", "6"],
    ]);
    expect(errors).toMatchObject([{ file: "a.npy", row: "2", code: "cell-out-of-range", value: "3.5" }]);
    expect(await showJob(home, "job")).toMatchObject({ total: 3, succeeded: 2, failed: 1 });
  });

  it("are taken over by an incremental run, which scores what was added", async () => {
    const { home, input, text } = await score({ model: rankThreeModel(), scorer, files });
    fs.writeFileSync(path.join(input, "bb.npy"), float32(shape, values.toReversed()));
    const invoke = ["invoke", "-n", "arrays", "--input", input];
    const places = ["again", "fresh"].map((name) => path.join(input, "..", name));
    const again = await batchdeck(
      home,
      ...invoke,
      "--incremental",
      "--output-path",
      places[0] ?? "",
      "--job-name",
      "again",
    );
    const fresh = await batchdeck(home, ...invoke, "--output-path", places[1] ?? "", "--job-name", "fresh");
    expect([again.code, fresh.code]).toEqual([3, 3]);
    const [reused, scored] = places.map((place) => fs.readFileSync(path.join(place, "predictions.csv"), "utf8"));
    expect(reused).toBe(scored);
    expect(reused).not.toBe(text("predictions.csv"));
    expect(await showJob(home, "again")).toMatchObject({ base_job: "job", reused: 4 * count });
  });

  it("are counted and shown with the first array's type and shape before a run", async () => {
    const { home, input } = await score({
      model: rankThreeModel(),
      scorer,
      files: { "a.npy": float32([7, 4, 3], floats(84)) },
    });
    const invoke = ["invoke", "-n", "arrays", "--input", input, "--dry-run"];
    const { plan } = await batchdeckJson<{ plan: unknown }>(home, ...invoke);
    expect(plan).toMatchObject({
      scorer_kind: "tensor",
      items: 7,
      item_unit: "row",
      mapping: [{ input: "x", columns: [{ name: "x", type: "number", values: ["float32 [7, 4, 3]"] }] }],
    });
  });
});
