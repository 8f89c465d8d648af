import { describe, expect, test } from "vitest";
import type { TabularScorer } from "../../../electron/contract/nouns/scorers/tabular-scorer.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import { fillColumns } from "../../../electron/data/preview/fill-columns.ts";
import type { TableSample } from "../../../electron/data/dialects/table-sample.ts";
import { scorerOf } from "../../helpers/data/tabular-reading.ts";

function sampleOf(columns: Readonly<Record<string, readonly string[]>>): TableSample {
  const names = Object.keys(columns);
  const rows = Object.values(columns)[0] ?? [];
  return {
    columns: names,
    rows: rows.map((_, row) => new Map(names.map((name) => [name, columns[name]?.[row] ?? ""]))),
  };
}

function matrix(width: number, changes: Partial<TabularScorer> = {}): TabularScorer {
  const open = { name: "x", type: "float32" as const, shape: [null, width], columns: null };
  return { ...scorerOf([{ type: "float32", columns: [] }], changes), inputs: [open] };
}

function filled(scorer: TabularScorer, sample: TableSample): readonly string[] | string {
  const result = fillColumns(scorer, sample, ".", "table.csv");
  return result.ok
    ? result.value.inputs.flatMap(({ columns: names }) => names ?? [])
    : englishWords(result.problem).message;
}

describe("the columns of a matrix", () => {
  test("may hold truth values", () => {
    const sample = sampleOf({ x: ["1.5", "2"], red: ["True", "False"], blue: ["false", "true"] });
    expect(filled(matrix(3), sample)).toEqual(["x", "red", "blue"]);
  });

  test("that do not fit are refused with what the others hold", () => {
    const sample = sampleOf({ x: ["1.5", "2"], red: ["NA", "yes"], day: ["Monday", "Friday"] });
    expect(filled(matrix(3), sample)).toBe(
      'The model\'s input "x" takes 3 numeric columns, and "table.csv" has 1: "x" ("red" holds "yes", "day" holds "Monday").',
    );
  });
});

test("a named column without a number is refused with what it holds", () => {
  const scorer = scorerOf([{ type: "float32", columns: ["red", "x"] }]);
  const sample = sampleOf({ x: ["1.5", "2"], red: ["yes", "no"] });
  expect(filled(scorer, sample)).toBe(
    'The column "red" of "table.csv" holds no value that the model can take: "red" holds "yes".',
  );
});

describe("what scorer.yml says of missing values", () => {
  const sample = sampleOf({ x: ["1.5", "2", "3"], y: ["?", "3", "4"], z: ["?", "?", "?"] });

  test("counts when columns are told numeric", () => {
    expect(filled(matrix(2), sample)).toEqual(["x", "y"]);
    expect(
      filled(matrix(2, { missingWords: ["?"], missing: "nan" }), sampleOf({ x: ["?", "2"], y: ["?", "3"] })),
    ).toEqual(["x", "y"]);
  });

  test("is refused for a column that no input takes, and for a value that its input cannot hold", () => {
    const unused = matrix(2, { columnMissing: { z: { value: 0 } } });
    expect(filled(unused, sample)).toContain('names "z", and no input of the model takes that from "table.csv"');
    const unfit = matrix(2, { columnMissing: { y: { value: "none" } } });
    expect(filled(unfit, sample)).toContain('says {value: "none"}, and the model\'s input "x" takes float32');
  });
});

describe("columns of folders", () => {
  const sample = { ...sampleOf({ x: ["1", "2"], y: ["3", "4"] }), beside: ["year", "city"] };
  const rows = sample.rows.map((row) => new Map([...row, ["year", "2018"], ["city", "Oslo"]]));
  const partitioned = { ...sample, rows };

  test("fill a matrix after the file's own, where those are too few", () => {
    expect(filled(matrix(3), partitioned)).toEqual(["x", "y", "year"]);
    expect(filled(matrix(2), partitioned)).toEqual(["x", "y"]);
    expect(filled(matrix(2, { keep: ["y"] }), partitioned)).toEqual(["x", "year"]);
  });

  test("are there for whoever names them, and are listed when something else is named", () => {
    expect(filled(scorerOf([{ type: "float32", columns: ["year", "x"] }], { keep: ["city"] }), partitioned)).toEqual([
      "year",
      "x",
    ]);
    const wrong = fillColumns(scorerOf([{ type: "float32", columns: ["month"] }]), partitioned, ".", "table.csv");
    expect(wrong.ok ? "" : englishWords(wrong.problem).remedy).toContain('"x", "y", "year" and "city"');
  });
});

describe("columns of vectors", () => {
  const sample = sampleOf({ id: ["1", "2"], x: ["[1, 2, 3]", "[4, 5, 6]"], v: ["[[1, 2]]", "[[3, 4]]"] });
  const vectors = (scorer: TabularScorer) => {
    const result = fillColumns(scorer, sample, ".", "table.csv");
    return result.ok
      ? result.value.inputs.map(({ columns, vector }) => [columns, vector])
      : englishWords(result.problem).message;
  };
  const input = (
    shape: (number | null)[],
    columns: string[] | null,
    vector?: [number | null, ...(number | null)[]],
  ) => ({
    ...matrix(1),
    inputs: [{ name: "x", type: "float32" as const, shape: [null, ...shape], columns, ...(vector && { vector }) }],
  });

  test("have the lengths of the data where the model leaves them open", () => {
    expect(vectors(input([null], ["x"]) as TabularScorer)).toEqual([[["x"], [3]]]);
    expect(vectors(input([1, null], ["v"], [1, null]) as TabularScorer)).toEqual([[["v"], [1, 2]]]);
    expect(vectors(input([null], ["id"]) as TabularScorer)).toEqual([[["id"], undefined]]);
  });

  test("are taken by a matrix of their name that scorer.yml does not mention", () => {
    expect(vectors(input([3], null) as TabularScorer)).toEqual([[["x"], [3]]]);
  });

  test("without one of the model's lengths are refused with what they hold", () => {
    expect(vectors(input([2], ["x"], [2]) as TabularScorer)).toBe(
      'The column "x" of "table.csv" holds no value that the model can take: "x" holds "[1, 2, 3]".',
    );
  });
});
