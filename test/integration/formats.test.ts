import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { batchdeck, deploy } from "../helpers/batchdeck.ts";
import { everyTypeModel } from "../helpers/model-fixtures.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

/** One job, in every format: what each file holds is read back by other programs than ours. */

const root = temporaryFolder("formats");
const home = path.join(root, "home");
const input = path.join(root, "input");

/** Texts that formats are known to stumble over. */
const texts: readonly (string | null)[] = [
  "",
  null,
  "plain",
  "two words",
  " lead and trail ",
  "a,b",
  'say "hi"',
  '"',
  "two\nlines",
  "cr\rhere",
  "crlf\r\nhere",
  "tab\there",
  "back\\slash \\n \\u0041",
  "nul\0here",
  "\u0001\u001f\u007f",
  "é 日本語 😀 עברית",
  "e\u0301",
  "\u2028\u2029\ufeff",
  "007",
  "null",
  "NaN",
  "true",
  "'quoted'",
  "=1+1",
  "-2+3",
  "@SUM(A1)",
  "{}[]:;",
  "x".repeat(5000),
];
const int64s = ["0", "-1", "9007199254740993", "-9007199254740993", "9223372036854775807", "-9223372036854775808"];
const uint64s = ["0", "1", "9007199254740993", "18446744073709551615", "9223372036854775808", "4294967296"];
const float32s = [
  "0",
  "-0",
  "0.1",
  "1e-45",
  "3.4028234663852886e38",
  "1e-7",
  "16777217",
  "NaN",
  "inf",
  "-inf",
  "123456792",
];
const float16s = ["0", "-0", "0.1", "65504", "6e-8", "0.333", "1", "NaN", "inf", "-inf", "0.0001"];
const float64s = ["0", "-0", "0.1", "5e-324", "1.7976931348623157e308", "1e21", "1e16", "NaN", "inf", "-inf", "1e-7"];

const records = texts.map((text, index) => ({
  id: text,
  note: texts[texts.length - 1 - index] as string | null,
  in_single: float32s[index % float32s.length] as string,
  in_half: float16s[index % float16s.length] as string,
  in_double: float64s[index % float64s.length] as string,
  in_signed: int64s[index % int64s.length] as string,
  in_unsigned: uint64s[index % uint64s.length] as string,
  in_flag: index % 2 === 0 ? "true" : "false",
  // ONNX Runtime's binding cuts a text at a NUL; columns that are only kept go past it.
  in_word: (text ?? "none").replace("\0", ""),
}));

const outputs = ["single", "half", "double", "signed", "unsigned", "flag", "word"] as const;
const types = "single FLOAT, half FLOAT, double DOUBLE, signed BIGINT, unsigned UBIGINT, flag BOOLEAN, word VARCHAR";

const out = (job: string, file: string) => path.join(root, job, file);

async function invoke(job: string, format: string, ...more: string[]): Promise<void> {
  const ran = await batchdeck(
    home,
    ...["invoke", "-n", "types", "--input", input, "--output-path", path.join(root, job), "--job-name", job],
    ...["--set", `batchdeck.output_format=${format}`, ...more],
  );
  expect(ran.code, ran.stderr).toBe(0);
}

let database: DuckDBInstance;

beforeAll(async () => {
  database = await DuckDBInstance.create(":memory:");
  fs.mkdirSync(input, { recursive: true });
  const half = Math.ceil(records.length / 2);
  for (const [name, some] of [
    ["a b.jsonl", records.slice(0, half)],
    ["c,d.jsonl", records.slice(half)],
  ] as const) {
    fs.writeFileSync(path.join(input, name), some.map((record) => `${JSON.stringify(record)}\n`).join(""));
  }
  await deploy(home, "types", everyTypeModel(), { scorer: "input: {missing: nan}\noutput: {keep: [id, note]}\n" });
});
afterAll(() => database.closeSync());

async function queried(sql: string): Promise<unknown[][]> {
  const connection = await database.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowsJS().map((row) => [...row]);
  } finally {
    connection.closeSync();
  }
}

const columns = `{${["id VARCHAR", "note VARCHAR", ...types.split(", ")]
  .map((column) => column.split(" "))
  .map(([name, type]) => `'${name}': '${type}'`)
  .join(", ")}}`;

const readers = {
  parquet: () => `SELECT * FROM read_parquet('${out("in-parquet", "predictions.parquet")}')`,
  jsonl: () =>
    `SELECT * FROM read_json('${out("in-jsonl", "predictions.jsonl")}', format = 'newline_delimited', columns = ${columns})`,
  csv: () =>
    `SELECT * FROM read_csv('${out("in-csv", "predictions.csv")}', auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', new_line = '\\n', columns = ${columns}, nullstr = 'no such text')`,
} as const;

describe("the same job in every format", () => {
  test("Parquet, JSON lines and CSV hold the same values, read back by DuckDB", async () => {
    await Promise.all([
      invoke("in-parquet", "parquet"),
      invoke("in-jsonl", "jsonl"),
      invoke("in-csv", "csv", "--set", "batchdeck.csv_formulas=keep"),
    ]);
    const parquet = await queried(readers.parquet());
    expect(parquet).toHaveLength(records.length);
    expect(parquet.map((row) => row.slice(0, 2))).toEqual(records.map(({ id, note }) => [id, note]));
    expect(parquet.map((row) => [row[5], row[6]])).toEqual(
      records.map(({ in_signed, in_unsigned }) => [BigInt(in_signed), BigInt(in_unsigned)]),
    );
    expect(parquet.map((row) => row[8])).toEqual(records.map(({ in_word }) => in_word));
    expect(await queried(readers.jsonl())).toEqual(parquet);
    // A CSV cell that is empty is an empty text or none at all: the one thing that CSV cannot tell.
    const withoutNulls = parquet.map((row) => row.map((cell) => cell ?? ""));
    expect((await queried(readers.csv())).map((row) => row.map((cell) => cell ?? ""))).toEqual(withoutNulls);
  });
});
