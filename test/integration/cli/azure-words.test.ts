import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { nodeProcessHost } from "../../../electron/compute/node-process-host.ts";
import { openWorkspace } from "../../../electron/workspace/workspace.ts";
import { batchdeck, batchdeckJson, deploy, type ShownJob } from "../../helpers/batchdeck.ts";
import { tableColumns, tableRows, writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import { denseModel, writeModel } from "../../helpers/models/model-fixtures.ts";
import { undisturbed } from "../../helpers/engine/machine-uses.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { refusingModel } from "../../helpers/models/misbehaving-models.ts";

/** Azure ML's words for endpoints, deployments and invocations, as a user types them. */
const root = temporaryFolder("azure-words");
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

describe("deployments of a workspace", () => {
  const home = at("deployments");
  const file = (name: string, more: object = {}) => {
    writeModel(at("yaml", "model"), denseModel({ features: 4, classes: 3 }));
    return write(at("yaml", `${name}.yml`), {
      name,
      endpoint_name: "flowers",
      type: "model",
      model: { path: "model", name: "net" },
      ...more,
    });
  };
  beforeAll(async () => {
    await batchdeck(home, "endpoint", "create", "-n", "flowers");
  });

  test("are made, overwritten (which is said), described and deleted, and the default goes with its deployment", async () => {
    const made = await batchdeck(home, "deployment", "create", "-f", file("blue"), "--set-default");
    expect([made.code, made.stderr]).toEqual([0, ""]);
    const again = await batchdeck(
      home,
      "deployment",
      "create",
      "-f",
      file("blue", { settings: { error_threshold: 3 } }),
    );
    expect([again.code, again.stderr]).toEqual([0, "The deployment blue was there already and was overwritten.\n"]);

    const described = await batchdeckJson<Record<string, unknown>>(
      home,
      ...[
        "deployment",
        "update",
        "-n",
        "blue",
        "-e",
        "flowers",
        "--set",
        "description=First",
        "--set",
        "tags.team=a=b",
      ],
    );
    expect(described).toMatchObject({
      description: "First",
      tags: { team: "a=b" },
      settings: { error_threshold: 3 },
    });
    const refused = await batchdeck(
      home,
      ...["deployment", "update", "-n", "blue", "-e", "flowers", "--set", "mini_batch_size=3"],
    );
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('--set has no key "mini_batch_size" for a deployment.'),
    ]);

    const asked = await batchdeck(home, "deployment", "delete", "-n", "blue", "-e", "flowers");
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining("--yes")]);
    const deleted = await batchdeck(home, "deployment", "delete", "-n", "blue", "-e", "flowers", "--yes");
    expect([deleted.code, deleted.stderr]).toEqual([
      0,
      "Deleted blue. blue was the default of flowers, which has none now: invocations must name a deployment.\n",
    ]);
    expect(await batchdeckJson(home, "endpoint", "show", "-n", "flowers")).toMatchObject({ defaults: {} });
    const routed = await batchdeck(home, "invoke", "-n", "flowers", "--input", input);
    expect([routed.code, routed.stderr]).toEqual([2, expect.stringContaining("No valid deployments to route to")]);
    const unnamed = await batchdeck(home, "invoke", "-n", "flowers", "--input", input, "-d", "blue");
    expect([unnamed.code, unnamed.stderr]).toEqual([
      2,
      expect.stringContaining("No deployment exists for this endpoint"),
    ]);
  });

  test("are named by one rule, with one message, and so are endpoints", async () => {
    const rule = "A name has 3 to 32 letters, digits and dashes, starts with a letter and does not end with a dash.";
    for (const name of ["ab", "1abc", "abc-", "a_b_c", "x".repeat(33)]) {
      for (const args of [
        ["endpoint", "create", "-n", name],
        ["endpoint", "create", "-f", write(at("yaml", "bad-endpoint.yml"), { name })],
        [
          "deployment",
          "create",
          "-f",
          write(at("yaml", "bad.yml"), { name, type: "model", model: "net" }),
          "-e",
          "flowers",
        ],
      ]) {
        const ran = await batchdeck(home, ...args);
        expect([args[0], ran.code, ran.stderr]).toEqual([args[0], 2, expect.stringContaining(rule)]);
      }
    }
    const unknown = await batchdeck(home, "deployment", "create", "-f", file("green"));
    expect(unknown.code).toBe(0);
    const missing = await batchdeck(home, "invoke", "-n", "flowers", "--input", input, "-d", "nobody");
    expect([missing.code, missing.stderr]).toEqual([
      2,
      expect.stringContaining("Deployment name nobody not found for this endpoint: flowers has green."),
    ]);
  });

  test("are exported so that another workspace makes the same of them", async () => {
    write(at("yaml", "code", "scorer.yml"), `${scorer}output: {keep: [id]}\n`);
    const yaml = file("third", {
      tags: { team: "a" },
      environment: { name: "env", conda_file: "conda.yml" },
      code_configuration: { code: "code", scoring_script: "scorer.yml" },
      settings: { mini_batch_size: 2, logging_level: "Debug", environment_variables: { API: "1" } },
      properties: { owner: "me", "batchdeck.error_threshold_percent": "5" },
    });
    expect((await batchdeck(home, "deployment", "create", "-f", yaml)).code).toBe(0);
    const exported = await batchdeck(home, "deployment", "export", "-n", "third", "-e", "flowers");
    expect(parse(exported.stdout)).toMatchObject({
      type: "model",
      model: "azureml:net:1",
      compute: "azureml:local",
      environment: { conda_file: at("yaml", "conda.yml") },
      code_configuration: { code: at("yaml", "code"), scoring_script: "scorer.yml" },
      resources: { instance_count: 1 },
      settings: { mini_batch_size: 2, max_concurrency_per_instance: 1, logging_level: "debug" },
      properties: { owner: "me", "batchdeck.error_threshold_percent": "5", "batchdeck.workers": "all-cores" },
      tags: { team: "a" },
    });
    const other = at("other");
    await batchdeck(other, "endpoint", "create", "-n", "flowers");
    await batchdeck(other, "model", "create", "-n", "net", "--path", at("yaml", "model"));
    const moved = write(at("elsewhere", "exported.yml"), exported.stdout);
    const made = await batchdeck(other, "deployment", "create", "-f", moved);
    expect([made.code, made.stderr]).toEqual([0, 'The environment "env" is not used: no script runs.\n']);
    type View = { created_at: string; updated_at: string };
    const shown = (place: string) => batchdeckJson<View>(place, "deployment", "show", "-n", "third", "-e", "flowers");
    const [first, second] = await Promise.all([shown(home), shown(other)]);
    expect({ ...second, created_at: "", updated_at: "" }).toEqual({ ...first, created_at: "", updated_at: "" });
    expect((await batchdeck(other, "deployment", "export", "-n", "third", "-e", "flowers")).stdout).toBe(
      exported.stdout,
    );
  });

  test("past Azure's 20 are made and the limit is said", async () => {
    const lines: string[] = [];
    await batchdeck(home, "endpoint", "create", "-n", "many");
    // A model of the registry: what costs time is done once.
    for (let index = 1; index <= 21; index++) {
      const yaml = write(at("yaml", "one-of-many.yml"), { name: `number-${index}`, type: "model", model: "net" });
      lines.push((await batchdeck(home, "deployment", "create", "-f", yaml, "-e", "many")).stderr);
    }
    expect(lines.slice(0, 20).join("")).toBe("");
    expect(lines[20]).toBe("The endpoint many has 21 deployments; Azure ML allows 20 an endpoint.\n");
  }, 120_000);
});

describe("endpoints", () => {
  const home = at("endpoints");

  test("keep what Azure's file says, are overwritten, updated and deleted with their deployments; jobs and outputs stay", async () => {
    const yaml = write(at("yaml", "endpoint.yml"), {
      name: "churn",
      description: "Who leaves",
      tags: { year: 2026 },
      auth_mode: "aad_token",
    });
    expect((await batchdeck(home, "endpoint", "create", "-f", yaml)).stderr).toBe("");
    expect(await batchdeckJson(home, "endpoint", "show", "-n", "churn")).toMatchObject({
      description: "Who leaves",
      tags: { year: "2026" },
      auth_mode: "aad_token",
      defaults: {},
    });
    await deploy(home, "churn", denseModel({ features: 4, classes: 3 }), { scorer });
    expect((await batchdeck(home, "endpoint", "create", "-f", yaml)).stderr).toBe(
      "The endpoint churn was there already and was overwritten.\n",
    );
    const changed = ["description=Who stays", "tags.team=a", "defaults.deployment_name="];
    expect(
      await batchdeckJson(home, "endpoint", "update", "-n", "churn", ...changed.flatMap((set) => ["--set", set])),
    ).toMatchObject({ description: "Who stays", tags: { year: "2026", team: "a" }, defaults: {} });
    expect(
      await batchdeckJson(home, "endpoint", "update", "-n", "churn", "--set", "defaults.deployment_name=one"),
    ).toMatchObject({ defaults: { deployment_name: "one" } });
    const auth = await batchdeck(home, "endpoint", "update", "-n", "churn", "--set", "auth_mode=key");
    expect([auth.code, auth.stderr]).toEqual([2, expect.stringContaining('--set has no key "auth_mode"')]);

    const out = at("kept-out");
    const job = await batchdeckJson<ShownJob>(home, "invoke", "-n", "churn", "--input", input, "--output-path", out);
    const deleted = await batchdeck(home, "endpoint", "delete", "-n", "churn", "--yes");
    expect([deleted.code, deleted.stderr]).toEqual([0, "Deleted churn and 1 deployment; its jobs and outputs stay.\n"]);
    expect(await batchdeckJson(home, "endpoint", "list")).toEqual([]);
    expect(await batchdeckJson(home, "job", "show", "-n", job.name)).toMatchObject({ status: "Completed", total: 12 });
    expect(fs.existsSync(path.join(out, "predictions.csv"))).toBe(true);
  });
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
    const remote = await invoke("--input", "https://a.blob.core.windows.net/c/d");
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
