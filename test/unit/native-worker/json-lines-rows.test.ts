import { describe, expect, test } from "vitest";
import { seededRandom } from "../../helpers/random.ts";
import { scorerOf, tabularFolder } from "../../helpers/data/tabular-reading.ts";

const { write, readWhole } = tabularFolder();

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
    const name = write("bad.jsonl", [...bad, "{}", '{"a":null}', '{"a":"x"}', '{"a":[4]}', '{"a":4}'].join("\n"));
    const { rows, failures } = await readWhole(scorerOf([{ type: "float32", columns: ["a"] }]), name);
    expect(rows.map(({ row }) => row)).toEqual([bad.length + 5]);
    expect(failures.map(({ code, value }) => [code, value])).toEqual([
      ...bad.map((line) => ["row-json", line]),
      ["column-missing", ""],
      ["cell-empty", ""],
      ["cell-not-a-number", "x"],
      ["cell-not-a-number", "[4]"],
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
