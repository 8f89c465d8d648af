import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { inWords } from "../../../electron/cli/terminal/json-text.ts";
import { deploymentFromYaml, readDeploymentFile } from "../../../electron/deployments/yaml/deployment-file.ts";
import { readEndpointFile } from "../../../electron/deployments/yaml/endpoint-file.ts";
import { deploymentYaml } from "../../../electron/deployments/export-deployment.ts";
import { runnableDeployment } from "../../../electron/deployments/runnable-deployment.ts";
import { parseYaml } from "../../../electron/deployments/yaml/read-yaml.ts";
import { englishWords, problemSentence } from "../../../electron/contract/words/english-problems.ts";

const fixtures = path.join(import.meta.dirname, "../../fixtures/azureml");
const fixture = (name: string) => path.join(fixtures, name);

function deployment(text: string) {
  const yaml = parseYaml(text, "/somewhere/deployment.yml", "deployment/invalid");
  return yaml.ok ? deploymentFromYaml(yaml.value) : yaml;
}

const minimal = "name: blue\nendpoint_name: flowers\ntype: model\nmodel: {path: net}\n";

/** A map may have got keys, such as defaults that were written out; a number may have become Azure's text of it. */
function expectLike(value: unknown): unknown {
  if (typeof value !== "object" || value === null) {
    return expect.toSatisfy((other) => String(other) === String(value), `${String(value)}`);
  }
  return expect.objectContaining(
    Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, expectLike(entry)])),
  );
}

/** Why a file that can be read cannot be made a deployment; fails the test when it can. */
function unsupported(file: ReturnType<typeof deployment>): string {
  const answer = file.ok ? runnableDeployment(file.value) : file;
  if (answer.ok) throw new Error("It was taken.");
  expect(answer.problem.code).toBe("deployment/unsupported");
  return englishWords(answer.problem).message;
}

/** The sentence of a refusal; fails the test when it was none. */
function refusal(text: string): string {
  const answer = deployment(text);
  if (answer.ok) throw new Error("It was taken.");
  return englishWords(answer.problem).message;
}

describe("Azure's deployment files", () => {
  test("are read with every setting", async () => {
    expect(await readDeploymentFile(fixture("deployment-mlflow.yml"))).toMatchObject({
      ok: true,
      value: {
        name: "boosted-trees",
        endpointName: "parcel-weights",
        model: { kind: "registered", name: "parcel-weights-mlflow", version: null },
        computeName: "night-cluster",
        code: null,
        settings: {
          mini_batch_size: 4,
          max_concurrency_per_instance: 2,
          instance_count: 3,
          retry_settings: { max_retries: 1, timeout: 300 },
          output_file_name: "weights.csv",
          error_threshold: 12,
        },
        source: { $schema: expect.stringContaining("modelBatchDeployment"), resources: { instance_count: 3 } },
        notices: [],
      },
    });
  });

  test("without a type have their settings at the root", async () => {
    expect(await readDeploymentFile(fixture("deployment-older.yml"))).toMatchObject({
      ok: true,
      value: {
        model: { kind: "registered", name: "parcel-net", version: "4" },
        settings: { mini_batch_size: 20, max_concurrency_per_instance: 2, retry_settings: { max_retries: 0 } },
      },
    });
  });

  test("with a script name its folder and its environment", async () => {
    expect(await readDeploymentFile(fixture("deployment-script.yml"))).toMatchObject({
      ok: true,
      value: {
        code: { kind: "script", folder: path.join(fixtures, "code"), script: "score_parcels.py" },
        environment: {
          reference: "parcels",
          name: "parcels",
          condaFile: "conda.yaml",
        },
      },
    });
  });

  test("of a pipeline parse and are refused for just that", async () => {
    const pipeline = await readDeploymentFile(fixture("deployment-pipeline.yml"));
    expect(pipeline).toMatchObject({ ok: true, value: { type: "pipeline", name: "clean-then-score" } });
    expect(unsupported(pipeline)).toBe(
      'The deployment "clean-then-score" is a pipeline, and pipelines are not supported yet.',
    );
  });

  // Beside the repository on machines that have them; our own of the same shapes everywhere.
  const published = path.join(import.meta.dirname, "../../../../shared/contracts");
  const folders = [fixtures, published].filter((folder) => existsSync(folder));
  const files = folders.flatMap((folder) => readdirSync(folder).map((name) => path.join(folder, name)));
  const deployments = files.filter((file) => /deployment[^/\\]*\.yml$/.test(path.basename(file)));

  test("are all looked at", () => {
    expect(deployments.length).toBeGreaterThanOrEqual(4);
  });

  test.each(deployments.map((file) => [path.basename(file), file]))(
    "mean the same after they were written out again: %s",
    async (_name, file) => {
      const before = await readDeploymentFile(file);
      if (!before.ok) throw new Error(englishWords(before.problem).message);
      // Written to another place, so that a path that was left relative would name something else.
      const text = deploymentYaml(before.value);
      const after = deployment(text);
      if (!after.ok) throw new Error(englishWords(after.problem).message);
      const { source: first, ...meaning } = before.value;
      const { source: second, ...meaningAgain } = after.value;
      expect(meaningAgain).toEqual(meaning);
      // The user's own keys, in the newer form.
      const older = first["type"] === undefined;
      for (const [key, value] of Object.entries(first)) {
        if (older && key === "$schema") continue;
        if (older && Object.hasOwn(second["settings"] as object, key)) {
          expect((second["settings"] as Record<string, unknown>)[key]).toEqual(expectLike(value));
        } else if (value !== null) expect([key, second[key]]).toEqual([key, expectLike(value)]);
      }
      expect(deploymentYaml(after.value)).toBe(text);
    },
  );

  test.each(deployments.map((file) => [path.basename(file), file]))(
    "are refused, if at all, for one thing that is not supported yet: %s",
    async (name, file) => {
      const answer = await readDeploymentFile(file);
      if (!answer.ok) throw new Error(englishWords(answer.problem).message);
      const runnable = runnableDeployment(answer.value);
      if (!/pipeline/.test(name)) expect(runnable).toMatchObject({ ok: true });
      else {
        expect(runnable).toMatchObject({ ok: false, problem: { code: "deployment/unsupported" } });
        if (!runnable.ok) expect(englishWords(runnable.problem).message).toMatch(/pipelines are not supported yet\.$/);
      }
    },
  );

  test("of endpoints are read too", async () => {
    const endpoints = files.filter((file) => /^endpoint[^/\\]*\.yml$/.test(path.basename(file)));
    expect(endpoints.length).toBeGreaterThanOrEqual(1);
    for (const file of endpoints) expect(await readEndpointFile(file)).toMatchObject({ ok: true });
  });
});

describe("a deployment file", () => {
  test("has Azure's defaults for what it leaves out", () => {
    expect(deployment(minimal)).toMatchObject({
      ok: true,
      value: {
        computeName: null,
        settings: {
          mini_batch_size: 10,
          max_concurrency_per_instance: null,
          instance_count: null,
          retry_settings: { max_retries: 3, timeout: null },
          output_action: "append_row",
          output_file_name: null,
          error_threshold: -1,
          logging_level: "info",
          environment_variables: {},
        },
        properties: {
          "batchdeck.output_format": "csv",
          "batchdeck.csv_formulas": "escape",
          "batchdeck.recursive": "true",
          "batchdeck.error_threshold_unit": "row",
          "batchdeck.priority": "medium",
        },
      },
    });
  });

  test("names its files relative to itself, and its scorer relative to the code", () => {
    expect(deployment(`${minimal}code_configuration: {code: ../code, scoring_script: sub/scorer.yml}\n`)).toMatchObject(
      {
        ok: true,
        value: {
          model: { kind: "path", path: path.resolve("/somewhere/net") },
          code: { kind: "scorer", file: path.resolve("/code/sub/scorer.yml") },
        },
      },
    );
    expect(refusal(`${minimal}code_configuration: {code: code, scoring_script: ../scorer.yml}\n`)).toContain("outside");
  });

  test("may write numbers as texts, words in any case, and leave values empty", () => {
    const text = `${minimal}description:\nsettings: {mini_batch_size: "7", output_action: SummaryOnly, logging_level: DEBUG, error_threshold: , environment_variables: {A: 1, B: true}, retry_settings: {timeout: 0}}\n`;
    expect(deployment(text)).toMatchObject({
      ok: true,
      value: {
        settings: {
          mini_batch_size: 7,
          output_action: "summary_only",
          logging_level: "debug",
          error_threshold: -1,
          environment_variables: { A: "1", B: "true" },
          retry_settings: { timeout: null },
        },
      },
    });
  });

  test.each([
    ["azureml:iris:2", "iris", "2"],
    ["azureml:iris@latest", "iris", null],
    ["azureml:iris", "iris", null],
    ["iris", "iris", null],
    ["iris:2", "iris", "2"],
  ])("names a registered model as %s", (reference, name, version) => {
    const text = `name: blue\ntype: model\nmodel: "${reference}"\n`;
    expect(deployment(text)).toMatchObject({
      ok: true,
      value: { endpointName: null, model: { kind: "registered", name, version } },
    });
  });

  test.each([
    ["azureml:batch-cluster", "batch-cluster"],
    ["batch-cluster", "batch-cluster"],
    ["/subscriptions/s/computes/big", "big"],
  ])("names a compute as %s", (reference, computeName) => {
    expect(deployment(`${minimal}compute: ${reference}\n`)).toMatchObject({ ok: true, value: { computeName } });
  });

  test.each([
    ["azureml://registries", "model: azureml://registries/x/models/y/versions/1"],
    ["triton_model", "model: {path: net, type: triton_model}"],
    ["azureml:code:1", "model: {path: net}\ncode_configuration: {code: azureml:code:1, scoring_script: scorer.yml}"],
    ["azureml://datastores", "model: {path: azureml://datastores/x/paths/model}"],
  ])("that names %s is refused because that is not supported yet", (named, lines) => {
    const answer = deployment(`name: blue\nendpoint_name: flowers\ntype: model\n${lines}\n`);
    expect(unsupported(answer)).toContain(named);
  });

  test("is refused with the place of what is wrong", () => {
    expect(refusal(`${minimal}settings:\n  mini_batch_sise: 3\n`)).toBe(
      'The file "deployment.yml" has a key "settings.mini_batch_sise" that is not known (line 6, column 3).',
    );
    expect(refusal(`${minimal}colour: red\n`)).toContain('"colour" that is not known (line 5, column 1)');
    expect(refusal(`${minimal}settings:\n  mini_batch_size: many\n`)).toContain(
      '"settings.mini_batch_size" is invalid (line 6, column 20)',
    );
    expect(refusal(`${minimal}settings: {error_threshold: -2}\n`)).toContain('"settings.error_threshold"');
    expect(refusal(`${minimal}settings: {logging_level: loud}\n`)).toMatch(/it must be warning, info or debug\.$/);
    expect(inWords(deployment(`${minimal}settings: {error_threshold: 5%}\n`))).toMatchObject({
      ok: false,
      problem: { remedy: expect.stringContaining('"batchdeck.error_threshold_percent"') },
    });
    expect(refusal("name: b\ntype: model\nmodel: x\n")).toContain(
      '"name" is invalid (line 1, column 7): A name has 3 to 32',
    );
    expect(refusal("name: blue\ntype: model\n")).toContain('has no "model"');
    expect(refusal("name: blue\ntype: model\nmodel: {paht: net}\n")).toContain(
      '"model.paht" that is not known (line 3, column 9)',
    );
    expect(refusal("name: blue\ntype: other\nmodel: x\n")).toContain('"type" is invalid (line 2, column 7)');
    expect(refusal(`${minimal}mini_batch_size: 3\n`)).toContain('"mini_batch_size" at the top (line 5, column 1)');
    expect(refusal("name: blue\nmodel: x\nmini_batch_size: none\n")).toContain(
      '"mini_batch_size" is invalid (line 3, column 18)',
    );
  });

  test("cannot give the instance count twice", () => {
    expect(refusal(`${minimal}resources: {instance_count: 2}\nsettings: {instance_count: 2}\n`)).toBe(
      "Can't set instance_count when resources is provided.",
    );
    expect(deployment(`${minimal}settings: {instance_count: 2}\n`)).toMatchObject({
      ok: true,
      value: { settings: { instance_count: 2 } },
    });
  });

  test("that leaves both counts out says so to Azure as 1 and to us as all cores", () => {
    const first = deployment(minimal);
    if (!first.ok) throw new Error(englishWords(first.problem).message);
    const written = parseYaml(deploymentYaml(first.value), "/elsewhere/deployment.yml", "deployment/invalid");
    if (!written.ok) throw new Error(englishWords(written.problem).message);
    expect(written.value.value).toMatchObject({
      resources: { instance_count: 1 },
      settings: { max_concurrency_per_instance: 1 },
      properties: { "batchdeck.workers": "all-cores" },
    });
    expect(deploymentFromYaml(written.value)).toMatchObject({
      ok: true,
      value: { settings: { instance_count: null, max_concurrency_per_instance: null } },
    });
    // Counts for Azure stay Azure's.
    const both = deployment(
      `${minimal}resources: {instance_count: 4}\nsettings: {max_concurrency_per_instance: 3}\nproperties: {batchdeck.workers: all-cores}\n`,
    );
    if (!both.ok) throw new Error(englishWords(both.problem).message);
    expect(both).toMatchObject({ value: { settings: { instance_count: null, max_concurrency_per_instance: null } } });
    expect(deploymentYaml(both.value)).toMatch(/instance_count: 4[^]*max_concurrency_per_instance: 3/);
    expect(refusal(`${minimal}properties: {batchdeck.workers: many}\n`)).toContain("all-cores");
    // One of them given: the other is 1, and no property is needed.
    const one = deployment(`${minimal}resources: {instance_count: 2}\n`);
    if (!one.ok) throw new Error(englishWords(one.problem).message);
    expect(deploymentYaml(one.value)).not.toContain("batchdeck.workers");
  });

  test("has thresholds, a priority and a format under its properties", () => {
    const lines = [
      'batchdeck.error_threshold_percent: "5"',
      "batchdeck.error_threshold_unit: file",
      "batchdeck.priority: high",
      "batchdeck.output_format: parquet",
    ];
    expect(deployment(`${minimal}properties: {${lines.join(", ")}}\n`)).toMatchObject({
      ok: true,
      value: {
        properties: {
          "batchdeck.error_threshold_percent": "5",
          "batchdeck.error_threshold_unit": "file",
          "batchdeck.priority": "high",
          "batchdeck.output_format": "parquet",
        },
      },
    });
    // A number without quotes is a text to Azure too.
    expect(deployment(`${minimal}properties: {batchdeck.error_threshold_percent: 2.5}\n`)).toMatchObject({ ok: true });
    for (const wrong of ["101", "-1", "5%", "many"]) {
      expect(refusal(`${minimal}properties: {batchdeck.error_threshold_percent: "${wrong}"}\n`)).toContain(
        '"batchdeck.error_threshold_percent" is invalid: it must be a number from 0 to 100',
      );
    }
    expect(refusal(`${minimal}properties: {batchdeck.priority: urgent}\n`)).toContain("batchdeck.priority");
  });

  test("with settings and without a type is refused with the line to add, whatever they say", () => {
    for (const settings of ["{mini_batch_size: 3}", "{}", "{unknown: 1}", "[]"]) {
      const answer = deployment(`name: blue\nmodel: iris\nsettings: ${settings}\n`);
      expect(answer.ok ? "" : problemSentence(answer.problem)).toBe(
        'The file "deployment.yml" has "settings" (line 3, column 1) and no "type", and without that they would not be used. Add the line "type: model".',
      );
    }
    const mixed = deployment("name: blue\nmodel: iris\nmini_batch_size: 3\nsettings: {mini_batch_size: 3}\n");
    expect(mixed.ok ? "" : problemSentence(mixed.problem)).toContain("type: model");
  });

  test("may carry properties of others, but none of ours that we do not know", () => {
    expect(deployment(`${minimal}properties: {owner: me, batchdeck.recursive: "false"}\n`)).toMatchObject({
      ok: true,
      value: { properties: { "batchdeck.recursive": "false" } },
    });
    expect(deployment(`${minimal}properties: {batchdeck.recursive: false}\n`)).toMatchObject({ ok: true });
    expect(refusal(`${minimal}properties: {batchdeck.colour: red}\n`)).toContain('"batchdeck.colour" is not known');
    expect(refusal(`${minimal}properties: {batchdeck.output_format: xls}\n`)).toContain(
      '"batchdeck.output_format" is invalid',
    );
  });

  test.each(["../up.csv", "a/b.csv", "errors.csv", "Job.json", "..", ".hidden", "x.part", "a\\b"])(
    "cannot call its predictions %s",
    (name) => {
      expect(refusal(`${minimal}settings: {output_file_name: '${name}'}\n`)).toContain("output_file_name");
    },
  );
});
