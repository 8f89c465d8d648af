import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { deploy } from "../../helpers/batchdeck.ts";
import { runInProcess } from "../../helpers/command-line.ts";
import { energyModel } from "../../helpers/models/audio-models.ts";
import { denseModel, noOpModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryPlaces } from "../../helpers/places.ts";
import { deployScript } from "../../helpers/scripts/script-deployments.ts";

/** `deployment export --for azure`: what is written, and what is refused. */
const { home, root } = temporaryPlaces("azure-export");

function exportTo(endpoint: string, folder: string, ...more: readonly string[]) {
  const args = ["deployment", "export", "-n", "one", "-e", endpoint, "--for", "azure", "--output-path", folder];
  return runInProcess(home, ...args, ...more);
}

/** Every file, relative with `/`. */
function filesIn(folder: string): readonly string[] {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name))).sort();
}

beforeAll(async () => {
  const scorer = "input: {columns: {features: [a, b, c, d]}}\noutput: {keep: [id], labels: [x, y, z]}\n";
  await deploy(home, "flowers", denseModel(), { scorer, properties: ["owner: us"], settings: ["mini_batch_size: 7"] });
});

describe("deployment export --for azure", () => {
  test("writes a deployment with its script, packages and model", async () => {
    const folder = path.join(root, "made", "here");
    const ran = await exportTo("flowers", folder, "--json");
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    const entries = ["README.md", "code", "conda.yml", "deployment.yml", "model"];
    expect(JSON.parse(ran.stdout)).toEqual({ folder, entries });
    expect(fs.readdirSync(folder).sort()).toEqual(entries);
    expect(filesIn(path.join(folder, "model"))).toEqual(["model/model.onnx", "model/scorer.yml"]);
    expect(filesIn(path.join(folder, "code"))).toEqual(
      expect.arrayContaining(["batchdeck_scorer/cells.py", "score.py", "scorer.json"]),
    );
    const yaml = parse(fs.readFileSync(path.join(folder, "deployment.yml"), "utf8")) as Record<string, unknown>;
    expect(yaml).toMatchObject({
      name: "one",
      endpoint_name: "flowers",
      type: "model",
      model: { path: "model/model", type: "custom_model" },
      code_configuration: { code: "code", scoring_script: "score.py" },
      environment: { image: expect.stringContaining("mcr.microsoft.com/azureml/"), conda_file: "conda.yml" },
      settings: { mini_batch_size: 7, retry_settings: { timeout: 600 } },
    });
    const properties = yaml["properties"] as Record<string, string>;
    expect(properties["owner"]).toBe("us");
    expect(properties["batchdeck.scorer"]).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.parse(properties["batchdeck.output"] ?? "")).toEqual({
      columns: ["id", "label", "probabilities_x", "probabilities_y", "probabilities_z"],
      keys: false,
      unit: "row",
    });
    const conda = parse(fs.readFileSync(path.join(folder, "conda.yml"), "utf8")) as { dependencies: unknown[] };
    expect(conda.dependencies).toContain("python=3.11");
    expect(JSON.stringify(conda)).toMatch(/onnxruntime==1\.\d+\.\d+.*azureml-core.*azureml-dataset-runtime\[fuse\]/);
  });

  test("replaces nothing", async () => {
    const folder = path.join(root, "taken");
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, "conda.yml"), "mine");
    fs.writeFileSync(path.join(folder, "other.txt"), "mine, too");
    const ran = await exportTo("flowers", folder);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain(`The path already exists: ${path.join(folder, "conda.yml")}.`);
    expect(fs.readdirSync(folder).sort()).toEqual(["conda.yml", "other.txt"]);
  });

  test("says what a script cannot do, and writes nothing", async () => {
    await deploy(home, "sounds", energyModel(16_000), { scorer: "input: {kind: audio, sample_rate: 16000}\n" });
    await deploy(home, "open", noOpModel(4));
    await deploy(home, "odd", noOpModel(2), {
      scorer: "input: {columns: {features: [a, b]}, encoding: iso-8859-8-i}\n",
    });
    for (const [endpoint, words] of [
      ["sounds", "this one scores sounds"],
      ["open", 'which columns fill its input "features"'],
      ["odd", "Python does not read texts in iso-8859-8-i"],
    ] as const) {
      const folder = path.join(root, `refused-${endpoint}`);
      const ran = await exportTo(endpoint, folder);
      expect(ran.code).toBe(2);
      expect(ran.stderr).toContain(words);
      expect(fs.existsSync(folder)).toBe(false);
    }
  });

  test("writes a deployment that has a script as it is", async () => {
    const source = "def init():\n    pass\ndef run(mini_batch):\n    return mini_batch\n";
    await deployScript(home, "scripted", { name: "score.py", source });
    const folder = path.join(root, "scripted");
    expect(await exportTo("scripted", folder)).toMatchObject({ code: 0 });
    expect(fs.readdirSync(folder).sort()).toEqual(["README.md", "deployment.yml"]);
    const shown = await runInProcess(home, "deployment", "export", "-n", "one", "-e", "scripted");
    expect(fs.readFileSync(path.join(folder, "deployment.yml"), "utf8").trim()).toBe(shown.stdout.trim());
  });

  test("takes both options or none", async () => {
    const args = ["deployment", "export", "-n", "one", "-e", "flowers"];
    for (const more of [
      ["--for", "azure"],
      ["--output-path", root],
      ["--for", "aws", "--output-path", root],
    ])
      expect(await runInProcess(home, ...args, ...more)).toMatchObject({ code: 2, stdout: "" });
  });
});
