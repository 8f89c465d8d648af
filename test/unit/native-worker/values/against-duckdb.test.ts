import fs from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import type { TabularScorer } from "../../../../electron/contract/nouns/scorers/tabular-scorer.ts";
import { scorerOf, tabularFolder } from "../../../helpers/data/tabular-reading.ts";
import { isLong } from "../../../helpers/engine/fault-shim.ts";
import { seededRandom } from "../../../helpers/random.ts";

const { folder, readWhole } = tabularFolder();

/**
 * Generated tables with truth values, missing values, vectors, structures and folders that carry columns, written by DuckDB in
 * three formats, and read back by DuckDB and by the worker's readers. Set VALUES_SEED to see the same ones again.
 */
const seed = Number(process.env["VALUES_SEED"] ?? Math.floor(Math.random() * 1e9));
const rounds = isLong ? 200 : 6;

const texts = ["a", "NA", "", "true", "é\u{1f600}", "1", 'x, "y"', " b", "null", "nan"];
const partitions = ["p", "a b", "é", "1", "50%", "x/y", "true", "q:r"];

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A row as SQL: t, d, v, m, s, name, p. */
function rowOf(random: () => number, folders: readonly string[]): string {
  const pick = (from: readonly string[]) => quoted(from[Math.floor(random() * from.length)] ?? "");
  const orNull = (value: string) => (random() < 0.2 ? "NULL" : value);
  const number = () => orNull(`${((random() - 0.5) * 10 ** Math.floor(random() * 12 - 4)).toPrecision(7)}::DOUBLE`);
  const list = (length: number, element: () => string) => `[${Array.from({ length }, element).join(", ")}]`;
  return `(${[
    orNull(random() < 0.5 ? "true" : "false"),
    number(),
    `${list(3, number)}::FLOAT[]`,
    `${list(2, () => `${list(2, number)}::DOUBLE[]`)}`,
    orNull(`{'a': ${number()}, 'b': {'c': ${orNull(pick(texts))}}}`),
    orNull(pick(texts)),
    orNull(pick(folders)),
  ].join(", ")})`;
}

const base = scorerOf([
  { type: "float32", columns: ["t", "d", "s.a"] },
  { type: "string", columns: ["name", "s.b.c"] },
]);
const scorer: TabularScorer = {
  ...base,
  inputs: [
    ...base.inputs,
    { name: "v", type: "float32", shape: [null, 3], columns: ["v"], vector: [3] },
    { name: "m", type: "float64", shape: [null, 2, 2], columns: ["m"], vector: [2, 2] },
  ] as unknown as TabularScorer["inputs"],
  missing: "nan",
  columnMissing: { name: { value: "-" }, "s.b.c": { value: "-" } },
  keep: ["p"],
};

const formats = {
  parquet: { select: "*", options: "FORMAT parquet", read: "read_parquet" },
  jsonl: { select: "*", options: "FORMAT json", read: "read_json" },
  csv: {
    select: 't, d, v, m, s.a AS "s.a", s.b.c AS "s.b.c", name, p',
    options: "FORMAT csv",
    read: "read_csv",
  },
} as const;

test(`values are DuckDB's in every format (seed ${seed})`, async () => {
  console.log(`values seed: ${seed}`);
  const random = seededRandom(seed);
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const types =
    "t BOOLEAN, d DOUBLE, v FLOAT[], m DOUBLE[][], s STRUCT(a DOUBLE, b STRUCT(c VARCHAR)), name VARCHAR, p VARCHAR";
  let compared = 0;
  for (let round = 0; round < rounds; round++) {
    const folders = partitions.filter(() => random() < 0.3);
    const rows = Array.from({ length: 1 + Math.floor(random() * 40) }, () => rowOf(random, folders));
    await connection.run(`CREATE OR REPLACE TABLE made (${types})`);
    await connection.run(`INSERT INTO made VALUES ${rows.join(", ")}`);
    for (const [format, { select, options, read }] of Object.entries(formats)) {
      const out = path.join(folder, `round-${round}-${format}`);
      if (format === "jsonl") await writeJson(connection, path.join(folder, `round-${round}-parquet`), out);
      else {
        const partitioned = `${options}, PARTITION_BY (p), FILE_EXTENSION '${format}'`;
        await connection.run(`COPY (SELECT ${select} FROM made) TO ${quoted(out)} (${partitioned})`);
      }
      for (const name of fs.readdirSync(out, { recursive: true, encoding: "utf8" })) {
        const file = path.join(path.basename(out), name);
        if (!name.endsWith(format)) continue;
        const where = `seed ${seed}, round ${round}, ${file}`;
        const wanted = await expectedOf(connection, read, path.join(folder, file), format);
        const found = await readWhole(scorer, file, { input: { path: folder, kind: "folder" } });
        expect(found.failures, where).toEqual([]);
        expect(
          found.rows.map(({ values, keep }) => [...values, ...keep]),
          where,
        ).toEqual(wanted);
        compared += wanted.length;
      }
    }
  }
  expect(compared).toBeGreaterThan(rounds * 10);
});

type Connection = Awaited<ReturnType<DuckDBInstance["connect"]>>;

/** Writes JSON lines beside the folders of Parquet: into folders DuckDB writes no JSON itself. */
async function writeJson(connection: Connection, from: string, to: string): Promise<void> {
  for (const name of fs.readdirSync(from, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith("parquet")) continue;
    const target = path.join(to, path.dirname(name), "data.jsonl");
    fs.mkdirSync(path.dirname(target), { recursive: true });
    const rows = `read_parquet(${quoted(path.join(from, name))}, hive_partitioning = false)`;
    await connection.run(`COPY (SELECT * FROM ${rows}) TO ${quoted(target)} (FORMAT json)`);
  }
}

/** The rows of a file as DuckDB reads them, with the rules of the scorer. */
async function expectedOf(connection: Connection, read: string, file: string, format: string): Promise<unknown[][]> {
  const fields = format === "csv" ? '"s.a", "s.b.c"' : "s.a, s.b.c";
  const structure =
    format === "csv" ? { "s.a": "DOUBLE", "s.b.c": "VARCHAR" } : { s: "STRUCT(a DOUBLE, b STRUCT(c VARCHAR))" };
  const types = { t: "BOOLEAN", d: "DOUBLE", v: "FLOAT[]", m: "DOUBLE[][]", ...structure, name: "VARCHAR" };
  const listed = Object.entries(types).map(([name, type]) => `'${name}': '${type}'`);
  const told = format === "parquet" ? "" : `, columns = {${listed.join(", ")}}`;
  const header = format === "csv" ? ", header = true" : "";
  const result = await connection.runAndReadAll(
    `SELECT CAST(t AS DOUBLE), d, ${fields}, name, v, m, p
     FROM ${read}(${quoted(file)}, hive_partitioning = true, hive_types_autocast = false${told}${header})`,
  );
  return result.getRowsJS().map(([t, d, a, c, name, v, m, p]) => {
    const float = (value: unknown) => (value === null ? Number.NaN : Math.fround(value as number));
    const double = (value: unknown) => (value === null ? Number.NaN : value);
    const text = (value: unknown) => (value === null || value === "" ? "-" : value);
    const nested = (m as unknown[][]).flat().map(double);
    return [float(t), float(d), float(a), text(name), text(c), ...(v as unknown[]).map(float), ...nested, p];
  });
}
