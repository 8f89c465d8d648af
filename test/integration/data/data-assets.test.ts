import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { batchdeck, batchdeckJson, deploy, type ShownJob } from "../../helpers/batchdeck.ts";
import { writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryFolder } from "../../helpers/places.ts";

/** Data assets, datastores and addresses, as a user types them. */
const root = temporaryFolder("data-assets");
const at = (...parts: string[]) => path.join(root, ...parts);
const home = at("home");
const input = at("store", "in put");

function write(file: string, content: string): string {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return file;
}

async function invoke(out: string, ...args: readonly string[]): Promise<ShownJob> {
  return batchdeckJson<ShownJob>(home, "invoke", "-n", "dense", "--output-path", out, ...args);
}

/** What a refusal says; the exit code must be that of one. */
async function refusal(...args: readonly string[]): Promise<string> {
  const ran = await batchdeck(home, ...args);
  expect(ran.code).toBe(2);
  return ran.stderr;
}

beforeAll(async () => {
  writeCsvFolder(input, { files: 2, rowsPerFile: 3, features: 4 });
  fs.symlinkSync(root, at("store", "way-out"));
  await deploy(home, "dense", denseModel({ features: 4, classes: 3 }), {
    scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\n",
  });
  await batchdeckJson(home, "datastore", "create", "-n", "blobs", "--path", at("store"));
});

describe("data that has a name", () => {
  test("is made, listed and shown, with versions, and Azure's file of a data asset is taken", async () => {
    const first = await batchdeckJson<object>(home, "data", "create", "-n", "rows", "--path", input);
    expect(first).toMatchObject({ name: "rows", version: "1", type: "uri_folder", path: input });
    const file = write(
      at("rows.yml"),
      [
        "$schema: https://azuremlschemas.azureedge.net/latest/data.schema.json",
        "name: rows",
        "version: 4",
        "description: two files",
        "tags: {team: a}",
        "type: uri_folder",
        "path: azureml://datastores/blobs/paths/in put",
      ].join("\n"),
    );
    const made = await batchdeck(home, "data", "create", "-f", file, "--json");
    expect([made.code, made.stderr]).toEqual([0, "The tags and properties of the file are not kept.\n"]);
    expect(await batchdeckJson(home, "data", "show", "-n", "rows")).toMatchObject({
      version: "4",
      description: "two files",
      path: "azureml://datastores/blobs/paths/in put",
    });
    expect(await batchdeckJson(home, "data", "show", "-n", "rows", "--version", "1")).toEqual(first);
    const listed = await batchdeckJson<{ version: string }[]>(home, "data", "list");
    expect(listed.map(({ version }) => version)).toEqual(["4", "1"]);
    write(at("relative.yml"), "name: near\npath: store/in put\n");
    expect(await batchdeckJson(home, "data", "create", "-f", at("relative.yml"))).toMatchObject({ path: input });
    write(at("table.yml"), "name: table\ntype: mltable\npath: store\n");
    expect(await refusal("data", "create", "-f", at("table.yml"))).toContain("do not take MLTable");
    expect(await refusal("invoke", "-n", "dense", "--input", input, "--input-type", "mltable")).toContain("MLTable");
    expect(await refusal("data", "create", "-n", "x")).toContain("Give --name and --path");
    expect(await refusal("data", "show", "-n", "none")).toContain('There is no data asset "none"');
  });

  test("is scored by every local way of naming it, with the same rows, and the job keeps the name", async () => {
    await invoke(at("plain"), "--input", input);
    const expected = fs.readFileSync(at("plain", "predictions.csv"));
    const workspace = "subscriptions/s/resourcegroups/g/workspaces/w";
    const ways = [
      "azureml:rows",
      "azureml:rows:1",
      "azureml:rows@latest",
      "rows@latest",
      "azureml://datastores/blobs/paths/in put",
      `azureml://${workspace}/datastores/blobs/paths/in put/`,
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/data/rows/versions/1",
      pathToFileURL(input).href,
    ];
    for (const [index, given] of ways.entries()) {
      const out = at(`way-${index}`);
      const job = await invoke(out, "--input", given, "--input-type", "uri_folder");
      expect(job).toMatchObject({ input_path: fs.realpathSync(input), input_source: given, succeeded: 6 });
      expect(fs.readFileSync(path.join(out, "predictions.csv")).equals(expected), given).toBe(true);
      const record = JSON.parse(fs.readFileSync(path.join(out, "job.json"), "utf8")) as { input: object };
      expect(record.input).toMatchObject({ path: fs.realpathSync(input), source: given });
    }
    const file = write(at("invoke.yml"), "inputs:\n  data: {type: uri_folder, path: 'azureml:rows@latest'}\n");
    const job = await invoke(at("by-file"), "-f", file);
    expect(job.input_source).toBe("azureml:rows@latest");
    expect((await batchdeck(home, "job", "show", "-n", job.name)).stdout).toContain(`${input} (azureml:rows@latest)`);
    const said = await batchdeck(home, "invoke", "-n", "dense", "--input", ways[5] ?? "", "--no-wait");
    expect(said.stderr).toContain(
      `The datastore blobs of this workspace is meant; "${workspace}" in the address was not used.`,
    );
  });

  test("may be the output of a job that has completed, and of no other", async () => {
    const done = await invoke(at("done"), "--input", input, "--set", "batchdeck.csv_formulas=keep");
    const address = `azureml://jobs/${done.name}/outputs/score`;
    expect(await batchdeckJson(home, "data", "create", "-n", "scores", "--path", address)).toMatchObject({
      type: "uri_file",
      path: address,
    });
    // Its columns are others than the model's, which shows that its rows were found and read.
    expect(await refusal("invoke", "-n", "dense", "--input", "azureml:scores")).toContain("f0");
    const queued = await batchdeckJson<ShownJob>(home, "invoke", "-n", "dense", "--input", input, "--no-wait");
    expect(await refusal("invoke", "-n", "dense", "--input", `azureml://jobs/${queued.name}/outputs/score`)).toContain(
      "is Queued, so its output is not there yet",
    );
  });

  test("is not reached outside of its datastore, and nothing is written there", async () => {
    for (const hostile of ["../secret", "a/../../b", "/etc", "way-out", "way-out/home"]) {
      const address = `azureml://datastores/blobs/paths/${hostile}`;
      expect(await refusal("invoke", "-n", "dense", "--input", address)).toMatch(/outside of its datastore|out of/);
      const before = fs.readdirSync(root).sort();
      const out = ["--input", input, "--output-path", `${address}/new`];
      expect(await refusal("invoke", "-n", "dense", ...out)).toMatch(/outside of its datastore|out of/);
      expect(fs.readdirSync(root).sort()).toEqual(before);
    }
  });

  test("takes outputs on a datastore and at file URIs", async () => {
    const stored = await invoke("azureml://datastores/blobs/paths/out/one", "--input", input);
    expect(stored.output_path).toBe(path.join(fs.realpathSync(at("store")), "out", "one"));
    const byUri = await invoke(pathToFileURL(at("out two")).href, "--input", input);
    expect(byUri.output_path).toBe(path.join(fs.realpathSync(root), "out two"));
    expect(fs.readFileSync(path.join(byUri.output_path, "predictions.csv"))).toEqual(
      fs.readFileSync(path.join(stored.output_path, "predictions.csv")),
    );
  });

  test("in a storage account is refused with the next step, and no key of its address is shown or kept", async () => {
    for (const address of [
      "https://account.blob.core.windows.net/box/rows?sig=verysecret",
      "abfss://box@account.dfs.core.windows.net/rows",
      "wasbs://box@account.blob.core.windows.net/rows",
      "adl://account.azuredatalakestore.net/rows",
      "http://example.org/rows.csv",
    ]) {
      const said = await refusal("invoke", "-n", "dense", "--input", address);
      expect(said).toContain("is not on this computer");
      expect(said).toContain("then give the local folder or file");
      expect(said).not.toContain("verysecret");
    }
  });
});
