import { describe, expect, test } from "vitest";
import { csvTextCell } from "../../../electron/contract/tables/csv-cell.ts";
import type { JobSpec } from "../../../electron/contract/nouns/job-spec.ts";
import { errorsHeaderLine, predictionsHeader } from "../../../electron/contract/nouns/prediction-columns.ts";
import type { ScorerOutput } from "../../../electron/contract/nouns/scorers/scorer-parts.ts";
import { createErrorsEncoder, errorLine } from "../../../native-worker/writers/errors-encoder.ts";
import type { OutputData } from "../../../native-worker/writers/prepared-output.ts";
import { outputCells } from "../../../native-worker/writers/output-cells.ts";
import { textCellBytes } from "../../../native-worker/writers/text-cell.ts";

const escaping = { kind: "csv", escapeFormulas: true } as const;
const plain = { kind: "csv", escapeFormulas: false } as const;
const quoted = { kind: "always-quoted" } as const;
const cell = (text: string, style: Parameters<typeof textCellBytes>[1]) => textCellBytes(text, style).toString("utf8");

const texts = [
  "",
  "a",
  "a b",
  "a,b",
  'say "hi"',
  "two\nlines",
  "cr\rhere",
  "é😀",
  "007",
  "'quoted'",
  "=1+1",
  "+31 6 1234",
  "-",
  "-5",
  "+3.25",
  "-1e-5",
  ".5",
  "-.5",
  "5.",
  "-5.",
  "+",
  "-e5",
  "-1e",
  "@x",
  "\tx",
  "\rx",
  "\0x",
  "=a,b",
  "-Infinity",
  "1-2",
  "--5",
  "-5 ",
  "+1.2.3",
];

describe("text cells", () => {
  test("a spreadsheet's formulas get an apostrophe, numbers do not", () => {
    const escaped = texts.filter(
      (text) => cell(text, escaping).replace(/^"/, "").startsWith("'") && !text.startsWith("'"),
    );
    expect(escaped).toEqual([
      "=1+1",
      "+31 6 1234",
      "-",
      "+",
      "-e5",
      "-1e",
      "@x",
      "\tx",
      "\rx",
      "\0x",
      "=a,b",
      "-Infinity",
      "--5",
      "-5 ",
      "+1.2.3",
    ]);
  });

  test("the byte encoder and the contract's plain form agree", () => {
    for (const text of texts) {
      expect(cell(text, escaping)).toBe(csvTextCell(text, "escape"));
      expect(cell(text, plain)).toBe(csvTextCell(text, "keep"));
    }
  });

  test("RFC 4180: quotes where they are needed, doubled inside", () => {
    expect(texts.slice(3, 8).map((text) => cell(text, plain))).toEqual([
      '"a,b"',
      '"say ""hi"""',
      '"two\nlines"',
      '"cr\rhere"',
      "é😀",
    ]);
    expect(cell("=a,b", escaping)).toBe(`"'=a,b"`);
  });

  test("the form that Parquet is made from quotes everything and changes nothing", () => {
    expect(["", "=1+1", 'a"b'].map((text) => cell(text, quoted))).toEqual(['""', '"=1+1"', '"a""b"']);
  });
});

describe("headers", () => {
  const spec = (format: "csv" | "parquet", csvFormulas: "escape" | "keep") =>
    ({
      scorer: {
        kind: "tabular",
        keep: ["id", "=x"],
        outputs: [{ name: "p", type: "float32", topK: 0, columns: ["p_a,b", "p_1"] }],
      },
      model: {},
      output: { folder: "/out", fileName: "predictions.csv", format, csvFormulas },
    }) as unknown as JobSpec;

  test("column names follow the rules of text cells", () => {
    expect(predictionsHeader(spec("csv", "escape"))).toBe(`id,'=x,"p_a,b",p_1\n`);
    expect(predictionsHeader(spec("csv", "keep"))).toBe(`id,=x,"p_a,b",p_1\n`);
    expect(predictionsHeader(spec("parquet", "escape"))).toBe(`id,=x,"p_a,b",p_1\n`);
    expect(errorsHeaderLine).toBe("file,row,stage,code,message,value\n");
  });
});

describe("errors", () => {
  const error = { file: "a/b.csv", row: 3, stage: "read", code: "row-ragged", message: "m", value: "v" } as const;

  test("one line an error: message on one line, value shortened, formulas escaped", () => {
    expect(errorLine(error, "escape")).toBe("a/b.csv,3,read,row-ragged,m,v\n");
    expect(errorLine({ ...error, row: null, message: "two\r\n lines\u2028end" }, "escape")).toBe(
      "a/b.csv,,read,row-ragged,two lines end,v\n",
    );
    expect(errorLine({ ...error, file: "=x.csv", value: `=cmd,"` }, "escape")).toBe(
      `'=x.csv,3,read,row-ragged,m,"'=cmd,"""\n`,
    );
    expect(errorLine({ ...error, file: "=x.csv" }, "keep")).toBe("=x.csv,3,read,row-ragged,m,v\n");
    expect(errorLine({ ...error, value: "x".repeat(500) }, "keep")).toHaveLength(
      "a/b.csv,3,read,row-ragged,m,\n".length + 200,
    );
    expect(errorLine({ ...error, value: `${"x".repeat(199)}😀` }, "keep").endsWith("x\n")).toBe(true);
  });

  test("many lines come out in order and only once", () => {
    const encoder = createErrorsEncoder("escape");
    for (let row = 1; row <= 2500; row++) encoder.add({ ...error, row });
    expect(encoder.count()).toBe(2500);
    const lines = Buffer.concat(encoder.take()).toString().trimEnd().split("\n");
    expect(lines.map((line) => Number(line.split(",")[1]))).toEqual(
      Array.from({ length: 2500 }, (_, index) => index + 1),
    );
    expect(encoder.take()).toEqual([]);
  });
});

describe("output cells", () => {
  const base: ScorerOutput = {
    name: "o",
    type: "float32",
    width: 1,
    labels: null,
    softmax: false,
    topK: 0,
    columns: [],
  };
  const write = (
    output: Partial<ScorerOutput>,
    data: OutputData,
    rows: number,
    style: Parameters<typeof textCellBytes>[1] = escaping,
  ) => {
    const shaped = { ...base, ...output };
    const cells = shaped.topK > 0 ? 2 * Math.min(shaped.topK, shaped.width) : shaped.width;
    const leads = Array.from({ length: cells }, (_, index) => Buffer.from(index === 0 ? "" : ","));
    const prepared = outputCells(shaped, style, leads)(data, rows);
    const target = Buffer.alloc(4096);
    return Array.from({ length: rows }, (_, row) => {
      const end = prepared.write(target, 0, row);
      expect(end).toBeLessThanOrEqual(prepared.fixedBytes + (prepared.textBytes?.(row) ?? 0));
      return target.toString("utf8", 0, end);
    });
  };

  test("every type of tensor", () => {
    expect(write({ width: 2 }, Float32Array.of(0.1, 1, 2.5, -3), 2)).toEqual(["0.1,1", "2.5,-3"]);
    expect(write({ type: "float64" }, Float64Array.of(0.1, 1 / 3), 2)).toEqual(["0.1", "0.3333333333333333"]);
    expect(write({ type: "float16" }, Uint16Array.of(0x3c00, 0x2e66), 2)).toEqual(["1", "0.099975586"]);
    expect(write({ type: "int8" }, Int8Array.of(-128, 127), 2)).toEqual(["-128", "127"]);
    expect(write({ type: "uint32" }, Uint32Array.of(4294967295, 0), 2)).toEqual(["4294967295", "0"]);
    expect(write({ type: "bool" }, Uint8Array.of(1, 0), 2)).toEqual(["true", "false"]);
    const wide = [
      0n,
      -1n,
      9007199254740993n,
      -9223372036854775808n,
      9223372036854775807n,
      4503599627370496n,
      -4503599627370497n,
    ];
    expect(write({ type: "int64" }, BigInt64Array.from(wide), wide.length)).toEqual(wide.map(String));
    const unsigned = [0n, 18446744073709551615n, 4294967296n, 2n ** 63n];
    expect(write({ type: "uint64" }, BigUint64Array.from(unsigned), unsigned.length)).toEqual(unsigned.map(String));
    expect(write({ type: "string", width: 2 }, ["a", "=b", 'c"', ""], 2)).toEqual(["a,'=b", `"c""",`]);
    expect(write({ type: "string" }, ["", "=b"], 2, quoted)).toEqual(['""', '"=b"']);
  });

  test("softmax adds up to one and survives great values", () => {
    const [row = ""] = write({ width: 3, softmax: true }, Float32Array.of(1000, 1000, 1000 - Math.log(2)), 1);
    const values = row.split(",").map(Number);
    expect(values[0]).toBeCloseTo(0.4, 4);
    expect(values[2]).toBeCloseTo(0.2, 4);
  });

  test("the best come first, equal ones in their order, NaN last; labels are text", () => {
    const labels = ["a", "b,c", "=d", "e"];
    const data = Float32Array.of(0.1, 0.5, 0.5, 0.2, Number.NaN, -1, Number.NaN, -2);
    expect(write({ width: 4, topK: 3, labels }, data, 2)).toEqual([`"b,c",0.5,'=d,0.5,e,0.2`, `"b,c",-1,e,-2,a,NaN`]);
    expect(write({ width: 4, topK: 1 }, data, 2)).toEqual(["1,0.5", "1,-1"]);
    expect(write({ width: 4, topK: 1 }, data, 2, quoted)).toEqual(['"1",0.5', '"1",-1']);
    expect(write({ width: 2, topK: 5, type: "int64" }, BigInt64Array.of(3n, 9n), 1)).toEqual(["1,9,0,3"]);
  });
});
