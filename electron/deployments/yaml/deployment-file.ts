import path from "node:path";
import * as z from "zod";
import type { BatchdeckProperties, DeploymentSettings } from "../../contract/nouns/deployment.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { modelFileSchema, olderFileSchema, olderSettingKeys, pipelineFileSchema } from "./deployment-schema.ts";
import { type EnvironmentReference, environmentReference } from "./environment-reference.ts";
import { localPath, withAbsolutePaths } from "./local-paths.ts";
import { type FileEdits, noEdits, readEditedFile } from "./file-edits.ts";
import { schemaProblem, withoutNulls, type YamlFile } from "./read-yaml.ts";
import { checkOutputFileName, readProperties } from "./tidy-settings.ts";
import type { ModelType } from "../../contract/views/model.ts";

/** How a deployment names its model. */
export type ModelReference =
  /** One of this workspace; `version` null: the latest. */
  | { readonly kind: "registered"; readonly name: string; readonly version: string | null }
  /** Files to copy; `type` in Azure's words: custom_model, mlflow_model, triton_model. */
  | {
      readonly kind: "path";
      readonly path: string;
      readonly name: string | null;
      readonly version: string | null;
      readonly type: ModelType;
    }
  /** In Azure. */
  | { readonly kind: "elsewhere"; readonly reference: string };

/** What `code_configuration` names. Files are absolute paths. */
export type CodeReference =
  | { readonly kind: "scorer"; readonly file: string }
  /** `script` is relative to `folder`. */
  | { readonly kind: "script"; readonly folder: string; readonly script: string }
  | { readonly kind: "elsewhere"; readonly reference: string };

type AnyDeploymentFile = {
  readonly name: string;
  readonly endpointName: string | null;
  /** The file's content, whole, with the paths that are relative to the file made absolute. */
  readonly source: Readonly<Record<string, unknown>>;
  /** Sentences that the user should read. */
  readonly notices: readonly string[];
};

/** A model deployment's YAML, checked. */
export type ModelDeploymentFile = AnyDeploymentFile & {
  readonly type: "model";
  readonly model: ModelReference;
  readonly computeName: string | null;
  /** Null: a scorer.yml beside the model, or inferred. */
  readonly code: CodeReference | null;
  readonly environment: EnvironmentReference | null;
  readonly settings: DeploymentSettings;
  readonly properties: BatchdeckProperties;
};

/** What a batch deployment file of Azure says. Whether it can run here is `runnableDeployment`'s to say. */
export type DeploymentFile = ModelDeploymentFile | (AnyDeploymentFile & { readonly type: "pipeline" });

/**
 * Our key under `properties` for what Azure's YAML cannot say, since there an absent count means 1: the counts are for
 * Azure, and here the deployment uses every core, as if they had been left out.
 */
export const workersProperty = "batchdeck.workers";
export const allCores = "all-cores";

type ModelDeployment = Omit<z.output<typeof modelFileSchema>, "type">;

/** Reads an Azure batch deployment file. Problems: deployment/invalid (with line and column), usage/invalid (of an edit). */
export async function readDeploymentFile(file: string, edits: FileEdits = noEdits): Promise<Result<DeploymentFile>> {
  const yaml = await readEditedFile(file, "deployment/invalid", edits);
  return yaml.ok ? deploymentFromYaml(yaml.value) : yaml;
}

/** As `readDeploymentFile`, of a file that was read. */
export function deploymentFromYaml(yaml: YamlFile): Result<DeploymentFile> {
  const value = withoutNulls(yaml.value) as Readonly<Record<string, unknown>>;
  const type = value["type"];
  if (type === "pipeline") return fromPipelineForm(yaml, value);
  if (type === undefined) return fromOlderForm(yaml, value);
  if (type !== "model") {
    const file = path.basename(yaml.file);
    return failure("deployment/invalid:type", { file, place: yaml.place(["type"]) });
  }
  const misplaced = olderSettingKeys.find((key) => Object.hasOwn(value, key));
  if (misplaced !== undefined) {
    const misplacedKey = { file: path.basename(yaml.file), key: misplaced, place: yaml.place([misplaced], true) };
    return failure("deployment/invalid:misplaced-key", misplacedKey);
  }
  const parsed = modelFileSchema.safeParse(value);
  if (!parsed.success) return schemaProblem(yaml, parsed.error, "deployment/invalid");
  return checkedDeployment(yaml, parsed.data, []);
}

function fromPipelineForm(yaml: YamlFile, value: Readonly<Record<string, unknown>>): Result<DeploymentFile> {
  const parsed = pipelineFileSchema.safeParse(value);
  if (!parsed.success) return schemaProblem(yaml, parsed.error, "deployment/invalid");
  return success({
    type: "pipeline",
    name: parsed.data.name,
    endpointName: parsed.data.endpoint_name ?? null,
    source: withAbsolutePaths(yaml),
    notices: [],
  });
}

/** Azure takes `settings` here, too, and runs without them: nobody who wrote them means that. */
function fromOlderForm(yaml: YamlFile, value: Readonly<Record<string, unknown>>): Result<DeploymentFile> {
  if (Object.hasOwn(value, "settings")) {
    const place = yaml.place(["settings"], true);
    return failure("deployment/invalid:settings-without-type", { file: path.basename(yaml.file), place });
  }
  const isSetting = ([key]: readonly [string, unknown]): boolean => olderSettingKeys.includes(key);
  const entries = Object.entries(value);
  const settings = Object.fromEntries(entries.filter(isSetting));
  const rest = Object.fromEntries(entries.filter((entry) => !isSetting(entry)));
  const parsed = olderFileSchema.safeParse({ ...rest, older_settings: settings });
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) =>
      issue.path[0] === "older_settings" ? { ...issue, path: issue.path.slice(1) } : issue,
    );
    return schemaProblem(yaml, new z.ZodError(issues), "deployment/invalid");
  }
  const { older_settings, ...deployment } = parsed.data;
  return checkedDeployment(yaml, { ...deployment, settings: older_settings }, []);
}

function checkedDeployment(
  yaml: YamlFile,
  deployment: ModelDeployment,
  notices: readonly string[],
): Result<DeploymentFile> {
  const { resources, settings } = deployment;
  if (resources !== undefined && settings.instance_count !== null) {
    return failure("deployment/invalid:two-instance-counts");
  }
  const { [workersProperty]: workers, ...others } = deployment.properties;
  if (workers !== undefined && workers !== allCores) {
    return failure("deployment/invalid:workers", { property: workersProperty, value: allCores });
  }
  const properties = readProperties(others, "deployment/invalid");
  if (!properties.ok) return properties;
  const fileName = checkOutputFileName(settings.output_file_name, "deployment/invalid");
  if (!fileName.ok) return fileName;
  const model = modelReference(yaml, deployment.model);
  if (!model.ok) return model;
  const code = codeReference(yaml, deployment);
  if (!code.ok) return code;
  return success({
    type: "model",
    name: deployment.name,
    endpointName: deployment.endpoint_name ?? null,
    model: model.value,
    computeName: deployment.compute === undefined ? null : assetName(deployment.compute),
    code: code.value,
    environment: environmentReference(deployment.environment),
    settings: { ...settings, ...countsOf(workers === allCores ? null : deployment) },
    properties: properties.value,
    source: withAbsolutePaths(yaml),
    notices,
  });
}

/** Left out both: every core (null). One of them given: the other has Azure's default. */
function countsOf(
  deployment: ModelDeployment | null,
): Pick<DeploymentSettings, "instance_count" | "max_concurrency_per_instance"> {
  const instances = deployment?.settings.instance_count ?? deployment?.resources?.instance_count ?? null;
  const concurrency = deployment?.settings.max_concurrency_per_instance ?? null;
  if (instances === null && concurrency === null) return { instance_count: null, max_concurrency_per_instance: null };
  return { instance_count: instances ?? 1, max_concurrency_per_instance: concurrency ?? 1 };
}

function modelReference(yaml: YamlFile, model: ModelDeployment["model"]): Result<ModelReference> {
  if (typeof model !== "string") {
    const file = localPath(yaml.file, model.path);
    if (file === null) return success({ kind: "elsewhere", reference: model.path });
    const { name = null, version = null, type } = model;
    return success({ kind: "path", path: file, name, version, type });
  }
  if (/^azureml:\/|^\//.test(model)) return success({ kind: "elsewhere", reference: model });
  const [, name = "", version = null, label = null] = /^(?:azureml:)?([^:@]*)(?::([^:@]+)|@(.+))?$/.exec(model) ?? [];
  if (name === "" || (label !== null && label !== "latest")) {
    return failure("deployment/invalid:model", { model, place: yaml.place(["model"]) });
  }
  return success({ kind: "registered", name, version });
}

function codeReference(yaml: YamlFile, deployment: ModelDeployment): Result<CodeReference | null> {
  const configuration = deployment.code_configuration;
  if (configuration === undefined) return success(null);
  const { code = ".", scoring_script: script } = configuration;
  const folder = localPath(yaml.file, code);
  const file = folder === null ? null : path.resolve(folder, script);
  if (folder !== null && file !== null && !file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep)) {
    return failure("deployment/invalid:script-outside", { script });
  }
  if (folder === null || file === null) return success({ kind: "elsewhere", reference: code });
  return success(/\.ya?ml$/i.test(script) ? { kind: "scorer", file } : { kind: "script", folder, script });
}

/** `azureml:NAME`, an Azure resource id, or the bare name. */
function assetName(reference: string): string {
  return reference.replace(/^azureml:/, "").replace(/^.*\//, "");
}
