import fs from "node:fs";
import path from "node:path";
import { batchdeck } from "./batchdeck.ts";
import { python } from "./script-worker.ts";

/** Makes an endpoint whose default deployment is a trusted script, run by the Python of these tests or by Node. */
export async function deployScript(
  home: string,
  endpoint: string,
  script: { readonly name: string; readonly source: string },
  settings: readonly string[] = [],
): Promise<void> {
  const folder = path.join(home, "..", `${path.basename(home)}-${endpoint}`);
  fs.mkdirSync(path.join(folder, "code"), { recursive: true });
  fs.mkdirSync(path.join(folder, "model"), { recursive: true });
  fs.writeFileSync(path.join(folder, "code", script.name), script.source);
  fs.writeFileSync(path.join(folder, "model", "weights.txt"), "1 2 3\n");
  const isPython = script.name.endsWith(".py");
  const environment = isPython ? "py" : "js";
  const lines = [
    "name: one",
    `endpoint_name: ${endpoint}`,
    "type: model",
    "model: {path: model}",
    `code_configuration: {code: code, scoring_script: ${script.name}}`,
    `environment: azureml:${environment}`,
    ...(settings.length === 0 ? [] : ["settings:", ...settings.map((line) => `  ${line}`)]),
  ];
  fs.writeFileSync(path.join(folder, "deployment.yml"), `${lines.join("\n")}\n`);
  const shown = await batchdeck(home, "environment", "show", "-n", environment);
  const create = ["environment", "create", "-n", environment, ...(isPython ? ["--python", python] : ["--node"])];
  for (const args of [
    ...(shown.code === 0 ? [] : [create]),
    ["endpoint", "create", "-n", endpoint],
    ["deployment", "create", "-f", path.join(folder, "deployment.yml"), "--set-default", "--trust"],
  ]) {
    const ran = await batchdeck(home, ...args);
    if (ran.code !== 0) throw new Error(`batchdeck ${args.join(" ")} ended with ${ran.code}: ${ran.stderr}`);
  }
}
