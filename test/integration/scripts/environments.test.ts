import path from "node:path";
import { describe, expect, test } from "vitest";
import { deleteDeployment } from "../../../electron/deployments/deployments.ts";
import {
  createEnvironment,
  deleteEnvironment,
  showEnvironment,
} from "../../../electron/deployments/scripts/environments.ts";
import { debianPython, writeFalsePython } from "../../helpers/scripts/script-fixtures.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import { inWords } from "../../../electron/cli/terminal/json-text.ts";
import { folder, tools } from "../../helpers/deployments/fresh-workspace.ts";
import { inFreshScriptWorkspaces, deploy, deployed } from "../../helpers/scripts/fresh-script-workspace.ts";

inFreshScriptWorkspaces();

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
