import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { MiniBatchPart } from "../../../../electron/contract/nouns/mini-batch.ts";
import type { TensorScorer } from "../../../../electron/contract/nouns/scorers/tensor-scorer.ts";
import { planMiniBatches } from "../../../../electron/data/cut/plan-mini-batches.ts";
import { createArrayReaders } from "../../../../native-worker/readers/tensors/array-rows.ts";
import { noCopies } from "../../../helpers/data/no-copies.ts";
import { npyFile, npyHeader, npzFile } from "../../../helpers/data/npy-files.ts";
import { temporaryFolder } from "../../../helpers/places.ts";
import { seededRandom } from "../../../helpers/random.ts";

/** Entries of an array's first axis, as they are cut and read. */
const folder = temporaryFolder("array-rows");
mkdirSync(folder, { recursive: true });

const scorer: TensorScorer = {
  kind: "tensor",
  items: "axis",
  inputs: [{ name: "x", type: "float32", shape: [null, 2, 3] }],
  isWhole: false,
  outputs: [{ name: "y", type: "float32", width: 1, labels: null, softmax: false, topK: 0, columns: ["y"] }],
  keep: [],
  batch: 4,
  fixedBatch: null,
};

async function planned(name: string, sliceBytes: number, after: MiniBatchPart | null = null): Promise<MiniBatchPart[]> {
  const { size, mtimeMs } = statSync(join(folder, name));
  const files = (async function* () {
    yield { path: name, sizeBytes: size, modifiedMs: mtimeMs };
  })();
  const settings = {
    input: { path: folder, kind: "folder", recursive: true },
    source: "array-rows",
    arrays: ["x"],
    dialect: null,
    table: null,
    encoding: null,
    copies: noCopies,
    miniBatchSize: 1,
    sliceBytes,
    miniBatchBytes: sliceBytes,
    rowMultiple: 4,
  } as const;
  const position = {
    nextMiniBatch: after === null ? 0 : 1,
    after: after === null ? null : { file: name, end: after.end, nextRow: after.firstRow + after.items },
  };
  const parts: MiniBatchPart[] = [];
  for await (const { miniBatch } of planMiniBatches(settings, files, position)) parts.push(...miniBatch.parts);
  return parts;
}

type Wish = {
  readonly range?: { readonly start: number; readonly end: number };
  readonly leaveOut?: readonly number[];
};

async function read(part: MiniBatchPart, { range, leaveOut = [] }: Wish = {}) {
  const reader = await createArrayReaders(scorer, 4).open({
    path: join(folder, part.file),
    part,
    range: range ?? { start: 0, end: part.items },
    leaveOut: new Set(leaveOut),
  });
  const rows = new Map<number, readonly number[]>();
  const failed: number[] = [];
  try {
    for (;;) {
      const step = await reader.next();
      if (step.kind !== "block") return { rows, failed, problem: step.kind === "problem" ? step.problem : null };
      const values = step.block.inputs[0] as Float32Array;
      for (const [place, row] of step.block.rowNumbers.entries())
        rows.set(row, [...values.subarray(place * 6, place * 6 + 6)]);
      failed.push(...step.block.failures.map(({ row }) => row));
    }
  } finally {
    await reader.close();
  }
}

const count = 203;
const values = Array.from({ length: count * 6 }, (_, index) => index / 2);
const rowOf = (row: number) => values.slice((row - 1) * 6, row * 6);
const array = npyFile({ type: "float64", shape: [count, 2, 3], values });
const files = {
  "stored.npy": array,
  "turned.npy": npyFile({ type: "float64", shape: [count, 2, 3], values, isFortran: true, isBigEndian: true }),
  "stored.npz": npzFile({ x: array }),
  "deflated.npz": npzFile({ x: array }, true),
};
for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);

describe("entries of the first axis", () => {
  test.each(Object.keys(files))("of %s are all read once, however they are cut", async (name) => {
    const parts = await planned(name, 1000);
    expect(parts.length).toBe(name.startsWith("stored") ? 9 : 1);
    expect(parts.slice(0, -1).every(({ items }) => items % 4 === 0)).toBe(true);
    const rows = (await Promise.all(parts.map((part) => read(part)))).flatMap((one) => [...one.rows]);
    expect(rows).toEqual(Array.from({ length: count }, (_, index) => [index + 1, rowOf(index + 1)]));
  });

  test.each(Object.keys(files))("of %s are read from any of them on, without those that are left out", async (name) => {
    const [part] = await planned(name, 1e9);
    const { rows, problem } = await read(part as MiniBatchPart, { range: { start: 50, end: 60 }, leaveOut: [52, 59] });
    expect(problem).toBeNull();
    expect([...rows]).toEqual([51, 52, 54, 55, 56, 57, 58, 59].map((row) => [row, rowOf(row)]));
  });

  test("are planned on from where a plan stopped", async () => {
    const parts = await planned("stored.npy", 1000);
    expect(await planned("stored.npy", 1000, parts[2])).toEqual(parts.slice(3));
  });

  test("of a damaged archive fail as a whole", async () => {
    const file = Buffer.from(files["deflated.npz"]);
    file[file.indexOf("PK\x01\x02", "latin1") + 16] = 7;
    writeFileSync(join(folder, "checksum.npz"), file);
    const [part] = await planned("checksum.npz", 1e9);
    expect((await read(part as MiniBatchPart)).problem).toMatchObject({ code: "array-damaged" });
  });

  test("that hold nothing are not counted", async () => {
    const header = npyHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (2000000000, 0), }");
    writeFileSync(join(folder, "nothing.npy"), header);
    expect(await planned("nothing.npy", 1e9)).toMatchObject([{ items: 1, problem: { code: "array-wrong-shape" } }]);
  });

  test("of changed bytes are errors or values, and never end the process", async () => {
    const random = seededRandom(9);
    const sources = Object.values(files);
    for (let turn = 0; turn < 600; turn++) {
      const file = Buffer.from(sources[turn % sources.length] as Buffer);
      const isTail = turn % 3 === 0;
      for (let change = 0; change < 3; change++) {
        const place = Math.floor(random() * 160);
        file[isTail ? file.length - 1 - place : place] = Math.floor(random() * 256);
      }
      const name = `changed-${turn % sources.length}.npz`;
      writeFileSync(join(folder, name), file);
      for (const part of await planned(name, 1e9)) {
        if (part.problem !== null) continue;
        const { rows, problem } = await read(part);
        if (problem !== null) expect(problem.message).toMatch(/^[^\n]+\.$/);
        else expect(rows.size).toBeLessThanOrEqual(part.items);
      }
    }
  });
});
