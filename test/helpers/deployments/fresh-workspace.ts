import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach } from "vitest";
import { nodeProcessHost } from "../../../electron/compute/node-process-host.ts";
import { createDeployment } from "../../../electron/deployments/deployments.ts";
import { createEndpoint } from "../../../electron/deployments/endpoints.ts";
import type { DeploymentTools } from "../../../electron/deployments/deployment-tools.ts";
import { openRegistry } from "../../../electron/registry/open-registry.ts";
import { encodeModel } from "../models/onnx-builder.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";

export const programs = path.join(import.meta.dirname, "../../../dist");
export let folder = "";
export let tools: DeploymentTools;

/** Writes a YAML beside the models and makes it a deployment of `flowers`. */
export function deploy(yaml: string, setDefault = false) {
  const file = path.join(folder, "deployment.yml");
  writeFileSync(file, yaml);
  return createDeployment(tools, { file, endpointName: null, setDefault });
}

export function yamlOf(model: string, more = ""): string {
  return `name: blue\nendpoint_name: flowers\ntype: model\nmodel: ${model}\n${more}`;
}

/** Everything that a refusal must leave as it was. */
export function stored() {
  const { registry } = tools;
  return {
    endpoints: registry.endpoints.list(),
    deployments: registry.deployments.list(),
    models: registry.models.list(),
    computes: registry.computes.list().map(({ name }) => name),
    files: existsSync(tools.modelsFolder) ? readdirSync(tools.modelsFolder, { recursive: true }).sort() : [],
  };
}

/** Each test has a workspace of its own, with the endpoint `flowers`. To be called outside of tests. */
export function inFreshWorkspaces(): void {
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "batchdeck-create-"));
    const home = path.join(folder, "workspace");
    mkdirSync(home);
    const registry = openRegistry(path.join(home, "registry.db"));
    if (!registry.ok) throw new Error(englishWords(registry.problem).message);
    tools = {
      registry: registry.value,
      modelsFolder: path.join(home, "models"),
      codeFolder: path.join(home, "code"),
      processHost: nodeProcessHost(programs),
    };
    await createEndpoint(tools.registry, { name: "flowers" });
  });
  afterEach(() => {
    tools.registry.close();
    rmSync(folder, { recursive: true, force: true });
  });
}

/** y = x + w, with w in another file. */
export function externalModel(location: string): Uint8Array {
  return encodeModel({
    graph: {
      nodes: [{ op: "Add", inputs: ["x", "w"], outputs: ["y"] }],
      initializers: [{ name: "w", type: "float", dims: [1], external: { location, offset: "0", length: "4" } }],
      inputs: [{ name: "x", type: "float", shape: ["N", 1] }],
      outputs: [{ name: "y", type: "float", shape: ["N", 1] }],
    },
  });
}
