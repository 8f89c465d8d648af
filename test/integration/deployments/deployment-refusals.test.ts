import { linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { updateDeployment } from "../../../electron/deployments/deployments.ts";
import { denseModel, writeModel } from "../../helpers/models/model-fixtures.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import {
  externalModel,
  inFreshWorkspaces,
  folder,
  tools,
  deploy,
  yamlOf,
  stored,
} from "../../helpers/deployments/fresh-workspace.ts";

inFreshWorkspaces();

describe("deployment create refuses, and writes nothing,", () => {
  const refusals: readonly [string, string, string, () => void][] = [
    [
      "a file that is no model",
      "{path: net}",
      "model/unreadable",
      () => writeFileSync(path.join(folder, "net/m.onnx"), "hello"),
    ],
    [
      "a folder without a model",
      "{path: net}",
      "model/invalid",
      () => writeFileSync(path.join(folder, "net/readme.txt"), ""),
    ],
    ["a path that is not there", "{path: nowhere}", "model/invalid", () => undefined],
    [
      "a folder with two models",
      "{path: net}",
      "model/invalid",
      () => {
        writeModel(path.join(folder, "net"), denseModel(), "a.onnx");
        writeModel(path.join(folder, "net"), denseModel(), "b.onnx");
      },
    ],
    [
      "a model that asks for a file above its folder",
      "{path: net}",
      "model/outside-files",
      () => {
        writeModel(path.join(folder, "net"), externalModel("../secret.bin"));
        writeFileSync(path.join(folder, "secret.bin"), Buffer.alloc(4));
      },
    ],
    [
      "a model that asks for an absolute file",
      "{path: net/model.onnx}",
      "model/outside-files",
      () => {
        writeModel(path.join(folder, "net"), externalModel(path.join(folder, "secret.bin")));
        writeFileSync(path.join(folder, "secret.bin"), Buffer.alloc(4));
      },
    ],
    [
      "a model whose data file is a link out of its folder",
      "{path: net/model.onnx}",
      "model/outside-files",
      () => {
        writeModel(path.join(folder, "net"), externalModel("weights.bin"));
        writeFileSync(path.join(folder, "secret.bin"), Buffer.alloc(4));
        symlinkSync(path.join(folder, "secret.bin"), path.join(folder, "net/weights.bin"));
      },
    ],
    [
      "a folder with a link out of it",
      "{path: net}",
      "model/outside-files",
      () => {
        writeModel(path.join(folder, "net"), denseModel());
        writeFileSync(path.join(folder, "secret.bin"), "");
        symlinkSync(path.join(folder, "secret.bin"), path.join(folder, "net/notes.txt"));
      },
    ],
    [
      "a model whose data file is hard-linked elsewhere",
      "{path: net}",
      "model/outside-files",
      () => {
        writeModel(path.join(folder, "net"), externalModel("weights.bin"));
        writeFileSync(path.join(folder, "secret.bin"), Buffer.alloc(4));
        linkSync(path.join(folder, "secret.bin"), path.join(folder, "net/weights.bin"));
      },
    ],
    [
      "a model whose data file is missing",
      "{path: net}",
      "model/unreadable",
      () => {
        writeModel(path.join(folder, "net"), externalModel("weights.bin"));
      },
    ],
    [
      "a folder that holds the workspace",
      "{path: .}",
      "model/invalid",
      () => {
        writeModel(path.join(folder, "net"), denseModel());
      },
    ],
    ["an unknown registered model", "azureml:nobody@latest", "model/not-found", () => undefined],
    [
      "a scorer.yml that does not fit",
      "{path: net}",
      "scorer/invalid",
      () => {
        writeModel(path.join(folder, "net"), denseModel());
        writeFileSync(path.join(folder, "net/scorer.yml"), "output: {outputs: [nothing]}\n");
      },
    ],
  ];

  test.each(refusals)("%s", async (_what, model, code, prepare) => {
    mkdirSync(path.join(folder, "net"));
    prepare();
    const before = stored();
    const answer = await deploy(yamlOf(model, "compute: azureml:another\n"), true);
    expect(answer).toMatchObject({ ok: false, problem: { code } });
    if (!answer.ok) expect(englishWords(answer.problem).message).toMatch(/^[^\n]+\.$/);
    expect(stored()).toEqual(before);
  });

  test("an unknown endpoint", async () => {
    const before = stored();
    const answer = await deploy("name: blue\nendpoint_name: nobody\ntype: model\nmodel: iris\n");
    expect(answer).toMatchObject({ ok: false, problem: { code: "endpoint/not-found" } });
    expect(stored()).toEqual(before);
  });

  test("an update of what is not there", async () => {
    writeModel(path.join(folder, "net"), denseModel());
    const file = path.join(folder, "deployment.yml");
    writeFileSync(file, yamlOf("{path: net}"));
    expect(await updateDeployment(tools, { file, endpointName: null, setDefault: false })).toMatchObject({
      ok: false,
      problem: { code: "deployment/not-found" },
    });
  });
});
