import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { runInProcess } from "../../helpers/command-line.ts";
import { denseModel, writeModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryPlaces } from "../../helpers/places.ts";

/** Azure's YAML files with names and `--set` on the command line, which go before what the files say. */
const { root, home } = temporaryPlaces("create-from-files");
const at = (...parts: string[]) => path.join(root, ...parts);
const run = (...args: string[]) => runInProcess(home, ...args);

function write(name: string, content: object): string {
  fs.mkdirSync(path.dirname(at(name)), { recursive: true });
  fs.writeFileSync(at(name), stringify(content));
  return at(name);
}

async function shown(...args: string[]): Promise<Record<string, unknown>> {
  const ran = await run(...args, "--json");
  expect(ran.code, ran.stderr).toBe(0);
  return JSON.parse(ran.stdout) as Record<string, unknown>;
}

const endpointFile = write("endpoint.yml", {
  $schema: "https://azuremlschemas.azureedge.net/latest/batchEndpoint.schema.json",
  name: "mnist-batch",
  description: "A batch endpoint",
  auth_mode: "aad_token",
  tags: { type: "deep-learning" },
});
/** As those of foundation models are published: without a model. */
const deploymentFile = write("batch-deploy.yml", {
  $schema: "https://azuremlschemas.azureedge.net/latest/batchDeployment.schema.json",
  name: "demo",
  endpoint_name: "mnist-batch",
  compute: "azureml:cpu-cluster",
  error_threshold: 0,
  logging_level: "info",
  mini_batch_size: 2,
  retry_settings: { max_retries: 1, timeout: 9999 },
});
const modelDeploymentFile = write("deployment.yml", {
  name: "dpl",
  endpoint_name: "mnist-batch",
  type: "model",
  model: { path: "model" },
  settings: { mini_batch_size: 10 },
});

beforeAll(async () => {
  writeModel(at("model"), denseModel({ features: 4, classes: 3 }));
  await run("model", "create", "-n", "m", "--path", at("model"));
});

describe("an endpoint", () => {
  test("has the name of the command line before that of its file, and what is set before both", async () => {
    const args = ["endpoint", "create", "-f", endpointFile, "-n", "other", "--set", "name=third", "description=Mine"];
    expect(await shown(...args, "tags.team=a.b", "tags.dotted.key=1")).toMatchObject({
      name: "other",
      description: "Mine",
      tags: { type: "deep-learning", team: "a.b", "dotted.key": "1" },
    });
    expect(await shown("endpoint", "create", "--file", endpointFile)).toMatchObject({ name: "mnist-batch" });
    expect((await run("endpoint", "show", "-n", "third")).code).toBe(2);
  });

  test("is updated from its file, which must be of one that exists", async () => {
    const args = ["endpoint", "update", "-n", "other", "--file", endpointFile];
    expect(await shown(...args)).toMatchObject({ name: "other", description: "A batch endpoint" });
    expect((await run("endpoint", "update", "-n", "nosuch", "--file", endpointFile)).code).toBe(2);
  });

  test.each([
    [["--set", "name=x"], /name=x is invalid: A name has 3 to 32/],
    [["-n", "1x"], /1x.*A name has 3 to 32/],
    [["--set", "colour=red"], /^--set has no key "colour" here\./],
    [["--set", "auth_mode.kind=key"], /^--set auth_mode\.kind cannot be set: "auth_mode" is a single value/],
    [["--set", "__proto__.a=1"], /^--set has no key "__proto__\.a" here\./],
    [["--set", "name"], /^"name" is not expected here|needs key=value/],
    [["--set", "tags=1"], /^--set tags=1 is invalid: it must be keys with values/],
  ])("is refused for what is set wrongly, in the words of --set: %j", async (more, says) => {
    const ran = await run("endpoint", "create", "-f", endpointFile, ...more);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(says);
  });
});

describe("a deployment", () => {
  test("is made of a file without a model, when the model is set", async () => {
    expect((await run("deployment", "create", "-f", deploymentFile)).code).toBe(2);
    const set = ["--set", "endpoint_name=other", "model=azureml:m:1"];
    expect(await shown("batch-deployment", "create", "--file", deploymentFile, "--set-default", ...set)).toMatchObject({
      name: "demo",
      endpoint_name: "other",
      model: "azureml:m:1",
      compute: "azureml:cpu-cluster",
      settings: { mini_batch_size: 2, retry_settings: { max_retries: 1, timeout: 9999 } },
    });
    expect(await shown("endpoint", "show", "-n", "other")).toMatchObject({ defaults: { deployment_name: "demo" } });
  });

  test("has the name and the endpoint of the command line, and settings below settings", async () => {
    const names = ["--name", "mlflowdp", "--endpoint-name", "other"];
    const set = [
      "--set",
      "settings.mini_batch_size=3",
      "settings.retry_settings.timeout=7",
      "resources.instance_count=2",
    ];
    const properties = ["properties.batchdeck.error_threshold_percent=5", 'model={"path": "model"}'];
    expect(
      await shown("deployment", "create", ...names, "-f", modelDeploymentFile, ...set, ...properties),
    ).toMatchObject({
      name: "mlflowdp",
      endpoint_name: "other",
      settings: { mini_batch_size: 3, retry_settings: { max_retries: 3, timeout: 7 } },
      resources: { instance_count: 2 },
      properties: { "batchdeck.error_threshold_percent": "5" },
    });
  });

  test("is updated from its file under the name that is given", async () => {
    const args = ["deployment", "update", "-f", modelDeploymentFile, "-n", "mlflowdp", "-e", "other"];
    expect(await shown(...args, "--set", "settings.mini_batch_size=4")).toMatchObject({
      name: "mlflowdp",
      settings: { mini_batch_size: 4 },
    });
    expect((await run("deployment", "update", "-f", modelDeploymentFile, "-n", "nosuch", "-e", "other")).code).toBe(2);
  });

  test("has its settings changed without the file; model and code stay what they were", async () => {
    const one = ["deployment", "update", "-n", "demo", "-e", "other", "--set"];
    const before = await shown("deployment", "show", "-n", "demo", "-e", "other");
    const after = await shown(
      ...[...one, "settings.mini_batch_size=9", "description=New", "tags.a=1", "properties.owner=me"],
      ...["settings.max_concurrency_per_instance=2", "settings.environment_variables.A=b"],
    );
    expect(after).toMatchObject({
      description: "New",
      tags: { a: "1" },
      properties: { owner: "me" },
      model: before["model"],
      scorer: before["scorer"],
      resources: { instance_count: 1 },
      settings: {
        mini_batch_size: 9,
        max_concurrency_per_instance: 2,
        error_threshold: 0,
        environment_variables: { A: "b" },
      },
    });
    expect(await shown(...one, "settings.instance_count=3")).toMatchObject({ resources: { instance_count: 3 } });
    expect(await shown(...one, "resources.instance_count=1")).toMatchObject({
      resources: { instance_count: 1 },
      settings: { mini_batch_size: 9, max_concurrency_per_instance: 2 },
    });
    const moved = await run(...one, "compute=azureml:elsewhere");
    expect(moved.code).toBe(0);
    expect(moved.stderr).toMatch(/elsewhere/);
  });

  test.each([
    ["settings.mini_batch_size=many", /^--set settings\.mini_batch_size=many is invalid: it must be a number/],
    ["settings.colour=red", /^--set has no key "settings\.colour" here\./],
    [
      "model=azureml:m:1",
      /^--set has no key "model" for a deployment\. Known: description, tags\.NAME, properties\.NAME/,
    ],
    ["mini_batch_size=3", /^--set has no key "mini_batch_size" for a deployment\./],
    ["properties.batchdeck.colour=red", /batchdeck\.colour/],
  ])("is refused a change that it cannot take, and stays as it was: %s", async (set, says) => {
    const before = await shown("deployment", "show", "-n", "demo", "-e", "other");
    const ran = await run("deployment", "update", "-n", "demo", "-e", "other", "--set", "description=Never", set);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(says);
    expect(await shown("deployment", "show", "-n", "demo", "-e", "other")).toEqual(before);
  });
});

describe("assets", () => {
  test("a model of Azure's custom_model is read as ONNX where it is that, and is plain files where it is not", async () => {
    fs.mkdirSync(at("weights"));
    fs.writeFileSync(at("weights", "weights.pt"), "torch");
    const onnx = write("model.yml", { name: "onnx", type: "custom_model", path: "model", description: "d" });
    const ran = await run("model", "create", "-f", onnx, "-n", "renamed", "-v", "7", "--json");
    expect(ran).toMatchObject({ code: 0, stderr: "Not kept of the file: description.\n" });
    expect(JSON.parse(ran.stdout)).toMatchObject({ name: "renamed", version: "7", onnx_file: "model.onnx" });
    const plain = write("weights.yml", { name: "torch", version: 1, type: "custom_model", path: "weights" });
    expect(await shown("model", "create", "--file", plain)).toMatchObject({
      name: "torch",
      version: "1",
      onnx_file: "",
    });
    expect(await shown("model", "show", "--name", "renamed", "--label", "latest")).toMatchObject({ version: "7" });
    expect((await run("model", "list", "--name", "torch", "--query", "[].version", "-o", "tsv")).stdout).toBe("1\n");
  });

  test("a data asset has the options of the command line before those of its file", async () => {
    const file = write("data.yml", { name: "rows", path: "model", type: "uri_folder", description: "d" });
    expect(await shown("data", "create", "-f", file, "-n", "mine", "-v", "3", "--set", "description=e")).toMatchObject({
      name: "mine",
      version: "3",
      description: "e",
      path: at("model"),
    });
    expect(await shown("data", "create", "-f", file)).toMatchObject({ name: "rows", version: "1" });
  });

  test("a compute takes of a cluster's file what it has here, and says what it passes over", async () => {
    const file = write("compute.yml", {
      name: "gpu",
      type: "amlcompute",
      size: "Standard_NC6",
      min_instances: 0,
      max_instances: 3,
      idle_time_before_scale_down: 90,
      tier: "low_priority",
    });
    const ran = await run("compute", "create", "-f", file, "--max-instances", "2", "--json");
    expect(ran).toMatchObject({
      code: 0,
      stderr: "Without effect on this computer: type, size, min_instances.\n",
    });
    expect(JSON.parse(ran.stdout)).toMatchObject({
      name: "gpu",
      max_instances: 2,
      idle_time_before_scale_down: 90,
      tier: "low_priority",
    });
    expect(await shown("compute", "create", "-f", file, "-n", "other-gpu", "--set", "max_instances=5")).toMatchObject({
      name: "other-gpu",
      max_instances: 5,
    });
  });

  test("an environment takes the name of Azure's file, and an interpreter of this computer", async () => {
    const file = write("environment.yml", { name: "torch-env", image: "mcr.example/image", conda_file: "conda.yml" });
    const made = await run("environment", "create", "-f", file, "--node", "--json");
    expect(made).toMatchObject({ code: 0, stderr: "Without effect on this computer: image, conda_file.\n" });
    expect(JSON.parse(made.stdout)).toMatchObject({ name: "torch-env", kind: "node" });
    expect((await run("environment", "create", "-n", "neither")).stderr).toMatch(/^Give either --python or --node\./);
    const found = await run("environment", "create", "-n", "by-image", "--image", "mcr.example/image", "--json");
    // With a Python on the PATH it is that; without one the refusal names what was looked for.
    if (found.code === 0) expect(JSON.parse(found.stdout)).toMatchObject({ kind: "python" });
    else expect(found.stderr).toMatch(/python/);
  });
});
