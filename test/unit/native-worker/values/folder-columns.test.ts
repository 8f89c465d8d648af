import { describe, expect, test } from "vitest";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { scorerOf, tabularFolder } from "../../../helpers/data/tabular-reading.ts";

const { copyParquet, folder, readWhole, write } = tabularFolder();

const rows = Array.from({ length: 11 }, (_, index) => index);
const inputs = [
  { type: "float32" as const, columns: ["x", "year"] },
  { type: "string" as const, columns: ["city"] },
  { type: "int64" as const, columns: ["month"] },
];

function place(name: string): string {
  const under = "year=2018.5/city=S%C3%A3o Paulo/month=3/gone=__HIVE_DEFAULT_PARTITION__";
  mkdirSync(join(folder, under), { recursive: true });
  return `${under}/${name}`;
}

const files: Readonly<Record<string, () => Promise<string> | string>> = {
  "delimited text": () => write(place("a.csv"), `x,year,id\n${rows.map((row) => `${row},7,r${row}\n`).join("")}`),
  "JSON lines": () =>
    write(place("a.jsonl"), rows.map((row) => JSON.stringify({ x: row, year: 7, id: `r${row}` })).join("\n")),
  Parquet: async () => {
    await copyParquet("SELECT range AS x, 7 AS year, 'r' || range AS id FROM range(11)", place("a.parquet"));
    return place("a.parquet");
  },
};

describe.each(Object.entries(files))("columns of the folders of %s", (_, fileOf) => {
  test("fill inputs of every kind, and win over a column of the file", async () => {
    const file = await fileOf();
    const read = await readWhole(scorerOf(inputs, { keep: ["id", "month", "gone"] }), file);
    expect(read.failures).toEqual([]);
    expect(read.rows.map(({ values, keep }) => [...values, ...keep])).toEqual(
      rows.map((row) => [row, 2018.5, "São Paulo", 3n, `r${row}`, "3", null]),
    );
  });

  test("go straight into the block where the others do", async () => {
    const file = await fileOf();
    const read = await readWhole(scorerOf(inputs.slice(0, 1), { keep: ["city", "id"] }), file);
    expect(read.rows.map(({ values, keep }) => [...values, ...keep])).toEqual(
      rows.map((row) => [row, 2018.5, "São Paulo", `r${row}`]),
    );
    const some = await readWhole(scorerOf(inputs.slice(0, 1), { keep: ["city"] }), file, { leaveOut: [0, 4] });
    expect(some.rows.map(({ values }) => values[0])).toEqual(rows.filter((row) => row !== 0 && row !== 4));
  });

  test("that are no numbers, or no value, fail each row with what they hold", async () => {
    const file = await fileOf();
    const city = await readWhole(scorerOf([{ type: "float32", columns: ["x", "city"] }]), file);
    expect(city.rows).toEqual([]);
    expect(city.failures.map(({ code, message }) => [code, message])).toEqual(
      rows.map(() => ["cell-not-a-number", 'Column "city" holds "São Paulo"; the model needs a number.']),
    );
    const gone = scorerOf([{ type: "float32", columns: ["x", "gone"] }]);
    const { failures } = await readWhole(gone, file);
    expect(failures.map(({ code }) => code)).toEqual(rows.map(() => "cell-empty"));
    const filled = await readWhole({ ...gone, columnMissing: { gone: { value: -1 } } }, file);
    expect(filled.rows.map(({ values }) => values)).toEqual(rows.map((row) => [row, -1]));
  });
});
