import { describe, expect, test } from "vitest";
import { scorerOf, tabularFolder } from "../../helpers/data/tabular-reading.ts";
import type { InputWish } from "../../helpers/data/tabular-reading.ts";

const { write, partsOf, read, readWhole } = tabularFolder();

describe("delimited rows", () => {
  test("give columns by name, in any order, whatever else is in the file", async () => {
    const name = write("order.csv", 'id,b,junk,"a",junk\n007,2,x,1,9\n"8 ""é"", z",-4.5,"x,\ny",3e2,9\n');
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
