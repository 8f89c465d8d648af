import { expect, test } from "vitest";
import type { ScorerOutput } from "../../../../electron/contract/nouns/scorers/scorer-parts.ts";
import type { TensorType } from "../../../../electron/contract/signature.ts";
import type { ScoredRows } from "../../../../native-worker/scorers/mini-batch-work.ts";
import { handOverRows } from "../../../../native-worker/scorers/hand-over-rows.ts";
import { outputCells } from "../../../../native-worker/writers/output-cells.ts";
import type { OutputData } from "../../../../native-worker/writers/prepared-output.ts";
import { scorerOf } from "../../../helpers/data/tabular-reading.ts";

const outputOf = (changes: Partial<ScorerOutput>): ScorerOutput => ({
  ...{ name: "p", type: "float32", width: 2, labels: null, softmax: false, topK: 0, columns: ["p_0", "p_1"] },
  ...changes,
});

function found(changes: Partial<ScorerOutput>, data: OutputData, rows = 2) {
  const output = outputOf(changes);
  const leads = Array.from({ length: output.columns.length }, () => Buffer.from(","));
  return outputCells(output, { kind: "csv", escapeFormulas: false }, leads)(data, rows).notNumbers;
}

const plain = Number.POSITIVE_INFINITY;

test.each([
  ["float32", Float32Array.of(1, 2, Number.NaN, plain)],
  ["float64", Float64Array.of(1, 2, Number.NaN, plain)],
  ["float16", Uint16Array.of(0x3c00, 0, 0x7e00, 0x7c00)],
] as const)("the first score of a row that is no number is found in %s", (type, data) => {
  expect(found({ type: type satisfies TensorType }, data)).toEqual([{ row: 1, column: "p_0", value: Number.NaN }]);
});

test.each(Array.from({ length: 9 }, (_, place) => place))("a value that is no number is found at place %d", (place) => {
  const values = Float32Array.from({ length: 9 }, (_, index) => (index === place ? Number.NEGATIVE_INFINITY : index));
  expect(found({ width: 1, columns: ["p"] }, values, 9)).toEqual([
    { row: place, column: "p", value: Number.NEGATIVE_INFINITY },
  ]);
});

test("whole numbers and texts are never found, and the largest floats are numbers", () => {
  expect(found({ type: "int32" }, Int32Array.of(1, 2, 3, 4))).toEqual([]);
  expect(found({ type: "string" }, ["NaN", "b", "c", "inf"])).toEqual([]);
  expect(found({}, Float32Array.of(3.4028234663852886e38, -0, -3.4e38, 1e-45))).toEqual([]);
});

test("softmax of an infinite value, and ranks beside NaN, are found under the output's name", () => {
  expect(found({ softmax: true }, Float32Array.of(1, 2, plain, 1))).toMatchObject([{ row: 1, column: "p_0" }]);
  const ranked = { topK: 1, columns: ["p_top1", "p_top1_score"] };
  expect(found(ranked, Float32Array.of(1, Number.NaN, 2, 3))).toEqual([{ row: 0, column: "p", value: Number.NaN }]);
});

test("rows that fail are left out of what is handed over, wherever they stand and whichever output says so", () => {
  const one = outputCells(outputOf({}), { kind: "csv", escapeFormulas: false }, [Buffer.from(","), Buffer.from(",")]);
  const outputs = [
    one(Float32Array.of(plain, 1, 1, 1, 1, 1, 1, 1, 1, 1), 5),
    one(Float32Array.of(1, 1, 1, 1, 1, Number.NaN, 1, 1, 1, Number.NaN), 5),
  ];
  const handed: Omit<ScoredRows, "identity" | "outputs">[] = [];
  const failed: number[] = [];
  const sink = {
    rows: ({ outputsFrom, from, to, items, notANumber }: ScoredRows) =>
      void handed.push({ outputsFrom, from, to, items, notANumber }),
  };
  const rows = { identity: { kind: "file", fileCells: [] } as const, outputs, from: 10, to: 15 };
  const hand = (rule: object) =>
    handOverRows(sink as never, rows, { ...scorerOf([{ type: "float32", columns: ["a"] }]), ...rule }, (row) =>
      failed.push(row),
    );
  hand({});
  expect([handed.splice(0), failed]).toEqual([[{ outputsFrom: 10, from: 10, to: 15, items: 5, notANumber: 3 }], []]);
  hand({ notANumber: "error" });
  expect(failed).toEqual([10, 12, 14]);
  expect(handed).toEqual([
    { outputsFrom: 10, from: 11, to: 12, items: 1, notANumber: 0 },
    { outputsFrom: 10, from: 13, to: 14, items: 1, notANumber: 0 },
  ]);
});
