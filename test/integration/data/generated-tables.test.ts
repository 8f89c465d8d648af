import fs from "node:fs";
import path from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { parse } from "csv-parse/sync";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { expect, it } from "vitest";
import type { TabularScorer } from "../../../electron/contract/nouns/scorers/tabular-scorer.ts";
import { type GeneratedFile, type GeneratedFolder, writeGeneratedFolder } from "../../helpers/data/generated-tables.ts";
import { readInput } from "../../helpers/data/read-input.ts";
import { scorerOf } from "../../helpers/data/tabular-reading.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { seededRandom } from "../../helpers/random.ts";

/**
 * Everything that tables may be, mixed: the same counts, values and failures as by readers that share nothing with ours
 * (csv-parse, DuckDB, hyparquet). Set TABLES_SEED to see the same tables again, TABLES for another number of them.
 */
const seed = Number(process.env["TABLES_SEED"] ?? Math.floor(Math.random() * 1e9));
const tables = Number(process.env["TABLES"] ?? 5200);
const root = temporaryFolder("generated-tables");

function scorerFor({ encoding, sizeName }: GeneratedFolder): TabularScorer {
  const base = scorerOf([
    { type: "float32", columns: ["x", "flag", "year"] },
    { type: "float64", columns: [sizeName] },
    { type: "string", columns: ["city"] },
  ]);
  return {
    ...base,
    inputs: [
      ...base.inputs,
      { name: "v", type: "float32", shape: [null, 3], columns: ["v"], vector: [3] },
    ] as unknown as TabularScorer["inputs"],
    columnMissing: { flag: { value: 1 }, city: { value: "-" }, v: "nan" },
    missingWords: ["?"],
    keep: ["id", "note", "month"],
    ...(encoding === undefined ? {} : { encoding }),
  };
}

/** A row as another reader has it; null: there is no value. */
type Cells = Readonly<Record<string, unknown>>;

function textOf(cell: unknown): string {
  return typeof cell === "string" || typeof cell === "number" || typeof cell === "boolean" ? String(cell) : "";
}

/** What the scorer makes of a row, from its cells alone. */
function expectedOf(cells: Cells, file: string, decimal: string, sizeName: string): unknown[] {
  const text = (name: string) => textOf(cells[name]);
  const number = (name: string) => Number(text(name).trim().replace(decimal, "."));
  const [year = "", month = ""] = file.split("/").map((folder) => folder.split("=")[1]);
  const x = text("x").trim();
  if (["", "NA", "?"].includes(x)) return ["cell-empty"];
  if (x === "abc") return ["cell-not-a-number"];
  const flag = text("flag").toLowerCase();
  const list = cells["v"] === null || cells["v"] === "" || cells["v"] === undefined ? [null, null, null] : cells["v"];
  const vector = (typeof list === "string" ? JSON.parse(list) : list) as (number | null)[];
  return [
    ...[Math.fround(number("x")), flag === "" || flag === "true" || flag === "1" ? 1 : 0, Number(year)],
    number(sizeName),
    text("city").trim() === "" ? "-" : text("city"),
    ...vector.map((value) => (value === null ? Number.NaN : Math.fround(Number(value)))),
    ...[text("id"), text("note"), month],
  ];
}

async function rowsBesides(connection: DuckDBConnection, folder: string, file: GeneratedFile): Promise<Cells[]> {
  if (file.format === "parquet") {
    const opened = await asyncBufferFromFile(path.join(folder, file.path));
    return (await parquetReadObjects({ file: opened })) as Cells[];
  }
  if (file.format === "jsonl") {
    const place = path.join(folder, "..", "plain.jsonl");
    fs.writeFileSync(place, file.text);
    const result = await connection.runAndReadAll(
      `SELECT json FROM read_ndjson_objects('${place.replaceAll("'", "''")}')`,
    );
    return result.getRowsJS().map(([json]) => JSON.parse(json as string) as Cells);
  }
  const { delimiter, lineEnd, preamble } = file.dress;
  const lines = file.text.split(lineEnd);
  const start = lines.findIndex((line, index) => line !== "" && index >= 0 && !preamble.includes(line));
  const named = parse(lines.slice(start).join(lineEnd), {
    delimiter,
    record_delimiter: lineEnd,
    skip_empty_lines: true,
    columns: (names: string[]) => names.map((name) => name.trim().normalize("NFC")),
  });
  return named as Cells[];
}

it(`${tables} generated tables are what other readers make of them (seed ${seed})`, { timeout: 600_000 }, async () => {
  console.log(`tables seed: ${seed}`);
  const random = seededRandom(seed);
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const counts: Record<string, number> = { rows: 0, failed: 0, csv: 0, jsonl: 0, parquet: 0, parts: 0 };
  for (let made = 0; made < tables; ) {
    const place = path.join(root, String(made));
    const folder = path.join(place, "input");
    const generated = await writeGeneratedFolder(folder, random, connection);
    const scorer = scorerFor(generated);
    const found = await readInput(folder, scorer, { sliceBytes: 200 });
    const where = `seed ${seed}, folder ${made}`;
    if (!found.ok) throw new Error(`${where}: ${JSON.stringify(found.problem)}`);
    const wanted: unknown[] = [];
    for (const file of generated.files) {
      const decimal = file.format === "csv" ? file.dress.decimal : ".";
      for (const [index, cells] of (await rowsBesides(connection, folder, file)).entries()) {
        wanted.push([file.path, index + 1, ...expectedOf(cells, file.path, decimal, generated.sizeName)]);
      }
      counts[file.format] = (counts[file.format] ?? 0) + 1;
    }
    const read = found.items.map(({ file, row, values, keep, code }) => {
      if (code !== undefined) return [file, row, code];
      return [file, row, ...(values ?? []), ...(keep ?? []).map((text) => text ?? "")];
    });
    const order = ([file, row]: unknown[]) => `${String(file)} ${String(row).padStart(6, "0")}`;
    const sorted = (rows: unknown[]) => (rows as unknown[][]).toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
    expect(sorted(read), `${where} ${JSON.stringify(generated)}`).toEqual(sorted(wanted));
    expect(found.counted, where).toBe(generated.files.reduce((sum, { rows }) => sum + rows, 0));
    counts["rows"] = (counts["rows"] ?? 0) + read.length;
    counts["failed"] = (counts["failed"] ?? 0) + found.items.filter(({ code }) => code !== undefined).length;
    counts["parts"] = (counts["parts"] ?? 0) + found.parts.length;
    made += generated.files.length;
    fs.rmSync(place, { recursive: true });
    fs.rmSync(`${folder}-copies`, { recursive: true, force: true });
  }
  console.log(`tables: ${JSON.stringify(counts)}`);
  expect(counts["failed"]).toBeGreaterThan(tables / 10);
  expect(counts["parquet"]).toBeGreaterThan(tables / 20);
});
