import { appendFileSync, unlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { MiniBatchPart } from "../../../electron/contract/nouns/mini-batch.ts";
import { scorerOf, tabularFolder } from "../../helpers/data/tabular-reading.ts";

const { folder, write, partsOf, read, readWhole, copyParquet } = tabularFolder();

describe("a part", () => {
  const scorer = scorerOf([{ type: "float32", columns: ["a"] }]);
  const names = ["range.csv", "range.jsonl", "range.parquet"];

  beforeAll(async () => {
    const numbers = Array.from({ length: 23 }, (_, row) => row);
    write("range.csv", `a\n${numbers.join("\n")}\n`);
    write("range.jsonl", numbers.map((a) => `{"a":${a}}\n`).join(""));
    await copyParquet("SELECT range AS a FROM range(23)", "range.parquet");
  });

  test.each(names)("of %s gives the items that are asked for, and not those that are left out", async (name) => {
    const found = await readWhole(scorer, name, { range: { start: 3, end: 13 }, leaveOut: [0, 4, 12] });
    expect(found.blocks).toEqual([4, 4, 2]);
    expect(found.rows.map(({ item, row, values }) => [item, row, ...values])).toEqual(
      [3, 5, 6, 7, 8, 9, 10, 11].map((item) => [item, item + 1, item]),
    );
    expect(found.end).toBe("end");
  });

  test.each(names)("of %s that was changed before or while it is read is not used", async (name) => {
    const [part] = await partsOf(name);
    if (part === undefined) throw new Error("The file has no part.");
    const touched = await read(scorer, part, { onBlock: () => utimesSync(join(folder, name), 1, 1) });
    expect(touched.end).toBe("input-changed");
    expect(touched.blocks.length).toBeGreaterThan(0);
    const before = await read(scorer, part);
    expect(before).toMatchObject({ blocks: [], end: "input-changed" });
  });

  test("whose file has fewer records than were planned is not used", async () => {
    const name = write("fewer.csv", "a\n1\n2\n");
    const [part] = await partsOf(name);
    if (part === undefined) throw new Error("The file has no part.");
    expect((await read(scorer, { ...part, items: 3 })).end).toBe("input-changed");
  });

  test("whose file is gone was changed", async () => {
    const name = write("gone.csv", "a\n1\n");
    const [part] = await partsOf(name);
    unlinkSync(join(folder, name));
    expect((await read(scorer, part as MiniBatchPart)).end).toBe("input-changed");
  });

  test("of a file that grew is not used", async () => {
    const name = write("grew.csv", "a\n1\n");
    const [part] = await partsOf(name);
    appendFileSync(join(folder, name), "2\n");
    expect((await read(scorer, part as MiniBatchPart)).end).toBe("input-changed");
  });
});
