import { describe, expect, test } from "vitest";
import type { TabularScorer } from "../../../../electron/contract/nouns/scorers/tabular-scorer.ts";
import type { TensorType } from "../../../../electron/contract/signature.ts";
import { scorerOf, tabularFolder } from "../../../helpers/data/tabular-reading.ts";

const { copyParquet, readWhole, write } = tabularFolder();

/** age, city and flag, with and without values; `id` is only kept, and left out of the second row. */
const files: Readonly<Record<string, () => Promise<string> | string>> = {
  "delimited text": () => write("missing.csv", "age,city,flag,id\n1,Rome,1,a\n,,,\n3,,1,c\nNA,Oslo,0,d\n"),
  "JSON lines": () =>
    write(
      "missing.jsonl",
      [
        { age: 1, city: "Rome", flag: 1, id: "a" },
        { age: null, city: null, flag: null },
        { age: 3, city: "", flag: true, id: "c" },
        { age: "NA", city: "Oslo", flag: 0, id: "d" },
      ]
        .map((row) => JSON.stringify(row))
        .join("\n"),
    ),
  Parquet: async () => {
    await copyParquet(
      `SELECT * FROM (VALUES ('1', 'Rome', 1, 'a'), (NULL, NULL, NULL, NULL), ('3', '', 1, 'c'), ('NA', 'Oslo', 0, 'd'))
        AS t(age, city, flag, id)`,
      "missing.parquet",
    );
    return "missing.parquet";
  },
};

const inputs: readonly { readonly type: TensorType; readonly columns: readonly string[] }[] = [
  { type: "float32", columns: ["age"] },
  { type: "string", columns: ["city"] },
  { type: "int64", columns: ["flag"] },
];

async function rowsOf(file: string, changes: Partial<TabularScorer>) {
  const { rows, failures } = await readWhole(scorerOf(inputs, changes), file);
  return {
    rows: rows.map(({ row, values }) => [row, ...values]),
    failures: failures.map(({ row, code, message }) => [row, code, message]),
  };
}

describe.each(Object.entries(files))("a missing value in %s", (_, fileOf) => {
  test("is what its column's rule says", async () => {
    const rules = { age: "nan", city: { value: "unknown" }, flag: { value: 7 } } as const;
    expect(await rowsOf(await fileOf(), { columnMissing: rules })).toEqual({
      rows: [
        [1, 1, "Rome", 1n],
        [2, Number.NaN, "unknown", 7n],
        [3, 3, "unknown", 1n],
        [4, Number.NaN, "Oslo", 0n],
      ],
      failures: [],
    });
  });

  test("may be an empty text, and fails its row in every other column", async () => {
    const { rows, failures } = await rowsOf(await fileOf(), { columnMissing: { city: { value: "" } } });
    expect(rows).toEqual([
      [1, 1, "Rome", 1n],
      [3, 3, "", 1n],
    ]);
    expect(failures.map(([row, code]) => [row, code])).toEqual([
      [2, "cell-empty"],
      [4, "cell-empty"],
    ]);
  });

  test("in a kept column is empty, or not there at all", async () => {
    const rules = { age: "nan", flag: { value: 0 }, city: { value: "" } } as const;
    const { rows, failures } = await readWhole(
      scorerOf(inputs, { columnMissing: rules, keep: ["id"] }),
      await fileOf(),
    );
    expect(failures).toEqual([]);
    expect(rows.map(({ keep }) => keep[0] || null)).toEqual(["a", null, "c", "d"]);
  });
});

describe("words for no value", () => {
  const words = { missingWords: ["?", " - ", "n.a.", "—"] };
  const rows = ["?,?", "-,-", "n.a.,n.a.", "—,—", "1,x?", "NA,NA"];
  const wanted = [
    [1, -1, "none"],
    [2, -1, "none"],
    [3, -1, "none"],
    [4, -1, "none"],
    [5, 1, "x?"],
    [6, -1, "NA"],
  ];
  const both = [
    { type: "float32", columns: ["n"] },
    { type: "string", columns: ["s"] },
  ] as const;
  const rules = { columnMissing: { n: { value: -1 }, s: { value: "none" } } } as const;

  test.each([
    ["delimited text", "words.csv", `n,s\n${rows.join("\n")}\n`],
    [
      "JSON lines",
      "words.jsonl",
      rows.map((row) => JSON.stringify({ n: row.split(",")[0], s: row.split(",")[1] })).join("\n"),
    ],
  ])("are those that were given beside the usual ones, in numbers and texts of %s", async (_, name, content) => {
    const read = await readWhole(scorerOf(both, { ...words, ...rules }), write(name, content));
    expect(read.failures).toEqual([]);
    expect(read.rows.map(({ row, values }) => [row, ...values])).toEqual(wanted);
  });

  test("are named when they fail their row", async () => {
    const name = write("named.csv", "n,s\n?,a\n1,?\n");
    const { failures } = await readWhole(scorerOf(both, words), name);
    expect(failures.map(({ code, message }) => [code, message])).toEqual([
      ["cell-empty", 'Column "n" holds "?", which stands for no value; the model needs a number.'],
      ["cell-empty", 'Column "s" holds "?", which stands for no value; the model needs a text.'],
    ]);
  });

  test.each(["float32", "float64", "int32", "int64"] as const)(
    "that are numbers are compared as numbers, for an input of %s",
    async (type) => {
      await copyParquet(
        "SELECT * FROM (VALUES (-999.0::DOUBLE, 1), (5, -999), (-998, 3)) AS t(a, b)",
        `sentinels-${type}.parquet`,
      );
      const csv = write(`sentinels-${type}.csv`, "a,b\n-999,1\n5,-999.0\n-998,3\n");
      const json = write(`sentinels-${type}.jsonl`, '{"a":-999,"b":1}\n{"a":5,"b":-9.99e2}\n{"a":-998,"b":3}\n');
      const scorer = (missing: TabularScorer["missing"]) =>
        scorerOf([{ type, columns: ["a", "b"] }], { missing, missingWords: ["-999"] });
      for (const name of type === "int64" ? [csv] : [csv, json, `sentinels-${type}.parquet`]) {
        const filled = await readWhole(scorer({ value: 4 }), name);
        expect(filled.rows.map(({ values }) => values.map(Number))).toEqual([
          [4, 1],
          [5, 4],
          [-998, 3],
        ]);
        const strict = await readWhole(scorer("error"), name);
        expect(strict.rows.map(({ row }) => row)).toEqual([3]);
        expect(strict.failures.map(({ row, code }) => [row, code])).toEqual([
          [1, "cell-empty"],
          [2, "cell-empty"],
        ]);
      }
    },
  );
});

test("a key that an input takes and that is absent fails its row unless its column has a rule", async () => {
  const name = write("absent.jsonl", '{"age":1}\n{"city":"Oslo","age":2}\n');
  const two = inputs.slice(0, 2);
  const strict = await readWhole(scorerOf(two), name);
  expect(strict.failures.map(({ row, code, message }) => [row, code, message])).toEqual([
    [1, "column-missing", 'The object has no key "city".'],
  ]);
  const filled = await readWhole(scorerOf(two, { columnMissing: { city: { value: "-" } } }), name);
  expect(filled.rows.map(({ values }) => values)).toEqual([
    [1, "-"],
    [2, "Oslo"],
  ]);
});
