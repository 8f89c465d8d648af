import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { batchdeckJson } from "../../helpers/batchdeck.ts";
import { runInProcess } from "../../helpers/command-line.ts";
import { denseModel, noOpModel, perColumnModel, stringModel, writeModel } from "../../helpers/models/model-fixtures.ts";

let root = "";
let home = "";
let net = "";

beforeEach(async () => {
  root = mkdtempSync(path.join(tmpdir(), "batchdeck-mlflow-"));
  home = path.join(root, "home");
  net = path.join(root, "net");
  expect((await runInProcess(home, "endpoint", "create", "-n", "hearts")).code).toBe(0);
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

type Column = { readonly name?: string; readonly type: string; readonly [key: string]: unknown };

/** An MLmodel as MLflow writes it: each half of the signature is JSON text in the YAML. */
function mlModel(
  inputs: readonly Column[] | null,
  options: { readonly flavors?: string; readonly outputs?: readonly Column[] } = {},
): string {
  const { flavors = "  onnx:\n    code: null\n    data: model.onnx\n    onnx_version: 1.16.0\n", outputs } = options;
  const half = (name: string, columns: readonly Column[] | null | undefined) =>
    columns === null || columns === undefined ? "" : `  ${name}: '${JSON.stringify(columns)}'\n`;
  return [
    "artifact_path: pipeline\nflavors:\n",
    flavors,
    "  python_function:\n    env: conda.yaml\n    loader_module: mlflow.onnx\n    python_version: 3.8.5\n",
    "model_uuid: 04bd660a1b8b4b1e84b9198c46cfd117\nrun_id: 22874b7e\n",
    "signature:\n",
    half("inputs", inputs),
    half("outputs", outputs),
    "utc_time_created: '2022-10-13 00:55:57.543663'\n",
  ].join("");
}

/** What Python runs when it opens it: it makes the file `trap`. */
function plantPickle(): string {
  const trap = path.join(root, "trap");
  writeFileSync(path.join(net, "model.pkl"), `cos\nsystem\n(S'touch ${trap}'\ntR.`);
  writeFileSync(path.join(net, "python_model.cloudpickle"), `cos\nsystem\n(S'touch ${trap}'\ntR.`);
  return trap;
}

function deploy(model = "{path: net, type: mlflow_model}", ...lines: readonly string[]) {
  const file = path.join(root, "deployment.yml");
  writeFileSync(
    file,
    ["name: blue", "endpoint_name: hearts", "type: model", `model: ${model}`, ...lines, ""].join("\n"),
  );
  return runInProcess(home, "deployment", "create", "-f", file, "--set-default");
}

async function score(csv: string, name = "data.csv") {
  const input = path.join(root, name);
  writeFileSync(input, csv);
  const output = path.join(root, `out-${readdirSync(root).length}`);
  const ran = await runInProcess(home, "invoke", "-n", "hearts", "--input", input, "--output-path", output);
  const read = (file: string) =>
    existsSync(path.join(output, file)) ? readFileSync(path.join(output, file), "utf8") : "";
  return { ...ran, predictions: read("predictions.csv"), errors: read("errors.csv") };
}

const longs = ["age", "sex", "chol"].map((name) => ({ name, type: "long" }));
const inputs = [...longs, { name: "oldpeak", type: "double" }];

describe("an MLflow folder with the onnx flavor", () => {
  test("is scored by its signature: columns by name, others ignored, the wrong ones fail their row", async () => {
    writeModel(net, noOpModel());
    writeFileSync(path.join(net, "MLmodel"), mlModel(inputs));
    const trap = plantPickle();
    const made = await deploy(undefined, "environment: azureml:sklearn:1");
    expect(made.stderr).toContain('The environment "azureml:sklearn:1" is not used: no script runs.');
    expect(made.code).toBe(0);
    const scored = await score(
      [
        "id,oldpeak,chol,sex,age",
        "a,1.5,200,0,63",
        "b,1.5,200,0,63.5",
        "c,high,200,0,63",
        "d,1.5,200,0,63.0",
        "e,1.5,,0,63",
        "f,1.5,16777216.5,0,63",
        "g,1.5,99999999999999999999,0,63",
        "",
      ].join("\n"),
    );
    expect(scored.code).toBe(3);
    expect(scored.predictions.trim().split("\n")).toEqual([
      expect.stringMatching(/^file,row,/),
      "data.csv,1,63,0,200,1.5",
      "data.csv,4,63,0,200,1.5",
    ]);
    const errors = scored.errors.trim().split("\n").slice(1);
    expect(errors.map((line) => line.split(",").slice(1, 4).join(" "))).toEqual([
      "2 preprocess signature-mismatch",
      "3 preprocess signature-mismatch",
      "5 preprocess cell-empty",
      "6 preprocess signature-mismatch",
      "7 preprocess signature-mismatch",
    ]);
    expect(errors[0]).toContain(`Column ""age"" holds ""63.5""; the model's signature says long: a whole number.`);
    expect(existsSync(trap)).toBe(false);
  });

  test("without a needed column is refused, naming it", async () => {
    writeModel(net, noOpModel());
    writeFileSync(path.join(net, "MLmodel"), mlModel(inputs));
    expect((await deploy("{path: net}")).code).toBe(0);
    const scored = await score("age,sex,oldpeak\n63,0,1.5\n");
    expect(scored.code).toBe(2);
    expect(scored.stderr).toContain(`has no column "chol", which the model's signature wants`);
    expect((await score("age,sex,chol,oldpeak\nx,0,1,1.5\ny,0,1,1.5\n")).stderr).toContain('The column "age"');
  });

  test("fills several inputs by name, takes words for booleans, and tables of every format", async () => {
    writeModel(net, perColumnModel());
    const columns = [
      { name: "income", type: "double" },
      { name: "children", type: "long" },
      { name: "age", type: "boolean" },
      { name: "unused", type: "string" },
    ];
    writeFileSync(path.join(net, "MLmodel"), mlModel(columns, { outputs: [{ name: "risk", type: "float" }] }));
    expect((await deploy()).code).toBe(0);
    const words = await score("age,income,children\ntrue,1,2\nFalse,1,2\nmaybe,1,2\n");
    const digits = await score("age,income,children\n1,1,2\n0,1,2\n");
    expect(words.predictions).toMatch(/^file,row,risk\n/);
    expect(words.predictions).toBe(digits.predictions);
    expect(words.errors).toMatch(/,3,preprocess,signature-mismatch,/);
    const lines = '{"age":true,"income":1,"children":2}\n{"age":false,"income":1,"children":2.5}\n';
    const objects = await score(lines, "data.jsonl");
    expect(objects.predictions.split("\n")[1]?.split(",")[2]).toBe(digits.predictions.split("\n")[1]?.split(",")[2]);
    expect(objects.errors).toMatch(/,2,preprocess,signature-mismatch,/);
  });

  test("takes texts as texts", async () => {
    writeModel(net, stringModel());
    writeFileSync(path.join(net, "MLmodel"), mlModel([{ name: "city", type: "string" }]));
    expect((await deploy()).code).toBe(0);
    expect((await score("city\nLyon\n7\n")).predictions).toBe(
      "file,row,country,code\ndata.csv,1,France,33\ndata.csv,2,unknown,-1\n",
    );
  });

  test.each([
    ["a signature of tensors", [{ type: "tensor", "tensor-spec": { dtype: "float32", shape: [-1, 4] } }]],
    ["a signature without names", [{ type: "double" }, { type: "double" }, { type: "double" }, { type: "double" }]],
    ["no signature", null],
  ])("and %s takes what its model takes", async (_what, columns) => {
    writeModel(net, denseModel());
    writeFileSync(path.join(net, "MLmodel"), mlModel(columns));
    expect((await deploy()).code).toBe(0);
    expect((await score("a,b,c,d\n1,2,3,4\n")).code).toBe(0);
  });

  test("is registered and exported under its type, and comes back the same", async () => {
    writeModel(path.join(net, "data"), noOpModel(), "net.onnx");
    const flavors = "  onnx:\n    data: data/net.onnx\n";
    writeFileSync(path.join(net, "MLmodel"), mlModel(inputs, { flavors }));
    const model = await batchdeckJson<{ type: string; onnx_file: string }>(
      home,
      ...["model", "create", "-n", "heart-mlflow", "--path", net, "--type", "mlflow_model"],
    );
    expect(model).toMatchObject({ type: "mlflow_model", onnx_file: "data/net.onnx" });
    expect((await deploy("azureml:heart-mlflow@latest")).code).toBe(0);
    const show = () => batchdeckJson<{ scorer: unknown }>(home, "deployment", "show", "-n", "blue", "-e", "hearts");
    const before = await show();
    expect(before.scorer).toMatchObject({ column_types: expect.objectContaining({ age: "long" }) as unknown });
    const exported = await runInProcess(home, "deployment", "export", "-n", "blue", "-e", "hearts");
    expect(exported.stdout).toContain("model: azureml:heart-mlflow:1");
    writeFileSync(path.join(root, "exported.yml"), exported.stdout);
    expect((await runInProcess(home, "deployment", "create", "-f", path.join(root, "exported.yml"))).code).toBe(0);
    expect((await show()).scorer).toEqual(before.scorer);
  });
});

describe("an MLflow folder is refused, and no pickle is opened,", () => {
  // Azure's own beside the repository on machines that have it; ours of the same shape everywhere.
  const published = [
    "../../fixtures/azureml/mlflow-pickled.MLmodel.yml",
    "../../../../shared/contracts/mlflow.heart-classifier.MLmodel.yml",
  ]
    .map((name) => path.join(import.meta.dirname, name))
    .filter((file) => existsSync(file));
  const pickled = [
    "artifact_path: pipeline",
    "flavors:",
    "  python_function: {env: conda.yaml, loader_module: mlflow.sklearn, model_path: model.pkl}",
    "  sklearn: {pickled_model: model.pkl, serialization_format: cloudpickle}",
    "",
  ].join("\n");
  const cases: readonly [string, string, RegExp, (() => void)?][] = [
    ["with pickles alone", pickled, /has the flavors python_function, sklearn, and only the flavor onnx/],
    ["without flavors", "flavors: {}\n", /has no flavors/],
    ["that is no MLmodel", "just: words\n", /"MLmodel" has no "flavors"/],
    [
      "with a tag of Python",
      "flavors: {onnx: !!python/object/apply:os.system [true]}\n",
      /is not valid YAML|uses a tag/,
    ],
    [
      "whose model is above it",
      mlModel(inputs, { flavors: "  onnx:\n    data: ../model.onnx\n" }),
      /not a plain path inside its folder/,
      () => writeModel(root, noOpModel()),
    ],
    [
      "whose model is somewhere else",
      mlModel(inputs, { flavors: "  onnx:\n    data: /etc/passwd\n" }),
      /not a plain path/,
    ],
    [
      "whose model is not there",
      mlModel(inputs, { flavors: "  onnx:\n    data: none.onnx\n" }),
      /"none.onnx".*is not there/,
    ],
    ["whose model is a pickle by another name", mlModel(inputs, { flavors: "  onnx:\n    data: model.pkl\n" }), /./],
    ["with columns that no table holds", mlModel([{ name: "x", type: "object" }]), /column "x" of the type object/],
    ["with a column twice", mlModel([...inputs, { name: "age", type: "long" }]), /names the column "age" twice/],
    ["whose signature does not fit", mlModel(inputs.slice(1)), /has 3 columns, and its input "features" takes 4/],
    [
      "whose texts are to be numbers",
      mlModel([...longs, { name: "thal", type: "string" }]),
      /the column "thal" is string, and its input "features" takes float32/,
    ],
    ["whose signature is no list", mlModel(inputs).replace("'[", "'{["), /inputs in the file "MLmodel" are not a list/],
  ];

  test.each(cases)("%s", async (_what, text, message, prepare = () => undefined) => {
    writeModel(net, noOpModel());
    writeFileSync(path.join(net, "MLmodel"), text);
    const trap = plantPickle();
    prepare();
    const made = await deploy();
    expect(made.stderr).toMatch(message);
    expect(made.stderr.trim().split("\n")).toHaveLength(1);
    expect(made.code).toBe(2);
    expect(existsSync(trap)).toBe(false);
    expect(await batchdeckJson(home, "model", "list")).toEqual([]);
  });

  test.each([[[]], [["--type", "mlflow_model"]]])(
    "until a deployment has a script for it: as a model it is kept as files (%s)",
    async (type) => {
      mkdirSync(net);
      writeFileSync(path.join(net, "MLmodel"), pickled);
      const trap = plantPickle();
      const made = await runInProcess(home, "model", "create", "-n", "heart", "--path", net, ...type);
      expect([made.code, made.stderr]).toEqual([0, expect.stringContaining("deployments with a scoring_script")]);
      expect(await batchdeckJson(home, "model", "show", "-n", "heart")).toMatchObject({
        type: "mlflow_model",
        onnx_file: "",
      });
      const yaml = path.join(root, "heart.yml");
      const lines = ["name: blue", "endpoint_name: hearts", "type: model", "model: azureml:heart@latest"];
      writeFileSync(yaml, `${lines.join("\n")}\n`);
      const refused = await runInProcess(home, "deployment", "create", "-f", yaml);
      expect([refused.code, refused.stderr]).toEqual([
        2,
        expect.stringContaining("a scoring_script (under code_configuration)"),
      ]);
      expect((await runInProcess(home, "environment", "create", "-n", "js", "--node")).code).toBe(0);
      mkdirSync(path.join(root, "code"), { recursive: true });
      const source = `import fs from "node:fs";
        export const init = () => {};
        export const run = (files) => files.map(() => fs.readdirSync(process.env.AZUREML_MODEL_DIR + "/net").sort().join());`;
      writeFileSync(path.join(root, "code", "score.mjs"), source);
      const script = ["code_configuration: {code: code, scoring_script: score.mjs}", "environment: azureml:js"];
      writeFileSync(yaml, `${[...lines, ...script].join("\n")}\n`);
      const deployed = await runInProcess(home, "deployment", "create", "-f", yaml, "--trust", "--set-default");
      expect(deployed.code, deployed.stderr).toBe(0);
      writeFileSync(path.join(root, "one.txt"), "1");
      const out = path.join(root, "out");
      const ran = await runInProcess(
        home,
        "invoke",
        "-n",
        "hearts",
        "--input",
        path.join(root, "one.txt"),
        "--output-path",
        out,
      );
      expect(ran.code, ran.stderr).toBe(0);
      expect(readFileSync(path.join(out, "predictions.csv"), "utf8")).toContain("MLmodel,model.pkl");
      expect(existsSync(trap)).toBe(false);
    },
  );

  test.each(published)("as published: %s", async (file) => {
    mkdirSync(net);
    writeFileSync(path.join(net, "MLmodel"), readFileSync(file));
    const trap = plantPickle();
    expect((await deploy()).stderr).toContain("has the flavors python_function, sklearn");
    expect(existsSync(trap)).toBe(false);
  });

  test("when its type says so and no MLmodel is there, or a link stands for it", async () => {
    writeModel(net, noOpModel());
    expect((await deploy()).stderr).toContain('it holds no file "MLmodel"');
    writeFileSync(path.join(root, "secret"), mlModel(inputs));
    symlinkSync(path.join(root, "secret"), path.join(net, "MLmodel"));
    expect((await deploy()).stderr).toContain("is a link that leaves the model's folder");
  });

  test("unless a script takes it as files", async () => {
    mkdirSync(net);
    writeFileSync(path.join(net, "MLmodel"), pickled);
    const trap = plantPickle();
    mkdirSync(path.join(root, "code"));
    writeFileSync(path.join(root, "code/score.py"), "def init(): pass\ndef run(mini_batch): return []\n");
    await runInProcess(home, "environment", "create", "-n", "here", "--python", "/usr/bin/python3");
    const code = "code_configuration: {code: code, scoring_script: score.py}";
    expect((await deploy(undefined, code)).stderr).toContain("names no environment to run its script in");
    expect((await deploy(undefined, code, "environment: here")).code).toBe(0);
    expect(existsSync(trap)).toBe(false);
  });
});
