import { describe, expect, test } from "vitest";
import type { TabularScorer } from "../../../../electron/contract/nouns/scorers/tabular-scorer.ts";
import type { TensorType } from "../../../../electron/contract/signature.ts";
import { scorerOf, tabularFolder } from "../../../helpers/data/tabular-reading.ts";

const { copyParquet, readWhole, write } = tabularFolder();

function vectorScorer(
  type: TensorType,
  shape: [number, ...number[]],
  changes: Partial<TabularScorer> = {},
): TabularScorer {
  const input = { name: "x", type, shape: [null, ...shape], columns: ["v"], vector: shape };
  return { ...scorerOf([{ type, columns: ["v"] }]), inputs: [input], keep: ["id"], ...changes };
}

async function read(scorer: TabularScorer, file: string) {
  const { rows, failures } = await readWhole(scorer, file);
  return {
    rows: rows.map(({ keep, values }) => [keep[0], ...values]),
    failures: failures.map(({ row, code, message }) => [row, code, message]),
  };
}

const files = {
  "JSON lines": () =>
    write(
      "v.jsonl",
      '{"id":"a","v":[1,2.5,-3e2]}\n{"id":"b","v":[4,5]}\n{"id":"c","v":"x"}\n{"v":[ 7 , 8,9 ],"id":"d"}\n',
    ),
  "delimited text": () => write("v.csv", 'id,v\na,"[1, 2.5, -3e2]"\nb,"[4,5]"\nc,x\nd,"[ 7 , 8,9 ]"\n'),
  "Parquet lists": async () => {
    await copyParquet(
      "SELECT * FROM (VALUES ('a', [1.0, 2.5, -300]::DOUBLE[]), ('b', [4, 5]), ('d', [7, 8, 9])) AS t(id, v)",
      "v.parquet",
    );
    return "v.parquet";
  },
};

describe.each(Object.entries(files))("vectors in %s", (kind, fileOf) => {
  test("fill a matrix, and one of another length fails its row alone", async () => {
    const isParquet = kind.startsWith("Parquet");
    const { rows, failures } = await read(vectorScorer("float32", [3]), await fileOf());
    expect(rows).toEqual([
      ["a", 1, 2.5, -300],
      ["d", 7, 8, 9],
    ]);
    expect(failures.map(([row, code]) => [row, code])).toEqual([
      [2, "cell-wrong-shape"],
      ...(isParquet ? [] : [[3, "cell-wrong-shape"]]),
    ]);
    expect(failures[0]?.[2]).toMatch(
      /^Column "v" holds "\[4(\.0)?,\s?5(\.0)?\]"; the model needs a list of 3 numbers\.$/,
    );
  });
});

test("fixed-size lists of Parquet, nested ones, and texts are read as they are nested", async () => {
  await copyParquet("SELECT 'a' AS id, [[1, 2], [3, 4.5]]::FLOAT[2][2] AS v", "array.parquet");
  expect((await read(vectorScorer("float64", [2, 2]), "array.parquet")).rows).toEqual([["a", 1, 2, 3, 4.5]]);
  await copyParquet("SELECT 'a' AS id, ['x, \"y', '', 'NULL', '[1]'] AS v", "texts.parquet");
  const texts = vectorScorer("string", [4], { missing: { value: "-" } });
  expect((await read(texts, "texts.parquet")).rows).toEqual([["a", 'x, "y', "-", "NULL", "[1]"]]);
  const flat = await read(
    vectorScorer("float32", [2, 2]),
    write("flat.jsonl", '{"id":"a","v":[1,2,3,4]}\n{"id":"b","v":[[1,2],[3]]}\n'),
  );
  // A plain list of all values is as clear.
  expect(flat.rows).toEqual([["a", 1, 2, 3, 4]]);
  expect(flat.failures.map(([, code, message]) => [code, message])).toEqual([
    ["cell-wrong-shape", 'Column "v" holds "[[1,2],[3]]"; the model needs a list of 2 lists of 2 numbers.'],
  ]);
});

test.each([
  ["int64", "[9007199254740993, -1]", [9007199254740993n, -1n]],
  ["uint8", "[true, 255]", [1, 255]],
  ["bool", "[false, 1]", [0, 1]],
  ["float16", "[1, 0.5]", [0x3c00, 0x3800]],
  ["float64", '["2.5", 1e300]', [2.5, 1e300]],
] as const)("elements of %s keep what the type holds", async (type, list, wanted) => {
  const file = write(
    `elements-${type}.jsonl`,
    `{"id":"a","v":${list}}\n{"id":"b","v":["x",1]}\n{"id":"c","v":[300.5,1]}\n`,
  );
  const { rows, failures } = await read(vectorScorer(type, [2]), file);
  expect(rows[0]).toEqual(["a", ...wanted]);
  expect(failures[0]?.slice(0, 2)).toEqual([2, "cell-not-a-number"]);
  expect(failures.length).toBe(type.startsWith("float") ? 1 : 2);
});

test("a missing element, and a missing vector, are what the rule of their column says", async () => {
  const file = write(
    "missing-vectors.jsonl",
    '{"id":"a","v":[null,2]}\n{"id":"b","v":null}\n{"id":"c"}\n{"id":"d","v":[-9,1]}\n',
  );
  const rule = { missing: { value: 5 }, missingWords: ["-9"] };
  expect((await read(vectorScorer("float32", [2], rule), file)).rows).toEqual([
    ["a", 5, 2],
    ["b", 5, 5],
    ["c", 5, 5],
    ["d", 5, 1],
  ]);
  const strict = await read(vectorScorer("int64", [2]), file);
  expect(strict.failures.map(([row, code]) => [row, code])).toEqual([
    [1, "cell-not-a-number"],
    [2, "cell-empty"],
    [3, "column-missing"],
  ]);
  expect(strict.rows).toEqual([["d", -9n, 1n]]);
});

describe("fields of structures", () => {
  const wanted = [
    ["a", 1, 2],
    ["b", 3, 4],
  ];
  const scorer = scorerOf([{ type: "float32", columns: ["s.x", "s.deep.y"] }], { keep: ["s.id"] });
  const shown = ({ rows }: Awaited<ReturnType<typeof readWhole>>) =>
    rows.map(({ keep, values }) => [keep[0], ...values]);

  test("are reached in JSON lines and in Parquet", async () => {
    const lines = [
      { s: { id: "a", x: 1, deep: { y: 2 } } },
      { other: { x: 9 }, s: { deep: { y: 4, z: [1] }, x: 3, id: "b" } },
    ];
    const json = write("fields.jsonl", lines.map((line) => JSON.stringify(line)).join("\n"));
    expect(shown(await readWhole(scorer, json))).toEqual(wanted);
    await copyParquet(
      "SELECT unnest([{'id': 'a', 'x': 1, 'deep': {'y': 2}}, {'id': 'b', 'x': 3, 'deep': {'y': 4}}]) AS s",
      "fields.parquet",
    );
    expect(shown(await readWhole(scorer, "fields.parquet"))).toEqual(wanted);
  });

  test("give way to a column of that very name", async () => {
    const json = write(
      "own.jsonl",
      '{"s":{"id":"no","x":1,"deep":{"y":2}},"s.id":"a"}\n{"s.deep":{"y":4},"s":{"x":3},"s.id":"b"}\n',
    );
    expect(shown(await readWhole(scorer, json))).toEqual(wanted);
    await copyParquet("SELECT 'a' AS \"s.id\", {'id': 'no', 'x': 1, 'deep': {'y': 2}} AS s", "own.parquet");
    expect(shown(await readWhole(scorer, "own.parquet"))).toEqual([["a", 1, 2]]);
    const csv = write("own.csv", "s.x,s.deep.y,s.id\n1,2,a\n3,4,b\n");
    expect(shown(await readWhole(scorer, csv))).toEqual(wanted);
  });

  test("that are not there are missing; those of a null are null", async () => {
    const json = write("gone.jsonl", '{"s":null}\n{"s":{"x":1}}\n{"s":5}\n{"s":{"x":1,"deep":{"y":2}}}\n');
    const { rows, failures } = await readWhole(scorer, json);
    expect(failures.map(({ row, code }) => [row, code])).toEqual([
      [1, "cell-empty"],
      [2, "column-missing"],
      [3, "column-missing"],
    ]);
    expect(rows.map(({ keep, values }) => [keep[0], ...values])).toEqual([[null, 1, 2]]);
  });

  test("may hold vectors", async () => {
    const json = write("inner.jsonl", '{"s":{"v":[1,2]}}\n');
    const input = { name: "x", type: "float32" as const, shape: [null, 2], columns: ["s.v"], vector: [2] as [number] };
    const read = await readWhole({ ...scorer, inputs: [input], keep: [] }, json);
    expect(read.rows.map(({ values }) => values)).toEqual([[1, 2]]);
  });
});
