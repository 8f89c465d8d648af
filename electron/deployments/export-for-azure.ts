import { randomUUID } from "node:crypto";
import { existsSync, promises as files } from "node:fs";
import path from "node:path";
import { codeOf } from "../contract/errno.ts";
import { failure, type Result, success } from "../contract/problem.ts";
import { asUsual, fileModeIn } from "../contract/processes/file-modes.ts";
import { removeFolder, rename } from "../files/patient.ts";
import type { DeploymentRecord } from "../registry/deployments.repository.ts";
import type { ModelRecord } from "../registry/models.repository.ts";
import { type AzureScript, generateAzureScript } from "./azure-script/azure-script.ts";
import type { DeploymentTools } from "./deployment-tools.ts";
import { showDeployment } from "./deployments.ts";
import { deploymentYaml, recordYaml } from "./export-deployment.ts";
import { copyFiles } from "./models/copy-files.ts";
import { listFolder } from "./models/model-files.ts";
import { modelDirectory } from "./models/model-store.ts";
import { showModel } from "./models/models.ts";
import { isScriptDeployment } from "./scripts/trust.ts";

/** A folder from which `az ml` makes a deployment. */
export type ExportedDeployment = {
  /** Absolute. */
  readonly folder: string;
  /** What was put there: names of files and of whole folders. */
  readonly entries: readonly string[];
};

/** Names in the folder. The deployment's own file is put there last: it names the others. */
const entry = { model: "model", code: "code", conda: "conda.yml", readme: "README.md", deployment: "deployment.yml" };

/**
 * Writes a deployment as a folder that Azure takes: its YAML, and for one with a built-in scorer the scoring script that does the
 * same in Azure, its environment and a copy of the model. The folder is made; nothing that is there is replaced, and what is put
 * there is whole. Problems: as `showDeployment`; deployment/unsupported; output/exists; output/unwritable.
 */
export async function exportForAzure(
  tools: DeploymentTools,
  endpointName: string,
  name: string,
  folder: string,
): Promise<Result<ExportedDeployment>> {
  const deployment = showDeployment(tools.registry, endpointName, name);
  if (!deployment.ok) return deployment;
  const parts = await partsOf(tools, deployment.value);
  if (!parts.ok) return parts;
  const target = path.resolve(folder);
  const staging = path.join(target, `.batchdeck-${randomUUID()}`);
  try {
    const taken = Object.values(entry).find((known) => existsSync(path.join(target, known)));
    if (taken !== undefined) return failure("output/exists", { path: path.join(target, taken) });
    await files.mkdir(staging, { recursive: true, mode: asUsual });
    try {
      const { texts, model } = parts.value;
      const copied = model === null ? success(null) : await copyModel(tools, model, path.join(staging, entry.model));
      if (!copied.ok) return copied;
      const mode = fileModeIn(await files.stat(staging));
      for (const [place, text] of texts) {
        await files.mkdir(path.dirname(path.join(staging, place)), { recursive: true, mode: asUsual });
        await files.writeFile(path.join(staging, place), text, { flag: "wx", mode });
      }
      const entries = Object.values(entry).filter((known) => existsSync(path.join(staging, known)));
      for (const known of entries) await rename(path.join(staging, known), path.join(target, known));
      return success({ folder: target, entries: [...entries].sort() });
    } finally {
      await removeFolder(staging);
    }
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return failure("output/unwritable:folder", { path: target });
  }
}

/** What is written: texts by path, and the model that is copied beside them. */
type Parts = { readonly texts: ReadonlyMap<string, string>; readonly model: ModelRecord | null };

async function partsOf(tools: DeploymentTools, deployment: DeploymentRecord): Promise<Result<Parts>> {
  if (isScriptDeployment(deployment)) {
    const texts = new Map([
      [entry.deployment, recordYaml(deployment)],
      [entry.readme, readme(deployment, false)],
    ]);
    return success({ texts, model: null });
  }
  const script = await generateAzureScript(tools, deployment);
  if (!script.ok) return script;
  const model = showModel(tools.registry, deployment.modelName, deployment.modelVersion);
  if (!model.ok) return model;
  const code = [...script.value.files].map(([name, text]): [string, string] => [`${entry.code}/${name}`, text]);
  const texts = new Map([
    ...code,
    [entry.conda, script.value.environment.condaFile],
    [entry.readme, readme(deployment, true)],
    [entry.deployment, scriptDeploymentYaml(deployment, script.value, modelPath(model.value))],
  ]);
  return success({ texts, model: model.value });
}

/** Copies the model as it was given: a folder under its name, or a file. */
async function copyModel({ modelsFolder }: DeploymentTools, model: ModelRecord, target: string): Promise<Result<null>> {
  const listed = await listFolder(modelDirectory(modelsFolder, model), "model");
  if (!listed.ok) return listed;
  const copied = await copyFiles(listed.value, target, "model");
  return copied.ok ? success(null) : copied;
}

/** Of what was given, in the exported folder. */
function modelPath({ folder }: ModelRecord): string {
  const own = folder.split("/")[2];
  return own === undefined ? entry.model : `${entry.model}/${own}`;
}

function scriptDeploymentYaml(deployment: DeploymentRecord, script: AzureScript, place: string): string {
  const { name, endpointName, source, computeName, settings } = deployment;
  const own = source["properties"];
  const image = script.environment.image;
  return deploymentYaml({
    type: "model",
    name,
    endpointName,
    source: {
      ...source,
      model: { name: deployment.modelName, path: place, type: "custom_model" },
      code_configuration: { code: entry.code, scoring_script: script.scoringScript },
      environment: { name: "batchdeck-scorer", image, conda_file: entry.conda },
      properties: { ...(own as Readonly<Record<string, unknown>> | undefined), ...script.properties },
    },
    model: { kind: "path", path: place, name: deployment.modelName, version: null, type: "custom_model" },
    computeName,
    settings: {
      ...settings,
      retry_settings: {
        ...settings.retry_settings,
        timeout: settings.retry_settings.timeout ?? script.timeoutSeconds,
      },
    },
  });
}

function readme({ name, endpointName, computeName }: DeploymentRecord, isGenerated: boolean): string {
  const generated = [
    "- `code/` the scoring script: `scorer.json` is what differs between deployments, everything else is the same in all of them.",
    "- `conda.yml` the packages that the script needs.",
    "- `model/` the model.",
  ];
  return [
    `# ${endpointName}, deployment ${name}, for Azure Machine Learning`,
    "",
    "- `deployment.yml` the batch deployment.",
    ...(isGenerated ? generated : []),
    "",
    `    az ml batch-endpoint create -n ${endpointName}`,
    `    az ml batch-deployment create -f deployment.yml --set-default --set compute=azureml:CLUSTER`,
    `    az ml batch-endpoint invoke -n ${endpointName} --input FOLDER`,
    "",
    `CLUSTER is a compute cluster of the workspace; the file names "${computeName}".`,
    ...(isGenerated
      ? [
          "Rows come without a header: file, row, then the columns in `batchdeck.output`. What failed is in `errors/` beside them.",
        ]
      : []),
    "",
  ].join("\n");
}
