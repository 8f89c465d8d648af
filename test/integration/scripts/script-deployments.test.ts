import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nodeProcessHost } from "../../../electron/compute/node-process-host.ts";
import { checkScript } from "../../../electron/deployments/scripts/check-script.ts";
import {
  createDeployment,
  deleteDeployment,
  type DeploymentRequest,
} from "../../../electron/deployments/deployments.ts";
import { createEndpoint } from "../../../electron/deployments/endpoints.ts";
import {
  createEnvironment,
  deleteEnvironment,
  showEnvironment,
} from "../../../electron/deployments/scripts/environments.ts";
import { modelDirectory } from "../../../electron/deployments/models/model-store.ts";
import { createModel } from "../../../electron/deployments/models/models.ts";
import { trustDeployment, whatRuns } from "../../../electron/deployments/scripts/trust.ts";
import type { DeploymentTools } from "../../../electron/deployments/deployment-tools.ts";
import { openRegistry } from "../../../electron/registry/open-registry.ts";
import { denseModel, writeModel } from "../../helpers/models/model-fixtures.ts";
import { jobSpec } from "../../helpers/engine/job-specs.ts";
import {
  debianPython,
  greetingScript,
  writeFalsePython,
  writeScriptProject,
} from "../../helpers/scripts/script-fixtures.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import { inWords } from "../../../electron/cli/terminal/json-text.ts";

let folder = "";
let project = "";
let tools: DeploymentTools;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "batchdeck-scripts-"));
  project = path.join(folder, "project");
  const home = path.join(folder, "workspace");
  mkdirSync(home);
  const registry = openRegistry(path.join(home, "registry.db"));
  if (!registry.ok) throw new Error(englishWords(registry.problem).message);
  tools = {
    registry: registry.value,
    modelsFolder: path.join(home, "models"),
    codeFolder: path.join(home, "code"),
    processHost: nodeProcessHost(path.join(import.meta.dirname, "../../../dist")),
  };
  await createEndpoint(tools.registry, { name: "flowers" });
  await createEnvironment(tools.registry, { name: "here", python: debianPython });
});
afterEach(() => {
  tools.registry.close();
  rmSync(folder, { recursive: true, force: true });
});

function deploy(project: Parameters<typeof writeScriptProject>[1] = {}, request: Partial<DeploymentRequest> = {}) {
  const file = writeScriptProject(path.join(folder, "project"), project);
  return createDeployment(tools, { file, endpointName: null, setDefault: false, environment: "here", ...request });
}

async function deployed(...wish: Parameters<typeof deploy>) {
  const made = await deploy(...wish);
  if (!made.ok) throw new Error(englishWords(made.problem).message);
  const { scorer } = made.value.deployment;
  if (scorer.kind !== "script") throw new Error("It runs no script.");
  return { ...made.value, scorer };
}

function snapshots(): string[] {
  return existsSync(tools.codeFolder) ? readdirSync(tools.codeFolder).sort() : [];
}

describe("an environment", () => {
  test("has the version that its interpreter says, and a bare command's place on the PATH", async () => {
    expect(showEnvironment(tools.registry, "HERE")).toMatchObject({
      ok: true,
      value: {
        name: "here",
        kind: "python",
        interpreter: debianPython,
        version: expect.stringMatching(/^3\.\d+\.\d+$/) as unknown,
      },
    });
    const before = process.env["PATH"];
    process.env["PATH"] = `${path.join(folder, "bin")}${path.delimiter}${before}`;
    try {
      const place = writeFalsePython(path.join(folder, "bin/my-python"), "3.9.1");
      expect(await createEnvironment(tools.registry, { name: "mine", python: "my-python" })).toMatchObject({
        ok: true,
        value: { environment: { interpreter: place, version: "3.9.1" } },
      });
    } finally {
      process.env["PATH"] = before;
    }
    expect(await createEnvironment(tools.registry, { name: "js", python: null })).toMatchObject({
      ok: true,
      value: { environment: { kind: "node", interpreter: null, version: null } },
    });
  });

  test.each([
    ["that is not there", "/nowhere/python3", /no program at/],
    ["that is not on the PATH", "no-such-python", /no program "no-such-python" on the PATH/],
    ["that is no Python", "/bin/true", /does not run as Python 3/],
    ["that fails", "/bin/false", /does not run as Python 3: it ended with 1/],
  ])("with an interpreter %s is refused", async (_what, python, message) => {
    const answer = await createEnvironment(tools.registry, { name: "bad", python });
    expect(answer).toMatchObject({ ok: false, problem: { code: "environment/invalid" } });
    if (!answer.ok) expect(englishWords(answer.problem).message).toMatch(message);
    expect(tools.registry.environments.find("bad")).toBeNull();
  });

  test("that a deployment uses is neither deleted nor changed", async () => {
    await deployed();
    expect(deleteEnvironment(tools.registry, "here")).toMatchObject({
      ok: false,
      problem: { code: "environment/in-use" },
    });
    const other = writeFalsePython(path.join(folder, "other"), "3.9.1");
    expect(await createEnvironment(tools.registry, { name: "here", python: other })).toMatchObject({
      ok: false,
      problem: { code: "environment/in-use" },
    });
    // Looked at again, with nothing changed.
    expect(await createEnvironment(tools.registry, { name: "here", python: debianPython })).toMatchObject({ ok: true });
    await deleteDeployment(tools, "flowers", "blue");
    expect(deleteEnvironment(tools.registry, "here")).toMatchObject({ ok: true });
    expect(showEnvironment(tools.registry, "here")).toMatchObject({ problem: { code: "environment/not-found" } });
  });
});

describe("the environment that a file names", () => {
  const none = { environment: null };
  const forms = [
    "azureml:there:7",
    "azureml:there@latest",
    "azureml://registries/shared/environments/there/versions/3",
    "/subscriptions/s/providers/x/environments/there/versions/3",
    "{name: there, image: example.org/there:1, conda_file: conda.yaml}",
  ];

  test.each(forms)("is the one of that name: %s", async (environment) => {
    await createEnvironment(tools.registry, { name: "there", python: debianPython });
    const { scorer } = await deployed({ environment }, none);
    expect(scorer).toMatchObject({ environment: "there", interpreter: debianPython });
  });

  test.each([...forms, "{image: example.org/there:1}"])("is remembered once it was chosen: %s", async (environment) => {
    expect(inWords(await deploy({ environment }, none))).toMatchObject({
      ok: false,
      problem: {
        code: "environment/not-found",
        remedy: expect.stringMatching(/--environment NAME.*here/) as unknown,
      },
    });
    expect(tools.registry.deployments.list()).toEqual([]);
    await deployed({ environment });
    expect((await deployed({ environment }, none)).scorer.environment).toBe("here");
  });

  test("is asked for where a person can answer, among those of the script's language", async () => {
    await createEnvironment(tools.registry, { name: "js", python: null });
    const asked: (readonly string[])[] = [];
    const askEnvironment = async (question: string, names: readonly string[]) => {
      asked.push([question, ...names]);
      return "here";
    };
    await deployed({ environment: "azureml:there:1" }, { environment: null, askEnvironment });
    expect(asked).toEqual([[expect.stringContaining('names the environment "azureml:there:1"'), "here"]]);
    await deployed({ environment: "azureml:there:1" }, { environment: null, askEnvironment });
    expect(asked).toHaveLength(1);
  });

  test("must run the script's language; Node needs none", async () => {
    await createEnvironment(tools.registry, { name: "js", python: null });
    expect(await deploy({}, { environment: "js" })).toMatchObject({ problem: { code: "environment/invalid" } });
    expect(await deploy({}, { environment: "nobody" })).toMatchObject({ problem: { code: "environment/not-found" } });
    const files = { "score.mjs": "export function init() {}\nexport function run(files) { return files; }\n" };
    const made = await deployed({ files, script: "score.mjs" }, none);
    expect(made.scorer).toMatchObject({ language: "node", interpreter: null });
  });

  test("leaves its packages out, and says so", async () => {
    const environment = "{name: there, image: example.org/there:1, conda_file: packages/conda.yaml}";
    const { notices } = await deployed({ environment });
    expect(notices).toEqual([expect.stringContaining("conda.yaml are not installed here")]);
  });
});

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

describe("trust", () => {
  async function check() {
    const deployment = tools.registry.deployments.find("flowers", "blue");
    if (deployment === null) throw new Error("There is no deployment.");
    return checkScript(tools, deployment);
  }
  const refused = { ok: false, problem: { code: "script/not-trusted" } };

  test("is asked before anything runs, with what would run and how to say it", async () => {
    const { scorer } = await deployed();
    const answer = await check();
    expect(answer).toMatchObject(refused);
    if (answer.ok) return;
    for (const part of ['"score.py"', "1 file", scorer.folder, debianPython]) {
      expect(englishWords(answer.problem).message).toContain(part);
    }
    expect(englishWords(answer.problem).remedy).toContain("deployment update -n blue -e flowers --trust");
    await deployed({}, { trust: true });
    expect(await check()).toMatchObject({ ok: true, value: { folder: scorer.folder } });
    // Said once; the same again is the same.
    await deployed();
    expect(await check()).toMatchObject({ ok: true });
  });

  test.each([
    ["the script", () => deployed({ files: { "score.py": `${greetingScript}\n` } })],
    ["another file of the code", () => deployed({ files: { "score.py": greetingScript, "lib.py": "" } })],
    ["the variables", () => deployed({ more: ["settings: {environment_variables: {MODE: other}}"] })],
    [
      "the interpreter",
      async () => {
        symlinkSync(debianPython, path.join(folder, "python"));
        await createEnvironment(tools.registry, { name: "mine", python: path.join(folder, "python") });
        await deployed({}, { environment: "mine" });
      },
    ],
    [
      "the model",
      async () => {
        const file = writeScriptProject(project);
        writeFileSync(path.join(project, "net/model.pkl"), "anything");
        await createDeployment(tools, { file, endpointName: null, setDefault: false, environment: "here" });
      },
    ],
  ])("ends when %s becomes another", async (_what, change) => {
    await deployed({}, { trust: true });
    expect(await check()).toMatchObject({ ok: true });
    await change();
    expect(await check()).toMatchObject(refused);
  });

  test("is of what was shown, not of what came in its place", async () => {
    const shown = await whatRuns(tools, (await deployed()).deployment);
    await deployed({ files: { "score.py": `${greetingScript}# other\n` } });
    expect(trustDeployment(tools.registry, "flowers", "blue", shown?.hash ?? "")).toMatchObject(refused);
    expect(await check()).toMatchObject(refused);
    const now = await whatRuns(tools, (await deployed()).deployment);
    expect(trustDeployment(tools.registry, "flowers", "blue", now?.hash ?? "")).toMatchObject({ ok: true });
    expect(await check()).toMatchObject({ ok: true });
  });

  test("does not come with a file", async () => {
    expect(await deploy({ more: ["properties: {batchdeck.trust: 'true'}"] })).toMatchObject({
      ok: false,
      problem: { code: "deployment/invalid" },
    });
  });

  test("does not help when the interpreter has gone", async () => {
    const python = path.join(folder, "python");
    symlinkSync(debianPython, python);
    await createEnvironment(tools.registry, { name: "mine", python });
    await deployed({}, { environment: "mine", trust: true });
    rmSync(python);
    const answer = await check();
    expect(answer).toMatchObject({ ok: false, problem: { code: "environment/invalid" } });
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
    expect(await createDeployment(tools, request)).toMatchObject({
      ok: false,
      problem: {
        code: "model/unsupported",
        params: { message: expect.stringContaining("plain files for scripts") },
      },
    });
    expect(await createModel(tools, { name: "iris", path: source, version: null })).toMatchObject({
      ok: true,
      value: { version: "2", onnxFile: "model.onnx" },
    });
    expect(await createDeployment(tools, request)).toMatchObject({ ok: true });
  });
});
