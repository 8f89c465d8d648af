import { defaultDialect } from "../../../electron/contract/tables/csv.ts";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { miniBatchSchema, type MiniBatch } from "../../../electron/contract/nouns/mini-batch.ts";
import { type ListedFile, listInput } from "../../../electron/data/listing/listing.ts";
import { planMiniBatches, type PlanPosition, type PlanSettings } from "../../../electron/data/cut/plan-mini-batches.ts";
import { rowRanges } from "../../../electron/data/cut/split-parquet.ts";
import { writeParquetFolder } from "../../helpers/data/data-fixtures.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import { isLong } from "../../helpers/engine/fault-shim.ts";
import { expectSame } from "../../helpers/expect-same.ts";
import { noCopies } from "../../helpers/data/no-copies.ts";

let root: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "batchdeck-planning-"));
  for (let index = 0; index < 25; index++) put(`a/small-${String(index).padStart(2, "0")}.csv`, table(3));
  put("b/big.csv", table(2000));
  put("b/empty.csv", "");
  put("b/header.csv", "x,y\n");
  put("b/mark.csv", "\ufeff");
  put("b/utf32.csv", Buffer.from("fffe00007800000079000000", "hex"));
  put("b/nul.csv", "x,y\n1,\0\n");
  put("b/open-header.csv", '"x,y\n1,2\n');
  put("c/lines.jsonl", '{"x": 1}\n\n{"x": 2}\nnot json');
  put("c/tail.csv", `${table(500)}${"\n".repeat(4000)}`);
  put("d/fake.parquet", "PAR1 but not really");
  put("e/quotes.csv", `x,y\n1,"a\nb"\n2,"open\n3,4\n${'5,"long\nlong\n"\n'.repeat(300)}`);
  await writeParquetFolder(join(root, "d"), { files: 1, rowsPerFile: 10_000, features: 3 });
});
afterAll(() => rmSync(root, { recursive: true }));

function put(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

function table(rows: number): string {
  return `x,y\n${Array.from({ length: rows }, (_, row) => `${row},${row * 2}\n`).join("")}`;
}

function settings(changes: Partial<PlanSettings> = {}): PlanSettings {
  return {
    input: { path: root, kind: "folder", recursive: true },
    source: "table-rows",
    dialect: defaultDialect,
    table: null,
    encoding: null,
    copies: noCopies,
    miniBatchSize: 4,
    sliceBytes: 1000,
    miniBatchBytes: 1000,
    rowMultiple: 1,
    ...changes,
  };
}

async function plan(
  changes: Partial<PlanSettings> = {},
  position: PlanPosition = { nextMiniBatch: 0, after: null },
): Promise<MiniBatch[]> {
  const all = settings(changes);
  const listed = await listInput(all.input, all.source, () => undefined);
  if (!listed.ok) throw new Error(englishWords(listed.problem).message);
  const miniBatches: MiniBatch[] = [];
  let planned = 0;
  for await (const { miniBatch, plannedBytes } of planMiniBatches(all, files(listed.value.files), position)) {
    expectSame(miniBatchSchema.parse(miniBatch), miniBatch);
    if (plannedBytes < planned || plannedBytes > listed.value.bytes) {
      throw new Error(`${plannedBytes} bytes planned of ${listed.value.bytes}, after ${planned}.`);
    }
    planned = plannedBytes;
    miniBatches.push(miniBatch);
  }
  return miniBatches;
}

async function* files(listed: readonly ListedFile[]): AsyncGenerator<ListedFile> {
  yield* listed;
}

const partsOf = (miniBatches: readonly MiniBatch[], file: string): MiniBatch["parts"][number][] =>
  miniBatches.flatMap((miniBatch) => miniBatch.parts.filter((part) => part.file === file));

describe("mini-batches", () => {
  test("of a plan resumed after any mini-batch are those of an undisturbed plan", async () => {
    for (const changes of [
      { sliceBytes: 2000 },
      { sliceBytes: 2000, rowMultiple: 64 },
      { miniBatchSize: 1, sliceBytes: 5000 },
      { sliceBytes: 60_000, rowMultiple: 1000 },
    ]) {
      const whole = await plan(changes);
      for (const [index, miniBatch] of whole.entries()) {
        const last = miniBatch.parts.at(-1) as MiniBatch["parts"][number];
        // In CI where a file ends, and at each eighth of the places within one.
        const isWithin = whole[index + 1]?.parts[0]?.file === last.file;
        if (!isLong && isWithin && index % 8 !== 0) continue;
        const after = { file: last.file, end: last.end, nextRow: last.firstRow + last.items };
        expectSame(await plan(changes, { nextMiniBatch: index + 1, after }), whole.slice(index + 1));
      }
    }
  });

  test("never come from the new content of a file that was changed or removed after it was listed", async () => {
    const late = mkdtempSync(join(tmpdir(), "batchdeck-late-"));
    for (const name of ["a.csv", "b.csv", "c.csv", "d.csv"]) writeFileSync(join(late, name), table(1500));
    const all = settings({
      input: { path: late, kind: "folder", recursive: true },
      miniBatchSize: 1,
      sliceBytes: 4000,
    });
    const listed = await listInput(all.input, all.source, () => undefined);
    if (!listed.ok) throw new Error(englishWords(listed.problem).message);
    const planned = async (position: PlanPosition): Promise<MiniBatch[]> => {
      const miniBatches: MiniBatch[] = [];
      for await (const { miniBatch } of planMiniBatches(all, files(listed.value.files), position))
        miniBatches.push(miniBatch);
      return miniBatches;
    };
    const whole = await planned({ nextMiniBatch: 0, after: null });
    const stopped = whole.find((miniBatch) => miniBatch.parts[0]?.file === "b.csv") as MiniBatch;
    const part = stopped.parts[0] as MiniBatch["parts"][number];
    expect(part.end).toBeLessThan(part.sizeBytes);
    writeFileSync(join(late, "a.csv"), table(1));
    writeFileSync(join(late, "b.csv"), table(1501));
    rmSync(join(late, "c.csv"));
    writeFileSync(join(late, "e.csv"), table(1));
    const after = { file: "b.csv", end: part.end, nextRow: part.firstRow + part.items };
    const rest = await planned({ nextMiniBatch: stopped.id + 1, after });
    // What is left of b.csv is one item, and so is c.csv; d.csv is cut as ever, and e.csv was never listed.
    const [lost, ...others] = rest.flatMap((miniBatch) => miniBatch.parts).filter(({ file }) => file !== "d.csv");
    expect(lost).toMatchObject({ file: "b.csv", end: part.sizeBytes, items: 1, problem: { code: "input-changed" } });
    expect(others).toMatchObject([{ file: "c.csv", items: 1, problem: { code: "input-changed" } }]);
    expect(partsOf(rest, "d.csv")).toEqual(partsOf(whole, "d.csv"));
    const last = rest.find((miniBatch) => miniBatch.parts.at(-1)?.file === "c.csv") as MiniBatch;
    const goesOn = { file: "c.csv", end: last.parts.at(-1)?.end ?? 0, nextRow: 2 };
    expect(await planned({ nextMiniBatch: last.id + 1, after: goesOn })).toEqual(rest.slice(rest.indexOf(last) + 1));
    rmSync(late, { recursive: true });
  });

  test("are numbered, in order, and hold each item once", async () => {
    const miniBatches = await plan();
    expect(miniBatches.map((miniBatch) => miniBatch.id)).toEqual(miniBatches.map((_, index) => index));
    for (const miniBatch of miniBatches)
      expect(miniBatch.items).toBe(miniBatch.parts.reduce((sum, part) => sum + part.items, 0));
    const items = (file: string): number => partsOf(miniBatches, file).reduce((sum, part) => sum + part.items, 0);
    expect(items("b/big.csv")).toBe(2000);
    expect(items("c/lines.jsonl")).toBe(3);
    expect(items("c/tail.csv")).toBe(500);
    expect(items("d/part-0000.parquet")).toBe(10_000);
    expect(items("e/quotes.csv")).toBe(303);
    for (const file of new Set(miniBatches.flatMap((miniBatch) => miniBatch.parts.map((part) => part.file)))) {
      let nextRow = 1;
      for (const part of partsOf(miniBatches, file)) {
        expect(part.firstRow).toBe(nextRow);
        nextRow += part.items;
      }
    }
  });

  test("join small neighbours of one mini-batch, and give each slice of a big file a mini-batch of its own", async () => {
    const miniBatches = await plan({ sliceBytes: 4000 });
    const small = miniBatches
      .filter((miniBatch) => miniBatch.parts[0]?.file.startsWith("a/"))
      .map((miniBatch) => miniBatch.parts.length);
    expect(small).toEqual([4, 4, 4, 4, 4, 4, 1]);
    const big = miniBatches.filter((miniBatch) => miniBatch.parts.some((part) => part.file === "b/big.csv"));
    expect(big.length).toBeGreaterThan(3);
    expect(big.every((miniBatch) => miniBatch.parts.length === 1)).toBe(true);
    const slices = partsOf(miniBatches, "b/big.csv");
    for (const [index, slice] of slices.entries()) {
      expect(slice.end - slice.start).toBeLessThan(8000);
      expect(slice.start).toBe(index === 0 ? 4 : slices[index - 1]?.end);
    }
    expect(slices.at(-1)?.end).toBe(statSync(join(root, "b/big.csv")).size);
  });

  test("begin at multiples of the rows of a run, whatever the size of a slice", async () => {
    for (const sliceBytes of [500, 1500, 2000]) {
      const miniBatches = await plan({ sliceBytes, rowMultiple: 48 });
      for (const file of ["b/big.csv", "c/tail.csv", "e/quotes.csv", "d/part-0000.parquet"]) {
        const parts = partsOf(miniBatches, file);
        expect(parts.length, file).toBeGreaterThan(1);
        for (const part of parts) expect((part.firstRow - 1) % 48, file).toBe(0);
      }
    }
  });

  test("hold small files up to a number of bytes, however small the slices of big files are", async () => {
    const miniBatches = await plan({ miniBatchSize: 100, miniBatchBytes: 40, sliceBytes: 10 });
    const small = miniBatches.filter((miniBatch) => miniBatch.parts[0]?.file.startsWith("a/"));
    // 12 bytes of rows each.
    expect(small.map((miniBatch) => miniBatch.parts.length)).toEqual([3, 3, 3, 3, 3, 3, 3, 3, 1]);
  });

  test("say of a file that nothing can be read from why, as one item", async () => {
    const miniBatches = await plan();
    const problem = (file: string): unknown =>
      partsOf(miniBatches, file).map((part) => [part.items, part.problem?.stage, part.problem?.code]);
    expect(problem("b/empty.csv")).toEqual([[1, "read", "file-empty"]]);
    expect(problem("b/mark.csv")).toEqual([[1, "read", "file-empty"]]);
    expect(problem("b/utf32.csv")).toEqual([[1, "read", "file-encoding"]]);
    // A byte that is no text costs its row alone.
    expect(problem("b/nul.csv")).toEqual([[1, undefined, undefined]]);
    expect(problem("b/open-header.csv")).toEqual([[1, "read", "row-quote"]]);
    expect(problem("d/fake.parquet")).toEqual([[1, "read", "file-unreadable"]]);
    expect(problem("b/header.csv")).toEqual([]);
  });

  test("of pictures are mini-batches of whole files", async () => {
    for (let index = 0; index < 7; index++) put(`p/${index}.png`, index === 3 ? "" : "any bytes");
    const miniBatches = await plan({ source: "pictures", miniBatchSize: 3, dialect: null, sliceBytes: 1 });
    expect(miniBatches.map((miniBatch) => miniBatch.parts.map((part) => part.file))).toEqual([
      ["p/0.png", "p/1.png", "p/2.png"],
      ["p/3.png", "p/4.png", "p/5.png"],
      ["p/6.png"],
    ]);
    expect(miniBatches[1]?.parts[0]?.problem?.code).toBe("file-empty");
    expect(miniBatches[1]?.items).toBe(3);
  });
});

describe("ranges of Parquet rows", () => {
  const group = (rows: number, bytes: number): { rows: number; bytes: number } => ({ rows, bytes });

  const firstRows = (ranges: readonly { firstRow: number }[]): number[] => ranges.map((range) => range.firstRow);
  const mebibyte = 1024 * 1024;

  test("join row groups the same way for every size of slices", () => {
    const groups = [group(10, 4 * mebibyte), group(10, 3 * mebibyte), group(10, 4 * mebibyte), group(5, 9 * mebibyte)];
    expect(rowRanges(groups, 1e9, 1).map(({ firstRow, items }) => [firstRow, items])).toEqual([
      [1, 20],
      [21, 10],
      [31, 5],
    ]);
    const few = Array.from({ length: 4 }, () => group(100_000, 10));
    expect(firstRows(rowRanges(few, 1e9, 1))).toEqual([1, 200_001]);
    expect(rowRanges([], 100, 1)).toEqual([]);
  });

  test("cut the only row group so that every worker gets some of it, at multiples of the rows of a run", () => {
    const ranges = rowRanges([group(100_000, 80 * mebibyte)], 8 * mebibyte, 1024);
    expect(ranges).toHaveLength(8);
    for (const { firstRow } of ranges) expect((firstRow - 1) % 1024).toBe(0);
    expect(ranges.reduce((sum, range) => sum + range.items, 0)).toBe(100_000);
    expect(rowRanges([group(100_000, 12 * mebibyte)], 8 * mebibyte, 1024)).toHaveLength(2);
  });

  test("leave row groups whole when there are enough of them", () => {
    const groups = Array.from({ length: 8 }, () => group(100_000, 80 * mebibyte));
    expect(firstRows(rowRanges(groups, mebibyte, 1000))).toEqual(groups.map((_, index) => index * 100_000 + 1));
  });

  test("cut a row group of millions of rows, however many there are", () => {
    const many = Array.from({ length: 10 }, () => group(2_500_000, 10));
    const ranges = rowRanges(many, 1e9, 1000);
    expect(ranges.slice(0, 4).map((range) => range.items)).toEqual([834_000, 834_000, 832_000, 834_000]);
    expect(ranges.at(3)?.firstRow).toBe(2_500_001);
  });
});
