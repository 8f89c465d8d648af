import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { batchdeck, batchdeckJson, deploy, type ShownJob } from "../../helpers/batchdeck.ts";
import { writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import { denseModel, writeModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryFolder } from "../../helpers/places.ts";

/** Azure ML's words for endpoints and deployments, as a user types them. */
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
