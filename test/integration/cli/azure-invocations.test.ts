import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { nodeProcessHost } from "../../../electron/compute/node-process-host.ts";
import { openWorkspace } from "../../../electron/workspace/workspace.ts";
import { batchdeck, batchdeckJson, deploy, type ShownJob } from "../../helpers/batchdeck.ts";
import { tableColumns, tableRows, writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { undisturbed } from "../../helpers/engine/machine-uses.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { refusingModel } from "../../helpers/models/misbehaving-models.ts";

/** Azure ML's words for invocations, as a user types them. */
const root = temporaryFolder("azure-invocations");
const at = (...parts: string[]) => path.join(root, ...parts);
const table = { files: 3, rowsPerFile: 4, features: 4 };
const input = at("input");
const scorer = "input:\n  columns: {features: [f0, f1, f2, f3]}\n";

function write(file: string, content: string | object): string {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, typeof content === "string" ? content : stringify(content));
  return file;
}

beforeAll(() => {
  writeCsvFolder(input, table);
});

describe("an invocation", () => {
  const home = at("invocations");
  beforeAll(async () => {
    await deploy(home, "dense", denseModel({ features: 4, classes: 3 }), { scorer });
    await deploy(home, "summary", denseModel({ features: 4, classes: 3 }), {
      scorer,
      settings: ["output_action: summary_only", "output_file_name: never.csv"],
    });
    await deploy(home, "hopeless", refusingModel(), {
      scorer: "input:\n  columns: {features: [f0, f1]}\n",
      settings: ["output_action: summary_only"],
    });
  });

  test("takes its one input from Azure's file, relative to that file", async () => {
    fs.cpSync(input, at("invoke", "data", "unlabeled"), { recursive: true });
    const file = write(at("invoke", "inputs.yml"), {
      inputs: { input_data: { type: "uri_folder", path: "data/unlabeled" } },
      outputs: { score: { type: "uri_file", mode: "upload" } },
    });
    const out = at("from-file");
    const ran = await batchdeck(home, "invoke", "-n", "dense", "-f", file, "--output-path", out);
    expect([ran.code, ran.stderr]).toEqual([0, expect.any(String)]);
    expect(fs.readFileSync(path.join(out, "predictions.csv"), "utf8").split("\n")).toHaveLength(14);
    const both = await batchdeck(home, "invoke", "-n", "dense", "-f", file, "--input", input);
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining("Give either --file, or --input")]);
  });

  test.each([
    ["a folder without a path", { type: "uri_folder", mode: "upload" }, null, "predictions.csv"],
    ["a folder", { type: "uri_folder", path: "results/here" }, "results/here", "predictions.csv"],
    [
      "a folder by its address",
      { type: "uri_folder", path: pathToFileURL(at("by-address")).href },
      at("by-address"),
      "predictions.csv",
    ],
    ["a file", { type: "uri_file", path: "results/scores.csv" }, "results", "scores.csv"],
    ["a file beside it", { path: "scores-beside.csv" }, ".", "scores-beside.csv"],
  ])("puts its results where the output of Azure's file is: %s", async (what, score, folder, name) => {
    const place = at("outputs", what.replaceAll(" ", "-"));
    fs.cpSync(input, path.join(place, "data"), { recursive: true });
    const file = write(path.join(place, "inputs.yml"), {
      inputs: { input_data: { type: "uri_folder", path: "data" } },
      outputs: { score },
    });
    const job = await batchdeckJson<ShownJob>(home, "invoke", "-n", "dense", "-f", file);
    if (folder !== null) expect(job.output_path).toBe(path.resolve(fs.realpathSync(place), folder));
    expect(fs.readFileSync(path.join(job.output_path, name), "utf8").split("\n")).toHaveLength(14);
    // What the command line says comes first.
    const out = at("outputs", "elsewhere", what);
    const named = ["--output-path", out, "--set", "output_file_name=named.csv"];
    expect((await batchdeck(home, "invoke", "-n", "dense", "-f", file, ...named)).code).toBe(0);
    expect(fs.readdirSync(out).sort()).toEqual(["errors.csv", "job.json", "named.csv"]);
  });

  test.each([
    [
      "a literal",
      { inputs: { data: { type: "uri_folder", path: "data" }, mode: { type: "string", default: "append" } } },
      "The specified job input type 'LiteralJobInput' is not supported: \"mode\" is a value",
    ],
    ["a bare value", { inputs: { mode: 3 } }, "The specified job input type 'LiteralJobInput' is not supported"],
    ["two inputs", { inputs: { a: { path: "data" }, b: { path: "data" } } }, "takes one data input"],
    ["no input", { inputs: {} }, "Input path can't be empty for batch endpoint invoke"],
    ["no path", { inputs: { data: { type: "uri_file" } } }, "Input path can't be empty for batch endpoint invoke"],
    ["an MLTable", { inputs: { data: { type: "mltable", path: "data" } } }, "of the type mltable"],
    [
      "a table as output",
      { inputs: { a: { path: "d" } }, outputs: { b: { type: "mltable" } } },
      'The output "b" is of the type mltable',
    ],
    [
      "two outputs",
      { inputs: { a: { path: "d" } }, outputs: { b: { type: "uri_folder" }, c: {} } },
      "A model deployment has one output",
    ],
    [
      "a file as output that has no name",
      { inputs: { a: { path: "d" } }, outputs: { b: { type: "uri_file", path: "results/" } } },
      "names no file",
    ],
    ["a bad name", { inputs: { "a b": { path: "d" } } }, "letters, digits and underscores"],
    ["an unknown key", { inputs: { a: { path: "d", colour: "red" } } }, '"inputs.a.colour" that is not known (line 4'],
    ["an unknown asset", { inputs: { a: { path: "azureml:rows@latest" } } }, 'There is no data asset "rows"'],
  ])("by a file with %s is refused in Azure's words", async (what, content, says) => {
    const file = write(at("invoke", `${what.replaceAll(" ", "-")}.yml`), content);
    const ran = await batchdeck(home, "invoke", "-n", "dense", "-f", file);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(says)]);
    expect(ran.stderr.trim().split("\n")).toHaveLength(1);
  });

  test("is refused in Azure's words where the situation is the same", async () => {
    const invoke = (...args: string[]) => batchdeck(home, "invoke", "-n", "dense", ...args);
    const noInput = await invoke();
    expect([noInput.code, noInput.stderr]).toEqual([
      2,
      expect.stringContaining("Input path can't be empty for batch endpoint invoke"),
    ]);
    const noFolder = await invoke("--input", at("nowhere"), "--input-type", "uri_folder");
    expect([noFolder.code, noFolder.stderr]).toEqual([
      2,
      expect.stringContaining("There is no folder on target path: "),
    ]);
    const noFile = await invoke("--input", at("nowhere"), "--input-type", "uri_file");
    expect([noFile.code, noFile.stderr]).toEqual([2, expect.stringContaining("There is no file on target path: ")]);
    write(at("taken", "predictions.csv"), "mine\n");
    const taken = await invoke("--input", input, "--output-path", at("taken"));
    expect([taken.code, taken.stderr]).toEqual([2, expect.stringContaining("The path already exists: ")]);
    expect(fs.readFileSync(at("taken", "predictions.csv"), "utf8")).toBe("mine\n");
    const unknown = await invoke("--input", "ftp://a.example/b");
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("Supported input path value are: ")]);
    const remote = await invoke("--input", "https://account.blob.core.windows.net/box/rows");
    expect([remote.code, remote.stderr]).toEqual([2, expect.stringContaining("is not on this computer")]);
  });

  test("names its file, and its overrides stay with the job", async () => {
    const out = at("named");
    const overrides = [
      "output_file_name=scores.txt",
      "retry_settings.max_retries=0",
      "retry_settings.timeout=9",
      "error_threshold=2",
      "mini_batch_size=1",
      "compute.instance_count=1",
      "max_concurrency_per_instance=2",
      "logging_level=debug",
      "batchdeck.error_threshold_unit=file",
      "batchdeck.priority=high",
    ].flatMap((set) => ["--set", set]);
    const before = await batchdeckJson(home, "deployment", "show", "-n", "one", "-e", "dense");
    const job = await batchdeckJson<ShownJob>(
      home,
      ...["invoke", "-n", "dense", "--input", input, "--output-path", out, ...overrides],
    );
    expect(job).toMatchObject({ output_file: "scores.txt", succeeded: 12 });
    expect(fs.readdirSync(out).sort()).toEqual(["errors.csv", "job.json", "scores.txt"]);
    const record = JSON.parse(fs.readFileSync(path.join(out, "job.json"), "utf8")) as { overrides: unknown };
    expect(record).toMatchObject({
      overrides: { output_file_name: "scores.txt", "batchdeck.priority": "high" },
    });
    expect(await batchdeckJson(home, "deployment", "show", "-n", "one", "-e", "dense")).toEqual(before);
  });

  test("makes jobs that are listed by endpoint and by deployment, and have a place in the workspace", async () => {
    const job = await batchdeckJson<ShownJob>(home, "invoke", "-n", "dense", "--input", input, "--no-wait");
    expect(job.output_path).toBe(path.join(fs.realpathSync(home), "outputs", job.name));
    const names = async (...args: string[]) =>
      (await batchdeckJson<ShownJob[]>(home, "job", "list", ...args)).map(({ name }) => name);
    expect(await names()).toContain(job.name);
    expect(await names("-e", "dense")).toContain(job.name);
    expect(await names("-e", "dense", "-d", "ONE")).toContain(job.name);
    expect(await names("-e", "dense", "-d", "two")).toEqual([]);
    expect(await names("-e", "summary")).not.toContain(job.name);
    const alone = await batchdeck(home, "job", "list", "-d", "one");
    expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining("--endpoint-name is missing")]);
  });

  test("of a summary_only deployment writes no merged file, also when nothing succeeded", async () => {
    const out = at("summary-out");
    // Nothing is written there, so nothing is in the way.
    write(path.join(out, "never.csv"), "mine\n");
    const ran = await batchdeck(home, "invoke", "-n", "summary", "--input", input, "--output-path", out);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain("12 of 12 rows scored, 0 failed");
    expect(ran.stdout).not.toContain("Predictions:");
    expect(fs.readdirSync(out).sort()).toEqual(["errors.csv", "job.json", "never.csv"]);
    expect(fs.readFileSync(path.join(out, "never.csv"), "utf8")).toBe("mine\n");
    // Nor does the window show what lies there as the job's.
    const processHost = nodeProcessHost(path.join(import.meta.dirname, "../../../dist"));
    const opened = openWorkspace({ home, processHost, machineUse: undisturbed, scope: "awaited" });
    if (!opened.ok) throw new Error(englishWords(opened.problem).message);
    const [job] = opened.value.jobs.list("summary");
    const readable = opened.value.jobs.readable(job?.name ?? "");
    await opened.value.close();
    expect(readable).toMatchObject({
      predictions: null,
      errors: { file: path.join(job?.output_path ?? "", "errors.csv") },
    });

    const rows = tableRows({ ...table, features: 1 }, 0).map(({ id }) => `${id},13,13,13,13`);
    write(at("all-bad", "a.csv"), `${tableColumns(table).join(",")}\n${rows.join("\n")}\n`);
    const failed = await batchdeck(
      home,
      ...["invoke", "-n", "hopeless", "--input", at("all-bad"), "--output-path", at("hopeless-out")],
    );
    expect([failed.code, failed.stdout]).toEqual([3, expect.stringContaining("0 of 4 rows scored, 4 failed")]);
  });
});
