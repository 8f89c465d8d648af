import fs from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { folderColumns } from "../../../electron/contract/tables/folder-columns.ts";
import { seededRandom } from "../../helpers/random.ts";
import { temporaryFolder } from "../../helpers/places.ts";

const columns = (file: string, input = "/data/in") =>
  Object.fromEntries(folderColumns({ path: input, kind: "folder" }, file));

test.each([
  ["year=2018/month=1/a.csv", { year: "2018", month: "1" }],
  ["a.csv", {}],
  ["plain/year=2018/deep/a=b.csv", { year: "2018" }],
  ["city=S%C3%A3o%20Paulo/x%3Dy=a%2Fb/a.csv", { city: "São Paulo", "x=y": "a/b" }],
  ["a=1=2/a.csv", { a: "1=2" }],
  ["a=__HIVE_DEFAULT_PARTITION__/b=/a.csv", { a: null, b: "" }],
  ["=x/a.csv", {}],
  ["a=100%/b=%zz%41/c=%ff/a.csv", { a: "100%", b: "%zzA", c: "%ff" }],
  ["a=1/a=2/x.csv", { a: "2" }],
])("%s carries its columns", (file, wanted) => {
  expect(columns(file)).toEqual(wanted);
});

const folders = temporaryFolder("hive");

test("folders that lead to the input count as far as they carry columns without a gap", () => {
  expect(columns("month=1/a.csv", "/lr=0.1/runs/table/year=2018")).toEqual({ year: "2018", month: "1" });
  expect(columns("a.csv", "C:\\table\\year=2018\\month=2")).toEqual({ year: "2018", month: "2" });
  const file = folderColumns({ path: "/table/year=2018/month=3/a.csv", kind: "file" }, "a.csv");
  expect(Object.fromEntries(file)).toEqual({ year: "2018", month: "3" });
});

test("names and values are DuckDB's, also where the file has such a column", async () => {
  // DuckDB takes a folder with two equals signs for no column; Spark splits at the first, as here.
  const seed = Math.floor(Math.random() * 1e6);
  const random = seededRandom(seed);
  const pick = (parts: readonly string[]) =>
    Array.from({ length: 1 + Math.floor(random() * 4) }, () => parts[Math.floor(random() * parts.length)]).join("");
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  for (let round = 0; round < 60; round++) {
    const value = pick(["a", "7", "-", "é", "%20", "%2F", "%C3%A9", "%25", ".5", "_"]);
    const root = path.join(folders, `table-${round}`);
    const relative = `k=${value}/m=${round}/a.csv`;
    fs.mkdirSync(path.dirname(path.join(root, relative)), { recursive: true });
    fs.writeFileSync(path.join(root, relative), "k,x\nown,1\n");
    const glob = path.join(root, "*", "*", "*.csv").replaceAll("'", "''");
    const result = await connection.runAndReadAll(
      `SELECT k, m FROM read_csv('${glob}', hive_partitioning = true, hive_types_autocast = false, all_varchar = true)`,
    );
    const [row] = result.getRowObjectsJson();
    expect({ seed, ...columns(relative) }, `seed ${seed}, ${relative}`).toEqual({ seed, ...row });
  }
});
