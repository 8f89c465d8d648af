import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { deploymentFromYaml, readDeploymentFile } from "../../electron/deployments/deployment-file.ts";
import { endpointFromYaml, readEndpointFile } from "../../electron/deployments/endpoint-file.ts";
import { parseYaml } from "../../electron/deployments/read-yaml.ts";

const fixtures = path.join(import.meta.dirname, "../fixtures/azureml");
const fixture = (name: string) => path.join(fixtures, name);

function deployment(text: string) {
  const yaml = parseYaml(text, "/somewhere/deployment.yml", "deployment/invalid");
  return yaml.ok ? deploymentFromYaml(yaml.value) : yaml;
}

const minimal = "name: blue\nendpoint_name: flowers\ntype: model\nmodel: {path: net}\n";

/** The sentence of a refusal; fails the test when it was none. */
function refusal(text: string): string {
  const answer = deployment(text);
  if (answer.ok) throw new Error("It was taken.");
  return answer.problem.message;
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
        scorerFile: null,
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

  test("with a script, or of a pipeline, parse and are refused for just that", async () => {
    const script = await readDeploymentFile(fixture("deployment-script.yml"));
    expect(script).toMatchObject({ ok: false, problem: { code: "deployment/unsupported" } });
    if (!script.ok) expect(script.problem.message).toContain("score_parcels.py");
    const pipeline = await readDeploymentFile(fixture("deployment-pipeline.yml"));
    expect(pipeline).toMatchObject({ ok: false, problem: { code: "deployment/unsupported" } });
    if (!pipeline.ok) expect(pipeline.problem.message).toContain("pipeline");
  });

  test("that were published are each taken, or refused for what is not here yet", async () => {
    // Beside the repository on machines that have them; elsewhere our own of the same shapes.
    const published = path.join(import.meta.dirname, "../../../shared/contracts");
    const folder = existsSync(published) ? published : fixtures;
    const names = readdirSync(folder).filter((name) => /^deployment.*\.yml$/.test(name));
    expect(names.length).toBeGreaterThanOrEqual(4);
    for (const name of names) {
      const answer = await readDeploymentFile(path.join(folder, name));
      expect([name, answer.ok ? "taken" : answer.problem.code]).toEqual([
        name,
        /mlflow|older/.test(name) ? "taken" : "deployment/unsupported",
      ]);
    }
    for (const name of readdirSync(folder).filter((name) => /^endpoint.*\.yml$/.test(name))) {
      expect(await readEndpointFile(path.join(folder, name))).toMatchObject({ ok: true });
    }
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
          scorerFile: path.resolve("/code/sub/scorer.yml"),
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
    ["mlflow_model", "model: {path: net, type: mlflow_model}"],
    ["triton_model", "model: {path: net, type: triton_model}"],
    ["batchdeck.output_format: jsonl", "model: {path: net}\nproperties: {batchdeck.output_format: jsonl}"],
    ["batchdeck.output_format: azureml", "model: {path: net}\nproperties: {batchdeck.output_format: azureml}"],
    ["batchdeck.error_threshold_unit", "model: {path: net}\nproperties: {batchdeck.error_threshold_unit: file}"],
    ["score.mjs", "model: {path: net}\ncode_configuration: {scoring_script: score.mjs}"],
  ])("that names %s is refused because that is not here yet", (named, lines) => {
    const answer = deployment(`name: blue\nendpoint_name: flowers\ntype: model\n${lines}\n`);
    expect(answer).toMatchObject({ ok: false, problem: { code: "deployment/unsupported" } });
    if (!answer.ok) expect(answer.problem.message).toContain(named);
  });

  test("is refused with the place of what is wrong", () => {
    expect(refusal(`${minimal}settings:\n  mini_batch_sise: 3\n`)).toBe(
      'The file "deployment.yml" has a key "settings.mini_batch_sise" that is not known (line 6, column 3).',
    );
    expect(refusal(`${minimal}colour: red\n`)).toContain('"colour" that is not known (line 5, column 1)');
    expect(refusal(`${minimal}settings:\n  mini_batch_size: many\n`)).toContain(
      '"settings.mini_batch_size" is not right (line 6, column 20)',
    );
    expect(refusal(`${minimal}settings: {error_threshold: -2}\n`)).toContain('"settings.error_threshold"');
    expect(refusal("name: b\ntype: model\nmodel: x\n")).toContain(
      '"name" is not right (line 1, column 7): A name has 3 to 32',
    );
    expect(refusal("name: blue\ntype: model\n")).toContain('has no "model"');
    expect(refusal("name: blue\ntype: model\nmodel: {paht: net}\n")).toContain(
      '"model.paht" that is not known (line 3, column 9)',
    );
    expect(refusal("name: blue\ntype: other\nmodel: x\n")).toContain('"type" is not right (line 2, column 7)');
    expect(refusal(`${minimal}mini_batch_size: 3\n`)).toContain('"mini_batch_size" at the top (line 5, column 1)');
    expect(refusal("name: blue\nmodel: x\nmini_batch_size: none\n")).toContain(
      '"mini_batch_size" is not right (line 3, column 18)',
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

  test("without a type says that its settings are not used", () => {
    const answer = deployment("name: blue\nmodel: iris\nsettings: {mini_batch_size: 3}\n");
    expect(answer).toMatchObject({
      ok: true,
      value: { settings: { mini_batch_size: 10 }, notices: [expect.stringContaining("not used")] },
    });
  });

  test("may carry properties of others, but none of ours that we do not know", () => {
    expect(deployment(`${minimal}properties: {owner: me, batchdeck.recursive: "false"}\n`)).toMatchObject({
      ok: true,
      value: { properties: { "batchdeck.recursive": "false" } },
    });
    expect(deployment(`${minimal}properties: {batchdeck.recursive: false}\n`)).toMatchObject({ ok: true });
    expect(refusal(`${minimal}properties: {batchdeck.colour: red}\n`)).toContain('"batchdeck.colour" is not known');
    expect(refusal(`${minimal}properties: {batchdeck.output_format: xls}\n`)).toContain(
      '"batchdeck.output_format" is not right',
    );
  });

  test.each(["../up.csv", "a/b.csv", "errors.csv", "Job.json", "..", ".hidden", "x.part", "a\\b"])(
    "cannot call its predictions %s",
    (name) => {
      expect(refusal(`${minimal}settings: {output_file_name: '${name}'}\n`)).toContain("output_file_name");
    },
  );
});

describe("an endpoint file", () => {
  test("is read whole", async () => {
    expect(await readEndpointFile(fixture("endpoint.yml"))).toMatchObject({
      ok: true,
      value: {
        name: "parcel-weights",
        authMode: "aad_token",
        tags: { team: "logistics", year: "2026" },
        defaultDeployment: null,
        source: { tags: { year: 2026 } },
      },
    });
  });

  test("is refused with the place of what is wrong", () => {
    const yaml = parseYaml("name: flowers\ndefaults:\n  deployment: blue\n", "/x/endpoint.yml", "endpoint/invalid");
    if (!yaml.ok) throw new Error(yaml.problem.message);
    expect(endpointFromYaml(yaml.value)).toMatchObject({
      ok: false,
      problem: {
        code: "endpoint/invalid",
        message: 'The file "endpoint.yml" has a key "defaults.deployment" that is not known (line 3, column 3).',
      },
    });
  });
});
