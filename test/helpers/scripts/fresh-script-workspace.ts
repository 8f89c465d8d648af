import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { beforeEach } from "vitest";
import { createDeployment, type DeploymentRequest } from "../../../electron/deployments/deployments.ts";
import { createEnvironment } from "../../../electron/deployments/scripts/environments.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import { folder, inFreshWorkspaces, tools } from "../deployments/fresh-workspace.ts";
import { debianPython, writeScriptProject } from "./script-fixtures.ts";

export let project = "";

export function deploy(
  project: Parameters<typeof writeScriptProject>[1] = {},
  request: Partial<DeploymentRequest> = {},
) {
  const file = writeScriptProject(path.join(folder, "project"), project);
  return createDeployment(tools, { file, endpointName: null, setDefault: false, environment: "here", ...request });
}

export async function deployed(...wish: Parameters<typeof deploy>) {
  const made = await deploy(...wish);
  if (!made.ok) throw new Error(englishWords(made.problem).message);
  const { scorer } = made.value.deployment;
  if (scorer.kind !== "script") throw new Error("It runs no script.");
  return { ...made.value, scorer };
}

export function snapshots(): string[] {
  return existsSync(tools.codeFolder) ? readdirSync(tools.codeFolder).sort() : [];
}

/** Each test has a workspace of its own, with the endpoint `flowers` and the environment `here`. To be called outside of tests. */
export function inFreshScriptWorkspaces(): void {
  inFreshWorkspaces();
  beforeEach(async () => {
    project = path.join(folder, "project");
    await createEnvironment(tools.registry, { name: "here", python: debianPython });
  });
}
