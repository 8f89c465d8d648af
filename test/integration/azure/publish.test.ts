import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type SampleAzure, startSampleAzure } from "../../azure/arm/sample.ts";
import { type Lab, labHosts, startLab } from "../../azure/lab.ts";
import { type Storage, startStorage } from "../../azure/storage/storage.ts";
import { runInProcessWith } from "../../helpers/command-line.ts";
import { temporaryFolder } from "../../helpers/places.ts";

/**
 * From the terminal to an Azure ML workspace: the real MSAL, HTTP client and blob client over TLS on loopback, against a stand-in
 * for Azure and Azurite.
 */
const folder = temporaryFolder("azure-publish");
const application = { clientId: randomUUID(), secret: "Secret~of-the-application" };
const iris = path.resolve("resources/samples/iris");
const ownFile = path.join(folder, "own", "deployment.yml");
let lab: Lab;
let storage: Storage;
let azure: SampleAzure;
let asked = 0;

beforeAll(async () => {
  lab = await startLab(folder, { applications: [application] });
  storage = await startStorage(lab, folder);
  writeScriptDeployment(path.dirname(ownFile));
});
afterAll(async () => {
  await storage.close();
  await lab.close();
});
beforeEach(() => {
  lab.server.calm();
  azure = startSampleAzure(lab);
  const { accountName, endpoint, containerName, protocol } = storage.place;
  const blobs = { isDefault: true, accountName, endpoint, containerName, protocol };
  azure.arm.put(azure.make.blobDatastore("workspaceblobstore", blobs));
  asked = lab.server.requests().length;
});

function newTerminal(name: string) {
  const home = path.join(folder, name);
  const environment = {
    BATCHDECK_CLOUD: lab.cloudFile,
    AZURE_TENANT_ID: lab.tenant,
    AZURE_CLIENT_ID: application.clientId,
    AZURE_CLIENT_SECRET: application.secret,
  };
  const run = (...args: readonly string[]) => runInProcessWith({ environment }, home, ...args);
  const place = () => ["-w", "lab", "-g", "risk-rg", "--subscription", azure.research];
  return {
    home,
    run,
    remote: (...args: readonly string[]) => run(...args, ...place()),
    json: async (...args: readonly string[]): Promise<Record<string, unknown>> => {
      const ran = await run(...args, ...place(), "--json");
      if (ran.code !== 0) throw new Error(`${args.join(" ")}: ${ran.stderr}`);
      return JSON.parse(ran.stdout) as Record<string, unknown>;
    },
  };
}

const idOf = (rest: string) =>
  `/subscriptions/${azure.place.subscription}/resourceGroups/risk-rg/providers/Microsoft.MachineLearningServices/workspaces/lab/${rest}`;
const inAzure = (rest: string) => azure.arm.find(idOf(rest))?.properties ?? null;
/** Requests of this test that change something. */
const writes = () =>
  lab.server
    .requests()
    .slice(asked)
    .filter((line) => /^(PUT|PATCH|POST|DELETE) management/.test(line));
const blobBelow = async (uri: unknown) => {
  const [, place = ""] = /(batchdeck\/.*)$/.exec(String(uri)) ?? [];
  return (await storage.names())
    .filter((name) => name.startsWith(`${place}/`))
    .map((name) => name.slice(place.length + 1));
};

/** Azure's own file of a deployment that runs a script. */
function writeScriptDeployment(own: string): void {
  fs.mkdirSync(path.join(own, "code"), { recursive: true });
  fs.mkdirSync(path.join(own, "model"));
  fs.writeFileSync(path.join(own, "code", "batch_driver.py"), "def init(): pass\ndef run(mini_batch): return []\n");
  fs.writeFileSync(path.join(own, "model", "weights.bin"), "1234");
  fs.writeFileSync(path.join(own, "conda.yaml"), "name: torch\ndependencies: [pip]\n");
  fs.writeFileSync(
    path.join(own, "deployment.yml"),
    `name: torch
endpoint_name: churn
type: model
model: { name: mnist, path: model }
code_configuration: { code: code, scoring_script: batch_driver.py }
environment: { name: batch-torch, image: "mcr.lab.test/torch:1", conda_file: conda.yaml }
compute: azureml:cpu-cluster
resources: { instance_count: 2 }
settings: { mini_batch_size: 5, output_action: summary_only, retry_settings: { max_retries: 1, timeout: 90 } }
`,
  );
}

describe("deployment create", () => {
  it("publishes a deployment of this computer with its endpoint, model, script and environment", async () => {
    const { run, remote, json } = newTerminal("local");
    await run("endpoint", "create", "-f", path.join(iris, "endpoint.yml"));
    await run("deployment", "create", "-f", path.join(iris, "deployment.yml"));
    const named = ["-n", "logistic-regression", "-e", "iris", "--set", "compute=azureml:cpu-cluster", "--set-default"];
    const made = await remote("deployment", "create", ...named);
    expect(made).toMatchObject({ code: 0 });
    expect(made.stderr.split("\n")).toEqual(
      expect.arrayContaining([
        "Azure scores the files that lie in the input folder itself, and none in folders below it.",
        expect.stringMatching(/^Registered the model iris-logistic-regression:1\.$/),
        expect.stringMatching(/^Registered the code batchdeck-[\da-f]{64}\.$/),
        expect.stringMatching(/^Registered the environment batchdeck:[\da-f]{32}\.$/),
        "Made the endpoint iris.",
      ]),
    );
    expect(await json("deployment", "show", "-n", "logistic-regression", "-e", "iris")).toMatchObject({
      model: "azureml:iris-logistic-regression:1",
      compute: "azureml:cpu-cluster",
      code_configuration: { scoring_script: "score.py" },
      // The deployment says none, and Azure's own 30 seconds are for a whole mini-batch.
      settings: { retry_settings: { timeout: 600 } },
      description: "A logistic regression, trained on 120 flowers.",
      properties: { "batchdeck.output": expect.any(String), "batchdeck.scorer": expect.any(String) },
      provisioning_state: "Succeeded",
    });
    expect(await json("endpoint", "show", "-n", "iris")).toMatchObject({
      description: "Tells the species of an iris from four measurements of its flower.",
      defaults: { deployment_name: "logistic-regression" },
    });
    // What was sent lies where Azure was told.
    expect(await blobBelow(inAzure("models/iris-logistic-regression/versions/1")?.["modelUri"])).toEqual([
      "iris.onnx",
      "scorer.yml",
    ]);
    const { codeConfiguration } = inAzure("batchEndpoints/iris/deployments/logistic-regression") as {
      readonly codeConfiguration: { readonly codeId: string };
    };
    expect(await blobBelow(azure.arm.find(codeConfiguration.codeId)?.properties["codeUri"])).toContain("score.py");

    // Again: only the deployment is sent.
    asked = lab.server.requests().length;
    const again = await remote("deployment", "create", ...named.slice(0, 6));
    expect(again.stderr).toMatch(
      /The model iris-logistic-regression:1 is there already\..*was there already and was overwritten/s,
    );
    expect(writes()).toHaveLength(1);
  });

  it("publishes a file as it is, without keeping anything here", async () => {
    const { run, remote, json, home } = newTerminal("file");
    const file = ["-f", path.join(iris, "deployment.yml"), "-e", "churn", "--set", "compute=cpu-cluster"];
    const made = await remote("deployment", "create", ...file);
    expect(made).toMatchObject({ code: 0 });
    expect(await json("deployment", "show", "-n", "logistic-regression", "-e", "churn")).toMatchObject({
      model: "azureml:churn-logistic-regression:1",
    });
    expect((await run("model", "list", "--json")).stdout).toBe("[]\n");
    expect(fs.readdirSync(path.join(home, "azure-scratch"))).toEqual([]);
  });

  it("publishes Azure's own file of a script, with its image and its packages", async () => {
    const { remote } = newTerminal("script");
    const made = await remote("deployment", "create", "-f", ownFile);
    expect(made).toMatchObject({ code: 0 });
    expect(inAzure("batchEndpoints/churn/deployments/torch")).toMatchObject({
      codeConfiguration: { scoringScript: "batch_driver.py" },
      environmentId: expect.stringMatching(/\/environments\/batch-torch\/versions\/[\da-f]{32}$/),
      resources: { instanceCount: 2 },
      outputAction: "SummaryOnly",
      retrySettings: { maxRetries: 1, timeout: "PT90S" },
    });
    const { environmentId } = inAzure("batchEndpoints/churn/deployments/torch") as { readonly environmentId: string };
    expect(azure.arm.find(environmentId)?.properties).toMatchObject({
      image: "mcr.lab.test/torch:1",
      condaFile: "name: torch\ndependencies: [pip]\n",
    });
    expect(await blobBelow(inAzure("models/mnist/versions/1")?.["modelUri"])).toEqual(["weights.bin"]);
  });

  it.each([
    [
      "without its compute",
      ["-f", path.join(iris, "deployment.yml"), "-e", "churn"],
      /^There is no compute "local" in .*"cpu-cluster"/m,
    ],
    [
      "to an endpoint that is not there",
      ["-f", path.join(iris, "deployment.yml"), "-e", "nowhere"],
      /^There is no endpoint "nowhere"/m,
    ],
    ["that is not there", ["-n", "blue", "-e", "none"], /^There is no endpoint "none"/m],
    ["without a name", [], /^Give --file, or --name and --endpoint-name/m],
    ["by a wrong name", ["-f", path.join(iris, "deployment.yml"), "-n", "no spaces"], /A name has 3 to 32 letters/m],
    [
      "as default without waiting",
      ["-n", "blue", "-e", "churn", "--set-default", "--no-wait"],
      /^A deployment becomes the default when it is made/m,
    ],
  ])("refuses one %s, and sends nothing", async (_what, args, says) => {
    const { remote } = newTerminal("refused");
    const refused = await remote("deployment", "create", ...args);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(says);
    expect(writes()).toEqual([]);
  });

  it("ends with 1 when Azure could not make it, and with 0 when nobody waits", async () => {
    const { remote } = newTerminal("ends");
    const file = ["-f", ownFile];
    azure.arm.go({ failure: { code: "QuotaExceeded", message: "No cores are left" } });
    const failed = await remote("deployment", "create", ...file);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(
      /^Azure could not create the deployment "torch" \(QuotaExceeded\): No cores are left\.$/m,
    );
    azure.arm.go({ looks: 1_000 });
    const left = await remote("deployment", "create", ...file, "--no-wait");
    expect(left).toMatchObject({ code: 0, stdout: expect.stringMatching(/provisioning_state +Updating/) });
  });
});

describe("deployment update", () => {
  it("changes words by themselves, and settings by all of it", async () => {
    const { remote } = newTerminal("update");
    const blue = ["-n", "blue", "-e", "churn"];
    expect((await remote("deployment", "update", ...blue, "--set", "description=New", "tags.team=cost")).code).toBe(0);
    const set = ["settings.mini_batch_size=7", "resources.instance_count=4", "properties.owner=eva"];
    expect((await remote("deployment", "update", ...blue, "--set", ...set)).code).toBe(0);
    expect(writes().map((line) => line.split(" ")[0])).toEqual(["PATCH", "PUT"]);
    expect(azure.arm.find(idOf("batchEndpoints/churn/deployments/blue"))).toMatchObject({
      tags: { team: "cost" },
      properties: {
        description: "New",
        miniBatchSize: 7,
        resources: { instanceCount: 4 },
        properties: { owner: "eva" },
        model: { assetId: idOf("models/net/versions/3") },
        retrySettings: { maxRetries: 1, timeout: "PT300S" },
      },
    });
  });

  it.each([
    [["-n", "blue", "-e", "churn", "--set", "model=x"], /model/],
    [["-n", "blue", "-e", "churn", "--set", "settings.mini_batch_size=no"], /mini_batch_size/],
    [["-n", "steps", "-e", "churn", "--set", "settings.mini_batch_size=2"], /is a pipeline deployment/],
    [["-n", "red", "-e", "churn", "--set", "description=x"], /^There is no deployment of "churn" "red"/],
    [
      ["-f", path.join(iris, "deployment.yml"), "-e", "churn"],
      /^There is no deployment of "churn" "logistic-regression"/,
    ],
  ] as const)("refuses %j", async (args, says) => {
    const { remote } = newTerminal("update-refused");
    const refused = await remote("deployment", "update", ...args);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(says);
    expect(writes()).toEqual([]);
  });
});

describe("what is deleted", () => {
  it("needs --yes, and is gone then", async () => {
    const { remote } = newTerminal("delete");
    expect(await remote("deployment", "delete", "-n", "blue", "-e", "churn")).toMatchObject({ code: 2 });
    expect(writes()).toEqual([]);
    const deleted = await remote("deployment", "delete", "-n", "blue", "-e", "churn", "--yes");
    expect(deleted).toMatchObject({ code: 0 });
    expect(deleted.stderr).toMatch(/^Deleted blue\. It was the default of churn/m);
    expect(inAzure("batchEndpoints/churn/deployments/blue")).toBeNull();
    expect((await remote("endpoint", "delete", "-n", "churn", "--yes", "--json")).stdout).toMatch(/"deleted": true/);
    expect(inAzure("batchEndpoints/churn")).toBeNull();
    expect(await remote("endpoint", "delete", "-n", "churn", "--yes")).toMatchObject({ code: 2 });
  });
});

describe("endpoints, models and data", () => {
  it("endpoints are made, overwritten and changed", async () => {
    const { remote, json } = newTerminal("endpoints");
    expect(await json("endpoint", "create", "-n", "rivers", "--set", "tags.team=water")).toMatchObject({
      name: "rivers",
      tags: { team: "water" },
      auth_mode: "aad_token",
    });
    expect((await remote("endpoint", "create", "-n", "churn")).stderr).toMatch(/was there already and was overwritten/);
    expect(await json("endpoint", "update", "-n", "churn", "--set", "defaults.deployment_name=steps")).toMatchObject({
      defaults: { deployment_name: "steps" },
    });
    const file = path.join(iris, "endpoint.yml");
    expect((await remote("endpoint", "update", "-f", file)).stderr).toMatch(
      /^There is no endpoint "iris" in the Azure/,
    );
    expect(await json("endpoint", "create", "-f", file, "-n", "rivers")).toMatchObject({
      description: "Tells the species of an iris from four measurements of its flower.",
      tags: {},
    });
    const keys = await remote("endpoint", "create", "-f", file, "--set", "auth_mode=key");
    expect(keys.stderr).toMatch(/batch endpoints in Azure have aad_token alone/);
    expect(await remote("endpoint", "create", "-n", "x")).toMatchObject({ code: 2 });
  });

  it("a model and data are registered once", async () => {
    const { json, remote } = newTerminal("assets");
    const model = ["-n", "flowers", "-p", path.join(iris, "model")];
    expect(await json("model", "create", ...model)).toMatchObject({
      name: "flowers",
      version: "1",
      type: "custom_model",
    });
    expect((await remote("model", "create", ...model)).stderr).toMatch(/The model flowers:1 is there already\./);
    const data = await json("data", "create", "-n", "measured", "-p", path.join(iris, "data"));
    expect(data).toMatchObject({ version: "1", type: "uri_folder" });
    expect(data["path"]).toMatch(/^azureml:\/\/subscriptions\/.*\/paths\/batchdeck\/data\/[\da-f]{64}\/data\/$/);
    const uri = "azureml://datastores/lake/paths/flowers/";
    expect(await json("data", "create", "-n", "lakes", "-p", uri)).toMatchObject({ path: uri });
    expect(await remote("data", "create", "-n", "secret", "-p", "https://x.test/a?sig=1")).toMatchObject({ code: 2 });
  });

  it("a job is cancelled", async () => {
    const { json } = newTerminal("cancel");
    expect(await json("job", "cancel", "-n", "run-2")).toMatchObject({ status: "CancelRequested" });
  });
});

it("a missing right is told with its role, and nothing else is sent", async () => {
  const { remote } = newTerminal("rights");
  azure.arm.deny(/\/models\//, "write");
  const refused = await remote("model", "create", "-n", "flowers", "-p", path.join(iris, "model"));
  expect(refused.stderr).toMatch(/models\/versions\/write".*"AzureML Data Scientist"/s);
  expect(
    lab.server
      .requests()
      .slice(asked)
      .filter((line) => line.startsWith("PUT") && line.includes(labHosts.management)),
  ).toHaveLength(1);
});
