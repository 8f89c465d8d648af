import fs from "node:fs";
import path from "node:path";
import { batchdeck } from "../batchdeck.ts";
import { python } from "./script-worker.ts";

type Script = {
  readonly name: string;
  readonly source: string;
  /** More files of its code: what is in them, by name. */
  readonly others?: Readonly<Record<string, string>>;
};

/** Makes an endpoint whose default deployment is a trusted script, run by the Python of these tests or by Node. */
export async function deployScript(
  home: string,
  endpoint: string,
  script: Script,
  settings: readonly string[] = [],
): Promise<void> {
  await makeDeployment(home, endpoint, script, { settings, flags: ["--trust"] });
}

/** The same with nobody trusting it yet. `file` is its YAML, in `folder` beside its `code`. */
export async function scriptDeployment(
  home: string,
  endpoint: string,
  script: Script,
): Promise<{ readonly folder: string; readonly file: string }> {
  return makeDeployment(home, endpoint, script, { settings: [], flags: [] });
}

async function makeDeployment(
  home: string,
  endpoint: string,
  script: Script,
  { settings, flags }: { readonly settings: readonly string[]; readonly flags: readonly string[] },
): Promise<{ readonly folder: string; readonly file: string }> {
  const folder = path.join(home, "..", `${path.basename(home)}-${endpoint}`);
  fs.mkdirSync(path.join(folder, "code"), { recursive: true });
  fs.mkdirSync(path.join(folder, "model"), { recursive: true });
  for (const [name, text] of Object.entries({ ...script.others, [script.name]: script.source })) {
    fs.writeFileSync(path.join(folder, "code", name), text);
  }
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
  const file = path.join(folder, "deployment.yml");
  fs.writeFileSync(file, `${lines.join("\n")}\n`);
  const shown = await batchdeck(home, "environment", "show", "-n", environment);
  const create = ["environment", "create", "-n", environment, ...(isPython ? ["--python", python] : ["--node"])];
  for (const args of [
    ...(shown.code === 0 ? [] : [create]),
    ["endpoint", "create", "-n", endpoint],
    ["deployment", "create", "-f", file, "--set-default", ...flags],
  ]) {
    const ran = await batchdeck(home, ...args);
    if (ran.code !== 0) throw new Error(`batchdeck ${args.join(" ")} ended with ${ran.code}: ${ran.stderr}`);
  }
  return { folder, file };
}
