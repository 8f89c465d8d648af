import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { checkScript } from "../../../electron/deployments/scripts/check-script.ts";
import { createDeployment } from "../../../electron/deployments/deployments.ts";
import { createEnvironment } from "../../../electron/deployments/scripts/environments.ts";
import { trustDeployment, whatRuns } from "../../../electron/deployments/scripts/trust.ts";
import { debianPython, greetingScript, writeScriptProject } from "../../helpers/scripts/script-fixtures.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import { folder, tools } from "../../helpers/deployments/fresh-workspace.ts";
import { inFreshScriptWorkspaces, project, deploy, deployed } from "../../helpers/scripts/fresh-script-workspace.ts";

inFreshScriptWorkspaces();

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
