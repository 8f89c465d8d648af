import fs from "node:fs";
import path from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { beforeAll, describe, expect, it } from "vitest";
import type { TabularScorer } from "../../../electron/contract/nouns/scorers/tabular-scorer.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import { recodeInParquet, resplitInParquet } from "../../helpers/data/parquet-patches.ts";
import { readInput, writeFiles } from "../../helpers/data/read-input.ts";
import { scorerOf, tabularFolder } from "../../helpers/data/tabular-reading.ts";
import { temporaryFolder } from "../../helpers/places.ts";

const { folder: parquetFolder, copyParquet } = tabularFolder();

/** One bad byte costs one row; a file that cannot be read says truly why not. */
const root = temporaryFolder("true-reasons");
let folders = 0;

const scorer = scorerOf([{ type: "float32", columns: ["a", "b"] }], { keep: ["t"] });
const numbers = scorerOf([{ type: "float32", columns: ["a", "b"] }]);

/** The items of each file, in order: their values, or code and message. */
async function read(
  files: Readonly<Record<string, string | Buffer>>,
  wanted: TabularScorer,
): Promise<unknown[] | string> {
  folders += 1;
  const folder = path.join(root, String(folders));
  writeFiles(folder, files);
  const found = await readInput(folder, wanted);
  if (!found.ok) return englishWords(found.problem).message;
  expect(found.counted).toBe(found.items.length);
  return found.items.map(({ values, keep, code, message }) =>
    code === undefined ? [...(values ?? []), ...(keep ?? [])] : [code, message],
  );
}

const first = { "a.csv": "a,b,t\n1,2,x\n" };
const head = [1, 2, "x"];

describe("a byte that is wrong", () => {
  it("costs its row when it is NUL, wherever it lies", async () => {
    const found = await read({ "a.csv": "a,b,t\n1,\0,x\n3,4,y\n5,6\0,z\n7,8,w\n" }, scorer);
    expect(found).toEqual([
      ["cell-not-a-number", expect.any(String)],
      [3, 4, "y"],
      ["cell-not-a-number", expect.any(String)],
      [7, 8, "w"],
    ]);
  });

  it("costs nothing in a column that nobody uses, and is kept in one that is", async () => {
    expect(await read({ "a.csv": "a,b,u\n1,2,\0\n3,4,\xff\n" }, numbers)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(await read({ "a.csv": "a,b,t\n1,2,x\0y\n" }, scorer)).toEqual([[1, 2, "x\0y"]]);
  });

  it("costs its line in JSON lines", async () => {
    const found = await read(
      { "a.jsonl": '{"a": 1, "b": 2}\n{"a": 1, "b": 2, "t": "\0"}\n{"a": 3, "b": 4}\n' },
      numbers,
    );
    expect(found).toEqual([
      [1, 2],
      ["row-json", expect.any(String)],
      [3, 4],
    ]);
  });
});

describe("a file that is no text", () => {
  it.each([
    ["gzip data", gzipSync("a,b,t\n1,2,x\n"), /gzip data/],
    ["Zstandard data", zstdCompressSync("a,b,t\n1,2,x\n"), /Zstandard data/],
    ["a workbook", Buffer.from("PK\x03\x04\x14\0\x06\0", "latin1"), /a ZIP archive, as Excel's workbooks are/],
    ["a picture", Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "latin1"), /a PNG image/],
    ["Parquet", Buffer.from("PAR1\x15\0\x15\x0e", "latin1"), /a Parquet file/],
    ["UTF-16 without a mark", Buffer.from("a,b,t\n1,2,x\n", "utf16le"), /UTF-16/],
    ["zeros", Buffer.alloc(3000), /NUL bytes all over/],
  ])("says so: %s", async (_what, content, reason) => {
    const found = await read({ ...first, "b.csv": content }, scorer);
    expect(found).toEqual([head, [expect.stringMatching(/^file-/), expect.stringMatching(reason)]]);
    expect(await read({ "b.csv": content }, scorer)).toMatch(reason);
  });

  it.each(["PK,b,a\n0,2,1\n", "BZh,b,a\n0,2,1\n", "PAR1,b,a\n0,2,1\n", "%PDF-,b,a\n0,2,1\n", "ORC,b,a\n0,2,1\n"])(
    "is not meant by letters alone: %j",
    async (content) => {
      expect(await read({ "a.csv": content }, numbers)).toEqual([[1, 2]]);
    },
  );
});

describe("a Parquet file", () => {
  let table: Buffer;

  beforeAll(async () => {
    const select =
      "SELECT i::INTEGER AS other, (i + 1)::DOUBLE AS a, (i + 2)::DOUBLE AS b, 'x' || i AS zzz FROM range(3) t(i)";
    await copyParquet(select, "table.parquet", "COMPRESSION lz4_raw");
    table = fs.readFileSync(path.join(parquetFolder, "table.parquet"));
  });

  const rows = [
    [1, 2],
    [2, 3],
    [3, 4],
  ];

  it("is read where a codec or an encoding that is not read is that of a column which nobody uses", async () => {
    expect(await read({ "a.parquet": recodeInParquet(table, "zzz", "LZ4") }, numbers)).toEqual(rows);
    await copyParquet(
      "SELECT i::INTEGER AS other, (i + 1)::DOUBLE AS a, (i + 2)::DOUBLE AS b FROM range(3) t(i)",
      "plain.parquet",
      "COMPRESSION uncompressed",
    );
    const split = resplitInParquet(fs.readFileSync(path.join(parquetFolder, "plain.parquet")));
    expect(await read({ "a.parquet": split }, numbers)).toEqual(rows);
    expect(await read({ "a.parquet": split }, { ...numbers, keep: ["other"] })).toMatch(
      /Column "other" is encoded as BYTE_STREAM_SPLIT/i,
    );
  });

  it.each(["LZ4", "LZO"] as const)("names the codec %s of a column that is used", async (codec) => {
    const reason = `Column "zzz" is compressed with ${codec}, which is not read; write the file with Snappy, gzip or Zstandard.`;
    const content = recodeInParquet(table, "zzz", codec);
    const kept = { ...numbers, keep: ["zzz"] };
    expect(await read({ "a.parquet": content }, kept)).toContain(reason.slice(1));
    const later = await read({ "a.csv": "a,b,zzz\n1,2,x\n", "b.parquet": content }, kept);
    expect(later).toEqual([head, ...rows.map(() => ["file-unreadable", reason])]);
  });

  it.each([
    ["its end is missing", () => table.subarray(0, -3), /The end of the Parquet file is missing/],
    ["it is another file", () => gzipSync(table), /gzip data, and no Parquet file/],
    ["it is text", () => Buffer.from("a,b\n1,2\n3,4\n"), /no Parquet file/],
    ["its footer is damaged", () => damaged(table), /a damaged Parquet file/],
  ])("says that %s", async (_what, content, reason) => {
    const found = await read({ "a.csv": "a,b\n1,2\n", "b.parquet": content() }, numbers);
    expect(found).toEqual([
      [1, 2],
      ["file-unreadable", expect.stringMatching(reason)],
    ]);
  });

  it("says that it is encrypted", async () => {
    const file = path.join(root, "encrypted");
    const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
    const connection = await instance.connect();
    await connection.run("SET force_mbedtls_unsafe = 'true'");
    await connection.run("PRAGMA add_parquet_key('key', '0123456789112345')");
    await connection.run(
      `COPY (SELECT 1.0 AS a, 2.0 AS b) TO '${file}' (FORMAT parquet, ENCRYPTION_CONFIG {footer_key: 'key'})`,
    );
    connection.closeSync();
    const found = await read({ "a.csv": "a,b\n1,2\n", "b.parquet": fs.readFileSync(file) }, numbers);
    expect(found).toEqual([
      [1, 2],
      ["file-unreadable", expect.stringMatching(/an encrypted Parquet file/)],
    ]);
  });
});

/** The length of the footer stays; what it says does not parse. */
function damaged(content: Buffer): Buffer {
  const copy = Buffer.from(content);
  copy.fill(0xff, content.length - 60, content.length - 8);
  return copy;
}
