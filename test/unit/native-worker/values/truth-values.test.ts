import { describe, expect, test } from "vitest";
import { numberOfCell } from "../../../../electron/contract/tables/cell-values.ts";
import type { TensorType } from "../../../../electron/contract/signature.ts";
import { numberFromBytes } from "../../../../native-worker/readers/tables/csv-numbers.ts";
import { scorerOf, tabularFolder } from "../../../helpers/data/tabular-reading.ts";

const { copyParquet, readWhole, write } = tabularFolder();

const numberTypes: readonly TensorType[] = [
  "float16",
  "float32",
  "float64",
  "int8",
  "uint8",
  "int16",
  "uint16",
  "int32",
  "uint32",
  "int64",
  "uint64",
  "bool",
];

/** Two rows: true beside 7, and false beside 8; the truth values are kept as text too. */
const files: Readonly<Record<string, () => Promise<string> | string>> = {
  "True and False in delimited text": () => write("pandas.csv", "t,n\nTrue,7\nFalse,8\n"),
  "truth values in any case": () => write("case.csv", "t,n\nTRUE,7\n false ,8\n"),
  "literals of JSON": () => write("literals.jsonl", '{"t":true,"n":7}\n{"t":false,"n":8}\n'),
  "texts of JSON": () => write("texts.jsonl", '{"t":"true","n":7}\n{"n":8,"t":"False"}\n'),
  "BOOLEAN of Parquet": async () => {
    await copyParquet("SELECT * FROM (VALUES (true, 7), (false, 8)) AS t(t, n)", "boolean.parquet");
    return "boolean.parquet";
  },
  "VARCHAR of Parquet": async () => {
    await copyParquet("SELECT * FROM (VALUES ('True', 7), ('False', 8)) AS t(t, n)", "texts.parquet");
    return "texts.parquet";
  },
};

describe.each(Object.entries(files))("%s", (_, fileOf) => {
  test.each(numberTypes)("are 1 and 0 for an input of %s", async (type) => {
    const file = await fileOf();
    const alone = await readWhole(scorerOf([{ type, columns: ["t"] }]), file);
    expect(alone.failures).toEqual([]);
    const half = type === "float16" ? 0x3c00 : 1;
    expect(alone.rows.map(({ values }) => values.map(Number))).toEqual([[half], [0]]);
    // Kept, and beside a second input, cells come another way.
    const beside = scorerOf(
      [
        { type, columns: ["t"] },
        { type: "float32", columns: ["n", "t"] },
      ],
      { keep: ["t"] },
    );
    const kept = await readWhole(beside, file);
    expect(kept.rows.map(({ values }) => values.map(Number))).toEqual([
      [half, 7, 1],
      [0, 8, 0],
    ]);
    expect(kept.rows.map(({ keep }) => keep[0]?.trim().toLowerCase())).toEqual(["true", "false"]);
  });
});

test("a number that is 1 or 0 is a truth value, however it is written", async () => {
  const file = write("ones.csv", "t\n1.0\n0.0\n1\n2\n");
  const { rows, failures } = await readWhole(scorerOf([{ type: "bool", columns: ["t"] }]), file);
  expect(rows.map(({ values }) => values)).toEqual([[1], [0], [1]]);
  expect(failures.map(({ message }) => message)).toEqual(['Column "t" holds "2"; the model needs true or false.']);
});

test("words beside true and false are named in the row's error", async () => {
  const file = write("words.csv", "t\nyes\nTru\nfalsee\ntrue1\n");
  const { rows, failures } = await readWhole(scorerOf([{ type: "float32", columns: ["t"] }]), file);
  expect(rows).toEqual([]);
  expect(failures.map(({ code, message }) => [code, message])).toEqual(
    ["yes", "Tru", "falsee", "true1"].map((word) => [
      "cell-not-a-number",
      `Column "t" holds "${word}"; the model needs a number.`,
    ]),
  );
});

test.each([
  "true",
  "TRUE",
  "False",
  "\tfalse ",
  "yes",
  "tru",
  "t",
  "trueX",
  "fals\u0045",
  "\u0454rue",
  "ÔÒÕÅ",
  "12",
  "",
])("the reader of bytes and the look before a run agree on %j", (text) => {
  const bytes = Buffer.from(text);
  expect(numberFromBytes(bytes, 0, bytes.length, true)).toBe(numberOfCell(text));
});
