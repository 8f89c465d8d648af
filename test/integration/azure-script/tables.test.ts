import fs from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, test } from "vitest";
import { hasPyarrow } from "../../helpers/azure-script/python-runtime.ts";
import { home, input, inFreshInputs } from "../../helpers/azure-script/fresh-inputs.ts";
import { expectSameRows } from "../../helpers/azure-script/scored-in-azure.ts";
import { deploy } from "../../helpers/batchdeck.ts";
import { oddTables } from "../../helpers/data/malformed-tables.ts";
import { writeGeneratedFolder } from "../../helpers/data/generated-tables.ts";
import {
  denseModel,
  everyTypeModel,
  noOpModel,
  perColumnModel,
  zipMapModel,
} from "../../helpers/models/model-fixtures.ts";
import { encodeModel, int64Tensor } from "../../helpers/models/onnx-builder.ts";
import { seededRandom } from "../../helpers/random.ts";

/** The script for Azure, run by Python, beside Batchdeck's own engine: tables. */
inFreshInputs("azure-tables");

function write(name: string, ...lines: readonly string[]): void {
  fs.writeFileSync(path.join(input, name), `${lines.join("\n")}\n`);
}

const features = "input: {kind: tabular, columns: {features: [a, b, c, d]}}\n";

describe("a script for tables in Azure", () => {
  test("carries kept columns, and fails the same cells", async () => {
    await deploy(home, "kept", denseModel(), { scorer: `${features}output: {keep: [id, note]}\n` });
    write(
      "one.csv",
      "id,note,a,b,c,d",
      "007,=1+1,1,2,3,4",
      '8,"two words, and a ""quote""",1.5,-2e-3,.5,0x1',
      "9,,1,2,,4",
      "10,é,NaN,1,2,3",
      "11,x,1,2,3",
      "12,y, 5.1 ,TRUE,-inf,1e400",
      '13,"unclosed,1,2,3,4',
      '14,"line\nbreak",5.1,3.5,1.4,0.2',
      "",
      "15,z,5.1,3.5,1.4,0.2",
    );
    write("two.csv", "d,c,b,a,note,id", "0.2,1.4,3.5,5.1,n,1", "0.2,1.4,3.5,,n,2");
    write("without.csv", "id,note,a,b,c", "1,n,1,2,3", "2,n,1,2,3");
    fs.writeFileSync(path.join(input, "empty.csv"), "");
    const { rows, errors } = await expectSameRows(home, "kept", input);
    expect(rows.length).toBeGreaterThan(4);
    expect(errors.length).toBeGreaterThan(7);
  });

  test("says file and row where nothing is kept, and the classes' names", async () => {
    await deploy(home, "zipmap", zipMapModel(), {
      scorer: "input: {kind: tabular, columns: {float_input: [a, b, c, d]}}\n",
    });
    write("a b.csv", "a,b,c,d", "1,2,3,4", "4,3,2,1", "bad,3,2,1");
    write("semicolons.csv", "a;b;c;d", "1,5;2,25;3;4", "0,1;3;2;1");
    write("tabs.tsv", "a\tb\tc\td", "1\t2\t3\t4");
    const { columns, rows } = await expectSameRows(home, "zipmap", input);
    expect(columns).toContain("output_probability_churn");
    expect(rows).toHaveLength(5);
  });

  test("reads odd, broken and hostile tables alike", async () => {
    const tables = oddTables(Buffer.alloc(0)).filter(({ name }) => !/parquet|pqt|deep/.test(name));
    write("0.csv", "f0,f1,t", "1,2,a", "3,4,b");
    for (const { name, content } of tables) fs.writeFileSync(path.join(input, name.replaceAll("/", "_")), content);
    await deploy(home, "odd", noOpModel(2), {
      scorer: "input: {kind: tabular, columns: {features: [f0, f1]}, encoding: utf-8}\noutput: {keep: [t]}\n",
    });
    const { rows, errors } = await expectSameRows(home, "odd", input);
    expect(rows.length).toBeGreaterThan(500);
    expect(errors.length).toBeGreaterThan(300);
  });

  test("takes and gives every type, with rules for what is missing", async () => {
    const names = ["single", "half", "double", "signed", "unsigned", "flag", "word"];
    const columns = names.map((name) => `in_${name}: ${name}`).join(", ");
    const missing =
      'missing: {single: nan, half: nan, double: {value: 0.1}, signed: {value: -9007199254740993}, word: {value: "none"}}';
    await deploy(home, "types", everyTypeModel(), {
      scorer: `input: {kind: tabular, columns: {${columns}}, ${missing}, missing_words: ["?", "-999"]}\n`,
    });
    write(
      "types.csv",
      names.join(","),
      "1,1,1,1,1,1,one",
      "0.1,0.1,0.1,-9223372036854775808,18446744073709551615,true,héllo",
      "1e-7,6e-8,1e-7,9223372036854775807,0,FALSE,x",
      "123456789,65504,123456789.123456789,9223372036854775808,1,0,x",
      "16777217,1e-3,1e21,1.00,2.,true,x",
      "3.4e38,70000,1e300,7,1.5,true,x",
      ",,,,1,1,",
      "?,NaN,?,?,1,1,?",
      "-999,-999.0,-999,-999,1,1,-999",
      "1,1,1,1,-1,1,x",
      "1,1,1,1,1,yes,x",
      "-0,-0.0,-0,-0,1,0,x",
      "inf,-Infinity,INF,1,1,1,x",
      "0.00001,2049,0.000001,1e3,1,1,x",
      '8388608.5,0.33325195,5e-324,"1 ",1,1,"a,b"',
    );
    const object = (values: readonly unknown[]) =>
      `{${names.map((name, index) => `"${name}": ${String(values[index])}`).join(", ")}}`;
    write(
      "types.jsonl",
      object([1, 2, 3, 4, 5, true, '"six"']),
      object([0.1, "null", '"0.5"', "12345678901234567890", '"7"', '"true"', "null"]),
      object([[1], 1, 1, 1, 1, 1, "{}"]),
      object([1e400, 1, 1, 9007199254740993n, 18446744073709551615n, "false", '"\\u00e9\\n"']),
      '{"single": 1, "half": 1, "double": 1, "signed": 1, "unsigned": 1, "flag": 1}',
      '{"single": 1}',
      "[1]",
    );
    const { rows } = await expectSameRows(home, "types", input);
    expect(rows.length).toBeGreaterThan(12);
  });

  test("fills constants, and ranks what comes out, a run of a fixed size at a time", async () => {
    const scorer = [
      "input: {kind: tabular, columns: {features: [a, b, c]}, constants: {state: 0.5, weights: [1, -2, 3.25]}}",
      "output: {outputs: [logits, log], labels: [x, y, z], softmax: true, top_k: 2, not_a_number: error}",
      "",
    ].join("\n");
    await deploy(home, "ranked", rankedModel(), { scorer });
    const rows = Array.from({ length: 30 }, (_, row) => [row, (row * 7) % 5, (row * 3) % 4].join(","));
    write("rows.csv", "a,b,c", ...rows, "-1,1,1", "1e39,1,1");
    const { errors } = await expectSameRows(home, "ranked", input);
    expect(errors.map((cells) => cells[3])).toContain("score-not-a-number");
  });

  test("holds cells to the types of MLflow's signature", async () => {
    const columns = [
      { name: "income", type: "double" },
      { name: "children", type: "long" },
      { name: "age", type: "boolean" },
    ];
    const folder = path.join(home, "..", `${path.basename(home)}-mlflow`, "model");
    fs.mkdirSync(folder, { recursive: true });
    const lines = [
      "flavors:",
      "  onnx: {data: model.onnx, onnx_version: 1.16.0}",
      "signature:",
      `  inputs: '${JSON.stringify(columns)}'`,
      "",
    ];
    fs.writeFileSync(path.join(folder, "MLmodel"), lines.join("\n"));
    await deploy(home, "mlflow", perColumnModel());
    write(
      "a.csv",
      "age,income,children",
      "true,1.5,2",
      "0,1,2.0",
      "maybe,1,2",
      "1,x,2",
      "1,1,2.5",
      "1,1,",
      "1,1,99999999999999999999",
      "FALSE,-inf,-9223372036854775808",
    );
    const { rows, errors } = await expectSameRows(home, "mlflow", input);
    expect([rows.length, errors.length]).toEqual([3, 5]);
  });

  test.each([["shift_jis"], ["utf-16le"]])("reads generated tables in %s", async (encoding) => {
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const folder = path.join(input, "..", `generated-${encoding}`);
    const made = await writeGeneratedFolder(folder, seededRandom(encoding.length), connection, [encoding]);
    for (const { path: file, format } of made.files) {
      if (format !== "parquet") fs.copyFileSync(path.join(folder, file), path.join(input, path.basename(file)));
    }
    const columns = `flat: [x, flag], size: ["${made.sizeName}"], city: [city], v: v`;
    await deploy(home, `made-${encoding.replace("_", "-")}`, echoModel(), {
      scorer: [
        "input:",
        "  kind: tabular",
        `  columns: {${columns}}`,
        `  encoding: ${encoding}`,
        '  missing: {"*": error, x: nan, flag: {value: 0.5}, city: {value: nowhere}, v: {value: -1}}',
        '  missing_words: ["?"]',
        "output: {keep: [id, note]}",
        "",
      ].join("\n"),
    });
    const { rows } = await expectSameRows(home, `made-${encoding.replace("_", "-")}`, input);
    expect(rows.length).toBeGreaterThan(10);
  });
});

/** Debian has no pyarrow. */
describe.runIf(hasPyarrow())("a script for Parquet in Azure", () => {
  test("reads generated tables, and other types of columns", async () => {
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const columns = "1.5::FLOAT AS a, 2 AS b, true AS c, 0.1::DOUBLE AS d";
    const kept =
      "'x' AS t, 7::BIGINT AS i, 0.1::FLOAT AS f, 1e-7::DOUBLE AS g, 12.50::DECIMAL(8,2) AS m, DATE '2026-01-02' AS day";
    const rows = [`SELECT ${columns}, ${kept}`, "SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL"];
    const query = `${rows.join(" UNION ALL ")} UNION ALL SELECT 'nan'::FLOAT, 4, false, 1, '', 1, 2, 3e20, 4, NULL`;
    await connection.run(`COPY (${query}) TO '${path.join(input, "a.parquet")}' (FORMAT parquet)`);
    await connection.run(`COPY (SELECT 1 AS a, 2 AS b) TO '${path.join(input, "b.pqt")}' (FORMAT parquet)`);
    fs.writeFileSync(path.join(input, "c.parquet"), "PAR1 and nothing more");
    await deploy(home, "parquet", denseModel(), {
      scorer: `${features}output: {keep: [t, i, f, g, m, day]}\n`,
    });
    const { errors } = await expectSameRows(home, "parquet", input);
    expect(errors).toHaveLength(4);
  });
});

/** Takes four rows a run, a state that has its rows second, and weights that all rows share. */
function rankedModel(): Uint8Array {
  return encodeModel({
    graph: {
      nodes: [
        { op: "Mul", inputs: ["features", "weights"], outputs: ["weighted"] },
        {
          op: "ReduceMean",
          inputs: ["state"],
          outputs: ["layers"],
          attributes: { axes: { ints: [0, 2] }, keepdims: { int: 0 } },
        },
        { op: "Reshape", inputs: ["layers", "column"], outputs: ["states"] },
        { op: "Add", inputs: ["weighted", "states"], outputs: ["logits"] },
        { op: "Log", inputs: ["features"], outputs: ["log"] },
      ],
      initializers: [{ name: "column", ...int64Tensor([2], [4n, 1n]) }],
      inputs: [
        { name: "features", type: "float", shape: [4, 3] },
        { name: "state", type: "float", shape: [2, 4, 5] },
        { name: "weights", type: "float", shape: [3] },
      ],
      outputs: [
        { name: "logits", type: "float", shape: [4, 3] },
        { name: "log", type: "float", shape: [4, 3] },
      ],
    },
  });
}

/** Gives what it takes: two numbers, a number of float64, a text and a vector. */
function echoModel(): Uint8Array {
  const tensors = [
    { name: "flat", type: "float", shape: ["N", 2] },
    { name: "size", type: "double", shape: ["N", 1] },
    { name: "city", type: "string", shape: ["N", 1] },
    { name: "v", type: "float", shape: ["N", 3] },
  ] as const;
  return encodeModel({
    graph: {
      nodes: tensors.map(({ name }) => ({ op: "Identity", inputs: [name], outputs: [`${name}_same`] })),
      inputs: tensors,
      outputs: tensors.map((tensor) => ({ ...tensor, name: `${tensor.name}_same` })),
    },
  });
}
