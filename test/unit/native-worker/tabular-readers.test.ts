import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TabularScorer } from "../../../electron/contract/nouns/scorer.ts";
import type { TensorType } from "../../../electron/contract/signature.ts";
import type { UnitPart } from "../../../electron/contract/nouns/unit.ts";
import { planUnits } from "../../../electron/data/cut/plan-units.ts";
import { nullCell } from "../../../native-worker/readers/block.ts";
import type { TabularSettings } from "../../../native-worker/readers/record-reader.ts";
import { createTabularReaders } from "../../../native-worker/readers/tables/tabular.ts";
import { seededRandom } from "../../helpers/random.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "batchdeck-readers-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

type InputWish = { readonly type: TensorType; readonly columns: readonly string[] };

function scorerOf(inputs: readonly InputWish[], changes: Partial<TabularScorer> = {}): TabularScorer {
  const [first, ...others] = inputs.map(({ type, columns }, index) => ({
    name: `input${index}`,
    type,
    shape: [null, columns.length],
    columns: [...columns],
  }));
  if (first === undefined) throw new Error("A scorer has an input.");
  return {
    kind: "tabular",
    inputs: [first, ...others],
    missing: "error",
    keep: [],
    batch: 4,
    fixedBatch: null,
    outputs: [{ name: "y", type: "float32", width: 1, labels: null, softmax: false, topK: 0, columns: ["y"] }],
    ...changes,
  };
}

function write(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content);
  return name;
}

async function partsOf(name: string, sliceBytes = 1e9): Promise<UnitPart[]> {
  const path = join(folder, name);
  const { size, mtimeMs } = statSync(path);
  const parts: UnitPart[] = [];
  const files = (async function* () {
    yield { path: name, sizeBytes: size, modifiedMs: mtimeMs };
  })();
  const settings = {
    input: { path, kind: "file", recursive: true },
    source: "table-rows",
    dialect: { delimiter: ",", quote: '"', encoding: "utf-8", decimal: "." },
    miniBatchSize: 1,
    sliceBytes,
    unitBytes: sliceBytes,
    rowMultiple: 1,
  } as const;
  for await (const { unit } of planUnits(settings, files, { nextUnit: 0, after: null })) parts.push(...unit.parts);
  return parts;
}

type Row = {
  readonly item: number;
  readonly row: number;
  readonly values: readonly unknown[];
  readonly keep: readonly (string | null)[];
};
type Failure = {
  readonly item: number;
  readonly row: number;
  readonly code: string;
  readonly message: string;
  readonly value: string;
};
type Read = { readonly rows: Row[]; readonly failures: Failure[]; readonly blocks: number[]; readonly end: string };

type ReadWish = {
  readonly range?: { readonly start: number; readonly end: number };
  readonly leaveOut?: readonly number[];
  readonly onBlock?: () => void;
};

async function read(scorer: TabularScorer, part: UnitPart, wish: ReadWish = {}): Promise<Read> {
  const path = join(folder, part.file);
  const settings: TabularSettings = {
    records: "rows",
    scorer,
    dialect: { delimiter: ",", quote: '"', encoding: "utf-8", decimal: "." },
    batch: 4,
    input: { path, kind: "file" },
  };
  const range = wish.range ?? { start: 0, end: part.items };
  const reader = await createTabularReaders(settings).open({ path, part, range, leaveOut: new Set(wish.leaveOut) });
  const found: Read = { rows: [], failures: [], blocks: [], end: "" };
  try {
    for (;;) {
      const step = await reader.next();
      if (step.kind === "problem") return { ...found, end: step.problem.code };
      if (step.kind === "end") return { ...found, end: "end" };
      const { block } = step;
      found.blocks.push(block.records);
      for (let row = 0; row < block.rows; row++) {
        const values = block.inputs.flatMap((input) => {
          const width = input.length / block.rows;
          return Array.from(input as ArrayLike<unknown>).slice(row * width, (row + 1) * width);
        });
        const keep = block.keep.map((cells) =>
          cells.starts[row] === nullCell
            ? null
            : Buffer.from(cells.bytes).toString("utf8", cells.starts[row], cells.ends[row]),
        );
        found.rows.push({ item: block.itemOf[row] as number, row: block.rowNumbers[row] as number, values, keep });
      }
      for (const { item, row, code, message, value } of block.failures)
        found.failures.push({ item, row, code, message, value });
      wish.onBlock?.();
    }
  } finally {
    await reader.close();
  }
}

async function readWhole(scorer: TabularScorer, name: string, wish: ReadWish = {}): Promise<Read> {
  const [part] = await partsOf(name);
  if (part === undefined) throw new Error("The file has no part.");
  return read(scorer, part, wish);
}

describe("delimited rows", () => {
  test("give columns by name, in any order, whatever else is in the file", async () => {
    const name = write("order.csv", 'id,b,junk,"a",b\n007,2,x,1,9\n"8 ""é"", z",-4.5,"x,\ny",3e2,9\n');
    const scorer = scorerOf(
      [
        { type: "float32", columns: ["a", "b"] },
        { type: "float64", columns: ["b"] },
      ],
      { keep: ["id", "a"] },
    );
    const { rows, failures } = await readWhole(scorer, name);
    expect(failures).toEqual([]);
    expect(rows).toEqual([
      { item: 0, row: 1, values: [1, 2, 2], keep: ["007", "1"] },
      { item: 1, row: 2, values: [300, -4.5, -4.5], keep: ['8 "é", z', "3e2"] },
    ]);
  });

  test("that are bad fail alone, with a sentence and their text", async () => {
    const name = write(
      "bad.csv",
      'age,n,id\n1,2,a\n\nabc,2,b\n1,2\n1,2,3,4\n,5,c\n1,"2,d\n1,1e3,e\n1,2.5,f\n1,300,g\n1,"",h\n',
    );
    const scorer = scorerOf([
      { type: "float32", columns: ["age"] },
      { type: "int8", columns: ["n"] },
    ]);
    const { rows, failures, blocks } = await readWhole(scorer, name);
    expect(rows.map(({ row }) => row)).toEqual([1]);
    expect(blocks).toEqual([4, 4, 2]);
    expect(failures.map(({ row, code, message, value }) => [row, code, message, value])).toEqual([
      [2, "cell-not-a-number", 'Column "age" holds "abc"; the model needs a number.', "abc"],
      [3, "row-ragged", "The row has 2 cells; the header has 3.", "1,2"],
      [4, "row-ragged", "The row has 4 cells; the header has 3.", "1,2,3,4"],
      [5, "cell-empty", 'Column "age" is empty; the model needs a number.', ""],
      [
        6,
        "row-quote",
        "A quoted cell of this line is not closed by a quote before a delimiter or a line end.",
        '1,"2,d',
      ],
      [7, "cell-out-of-range", 'Column "n" holds "1e3"; the model needs a number from -128 to 127.', "1e3"],
      [8, "cell-not-a-number", 'Column "n" holds "2.5"; the model needs a whole number.', "2.5"],
      [9, "cell-out-of-range", 'Column "n" holds "300"; the model needs a number from -128 to 127.', "300"],
      [10, "cell-empty", 'Column "n" is empty; the model needs a number.', ""],
    ]);
  });

  test("of a file without a needed column all fail", async () => {
    const name = write("lacking.csv", "a,c\n1,2\n3\n");
    const { failures } = await readWhole(scorerOf([{ type: "float32", columns: ["a", "b"] }]), name);
    expect(failures.map(({ code, message }) => [code, message])).toEqual([
      ["column-missing", 'The file has no column "b".'],
      ["column-missing", 'The file has no column "b".'],
    ]);
  });

  test("hold whole numbers exactly, texts and truth values", async () => {
    const name = write(
      "types.csv",
      "i,u,b,s\n-9223372036854775808,18446744073709551615,TRUE,\u00fc x\n9223372036854775808,0,1,y\n5.0,7,0,\n6,8,yes,z\n1,1,0,w\n",
    );
    const scorer = scorerOf([
      { type: "int64", columns: ["i"] },
      { type: "uint64", columns: ["u"] },
      { type: "bool", columns: ["b"] },
      { type: "string", columns: ["s"] },
    ]);
    const { rows, failures } = await readWhole(scorer, name);
    expect(rows.map(({ values }) => values)).toEqual([
      [-9223372036854775808n, 18446744073709551615n, 1, "ü x"],
      [1n, 1n, 0, "w"],
    ]);
    expect(failures.map(({ row, code }) => [row, code])).toEqual([
      [2, "cell-out-of-range"],
      [3, "cell-empty"],
      [4, "cell-not-a-number"],
    ]);
  });

  test("take an empty cell as the scorer says", async () => {
    const name = write("missing.csv", 'a,s,i\n,,\n" ","",3\n');
    const inputs: InputWish[] = [
      { type: "float32", columns: ["a"] },
      { type: "string", columns: ["s"] },
      { type: "int32", columns: ["i"] },
    ];
    const filled = await readWhole(scorerOf(inputs, { missing: { value: 2 } }), name);
    expect(filled.rows.map(({ values }) => values)).toEqual([
      [2, "2", 2],
      [2, "2", 3],
    ]);
    const nan = await readWhole(scorerOf(inputs, { missing: "nan" }), name);
    expect(nan.rows.map(({ values }) => values)).toEqual([[Number.NaN, "", 3]]);
    expect(nan.failures.map(({ row, code }) => [row, code])).toEqual([[1, "cell-empty"]]);
  });

  test("whose kept text is not UTF-8 fail, since their text could not be written", async () => {
    const name = write(
      "latin.csv",
      Buffer.concat([Buffer.from("a,id\n1,"), Buffer.from([0xe9]), Buffer.from("\n2,é\n")]),
    );
    const { rows, failures } = await readWhole(scorerOf([{ type: "float32", columns: ["a"] }], { keep: ["id"] }), name);
    expect(failures.map(({ row, code }) => [row, code])).toEqual([[1, "file-encoding"]]);
    expect(rows).toMatchObject([{ row: 2, keep: ["é"] }]);
  });

  test("are the same in slices of any size", async () => {
    const lines = Array.from({ length: 400 }, (_, row) =>
      row % 7 === 0 ? `${row},"x\n${row}` : `${row},"k,\n${row}"`,
    );
    const name = write("slices.csv", `a,id\n${lines.join("\n")}`);
    const scorer = scorerOf([{ type: "float32", columns: ["a"] }], { keep: ["id"] });
    const whole = await readWhole(scorer, name);
    expect(whole.rows.length).toBeGreaterThan(300);
    expect(whole.failures.length).toBeGreaterThan(50);
    for (const sliceBytes of [20, 100, 1000]) {
      const parts = await partsOf(name, sliceBytes);
      expect(parts.length).toBeGreaterThan(3);
      const reads = [];
      for (const part of parts) reads.push(await read(scorer, part));
      const withoutItem = ({ item, ...rest }: { readonly item: number }): unknown => rest;
      expect(reads.flatMap(({ rows }) => rows.map(withoutItem))).toEqual(whole.rows.map(withoutItem));
      expect(reads.flatMap(({ failures }) => failures.map(withoutItem))).toEqual(whole.failures.map(withoutItem));
    }
  });
});

describe("a part", () => {
  const scorer = scorerOf([{ type: "float32", columns: ["a"] }]);
  const names = ["range.csv", "range.jsonl", "range.parquet"];

  beforeAll(async () => {
    const numbers = Array.from({ length: 23 }, (_, row) => row);
    write("range.csv", `a\n${numbers.join("\n")}\n`);
    write("range.jsonl", numbers.map((a) => `{"a":${a}}\n`).join(""));
    await copyParquet("SELECT range AS a FROM range(23)", "range.parquet");
  });

  test.each(names)("of %s gives the items that are asked for, and not those that are left out", async (name) => {
    const found = await readWhole(scorer, name, { range: { start: 3, end: 13 }, leaveOut: [0, 4, 12] });
    expect(found.blocks).toEqual([4, 4, 2]);
    expect(found.rows.map(({ item, row, values }) => [item, row, ...values])).toEqual(
      [3, 5, 6, 7, 8, 9, 10, 11].map((item) => [item, item + 1, item]),
    );
    expect(found.end).toBe("end");
  });

  test.each(names)("of %s that was changed before or while it is read is not used", async (name) => {
    const [part] = await partsOf(name);
    if (part === undefined) throw new Error("The file has no part.");
    const touched = await read(scorer, part, { onBlock: () => utimesSync(join(folder, name), 1, 1) });
    expect(touched.end).toBe("input-changed");
    expect(touched.blocks.length).toBeGreaterThan(0);
    const before = await read(scorer, part);
    expect(before).toMatchObject({ blocks: [], end: "input-changed" });
  });

  test("whose file has fewer records than were planned is not used", async () => {
    const name = write("fewer.csv", "a\n1\n2\n");
    const [part] = await partsOf(name);
    if (part === undefined) throw new Error("The file has no part.");
    expect((await read(scorer, { ...part, items: 3 })).end).toBe("input-changed");
  });

  test("whose file is gone was changed", async () => {
    const name = write("gone.csv", "a\n1\n");
    const [part] = await partsOf(name);
    unlinkSync(join(folder, name));
    expect((await read(scorer, part as UnitPart)).end).toBe("input-changed");
  });

  test("of a file that grew is not used", async () => {
    const name = write("grew.csv", "a\n1\n");
    const [part] = await partsOf(name);
    appendFileSync(join(folder, name), "2\n");
    expect((await read(scorer, part as UnitPart)).end).toBe("input-changed");
  });
});

describe("JSON lines", () => {
  test("give values by key, and numbers as they were written", async () => {
    const name = write(
      "values.jsonl",
      '\ufeff{"id":9007199254740993,"a":1.5,"s":"q\\"\\u00e9","o":{"x":[1,"}"]},"n":null}\r\n\n {"s":"t","o":[],"a":"2","id":7,"n":"","a":-3E1}\n',
    );
    const scorer = scorerOf(
      [
        { type: "float32", columns: ["a"] },
        { type: "int64", columns: ["id"] },
        { type: "string", columns: ["s"] },
      ],
      { keep: ["id", "o", "n", "s"] },
    );
    const { rows, failures } = await readWhole(scorer, name);
    expect(failures).toEqual([]);
    expect(rows.map(({ values, keep }) => [...values, ...keep])).toEqual([
      [1.5, 9007199254740993n, 'q"é', "9007199254740993", '{"x":[1,"}"]}', null, 'q"é'],
      [-30, 7n, "t", "7", "[]", "", "t"],
    ]);
  });

  test("that are bad fail alone", async () => {
    const bad = [
      "not json",
      "[1]",
      '{"a":1',
      '{"a":01}',
      '{"a":1,}',
      '{"a":1}x',
      '{"a":"\\q"}',
      '{"a":[1,}',
      '{"a":tru}',
      "{a:1}",
      '"a"',
      '{"a":1 "b":2}',
      '{"a":"x',
    ];
    const name = write("bad.jsonl", [...bad, "{}", '{"a":null}', '{"a":"x"}', '{"a":true}', '{"a":4}'].join("\n"));
    const { rows, failures } = await readWhole(scorerOf([{ type: "float32", columns: ["a"] }]), name);
    expect(rows.map(({ row }) => row)).toEqual([bad.length + 5]);
    expect(failures.map(({ code, value }) => [code, value])).toEqual([
      ...bad.map((line) => ["row-json", line]),
      ["column-missing", ""],
      ["cell-empty", ""],
      ["cell-not-a-number", "x"],
      ["cell-not-a-number", "true"],
    ]);
  });

  test("agree with JSON.parse on what an object is", async () => {
    const pieces = [
      '"a"',
      ":",
      ",",
      "{",
      "}",
      "[",
      "]",
      "1",
      "-0.5e+3",
      "01",
      "1.",
      '"\\n"',
      '"\\x"',
      "null",
      "nul",
      " ",
      '"b"',
      "\t",
      '"é"',
    ];
    const random = seededRandom(7);
    const lines = Array.from({ length: 4000 }, () => {
      const body = Array.from(
        { length: Math.floor(random() * 6) },
        () => pieces[Math.floor(random() * pieces.length)],
      ).join("");
      return random() < 0.5 ? `{"a":${body}}` : `{${body}}`;
    });
    const { rows, failures } = await readWhole(
      scorerOf([{ type: "float32", columns: ["a"] }], { missing: "nan" }),
      write("any.jsonl", lines.join("\n")),
    );
    const isObject = (line: string): boolean => {
      try {
        JSON.parse(line);
        return true;
      } catch {
        return false;
      }
    };
    const notJson = lines.flatMap((line, item) => (isObject(line) ? [] : [item]));
    expect(failures.filter(({ code }) => code === "row-json").map(({ item }) => item)).toEqual(notJson);
    expect(rows.length).toBeGreaterThan(50);
  });
});

describe("Parquet rows", () => {
  test("convert from any column type, with NULL for an empty cell", async () => {
    const select = `SELECT * FROM (VALUES
      (1.5::DOUBLE, 7::BIGINT, 2.25::DECIMAL(9,2), '3', true, 'é', DATE '2026-01-02', 9007199254740993::BIGINT),
      (NULL, 8, 1, 'x', false, NULL, NULL, 1),
      (2, 9, 1, 'x', false, 'k', NULL, 2),
      (0.1, 10, 3, '4e2', false, NULL, NULL, 3)) AS t(d, i, m, t, b, s, day, big)`;
    await copyParquet(select, "types.parquet");
    const scorer = scorerOf(
      [
        { type: "float32", columns: ["d", "i", "m", "t"] },
        { type: "bool", columns: ["b"] },
        { type: "int64", columns: ["big"] },
      ],
      { keep: ["s", "day", "d"] },
    );
    const { rows, failures } = await readWhole(scorer, "types.parquet");
    expect(rows.map(({ row, values, keep }) => [row, ...values, ...keep])).toEqual([
      [1, 1.5, 7, 2.25, 3, 1, 9007199254740993n, "é", "2026-01-02", "1.5"],
      [4, Math.fround(0.1), 10, 3, 400, 0, 3n, null, null, "0.1"],
    ]);
    expect(failures.map(({ row, code, message }) => [row, code, message])).toEqual([
      [2, "cell-empty", 'Column "d" is empty; the model needs a number.'],
      [3, "cell-not-a-number", 'Column "t" holds "x"; the model needs a number.'],
    ]);
  });

  test("keep texts of every length, in a dictionary or not, and nulls, beside numbers that are missing here and there", async () => {
    const count = 9000;
    const select = `SELECT CASE WHEN i % 11 = 0 THEN NULL ELSE repeat('é', i % 9) || 'x' || i END AS s,
        'category ' || repeat('z', (i * 7) % 5) || (i % 5) AS d,
        repeat('long', CASE WHEN i % 100 = 3 THEN 2000 ELSE 5 END) || i AS l,
        CASE WHEN i % 13 = 4 THEN NULL WHEN i % 17 = 5 THEN 'NaN'::DOUBLE ELSE i / 4.0 END AS n, 1000 - i AS m
      FROM range(${count}) AS t(i)`;
    const wanted = Array.from({ length: count }, (_, i) => ({
      values: [i % 13 === 4 || i % 17 === 5 ? Number.NaN : i / 4, 1000 - i],
      keep: [
        i % 11 === 0 ? null : `${"é".repeat(i % 9)}x${i}`,
        `category ${"z".repeat((i * 7) % 5)}${i % 5}`,
        `${"long".repeat(i % 100 === 3 ? 2000 : 5)}${i}`,
      ],
    }));
    for (const options of ["COMPRESSION snappy, ROW_GROUP_SIZE 4096", "DICTIONARY_SIZE_LIMIT 1"]) {
      await copyParquet(select, "texts.parquet", options);
      const inputs = [{ type: "float32" as const, columns: ["n", "m"] }];
      const filled = await readWhole(scorerOf(inputs, { keep: ["s", "d", "l"], missing: "nan" }), "texts.parquet");
      expect(filled.rows.map(({ values, keep }) => ({ values, keep }))).toEqual(wanted);
      const strict = await readWhole(scorerOf(inputs, { keep: ["s", "d", "l"] }), "texts.parquet");
      const whole = wanted.filter(({ values }) => !Number.isNaN(values[0]));
      expect(strict.rows.map(({ values, keep }) => ({ values, keep }))).toEqual(whole);
      expect(strict.failures.map(({ code, item }) => [code, item])).toEqual(
        wanted.flatMap(({ values }, item) => (Number.isNaN(values[0]) ? [["cell-empty", item]] : [])),
      );
    }
  });

  test("come in order and once, from every slice of a file with many row groups", async () => {
    await copyParquet("SELECT range AS a FROM range(20000)", "groups.parquet", "ROW_GROUP_SIZE 2048");
    const parts = await partsOf("groups.parquet", 20_000);
    expect(parts.length).toBeGreaterThan(3);
    const seen: number[] = [];
    for (const part of parts)
      seen.push(
        ...(await read(scorerOf([{ type: "float32", columns: ["a"] }]), part)).rows.map(
          ({ values }) => values[0] as number,
        ),
      );
    expect(seen).toEqual(Array.from({ length: 20_000 }, (_, row) => row));
  });

  test("of a damaged file are a problem of the file", async () => {
    await copyParquet("SELECT random() AS a FROM range(50000)", "damaged.parquet");
    const path = join(folder, "damaged.parquet");
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4, 3000);
    writeFileSync(path, bytes);
    expect((await readWhole(scorerOf([{ type: "float32", columns: ["a"] }]), "damaged.parquet")).end).toBe(
      "file-unreadable",
    );
  });

  test("of a file whose name looks like a pattern are those of that file", async () => {
    await copyParquet("SELECT 1 AS a", "x.parquet");
    const name = "x[1]'*?.parquet";
    copyFileSync(join(folder, "x.parquet"), join(folder, name));
    const found = await readWhole(scorerOf([{ type: "float32", columns: ["a"] }]), name);
    expect(found.rows.map(({ values }) => values)).toEqual([[1]]);
  });
});

async function copyParquet(select: string, name: string, options = "COMPRESSION snappy"): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  await connection.run(`COPY (${select}) TO '${join(folder, name)}' (FORMAT parquet, ${options})`);
  connection.closeSync();
  instance.closeSync();
}
