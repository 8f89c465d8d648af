import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { batchdeck, deploy } from "../../helpers/batchdeck.ts";
import { runInProcess } from "../../helpers/command-line.ts";
import { writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { encodeModel } from "../../helpers/models/onnx-builder.ts";
import { temporaryPlaces } from "../../helpers/places.ts";

/**
 * Every refusal of the command line: exit 2, one line with the next step, no stack, and nothing written anywhere.
 */
const { root, home, input } = temporaryPlaces("refusals");
const out = path.join(root, "out");
const at = (...names: string[]) => path.join(root, ...names);

function write(file: string, content: string | Uint8Array): string {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return file;
}

/** Every file below a folder with its size; SQLite's own files are looked at through the lists below instead. */
function filesBelow(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.db(-wal|-shm|-journal)?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => `${file} ${fs.statSync(file).size}`)
    .sort();
}

async function everything(): Promise<string> {
  const lists = [
    ["endpoint", "list"],
    ["deployment", "list", "-e", "dense"],
    ["model", "list"],
    ["compute", "list"],
    ["job", "list"],
  ];
  const printed = await Promise.all(lists.map((args) => runInProcess(home, ...args, "--json")));
  return JSON.stringify([filesBelow(root), printed.map((ran) => ran.stdout)], null, 1);
}

const external = encodeModel({
  graph: {
    inputs: [{ name: "x", type: "float", shape: ["N", 2] }],
    outputs: [{ name: "y", type: "float", shape: ["N", 2] }],
    nodes: [{ op: "Add", inputs: ["x", "w"], outputs: ["y"] }],
    initializers: [
      { name: "w", type: "float", dims: [2], external: { location: "../../../secret.bin", offset: "0", length: "8" } },
    ],
  },
});

const invoke = (...more: string[]) => ["invoke", "-n", "dense", "--output-path", out, ...more];
const deployment = (name: string, lines: readonly string[]) =>
  write(
    at("yaml", name, "deployment.yml"),
    `${["name: two", "endpoint_name: dense", "type: model", ...lines].join("\n")}\n`,
  );

beforeAll(async () => {
  writeCsvFolder(input, { files: 2, rowsPerFile: 5, features: 4 });
  await deploy(home, "dense", denseModel({ features: 4, classes: 3 }), {
    scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\n",
  });
  await runInProcess(home, "endpoint", "create", "-n", "bare");
  write(at("secret.bin"), Buffer.alloc(8));
  write(at("yaml", "garbage", "model", "model.onnx"), "this is not a model");
  write(at("yaml", "outside", "model", "model.onnx"), external);
  write(at("taken", "predictions.csv"), "mine\n");
  write(at("busy", "errors.csv.part"), "file,row\n");
  write(at("queued-out", "notes.txt"), "mine\n");
  fs.symlinkSync(at("queued-out"), at("queued-link"), "junction");
  fs.symlinkSync(at("nowhere"), at("nowhere-link"), "junction");
  await runInProcess(home, "invoke", "-n", "dense", "--input", input, "--output-path", at("queued-out"), "--no-wait");
  write(at("wrong-columns", "a.csv"), "a,b\n1,2\n");
  write(at("no-header", "a.csv"), "1,2,3,4\n5,6,7,8\n");
  write(at("wrong-type", "a.csv"), "f0,f1,f2,f3\nx,y,z,w\n");
  write(at("not-data", "notes.docx"), "hello");
  fs.mkdirSync(at("nothing-in-it"));
});

const refusals: readonly { readonly what: string; readonly args: () => readonly string[]; readonly says: RegExp }[] = [
  { what: "an unknown command", args: () => ["endpiont", "list"], says: /endpiont/ },
  { what: "an unknown verb", args: () => ["job", "repeat", "-n", "x"], says: /job repeat/ },
  { what: "an unknown option", args: () => ["job", "list", "--colour", "red"], says: /--colour/ },
  { what: "a missing option", args: () => ["invoke", "-n", "dense"], says: /--input/ },
  { what: "an empty input", args: () => invoke("--input", ""), says: /--input is empty/ },
  {
    what: "an empty output place",
    args: () => ["invoke", "-n", "dense", "--input", input, "--output-path", ""],
    says: /--output-path is empty/,
  },
  { what: "an address as input", args: () => invoke("--input", "https://example.com/data"), says: /local/ },
  { what: "a data asset as input", args: () => invoke("--input", "azureml:rows@latest"), says: /data create -n rows/ },
  { what: "a table without a header", args: () => invoke("--input", at("no-header")), says: /numbers only/ },
  {
    what: "a number that is none",
    args: () => invoke("--input", input, "--mini-batch-size", "ten"),
    says: /--mini-batch-size/,
  },
  {
    what: "a --set without a value",
    args: () => invoke("--input", input, "--set", "error_threshold"),
    says: /key=value/,
  },
  { what: "a --set of an unknown key", args: () => invoke("--input", input, "--set", "colour=red"), says: /colour/ },
  {
    what: "a --set of a bad value",
    args: () => invoke("--input", input, "--set", "error_threshold=-5"),
    says: /error_threshold/,
  },
  { what: "an unknown endpoint", args: () => ["invoke", "-n", "nobody", "--input", input], says: /nobody/ },
  { what: "an unknown deployment", args: () => invoke("--input", input, "-d", "nobody"), says: /nobody/ },
  { what: "an unknown job", args: () => ["job", "show", "-n", "nobody"], says: /nobody/ },
  { what: "an unknown model", args: () => ["model", "show", "-n", "nobody"], says: /nobody/ },
  { what: "an unknown compute", args: () => ["compute", "show", "-n", "nobody"], says: /nobody/ },
  {
    what: "no default deployment",
    args: () => ["invoke", "-n", "bare", "--input", input],
    says: /No valid deployments to route to/,
  },
  { what: "a bad endpoint name", args: () => ["endpoint", "create", "-n", "1x"], says: /name/i },
  { what: "a missing input", args: () => invoke("--input", at("nowhere")), says: /nowhere/ },
  {
    what: "an input of the other type",
    args: () => invoke("--input", input, "--input-type", "uri_file"),
    says: /uri_f/,
  },
  { what: "an empty folder", args: () => invoke("--input", at("nothing-in-it")), says: /nothing/i },
  { what: "a folder with nothing to score", args: () => invoke("--input", at("not-data")), says: /no file/ },
  { what: "missing columns", args: () => invoke("--input", at("wrong-columns")), says: /f0/ },
  { what: "a column of which no cell converts", args: () => invoke("--input", at("wrong-type")), says: /f0/ },
  {
    what: "an output in the folder of a job",
    args: () => ["invoke", "-n", "dense", "--input", input, "--output-path", path.join(home, "jobs", "other")],
    says: /among the files of the workspace .*only the folder outputs/,
  },
  {
    what: "an output that is a link to nowhere",
    args: () => ["invoke", "-n", "dense", "--input", input, "--output-path", at("nowhere-link")],
    says: /nowhere-link" is a link that leads nowhere/,
  },
  {
    what: "an existing output",
    args: () => ["invoke", "-n", "dense", "--input", input, "--output-path", at("taken")],
    says: /predictions\.csv/,
  },
  {
    what: "the output folder of an unfinished job, by another name",
    args: () => ["invoke", "-n", "dense", "--input", input, "--output-path", at("queued-link")],
    says: /unfinished job/,
  },
  {
    what: "an output folder in which a job of another workspace is at work",
    args: () => ["invoke", "-n", "dense", "--input", input, "--output-path", at("busy")],
    says: /errors\.csv\.part/,
  },
  {
    what: "an output place that is a file",
    args: () => ["invoke", "-n", "dense", "--input", input, "--output-path", at("secret.bin")],
    says: /secret\.bin/,
  },
  {
    what: "an output name with a folder",
    args: () => invoke("--input", input, "--set", "output_file_name=../x.csv"),
    says: /\.\.\/x\.csv/,
  },
  {
    what: "an output format that nobody knows",
    args: () => invoke("--input", input, "--set", "batchdeck.output_format=xlsx"),
    says: /output_format/,
  },
  {
    what: "a missing deployment file",
    args: () => ["deployment", "create", "-f", at("nowhere.yml")],
    says: /nowhere\.yml/,
  },
  {
    what: "a deployment file that is not YAML",
    args: () => ["deployment", "create", "-f", write(at("yaml", "bad.yml"), "a: [1\nb")],
    says: /line 2/,
  },
  {
    what: "an unknown key",
    args: () => ["deployment", "create", "-f", deployment("unknown-key", ["model: {path: model}", "modle: x"])],
    says: /modle.*line 5/i,
  },
  {
    what: "an unreadable model",
    args: () => ["deployment", "create", "-f", deployment("garbage", ["model: {path: model}"])],
    says: /model/i,
  },
  {
    what: "a model that asks for files outside its folder",
    args: () => ["deployment", "create", "-f", deployment("outside", ["model: {path: model}"])],
    says: /secret\.bin/,
  },
  {
    what: "a missing model",
    args: () => ["deployment", "create", "-f", deployment("no-model", ["model: {path: gone}"])],
    says: /gone/,
  },
  {
    what: "a deployment of an unknown endpoint",
    args: () => ["deployment", "create", "-f", deployment("garbage", ["model: {path: model}"]), "-e", "nobody"],
    says: /nobody/,
  },
  {
    what: "a scoring script without an environment to run it in",
    args: () => [
      "deployment",
      "create",
      "-f",
      deployment("garbage", ["model: {path: model}", "code_configuration: {code: model, scoring_script: score.py}"]),
    ],
    says: /environment create/,
  },
  { what: "deleting without --yes", args: () => ["endpoint", "delete", "-n", "dense"], says: /--yes/ },
  { what: "a model that is in use", args: () => ["model", "delete", "-n", "dense-one", "--yes"], says: /dense/ },
  {
    what: "an unknown device",
    args: () => ["compute", "create", "-n", "fast", "--device", "abacus"],
    says: /abacus/,
  },
  { what: "deleting the local compute", args: () => ["compute", "delete", "-n", "local", "--yes"], says: /local/ },
];

describe("the command line refuses", () => {
  for (const { what, args, says } of refusals) {
    it(`${what}, with exit 2, one line and nothing written`, async () => {
      const given = args();
      const before = await everything();
      const ran = await runInProcess(home, ...given);
      expect(ran.code, ran.stderr).toBe(2);
      expect(ran.stdout).toBe("");
      expect(ran.stderr.trimEnd().split("\n"), ran.stderr).toHaveLength(1);
      expect(ran.stderr).toMatch(says);
      expect(ran.stderr).not.toMatch(/\bat .*:\d+:\d+/);
      expect(await everything()).toBe(before);
      expect(fs.existsSync(out)).toBe(false);
    });
  }

  it("as a process too: that exit code, nothing on stdout, one line on stderr", async () => {
    const ran = await batchdeck(home, "endpoint", "show", "-n", "nobody");
    expect([ran.code, ran.stdout]).toEqual([2, ""]);
    expect(ran.stderr).toMatch(/^.*nobody.*\n$/);
  });
});
