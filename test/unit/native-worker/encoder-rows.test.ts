import { expect, test } from "vitest";
import type { JobSpec } from "../../../electron/contract/nouns/job-spec.ts";
import { fileColumns, predictionsHeader } from "../../../electron/contract/nouns/prediction-columns.ts";
import type { ScorerOutput } from "../../../electron/contract/nouns/scorers/scorer-parts.ts";
import { nullCell } from "../../../native-worker/readers/block.ts";
import { outputCells } from "../../../native-worker/writers/output-cells.ts";
import type { OutputData } from "../../../native-worker/writers/prepared-output.ts";
import { outputLeads, rowLayout, textStyleOf } from "../../../native-worker/writers/row-layout.ts";
import { encodeRows, type RowIdentity } from "../../../native-worker/writers/rows-encoder.ts";
import type { RecordWriter } from "../../../native-worker/writers/segment.ts";
import { textCellBytes } from "../../../native-worker/writers/text-cell.ts";

/** Whole rows in each format, as a worker puts them into its record. */

type Format = JobSpec["output"]["format"];
type Facts = { readonly keep?: string[]; readonly outputs: ScorerOutput[]; readonly mlflow?: boolean; kind?: string };

function specOf(format: Format, { keep = [], outputs, mlflow = false, kind = "tabular" }: Facts): JobSpec {
  return {
    scorer: { kind, keep, outputs },
    model: { type: mlflow ? "mlflow_model" : "custom_model" },
    output: { folder: "/out", fileName: "predictions.csv", format, csvFormulas: "escape" },
  } as unknown as JobSpec;
}

const output = (name: string, columns: string[], more: Partial<ScorerOutput> = {}): ScorerOutput => ({
  name,
  type: "float32",
  width: columns.length,
  labels: null,
  softmax: false,
  topK: 0,
  columns,
  ...more,
});

function identityOf(spec: JobSpec): RowIdentity {
  const style = textStyleOf(spec);
  if (spec.scorer.kind === "image") {
    return { kind: "file", fileCells: ["a b.png", "c,d.png"].map((file) => textCellBytes(file, style)) };
  }
  if (spec.scorer.keep.length === 0) {
    return { kind: "row", fileCell: textCellBytes("a b.csv", style), rowNumbers: Uint32Array.of(1, 7) };
  }
  const bytes = Buffer.from(`x y"\n`);
  const cells = { bytes, starts: Uint32Array.of(0, nullCell), ends: Uint32Array.of(bytes.length, nullCell) };
  const empty = { bytes, starts: Uint32Array.of(0, 0), ends: Uint32Array.of(0, 0) };
  return { kind: "kept", keep: [cells, empty], style };
}

function rows(spec: JobSpec, data: readonly OutputData[]): string {
  const layout = rowLayout(spec);
  const leads = outputLeads(spec, layout);
  const prepared = spec.scorer.outputs.map((one, index) =>
    outputCells(one, textStyleOf(spec), leads[index] ?? [])(data[index] as OutputData, 2),
  );
  // Filled, so that a byte that is forgotten shows.
  const record = { chunk: Buffer.alloc(4096, "#"), position: 0, reserve: () => undefined } as unknown as RecordWriter;
  encodeRows(record, layout, { identity: identityOf(spec), outputs: prepared, outputsFrom: 0, from: 0, to: 2 });
  return record.chunk.toString("utf8", 0, record.position);
}

const score = [output("p", ["p_a", 'p_"b"'])];
const scores = [Float32Array.of(0.5, 1, -0, Number.NaN)];

test("JSON lines: one object a row, its keys the CSV's columns in their order", () => {
  expect(rows(specOf("jsonl", { outputs: score }), scores)).toBe(
    '{"file":"a b.csv","row":1,"p_a":0.5,"p_\\"b\\"":1}\n{"file":"a b.csv","row":7,"p_a":-0.0,"p_\\"b\\"":"NaN"}\n',
  );
  expect(rows(specOf("jsonl", { outputs: score, keep: ["id", "=k"] }), scores)).toBe(
    '{"id":"x y\\"\\n","=k":"","p_a":0.5,"p_\\"b\\"":1}\n{"id":null,"=k":"","p_a":-0.0,"p_\\"b\\"":"NaN"}\n',
  );
  expect(rows(specOf("jsonl", { outputs: score, kind: "image" }), scores).split("\n")[1]).toBe(
    '{"file":"c,d.png","p_a":-0.0,"p_\\"b\\"":"NaN"}',
  );
});

test("JSON lines: every type of value", () => {
  const outputs = [
    output("d", ["d"], { type: "float64" }),
    output("i", ["i"], { type: "int64" }),
    output("u", ["u"], { type: "uint64" }),
    output("b", ["b"], { type: "bool" }),
    output("s", ["s"], { type: "string" }),
    output("t", ["t_top1", "t_top1_score"], { width: 2, topK: 1, labels: ["=x", 'y"'] }),
  ];
  const data = [
    Float64Array.of(Number.NEGATIVE_INFINITY, 1e300),
    BigInt64Array.of(-(2n ** 63n), 3n),
    BigUint64Array.of(2n ** 64n - 1n, 0n),
    Uint8Array.of(1, 0),
    ["", "\0\u001f\\😀"],
    Float32Array.of(1, 2, 4, 3),
  ];
  expect(rows(specOf("jsonl", { outputs }), data)).toBe(
    '{"file":"a b.csv","row":1,"d":"-Infinity","i":-9223372036854775808,"u":18446744073709551615,"b":true,"s":"","t_top1":"y\\"","t_top1_score":2}\n' +
      '{"file":"a b.csv","row":7,"d":1e+300,"i":3,"u":0,"b":false,"s":"\\u0000\\u001f\\\\😀","t_top1":"=x","t_top1_score":4}\n',
  );
});

test("Azure's own bytes: spaces, quotes where pandas has them, numbers as numpy writes them", () => {
  expect(rows(specOf("azureml", { outputs: score }), scores)).toBe('"a b.csv" 1 0.5 1.0\n"a b.csv" 7 -0.0 \n');
  expect(rows(specOf("azureml", { outputs: score, keep: ["id", "=k"] }), scores)).toBe('"x y""\n"  0.5 1.0\n  -0.0 \n');
});

test("Azure's own bytes of an MLflow folder: row from 0, prediction, file_name, between commas", () => {
  const one = [output("p", ["p"])];
  const table = specOf("azureml", { outputs: one, mlflow: true });
  expect(fileColumns(table).map(({ name }) => name)).toEqual(["row", "prediction", "file_name"]);
  expect(rows(table, [Float32Array.of(0.5, 1)])).toBe("0,0.5,a b.csv\n6,1.0,a b.csv\n");
  const pictures = specOf("azureml", { outputs: one, mlflow: true, kind: "image" });
  expect(fileColumns(pictures).map(({ name }) => name)).toEqual(["prediction", "file_name"]);
  expect(rows(pictures, [Float32Array.of(0.5, 1)])).toBe('0.5,a b.png\n1.0,"c,d.png"\n');
  const wide = specOf("azureml", { outputs: score, mlflow: true });
  expect(fileColumns(wide).map(({ name }) => name)).toEqual(["row", "p_a", 'p_"b"', "file_name"]);
  expect(rows(wide, scores)).toBe("0,0.5,1.0,a b.csv\n6,-0.0,,a b.csv\n");
  expect(fileColumns(specOf("csv", { outputs: one, mlflow: true })).map(({ name }) => name)).toEqual([
    "file",
    "row",
    "p",
  ]);
});

test("only CSV and what becomes Parquet have a header", () => {
  const header = (format: Format) => predictionsHeader(specOf(format, { outputs: score, keep: ["=k"] }));
  expect(["csv", "parquet", "jsonl", "azureml"].map((format) => header(format as Format))).toEqual([
    `'=k,p_a,"p_""b"""\n`,
    `=k,p_a,"p_""b"""\n`,
    "",
    "",
  ]);
});

test("Azure's own bytes: a value halfway between two numbers of as many digits goes to the even one, as in numpy", () => {
  const wide = [output("p", ["a", "b", "c", "d", "e"])];
  const values = Float32Array.of(2097152.25, -1279677.25, 0.000244140625, 1e-5, 1e16, 0.1, 16777216, 123456792, 2.5, 0);
  expect(rows(specOf("azureml", { outputs: wide }), [values])).toBe(
    '"a b.csv" 1 2097152.2 -1279677.2 0.00024414062 1e-05 1e+16\n"a b.csv" 7 0.1 16777216.0 123456790.0 2.5 0.0\n',
  );
});
