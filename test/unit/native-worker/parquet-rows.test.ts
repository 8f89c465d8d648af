import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { scorerOf, tabularFolder } from "../../helpers/data/tabular-reading.ts";
import { expectSame } from "../../helpers/expect-same.ts";

const { folder, partsOf, read, readWhole, copyParquet } = tabularFolder();

const withoutPlaces = (rows: Awaited<ReturnType<typeof readWhole>>["rows"]) =>
  rows.map(({ values, keep }) => ({ values, keep }));

describe("Parquet rows", () => {
  test("convert from any column type, with NULL for an empty cell", async () => {
    const select = `SELECT * FROM (VALUES
      (1.5::DOUBLE, 7::BIGINT, 2.25::DECIMAL(9,2), '3', true, 'é', DATE '2026-01-02', 9007199254740993::BIGINT),
      (NULL, 8, 1, 'x', false, NULL, NULL, 1),
      (2, 9, 1, 'x', false, 'k', NULL, 2),
      (0.1, 10, 3, '4e2', false, NULL, NULL, 3)) AS t(d, i, m, t, b, s, day, big)`;
    await copyParquet(select, "types.parquet");
    const scorer = scorerOf(
      [
        { type: "float32", columns: ["d", "i", "m", "t"] },
        { type: "bool", columns: ["b"] },
        { type: "int64", columns: ["big"] },
      ],
      { keep: ["s", "day", "d"] },
    );
    const { rows, failures } = await readWhole(scorer, "types.parquet");
    expect(rows.map(({ row, values, keep }) => [row, ...values, ...keep])).toEqual([
      [1, 1.5, 7, 2.25, 3, 1, 9007199254740993n, "é", "2026-01-02", "1.5"],
      [4, Math.fround(0.1), 10, 3, 400, 0, 3n, null, null, "0.1"],
    ]);
    expect(failures.map(({ row, code, message }) => [row, code, message])).toEqual([
      [2, "cell-empty", 'Column "d" is empty; the model needs a number.'],
      [3, "cell-not-a-number", 'Column "t" holds "x"; the model needs a number.'],
    ]);
  });

  test("keep texts of every length, in a dictionary or not, and nulls, beside numbers that are missing here and there", async () => {
    const count = 5000;
    const select = `SELECT CASE WHEN i % 11 = 0 THEN NULL ELSE repeat('é', i % 9) || 'x' || i END AS s,
        'category ' || repeat('z', (i * 7) % 5) || (i % 5) AS d,
        repeat('long', CASE WHEN i % 100 = 3 THEN 2000 ELSE 5 END) || i AS l,
        CASE WHEN i % 13 = 4 THEN NULL WHEN i % 17 = 5 THEN 'NaN'::DOUBLE ELSE i / 4.0 END AS n, 1000 - i AS m
      FROM range(${count}) AS t(i)`;
    const wanted = Array.from({ length: count }, (_, i) => ({
      values: [i % 13 === 4 || i % 17 === 5 ? Number.NaN : i / 4, 1000 - i],
      keep: [
        i % 11 === 0 ? null : `${"é".repeat(i % 9)}x${i}`,
        `category ${"z".repeat((i * 7) % 5)}${i % 5}`,
        `${"long".repeat(i % 100 === 3 ? 2000 : 5)}${i}`,
      ],
    }));
    for (const options of ["COMPRESSION snappy, ROW_GROUP_SIZE 4096", "DICTIONARY_SIZE_LIMIT 1"]) {
      await copyParquet(select, "texts.parquet", options);
      const inputs = [{ type: "float32" as const, columns: ["n", "m"] }];
      const filled = await readWhole(scorerOf(inputs, { keep: ["s", "d", "l"], missing: "nan" }), "texts.parquet");
      expectSame(withoutPlaces(filled.rows), wanted);
      const strict = await readWhole(scorerOf(inputs, { keep: ["s", "d", "l"] }), "texts.parquet");
      const whole = wanted.filter(({ values }) => !Number.isNaN(values[0]));
      expectSame(withoutPlaces(strict.rows), whole);
      expect(strict.failures.map(({ code, item }) => [code, item])).toEqual(
        wanted.flatMap(({ values }, item) => (Number.isNaN(values[0]) ? [["cell-empty", item]] : [])),
      );
    }
  });

  test("come in order and once, from every slice of a file with many row groups", async () => {
    await copyParquet("SELECT range AS a FROM range(20000)", "groups.parquet", "ROW_GROUP_SIZE 2048");
    const parts = await partsOf("groups.parquet", 20_000);
    expect(parts.length).toBeGreaterThan(3);
    const seen: number[] = [];
    for (const part of parts)
      seen.push(
        ...(await read(scorerOf([{ type: "float32", columns: ["a"] }]), part)).rows.map(
          ({ values }) => values[0] as number,
        ),
      );
    expect(seen).toEqual(Array.from({ length: 20_000 }, (_, row) => row));
  });

  test("of a damaged file are a problem of the file", async () => {
    await copyParquet("SELECT random() AS a FROM range(50000)", "damaged.parquet");
    const path = join(folder, "damaged.parquet");
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4, 3000);
    writeFileSync(path, bytes);
    expect((await readWhole(scorerOf([{ type: "float32", columns: ["a"] }]), "damaged.parquet")).end).toBe(
      "file-unreadable",
    );
  });

  test("of a file whose name looks like a pattern are those of that file", async () => {
    await copyParquet("SELECT 1 AS a", "x.parquet");
    const name = "x[1]'*?.parquet";
    copyFileSync(join(folder, "x.parquet"), join(folder, name));
    const found = await readWhole(scorerOf([{ type: "float32", columns: ["a"] }]), name);
    expect(found.rows.map(({ values }) => values)).toEqual([[1]]);
  });
});
