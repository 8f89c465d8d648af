import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { createDeployment, deleteDeployment } from "../../../electron/deployments/deployments.ts";
import { modelDirectory } from "../../../electron/deployments/models/model-store.ts";
import { createModel } from "../../../electron/deployments/models/models.ts";
import { denseModel, writeModel } from "../../helpers/models/model-fixtures.ts";
import { jobSpec } from "../../helpers/engine/job-specs.ts";
import { greetingScript, writeScriptProject } from "../../helpers/scripts/script-fixtures.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import { inWords } from "../../../electron/cli/terminal/json-text.ts";
import { folder, tools } from "../../helpers/deployments/fresh-workspace.ts";
import {
  inFreshScriptWorkspaces,
  project,
  deploy,
  deployed,
  snapshots,
} from "../../helpers/scripts/fresh-script-workspace.ts";

inFreshScriptWorkspaces();

describe("a script's code", () => {
  test("is copied by content, read-only, without what is hidden or compiled", async () => {
    const files = {
      "score.py": greetingScript,
      "lib/help.py": "x = 1\n",
      ".secret": "s",
      ".git/config": "g",
      "__pycache__/score.pyc": "c",
    };
    const { scorer, runs } = await deployed({ files });
    expect(path.dirname(scorer.folder)).toBe(tools.codeFolder);
    expect(readdirSync(scorer.folder, { recursive: true }).sort()).toEqual(["lib", "lib/help.py", "score.py"]);
    expect(statSync(path.join(scorer.folder, "score.py")).mode & 0o222).toBe(0);
    expect(runs).toMatchObject({ files: ["lib/help.py", "score.py"], script: "score.py", isTrusted: false });
    // The same content lies there once.
    await deployed({ files });
    expect(snapshots()).toEqual([scorer.hash]);
  });

  test.each([
    ["a link that leaves it", () => symlinkSync("/etc/hostname", path.join(project, "code/name.txt"))],
    ["a link to a folder", () => symlinkSync(path.join(project, "net"), path.join(project, "code/net"))],
    [
      "more bytes than code has",
      () => {
        writeFileSync(path.join(project, "code/big.bin"), "");
        truncateSync(path.join(project, "code/big.bin"), 257 * 1024 * 1024);
      },
    ],
    ["no script of that name", () => rmSync(path.join(project, "code/score.py"))],
  ])("with %s is refused, and nothing is kept", async (_what, spoil) => {
    const file = writeScriptProject(project);
    spoil();
    const answer = await createDeployment(tools, { file, endpointName: null, setDefault: false, environment: "here" });
    expect(answer).toMatchObject({ ok: false, problem: { code: "script/invalid" } });
    expect(snapshots()).toEqual([]);
    expect(tools.registry.deployments.list()).toEqual([]);
    expect(tools.registry.models.list()).toEqual([]);
  });

  test("that holds the workspace, or lies in it, is refused", async () => {
    const file = writeScriptProject(project);
    const yaml = readFileSync(file, "utf8");
    for (const code of [folder, tools.codeFolder]) {
      mkdirSync(code, { recursive: true });
      writeFileSync(path.join(code, "score.py"), greetingScript);
      writeFileSync(file, yaml.replace("code: code", `code: ${code}`));
      const answer = await createDeployment(tools, {
        file,
        endpointName: null,
        setDefault: false,
        environment: "here",
      });
      expect(inWords(answer)).toMatchObject({
        ok: false,
        problem: { code: "script/invalid", message: expect.stringContaining("workspace") },
      });
    }
  });

  test("that Python cannot read is refused in Azure's words, with the line", async () => {
    const files = { "score.py": "def init():\n    pass\ndef run(mini_batch)\n    return []\n" };
    const answer = await deploy({ files });
    expect(answer).toMatchObject({ ok: false, problem: { code: "script/invalid" } });
    if (!answer.ok) {
      expect(englishWords(answer.problem).message).toMatch(
        /^Failed to submit deployment blue due to syntax errors in scoring script score\.py\. Error on line 3/,
      );
    }
  });

  test.each([
    ["init", "def run(mini_batch):\n    return []\n", /has no function init\(\)/],
    ["run", "def init():\n    pass\n", /has no function run\(mini_batch\)/],
  ])("without %s is refused", async (_what, script, message) => {
    const answer = await deploy({ files: { "score.py": script } });
    expect(answer).toMatchObject({ ok: false, problem: { code: "script/invalid" } });
    if (!answer.ok) expect(englishWords(answer.problem).message).toMatch(message);
  });

  test("may take its functions from elsewhere", async () => {
    await deployed({ files: { "score.py": "from lib import init, run\n", "lib.py": "" } });
    await deployed({ files: { "score.py": "from lib import *\n", "lib.py": "" } });
  });

  test("is not run by making a deployment of it", async () => {
    const trap = path.join(folder, "trap");
    const planted = `open(${JSON.stringify(trap)}, "w").close()\n`;
    // Names that Python itself would import first, were the folder on its path.
    const files = {
      "score.py": planted + greetingScript,
      "ast.py": planted,
      "json.py": planted,
      "sitecustomize.py": planted,
    };
    await deployed({ files });
    expect(existsSync(trap)).toBe(false);
  });

  test("is put right by the same deployment made again when somebody changed the copy", async () => {
    const { scorer } = await deployed({ files: { "score.py": greetingScript } });
    const copy = path.join(scorer.folder, "score.py");
    chmodSync(copy, 0o644);
    writeFileSync(copy, `${greetingScript}# not what was trusted\n`);
    writeFileSync(path.join(scorer.folder, "more.py"), "");
    const again = await deployed({ files: { "score.py": greetingScript } });
    expect(again.scorer.folder).toBe(scorer.folder);
    expect(readdirSync(scorer.folder)).toEqual(["score.py"]);
    expect(readFileSync(copy, "utf8")).toBe(greetingScript);
  });

  test("goes with the last deployment and the last job that name it", async () => {
    const { scorer } = await deployed();
    const spec = jobSpec("scripted", { scorer });
    expect(tools.registry.jobs.add(spec, "medium").ok).toBe(true);
    await deployed({ files: { "score.py": `${greetingScript}# changed\n` } });
    expect(snapshots()).toContain(scorer.hash);
    expect(snapshots()).toHaveLength(2);
    await deleteDeployment(tools, "flowers", "blue");
    expect(snapshots()).toEqual([scorer.hash]);
  });
});

describe("a script's model", () => {
  test("is any folder, copied and not opened, and lies in its directory under its own name", async () => {
    const file = writeScriptProject(project);
    // What the scan of a model refuses, and what nobody may open.
    writeFileSync(path.join(project, "net/model.onnx"), "no model at all");
    writeFileSync(path.join(project, "net/model.pkl"), "cos\nsystem\n(S'true'\ntR.");
    const made = await createDeployment(tools, { file, endpointName: null, setDefault: false, environment: "here" });
    if (!made.ok) throw new Error(englishWords(made.problem).message);
    expect(made.value.model).toMatchObject({ onnxFile: "", type: "custom_model", signature: { inputs: [] } });
    const directory = modelDirectory(tools.modelsFolder, made.value.model);
    expect(readdirSync(directory)).toEqual(["net"]);
    expect(readdirSync(path.join(directory, "net")).sort()).toEqual(["model.onnx", "model.pkl", "word.txt"]);
  });

  test("that is a file is that file in its directory", async () => {
    const made = await createModel(tools, {
      name: "word",
      path: path.join(path.dirname(writeScriptProject(project)), "net/word.txt"),
      version: null,
      type: "custom_model",
    });
    if (!made.ok) throw new Error(englishWords(made.problem).message);
    expect(readdirSync(modelDirectory(tools.modelsFolder, made.value))).toEqual(["word.txt"]);
  });

  test("is refused by the built-in scorer, for which the same files are opened as a version of their own", async () => {
    writeModel(path.join(folder, "onnx"), denseModel());
    const source = path.join(folder, "onnx");
    await createModel(tools, { name: "iris", path: source, version: null, type: "custom_model" });
    const file = path.join(folder, "plain.yml");
    writeFileSync(file, "name: green\nendpoint_name: flowers\ntype: model\nmodel: azureml:iris@latest\n");
    const request = { file, endpointName: null, setDefault: false };
    expect(inWords(await createDeployment(tools, request))).toMatchObject({
      ok: false,
      problem: {
        code: "model/unsupported",
        message: expect.stringContaining("plain files for scripts"),
      },
    });
    expect(await createModel(tools, { name: "iris", path: source, version: null })).toMatchObject({
      ok: true,
      value: { version: "2", onnxFile: "model.onnx" },
    });
    expect(await createDeployment(tools, request)).toMatchObject({ ok: true });
  });
});
