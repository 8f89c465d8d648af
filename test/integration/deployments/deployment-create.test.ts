import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import {
  deleteDeployment,
  exportDeployment,
  listDeployments,
  resolveDeployment,
} from "../../../electron/deployments/deployments.ts";
import { createEndpoint, deleteEndpoint, updateEndpoint } from "../../../electron/deployments/endpoints.ts";
import { createModel, deleteModel, modelFile } from "../../../electron/deployments/models/models.ts";
import { denseModel, writeModel, zipMapModel } from "../../helpers/models/model-fixtures.ts";
import { runModel, floatMatrix } from "../../helpers/models/run-model.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import {
  externalModel,
  inFreshWorkspaces,
  folder,
  tools,
  deploy,
  yamlOf,
} from "../../helpers/deployments/fresh-workspace.ts";
import { imageModel } from "../../helpers/models/image-models.ts";

inFreshWorkspaces();

describe("deployment create", () => {
  test("copies the model, infers the scorer and stores what the YAML says", async () => {
    writeModel(path.join(folder, "net"), denseModel());
    const made = await deploy(yamlOf("{path: net}", "settings: {mini_batch_size: 5}\ntags: {team: a}\n"));
    expect(made).toMatchObject({
      ok: true,
      value: {
        deployment: {
          endpointName: "flowers",
          name: "blue",
          modelName: "flowers-blue",
          modelVersion: "1",
          computeName: "local",
          settings: { mini_batch_size: 5, instance_count: null, max_concurrency_per_instance: null },
          source: { tags: { team: "a" } },
          scorer: {
            kind: "tabular",
            inputs: [{ name: "features", columns: null }],
            outputs: [{ columns: ["label"] }, { columns: ["probabilities_0", "probabilities_1", "probabilities_2"] }],
          },
        },
        notices: [],
      },
    });
    if (!made.ok) return;
    const copy = modelFile(tools.modelsFolder, made.value.model);
    expect(readFileSync(copy).equals(Buffer.from(denseModel()))).toBe(true);
    expect(readdirSync(tools.modelsFolder)).toEqual(["flowers-blue"]);
  });

  test("uses the scorer.yml beside the model, with its labels, also for a single file", async () => {
    const file = writeModel(path.join(folder, "net"), denseModel());
    writeFileSync(
      path.join(folder, "net/scorer.yml"),
      "input: {columns: {features: [a, b, c, d]}}\noutput: {labels: names.txt, keep: [id]}\n",
    );
    writeFileSync(path.join(folder, "net/names.txt"), "setosa\nversicolor\nvirginica\n");
    for (const model of ["net", file]) {
      const made = await deploy(yamlOf(`{path: ${model}}`));
      expect(made).toMatchObject({
        ok: true,
        value: {
          deployment: {
            scorer: {
              keep: ["id"],
              inputs: [{ columns: ["a", "b", "c", "d"] }],
              outputs: [
                {},
                { columns: ["probabilities_setosa", "probabilities_versicolor", "probabilities_virginica"] },
              ],
            },
          },
          // The same content is the same version.
          model: { version: "1" },
        },
      });
    }
  });

  test("prefers the scorer.yml that the deployment names", async () => {
    writeModel(path.join(folder, "net"), denseModel());
    writeFileSync(path.join(folder, "net/scorer.yml"), "output: {keep: [beside]}\n");
    mkdirSync(path.join(folder, "code"));
    writeFileSync(path.join(folder, "code/my-scorer.yml"), "output: {keep: [named]}\n");
    const made = await deploy(
      yamlOf("{path: net}", "code_configuration: {code: code, scoring_script: my-scorer.yml}\n"),
    );
    expect(made).toMatchObject({ ok: true, value: { deployment: { scorer: { keep: ["named"] } } } });
  });

  test("gives changed content the next version and the same content the same one", async () => {
    writeModel(path.join(folder, "net"), denseModel({ seed: 1 }));
    await deploy(yamlOf("{path: net, name: iris}"));
    writeModel(path.join(folder, "net"), denseModel({ seed: 2 }));
    const second = await deploy(yamlOf("{path: net, name: iris}"));
    expect(second).toMatchObject({ ok: true, value: { model: { name: "iris", version: "2" } } });
    writeModel(path.join(folder, "net"), denseModel({ seed: 1 }));
    expect(await deploy(yamlOf("{path: net, name: iris}"))).toMatchObject({
      ok: true,
      value: { model: { version: "1" } },
    });
    expect(readdirSync(path.join(tools.modelsFolder, "iris")).sort()).toEqual(["1", "2"]);
  });

  test.each([
    ["a model", denseModel()],
    ["a model whose copy differs from it", zipMapModel()],
  ])("puts %s right that somebody changed or lost in the workspace, and leaves a good one alone", async (_, bytes) => {
    writeModel(path.join(folder, "net"), bytes);
    const made = await deploy(yamlOf("{path: net}"));
    if (!made.ok) throw new Error(englishWords(made.problem).message);
    const copy = modelFile(tools.modelsFolder, made.value.model);
    const [good, { ino }] = [readFileSync(copy), statSync(copy)];
    await deploy(yamlOf("{path: net}"));
    expect(statSync(copy).ino).toBe(ino);
    for (const spoil of [
      () => writeFileSync(copy, "no model any more"),
      () => rmSync(path.dirname(copy), { recursive: true }),
    ]) {
      spoil();
      expect(await deploy(yamlOf("{path: net}"))).toMatchObject({ ok: true, value: { model: { version: "1" } } });
      expect(readFileSync(copy).equals(good)).toBe(true);
    }
  });

  test("detaches ZipMap in the copy and names its columns by class", async () => {
    const original = writeModel(path.join(folder, "net"), zipMapModel());
    const made = await deploy(yamlOf("{path: net}"));
    if (!made.ok) throw new Error(englishWords(made.problem).message);
    expect(made.value.deployment.scorer.outputs.flatMap(({ columns }) => columns)).toEqual([
      "output_label",
      "output_probability_churn",
      "output_probability_stay",
      "output_probability_unsure",
    ]);
    expect(readFileSync(original).equals(Buffer.from(zipMapModel()))).toBe(true);
    const scored = await runModel(modelFile(tools.modelsFolder, made.value.model), {
      float_input: floatMatrix([[1, 2, 3, 4]]),
    });
    expect(scored["output_probability"]?.dims).toEqual([1, 3]);
  });

  test("takes a registered model by version, by @latest and by its bare name", async () => {
    const file = writeModel(path.join(folder, "net"), denseModel());
    await createModel(tools, { name: "iris", path: file, version: null });
    for (const reference of ["azureml:iris:1", "azureml:iris@latest", "iris"]) {
      expect(await deploy(yamlOf(reference))).toMatchObject({
        ok: true,
        value: { model: { name: "iris", version: "1" } },
      });
    }
  });

  test("makes an unknown compute a copy of local and says so", async () => {
    writeModel(path.join(folder, "net"), denseModel());
    const made = await deploy(yamlOf("{path: net}", "compute: azureml:batch-cluster\n"));
    expect(made).toMatchObject({
      ok: true,
      value: {
        deployment: { computeName: "batch-cluster" },
        notices: ['There was no compute "batch-cluster"; it was made as a copy of "local".'],
      },
    });
    expect(tools.registry.computes.find("batch-cluster")).toMatchObject({
      maxInstances: null,
      idleSecondsBeforeScaleDown: 120,
    });
  });

  test("sets the default only when asked", async () => {
    writeModel(path.join(folder, "net"), denseModel());
    await deploy(yamlOf("{path: net}"));
    expect(resolveDeployment(tools.registry, "flowers", null)).toMatchObject({
      ok: false,
      problem: { code: "endpoint/no-default-deployment" },
    });
    await deploy(yamlOf("{path: net}"), true);
    expect(resolveDeployment(tools.registry, "flowers", null)).toMatchObject({ ok: true, value: { name: "blue" } });
  });

  test("brings the data files of a single model along, and notices when they change", async () => {
    const file = writeModel(path.join(folder, "net"), externalModel("weights.bin"));
    // More than one piece of a copy.
    const weights = Buffer.alloc(3_000_001, "not all the same");
    weights.writeFloatLE(2);
    writeFileSync(path.join(folder, "net/weights.bin"), weights);
    writeFileSync(path.join(folder, "net/unrelated.bin"), "x");
    const made = await deploy(yamlOf(`{path: ${file}}`));
    if (!made.ok) throw new Error(englishWords(made.problem).message);
    const copy = modelFile(tools.modelsFolder, made.value.model);
    expect(readdirSync(path.dirname(copy)).sort()).toEqual(["model.onnx", "weights.bin"]);
    expect(readFileSync(path.join(path.dirname(copy), "weights.bin")).equals(weights)).toBe(true);
    expect((await runModel(copy, { x: floatMatrix([[3]]) }))["y"]?.values).toEqual([5]);
    writeFileSync(path.join(folder, "net/weights.bin"), Buffer.from(Float32Array.of(4).buffer));
    expect(await deploy(yamlOf(`{path: ${file}}`))).toMatchObject({ ok: true, value: { model: { version: "2" } } });
  });
});

test("endpoints past Azure's 100 are made and the limit is said", async () => {
  const notices: (readonly string[])[] = [];
  for (let index = 2; index <= 101; index++) {
    const made = await createEndpoint(tools.registry, { name: `number-${index}` });
    if (made.ok) notices.push(made.value.notices);
  }
  expect(notices.slice(0, 99).flat()).toEqual([]);
  expect(notices[99]).toEqual(["There are 101 endpoints; Azure ML allows 100."]);
  expect(await createEndpoint(tools.registry, { name: "number-2" })).toMatchObject({
    ok: true,
    value: { isNew: false, notices: [] },
  });
});

describe("what was created", () => {
  test("can be exported and created again from the export, and says the same", async () => {
    writeModel(path.join(folder, "net"), denseModel());
    await deploy(
      yamlOf(
        "{path: net}",
        "settings: {error_threshold: 4}\nenvironment: azureml:env@latest\nproperties: {batchdeck.output_format: parquet}\n",
      ),
    );
    const text = exportDeployment(tools.registry, "flowers", "blue");
    if (!text.ok) throw new Error(englishWords(text.problem).message);
    const again = await deploy(text.value);
    expect(again).toMatchObject({
      ok: true,
      value: {
        deployment: {
          modelName: "flowers-blue",
          settings: { error_threshold: 4, instance_count: null, max_concurrency_per_instance: null },
          properties: { "batchdeck.output_format": "parquet" },
          source: { environment: "azureml:env@latest" },
        },
      },
    });
    // From here on a fixed point.
    expect(exportDeployment(tools.registry, "flowers", "blue")).toEqual(text);
  });

  test("is overwritten by a deployment of the same name", async () => {
    writeModel(path.join(folder, "net"), denseModel());
    await deploy(yamlOf("{path: net}"));
    await deploy(yamlOf("{path: net}", "settings: {mini_batch_size: 2}\n"));
    expect(listDeployments(tools.registry, "flowers")).toMatchObject({
      ok: true,
      value: [{ settings: { mini_batch_size: 2 } }],
    });
  });

  test("goes with its endpoint; the model stays until nothing uses it", async () => {
    writeModel(path.join(folder, "net"), imageModel());
    await deploy(yamlOf("{path: net, name: eye}"), true);
    expect(await deleteModel(tools, "eye", null)).toMatchObject({ ok: false, problem: { code: "model/in-use" } });
    expect(updateEndpoint(tools.registry, "flowers", { "defaults.deployment_name": "green" })).toMatchObject({
      ok: false,
      problem: { code: "deployment/not-found" },
    });
    expect(await deleteDeployment(tools, "flowers", "blue")).toEqual({
      ok: true,
      value: { wasDefault: true },
    });
    expect(tools.registry.endpoints.find("flowers")).toMatchObject({ defaultDeployment: null });
    expect(await deleteEndpoint(tools, "flowers")).toEqual({ ok: true, value: { deployments: 0 } });
    expect(await deleteModel(tools, "eye", null)).toEqual({ ok: true, value: 1 });
    expect(readdirSync(path.join(tools.modelsFolder, "eye"))).toEqual([]);
  });

  test("a version that is asked for must hold that content", async () => {
    const file = writeModel(path.join(folder, "net"), denseModel({ seed: 1 }));
    expect(await createModel(tools, { name: "iris", path: file, version: "v7" })).toMatchObject({
      ok: true,
      value: { version: "v7" },
    });
    writeModel(path.join(folder, "net"), denseModel({ seed: 2 }));
    expect(await createModel(tools, { name: "iris", path: file, version: "v7" })).toMatchObject({
      ok: false,
      problem: { code: "model/invalid" },
    });
  });
});
