import path from "node:path";
import { describe, expect, it } from "vitest";
import { scorerFileSchema } from "../../../electron/contract/nouns/scorers/scorer-file.ts";
import type { TabularScorer } from "../../../electron/contract/nouns/scorers/tabular-scorer.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import { scorerOf, tabularFolder } from "../../helpers/data/tabular-reading.ts";
import { readInput, writeFiles } from "../../helpers/data/read-input.ts";
import { renameInParquet } from "../../helpers/data/parquet-patches.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import fs from "node:fs";

const { folder: parquetFolder, copyParquet } = tabularFolder();

/** Columns are counted as they stand, and found by their names whatever these are made of. */
const root = temporaryFolder("column-names");
let folders = 0;

function folderOf(files: Readonly<Record<string, string | Buffer>>): string {
  folders += 1;
  const folder = path.join(root, String(folders));
  writeFiles(folder, files);
  return folder;
}

function matrix(width: number | null, changes: Partial<TabularScorer> = {}): TabularScorer {
  const open = { name: "x", type: "float32" as const, shape: [null, width], columns: null };
  return { ...scorerOf([{ type: "float32", columns: [] }], changes), inputs: [open] };
}

const named = (columns: readonly string[], keep: readonly string[] = []): TabularScorer =>
  scorerOf([{ type: "float32", columns }], { keep: [...keep] });

/** The sentence of a refusal; else the columns, then the values or the reason of each item. */
async function read(files: Readonly<Record<string, string | Buffer>>, scorer: TabularScorer): Promise<unknown> {
  const found = await readInput(folderOf(files), scorer);
  if (!found.ok) return englishWords(found.problem).message;
  return [found.columns[0], ...found.items.map(({ values, message }) => values ?? message)];
}

describe("columns of the same name", () => {
  const file = { "a.csv": "a,b,b,c\n1,2,3,4\n" };

  it("are as many as there are", async () => {
    expect(await read(file, matrix(3))).toBe(
      'The model\'s input "x" takes 3 numeric columns, and "a.csv" has 4: "a", "b", "b" and "c".',
    );
  });

  it.each([
    ["of a matrix that takes as many", matrix(4)],
    ["of a matrix that takes any number", matrix(null)],
    ["that are named", named(["a", "b"])],
    ["that are kept", named(["a"], ["b"])],
  ])("are refused by name where they are needed: %s", async (_what, scorer) => {
    expect(await read(file, scorer)).toBe('"a.csv" has more than one column "b", and nothing says which is meant.');
  });

  it.each([
    ["others are named", file, named(["a", "c"]), ["a", "c"], [1, 4]],
    ["they hold text", { "a.csv": "id,name,name,score\n1,a,b,5\n" }, matrix(2), ["id", "score"], [1, 5]],
    ["they have no name", { "a.csv": ",a,,c\n7,1,8,2\n" }, matrix(2), ["a", "c"], [1, 2]],
  ])("trouble nobody where %s", async (_what, files, scorer, columns, values) => {
    expect(await read(files, scorer)).toEqual([columns, values]);
  });

  it("are told apart by what they hold when columns are counted", async () => {
    expect(await read({ "a.csv": "a,b,b\n1,x,3\n" }, matrix(2))).toBe(
      '"a.csv" has more than one column "b", and nothing says which is meant.',
    );
  });

  it("fail the rows of a later file, which say so", async () => {
    const files = { "a.csv": "a,b\n1,2\n", "b.csv": "a,b,b\n1,2,3\n4,5,6\n", "c.csv": "a,b,c,c\n7,8,9,0\n" };
    const message = 'The file has more than one column "b".';
    expect(await read(files, named(["a", "b"]))).toEqual([["a", "b"], [1, 2], message, message, [7, 8]]);
  });

  it("are so in a Parquet file too, and names that differ in capitals are names of their own", async () => {
    await copyParquet("SELECT 1 AS a1, 2 AS b1, 3 AS c1, 4 AS d1", "names.parquet");
    const content = fs.readFileSync(path.join(parquetFolder, "names.parquet"));
    const twice = { "a.parquet": renameInParquet(content, { d1: "a1", b1: "A1" }) };
    expect(await read(twice, matrix(4))).toBe(
      '"a.parquet" has more than one column "a1", and nothing says which is meant.',
    );
    expect(await read(twice, named(["a1"]))).toContain("more than one column");
    expect(await read(twice, named(["A1", "c1"]))).toEqual([
      ["A1", "c1"],
      [2, 3],
    ]);
    const later = { "a.csv": "a1,c1\n1,2\n", "b.parquet": twice["a.parquet"] };
    expect(await read(later, named(["a1", "c1"]))).toEqual([
      ["a1", "c1"],
      [1, 2],
      'The file has more than one column "a1".',
    ]);
  });
});

describe("names that are numbers", () => {
  it("are names where they are asked for, and where they count the columns", async () => {
    expect(await read({ "a.csv": "2,1,0\n7,8,9\n" }, named(["0", "1"]))).toEqual([
      ["0", "1"],
      [9, 8],
    ]);
    expect(await read({ "a.csv": "0,1,2\n7,8,9\n" }, matrix(3))).toEqual([
      ["0", "1", "2"],
      [7, 8, 9],
    ]);
    expect(await read({ "a.jsonl": '{"5": 1, "7": 2}\n' }, matrix(2))).toEqual([
      ["5", "7"],
      [1, 2],
    ]);
  });

  it("are no header where they are anything else", async () => {
    for (const content of ["1,2,3\n4,5,6\n", "0\n1\n", "0,2,1\n1,2,3\n", "5.1,3.5\n1,2\n"]) {
      expect(await read({ "a.csv": content }, matrix(null))).toBe(
        'The first line of "a.csv" holds numbers only, so it is no header.',
      );
    }
  });

  it("may be written without quotes in scorer.yml", () => {
    const parsed = scorerFileSchema.parse({ input: { columns: { x: [0, "1"], y: 2 } }, output: { keep: [3] } });
    expect([parsed.input?.columns, parsed.output?.keep]).toEqual([{ x: ["0", "1"], y: "2" }, ["3"]]);
  });
});

describe("names that look alike", () => {
  const composed = "caf\u00e9";
  const decomposed = "cafe\u0301";

  it("are one name whether an accent is a character of its own or not", async () => {
    const values = [[composed], [1]];
    for (const name of [composed, decomposed]) {
      const files = [
        { "a.csv": `${name},y\n1,2\n` },
        { "a.jsonl": `{"${name}": 1}\n` },
        {
          "a.jsonl": `{"${name.replace(/[^a-z]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)}": 1}\n`,
        },
      ];
      for (const one of files) {
        expect(await read(one, named([composed]))).toEqual(values);
        expect(await read(one, named([decomposed]))).toEqual([[decomposed], [1]]);
      }
    }
    await copyParquet(`SELECT 1 AS "${decomposed}"`, "nfd.parquet");
    const parquet = { "a.parquet": fs.readFileSync(path.join(parquetFolder, "nfd.parquet")) };
    expect(await read(parquet, named([composed], [decomposed]))).toEqual(values);
    expect(await read({ "a.csv": `${composed},${decomposed}\n1,2\n` }, named([composed]))).toContain("more than one");
  });

  it.each([
    ["age", "Age", '"Age" differs in capitals'],
    ["a b", "a\u00a0b", '"a\u00a0b" looks alike, but has U+00A0'],
    ["ab", "a\u200bb", '"a\u200bb" looks alike, but has U+200B'],
    ["a\u200bb", "ab", '"ab" looks alike, but lacks U+200B'],
    ["age", "\u0430ge", '"\u0430ge" looks alike, but has U+0430'],
    ["x1", "\uff581", '"\uff581" looks alike, but has U+FF58'],
    ["a b b", "a b  b", '"a b  b" looks alike, but has its characters in other places'],
  ])("are told apart: %s and %s", async (wanted, found, difference) => {
    expect(await read({ "a.csv": `${found},y\n1,2\n` }, named([wanted]))).toBe(
      `"a.csv" has no column "${wanted}": ${difference}.`,
    );
  });

  it("are not said of names that do not", async () => {
    expect(await read({ "a.csv": "weight,y\n1,2\n" }, named(["height"]))).toBe('"a.csv" has no column "height".');
  });
});

describe("a kept key of JSON lines", () => {
  const line = (row: number, more = {}) => `${JSON.stringify({ a: row, ...more })}\n`;
  const many = Array.from({ length: 300 }, (_, row) => line(row)).join("");
  const keptOf = async (files: Readonly<Record<string, string>>) => {
    const found = await readInput(folderOf(files), named(["a"], ["b"]));
    return found.ok ? found.items.map(({ keep }) => keep?.[0]) : found.problem.kind;
  };

  it("may be in another file only, of whatever format", async () => {
    expect(await keptOf({ "a.jsonl": line(1), "b.jsonl": line(2, { b: "x" }) })).toEqual([null, "x"]);
    expect(await keptOf({ "a.jsonl": line(1), "b.csv": "a,b\n2,x\n" })).toEqual([null, "x"]);
  });

  it("may come up later than anybody looks", async () => {
    const kept = await keptOf({ "a.jsonl": `${many}${line(300, { b: "x" })}` });
    expect([kept.length, kept.at(-1), kept.indexOf("x")]).toEqual([301, "x", 300]);
  });

  it("is refused when no line has it and all were looked at", async () => {
    expect(await keptOf({ "a.jsonl": line(1), "b.jsonl": line(2, { c: "x" }) })).toBe("input/wrong-columns:missing");
  });

  it("is no reason to do without an input's key", async () => {
    const found = await readInput(folderOf({ "a.jsonl": many }), named(["a", "c"]));
    expect(found).toMatchObject({ ok: false, problem: { kind: "input/wrong-columns:missing" } });
  });
});
