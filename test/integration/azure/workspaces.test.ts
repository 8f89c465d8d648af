import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SampleAzure, startSampleAzure } from "../../azure/arm/sample.ts";
import { type Lab, labHosts, startLab } from "../../azure/lab.ts";
import { startBatchdeckWith } from "../../helpers/batchdeck.ts";
import { runInProcessWith } from "../../helpers/command-line.ts";
import { temporaryFolder } from "../../helpers/places.ts";

/** Azure ML workspaces from the terminal: the real MSAL and HTTP client over TLS, against a stand-in for Azure on loopback. */
const folder = temporaryFolder("azure-workspaces");
const application = { clientId: randomUUID(), secret: "Secret~of-the-application" };
let lab: Lab;
let azure: SampleAzure;

beforeAll(async () => {
  lab = await startLab(folder, { applications: [application] });
  azure = startSampleAzure(lab);
});
afterAll(() => lab.close());

const environment = () => ({
  BATCHDECK_CLOUD: lab.cloudFile,
  AZURE_TENANT_ID: lab.tenant,
  AZURE_CLIENT_ID: application.clientId,
  AZURE_CLIENT_SECRET: application.secret,
});

function newTerminal(name: string) {
  const home = path.join(folder, name);
  const run = (...args: readonly string[]) => runInProcessWith({ environment: environment() }, home, ...args);
  return {
    home,
    run,
    signedOut: (...args: readonly string[]) =>
      runInProcessWith({ environment: { BATCHDECK_CLOUD: lab.cloudFile } }, home, ...args),
    json: async <Value = Record<string, unknown>>(...args: readonly string[]): Promise<Value> => {
      const ran = await run(...args, "--json");
      if (ran.code !== 0) throw new Error(`${args.join(" ")}: ${ran.stderr}`);
      return JSON.parse(ran.stdout) as Value;
    },
    use: () => run("workspace", "use", "-w", "lab", "-g", "risk-rg", "--subscription", azure.research),
  };
}

type View = Readonly<Record<string, unknown>>;
const names = (views: readonly View[]) => views.map(({ name }) => name);

describe("workspaces", () => {
  it("are listed of all subscriptions, or of one by its id or name", async () => {
    const { json } = newTerminal("lists");
    expect(names(await json<View[]>("workspace", "list"))).toEqual(["lab", "twin", "twin", "lonely"]);
    expect(names(await json<View[]>("workspace", "list", "--subscription", "research"))).toEqual(["lab"]);
    expect(names(await json<View[]>("workspace", "list", "--subscription", azure.sandbox, "-r", "1"))).toEqual([
      "twin",
    ]);
  });

  it("are chosen by name, by config.json or by an address of Azure ML studio, shown and forgotten", async () => {
    const { home, run, json } = newTerminal("chosen");
    expect(await run("workspace", "show")).toMatchObject({
      code: 2,
      stderr:
        "No Azure workspace is chosen. Choose one with: batchdeck workspace use -w W -g RG, or name it with -w W.\n",
    });
    const used = await run("workspace", "use", "-w", "LAB", "-g", "risk-rg", "--subscription", azure.research);
    expect(used).toMatchObject({ code: 0, stderr: "--remote means the workspace lab from now on.\n" });
    const { subscription, resource_group } = azure.place;
    expect(await json("workspace", "show")).toMatchObject({
      name: "lab",
      resource_group,
      subscription,
      location: "westeurope",
    });

    fs.writeFileSync(
      path.join(folder, "config.json"),
      JSON.stringify({ subscription_id: azure.sandbox, resource_group: "south", workspace_name: "twin" }),
    );
    expect((await run("workspace", "use", "--file", path.join(folder, "config.json"))).code).toBe(0);
    expect(await json("workspace", "show")).toMatchObject({ name: "twin", resource_group: "south" });

    const page = `https://ml.azure.com/endpoints?wsid=${(await json<{ id: string }>("workspace", "show", "-w", "lab")).id}&tid=x`;
    expect((await run("workspace", "use", "--url", page)).code).toBe(0);
    expect(await json("workspace", "show")).toMatchObject({ name: "lab" });
    // Nothing of it is a secret, and all of it is its owner's.
    expect(fs.statSync(path.join(home, "registry.db")).mode & 0o777).toBe(0o600);

    expect((await run("workspace", "forget")).stderr).toMatch(/^The Azure workspace lab /);
    expect((await run("endpoint", "list", "--remote")).code).toBe(2);
  });

  it.each([
    ["two of one name", ["-w", "twin"], /^Several workspaces are called "twin": ".*\/north" and ".*\/south"\. Add -g /],
    ["an unknown name", ["-w", "nowhere"], /^There is no Azure workspace "nowhere" that your account may see\. See: /],
    [
      "an unknown group",
      ["-w", "lab", "-g", "none", "--subscription", "Research"],
      /^There is no Azure workspace "lab" /,
    ],
    [
      "a name that is a path",
      ["-w", "../../x", "-g", "y"],
      /^"\.\.\/\.\.\/x" cannot be the name of a workspace in Azure\. /,
    ],
    ["an unknown subscription", ["-w", "lab", "--subscription", "Nobody's"], /^There is no subscription "Nobody's" /],
    [
      "a file of something else",
      ["--file", "package.json"],
      /^The file ".*package\.json" does not name a workspace\. /,
    ],
    [
      "an address of something else",
      ["--url", "https://ml.azure.com/"],
      /^"https:\/\/ml\.azure\.com\/" is not the address /,
    ],
    ["two ways at once", ["-w", "lab", "--url", "https://x"], /^Give one of --workspace-name, --file and --url\. /],
  ])("%s is refused, and nothing is chosen", async (_what, args, says) => {
    const { run } = newTerminal("refused");
    const ran = await run("workspace", "use", ...args);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(says);
    expect((await run("workspace", "show")).stderr).toMatch(/^No Azure workspace is chosen/);
  });

  it("a name is enough where only one has it, and a resource group where several do", async () => {
    const { json } = newTerminal("by-name");
    expect(names(await json<View[]>("endpoint", "list", "-w", "lab"))).toEqual(["churn", "fraud", "prices", "fresh"]);
    expect(await json("workspace", "show", "-w", "twin", "-g", "SOUTH")).toMatchObject({ resource_group: "south" });
  });

  it("of another cloud than that of the account are not asked for", async () => {
    const { use, home } = newTerminal("clouds");
    await use();
    const other = path.join(folder, "other.json");
    fs.writeFileSync(other, JSON.stringify({ ...lab.cloud, name: "Other", ca_file: undefined }));
    const ran = await runInProcessWith(
      { environment: { ...environment(), BATCHDECK_CLOUD: other } },
      home,
      "job",
      "list",
      "--remote",
    );
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(
      /^The chosen workspace lab is in the cloud Lab, and the account that is signed in is of Other\./,
    );
  });
});

it("the built program lists them too, and says when a list is as it was last seen", async () => {
  const home = path.join(folder, "built");
  const list = () =>
    startBatchdeckWith(environment(), home, "workspace", "list", "--subscription", azure.research).ended;
  const listed = await list();
  expect(listed).toMatchObject({ code: 0, stderr: "" });
  expect(listed.stdout).toMatch(/^name +resource_group +subscription +location\nlab +risk-rg +\S+ +westeurope\n$/);
  // Longer than anybody waits.
  lab.server.disturb(labHosts.management, { status: 429, headers: { "retry-after": "600" }, body: "" });
  const again = await list();
  expect(again).toMatchObject({ code: 0, stdout: listed.stdout });
  expect(again.stderr).toMatch(
    /is busy or out of order \(status 429\)\. Try again in 600 seconds\. This is as last seen at \d{4}-/,
  );
});

describe("without a sign-in", () => {
  it("a command for Azure says how to sign in, and opens no socket", async () => {
    const { signedOut } = newTerminal("signed-out");
    const before = lab.server.requests().length;
    for (const words of ["endpoint list -w lab", "job show -n x --remote", "workspace list", "workspace use -w lab"]) {
      expect(await signedOut(...words.split(" "))).toEqual({
        code: 2,
        stdout: "",
        stderr: "Nobody is signed in to Azure. Run: batchdeck login\n",
      });
    }
    expect(lab.server.requests()).toHaveLength(before);
  });
});

describe("what a workspace holds", () => {
  const { use, json, run } = newTerminal("contents");
  beforeAll(use);

  it.each([
    ["endpoint list", ["churn", "fraud", "prices", "fresh"]],
    ["endpoint list --max-results 3", ["churn", "fraud", "prices"]],
    ["deployment list -e churn", ["blue", "steps"]],
    ["compute list", ["cpu-cluster", "evas-machine"]],
    ["datastore list", ["workspaceblobstore", "lake"]],
    ["model list", ["net"]],
    ["model list -n net", ["net", "net", "net"]],
    ["data list", ["customers"]],
    ["environment list", ["onnx"]],
    ["component list", ["score_all"]],
    ["job list", ["run-1", "run-2", "run-3"]],
    ["job list -e churn", ["run-1", "run-3"]],
    ["batch-endpoint list-jobs -n fraud", ["run-2"]],
    ["deployment list-jobs -n steps -e churn", ["run-3"]],
    ["job list --archived-only", ["old"]],
  ])("is listed page by page: %s", async (line, expected) => {
    expect(names(await json<View[]>(...line.split(" "), "--remote"))).toEqual(expected);
  });

  it("is shown in the words of the same nouns on this computer", async () => {
    const show = (line: string) => json(...line.split(" "), "--remote");
    expect(await show("endpoint show -n churn")).toMatchObject({
      ...{ name: "churn", auth_mode: "aad_token", defaults: { deployment_name: "blue" }, tags: { team: "risk" } },
      ...{ provisioning_state: "Succeeded", location: "westeurope", created_at: expect.stringMatching(/^2026-01-05T/) },
    });
    expect(await show("endpoint show -n fresh")).toMatchObject({ defaults: {}, provisioning_state: "Creating" });
    expect(await show("deployment show -n blue -e churn")).toMatchObject({
      ...{
        name: "blue",
        endpoint_name: "churn",
        type: "model",
        model: "azureml:net:3",
        compute: "azureml:cpu-cluster",
      },
      ...{ environment: "azureml:onnx:2", resources: { instance_count: 3 } },
      settings: {
        ...{ mini_batch_size: 20, max_concurrency_per_instance: 2, error_threshold: 5, output_action: "append_row" },
        retry_settings: { max_retries: 1, timeout: 300 },
      },
    });
    expect(await show("deployment show -n steps -e churn")).toMatchObject({
      ...{ type: "pipeline", component: "azureml:score_all:1", settings: { default_compute: "cpu-cluster" } },
    });
    expect(await show("compute show -n cpu-cluster")).toMatchObject({
      ...{
        type: "amlcompute",
        min_instances: 0,
        max_instances: 4,
        idle_time_before_scale_down: 120,
        tier: "low_priority",
      },
    });
    expect(await show("datastore show -n lake")).toMatchObject({
      ...{ type: "azure_data_lake_gen2", container_name: "raw", credentials: "account_key", is_default: false },
    });
    expect(await show("model show -n net")).toMatchObject({ name: "net", version: "3", type: "custom_model" });
    expect(await show("model show -n net --version 2")).toMatchObject({ version: "2", path: "azureml://models/net/2" });
    expect(await show("data show -n customers")).toMatchObject({ type: "uri_folder", version: "1" });
    expect(await show("environment show -n onnx")).toMatchObject({ path: "mcr.lab.test/onnx:2" });
    expect(await show("job show -n run-1")).toMatchObject({
      ...{ name: "run-1", status: "Completed", endpoint_name: "churn", deployment_name: "blue", runs_on: "azure" },
      ...{ total: null, succeeded: null, failed: null, skipped: null },
      azure: {
        ...azure.place,
        ...{ job_name: "run-1", run_as: "Eva", studio_url: "https://studio.lab.test/runs/run-1" },
      },
    });
  });

  it.each([
    [
      "endpoint show -n none",
      'There is no endpoint "none" in the Azure workspace lab. See: batchdeck endpoint list --remote\n',
    ],
    [
      "deployment list -e none",
      'There is no endpoint "none" in the Azure workspace lab. See: batchdeck endpoint list --remote\n',
    ],
    [
      "deployment show -n red -e churn",
      'There is no deployment of "churn" "red" in the Azure workspace lab. See: batchdeck deployment list -e churn --remote\n',
    ],
    [
      "model show -n net --version 9",
      'There is no model "net:9" in the Azure workspace lab. See: batchdeck model list --remote\n',
    ],
    [
      "data show -n none",
      'There is no data asset "none" in the Azure workspace lab. See: batchdeck data list --remote\n',
    ],
    [
      "compute show -n ..",
      'There is no compute ".." in the Azure workspace lab. See: batchdeck compute list --remote\n',
    ],
    ["job show -n a/b", 'There is no job "a/b" in the Azure workspace lab. See: batchdeck job list --remote\n'],
  ])("is refused when it is not there: %s", async (line, says) => {
    expect(await run(...line.split(" "), "--remote")).toEqual({ code: 2, stdout: "", stderr: says });
  });

  it("with a hostile name or description steers no terminal", async () => {
    azure.arm.put(azure.make.endpoint("hostile", { description: "\u001b[2J\u202egone\r\nmore" }));
    const shown = await run("endpoint", "show", "-n", "hostile", "-w", "lab");
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain("\\u{1b}[2J\\u{202e}gone\\u{d}\\u{a}more");
    expect(shown.stdout + shown.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    azure.arm.remove(
      `/subscriptions/${azure.research}/resourceGroups/risk-rg/providers/Microsoft.MachineLearningServices/workspaces/lab/batchEndpoints/hostile`,
    );
  });
});
