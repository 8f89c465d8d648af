import path from "node:path";
import * as z from "zod";
import { type BatchdeckProperties, type DeploymentSettings, deploymentSettingsSchema } from "../contract/deployment.ts";
import { failure, type Result, success } from "../contract/problem.ts";
import { nameSchema, textMapSchema } from "./endpoint-file.ts";
import { readYamlFile, schemaProblem, withoutNulls, type YamlFile } from "./read-yaml.ts";
import { checkOutputFileName, isMap, readProperties, tidySettings } from "./settings.ts";

/** How a deployment names its model: one in the registry (`version` null: the latest), or files to copy. */
type ModelReference =
  | { readonly kind: "registered"; readonly name: string; readonly version: string | null }
  | { readonly kind: "path"; readonly path: string; readonly name: string | null; readonly version: string | null };

/** A model deployment's YAML, checked, with every path absolute. */
export type DeploymentFile = {
  readonly name: string;
  readonly endpointName: string | null;
  readonly model: ModelReference;
  readonly computeName: string | null;
  /** Absolute path of the scorer.yml that the deployment names; null: beside the model, or inferred. */
  readonly scorerFile: string | null;
  readonly settings: DeploymentSettings;
  readonly properties: BatchdeckProperties;
  /** The file's content, whole. */
  readonly source: Readonly<Record<string, unknown>>;
  /** Sentences that the user should read. */
  readonly notices: readonly string[];
};

const settingsSchema = z.preprocess((value) => (isMap(value) ? tidySettings(value) : value), deploymentSettingsSchema);
const wholeNumber = z.preprocess(
  (value) => (typeof value === "string" ? Number(value) : value),
  z.number().int().positive(),
);

const common = {
  $schema: z.string().optional(),
  name: nameSchema,
  endpoint_name: nameSchema.optional(),
  description: z.string().optional(),
  tags: textMapSchema.optional(),
  properties: textMapSchema.default({}),
  id: z.string().optional(),
  provisioning_state: z.string().optional(),
};

const modelCommon = {
  ...common,
  model: z.union([
    z.string().min(1),
    z.strictObject({
      $schema: z.string().optional(),
      name: z.string().optional(),
      version: z.preprocess((value) => (typeof value === "number" ? String(value) : value), z.string().optional()),
      path: z.string().min(1),
      type: z.string().default("custom_model"),
      description: z.string().optional(),
      tags: textMapSchema.optional(),
      properties: textMapSchema.optional(),
      flavors: z.record(z.string(), z.unknown()).optional(),
    }),
  ]),
  code_configuration: z.strictObject({ code: z.string().optional(), scoring_script: z.string().min(1) }).optional(),
  environment: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  compute: z.string().min(1).optional(),
  resources: z
    .strictObject({
      instance_count: wholeNumber.optional(),
      instance_type: z.string().optional(),
      properties: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
};

const modelFileSchema = z.strictObject({
  ...modelCommon,
  type: z.literal("model"),
  settings: settingsSchema.prefault({}),
});

/** Without `type`: the older form, whose settings are at the root. Azure takes `settings` there too and ignores it. */
export const olderSettingKeys = Object.keys(deploymentSettingsSchema.shape);
const olderFileSchema = z.strictObject({
  ...modelCommon,
  settings: z.record(z.string(), z.unknown()).optional(),
  older_settings: settingsSchema,
});

const pipelineFileSchema = z.strictObject({
  ...common,
  type: z.literal("pipeline"),
  component: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  job_definition: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  settings: z
    .strictObject({
      default_compute: z.string().optional(),
      default_datastore: z.string().optional(),
      continue_on_step_failure: z.boolean().optional(),
      force_rerun: z.boolean().optional(),
    })
    .optional(),
});

type ModelDeployment = Omit<z.output<typeof modelFileSchema>, "type">;

/**
 * Reads an Azure batch deployment file. Problems: deployment/invalid (with line and column), deployment/unsupported
 * (Azure takes it, and it is not here yet).
 */
export async function readDeploymentFile(file: string): Promise<Result<DeploymentFile>> {
  const yaml = await readYamlFile(file, "deployment/invalid");
  return yaml.ok ? deploymentFromYaml(yaml.value) : yaml;
}

/** As `readDeploymentFile`, of a file that was read. */
export function deploymentFromYaml(yaml: YamlFile): Result<DeploymentFile> {
  const value = withoutNulls(yaml.value) as Readonly<Record<string, unknown>>;
  const type = value["type"];
  if (type === "pipeline") return refusePipeline(yaml, value);
  if (type === undefined) return fromOlderForm(yaml, value);
  if (type !== "model") {
    return failure(
      "deployment/invalid",
      `In the file "${path.basename(yaml.file)}", "type" is not right${yaml.place(["type"])}: it is model or pipeline.`,
    );
  }
  const misplaced = olderSettingKeys.find((key) => Object.hasOwn(value, key));
  if (misplaced !== undefined) {
    return failure(
      "deployment/invalid",
      `The file "${path.basename(yaml.file)}" has "${misplaced}" at the top${yaml.place([misplaced], true)}.`,
      `With "type: model" it belongs under "settings".`,
    );
  }
  const parsed = modelFileSchema.safeParse(value);
  if (!parsed.success) return schemaProblem(yaml, parsed.error, "deployment/invalid");
  return checkedDeployment(yaml, parsed.data, []);
}

function refusePipeline(yaml: YamlFile, value: Readonly<Record<string, unknown>>): Result<never> {
  const parsed = pipelineFileSchema.safeParse(value);
  if (!parsed.success) return schemaProblem(yaml, parsed.error, "deployment/invalid");
  return failure(
    "deployment/unsupported",
    `The deployment "${parsed.data.name}" is a pipeline, and pipelines are not here yet.`,
    `Use a deployment with "type: model".`,
  );
}

function fromOlderForm(yaml: YamlFile, value: Readonly<Record<string, unknown>>): Result<DeploymentFile> {
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
  const { older_settings, settings: ignored, ...deployment } = parsed.data;
  const notices = ignored === undefined ? [] : [`"settings" is not used, because the file does not say "type: model".`];
  return checkedDeployment(yaml, { ...deployment, settings: older_settings }, notices);
}

function checkedDeployment(
  yaml: YamlFile,
  deployment: ModelDeployment,
  notices: readonly string[],
): Result<DeploymentFile> {
  const { resources, settings } = deployment;
  if (resources !== undefined && settings.instance_count !== null) {
    return failure("deployment/invalid", "Can't set instance_count when resources is provided.");
  }
  const properties = readProperties(deployment.properties, "deployment/invalid");
  if (!properties.ok) return properties;
  const fileName = checkOutputFileName(settings.output_file_name, "deployment/invalid");
  if (!fileName.ok) return fileName;
  const model = modelReference(yaml, deployment.model);
  if (!model.ok) return model;
  const scorerFile = scorerFileOf(yaml, deployment);
  if (!scorerFile.ok) return scorerFile;
  return success({
    name: deployment.name,
    endpointName: deployment.endpoint_name ?? null,
    model: model.value,
    computeName: deployment.compute === undefined ? null : assetName(deployment.compute),
    scorerFile: scorerFile.value,
    settings: { ...settings, instance_count: settings.instance_count ?? resources?.instance_count ?? null },
    properties: properties.value,
    source: yaml.value,
    notices,
  });
}

function modelReference(yaml: YamlFile, model: ModelDeployment["model"]): Result<ModelReference> {
  if (typeof model !== "string") {
    if (model.type !== "custom_model") {
      return failure(
        "deployment/unsupported",
        `Models of the type ${model.type} are not here yet.`,
        "Name an ONNX model.",
      );
    }
    if (model.path.includes(":") && !path.isAbsolute(model.path)) {
      return failure(
        "deployment/unsupported",
        `The model's path "${model.path}" is not on this machine.`,
        "Name a local path.",
      );
    }
    const absolute = path.resolve(path.dirname(yaml.file), model.path);
    return success({ kind: "path", path: absolute, name: model.name ?? null, version: model.version ?? null });
  }
  if (/^azureml:\/|^\//.test(model)) {
    return failure(
      "deployment/unsupported",
      `The model "${model}" is in Azure or named by a path alone.`,
      "Name a local file or folder under model.path, or a model of this workspace as azureml:NAME:VERSION.",
    );
  }
  const [, name = "", version = null, label = null] = /^(?:azureml:)?([^:@]*)(?::([^:@]+)|@(.+))?$/.exec(model) ?? [];
  if (name === "" || (label !== null && label !== "latest")) {
    return failure(
      "deployment/invalid",
      `"${model}" does not name a model${yaml.place(["model"])}.`,
      "Write azureml:NAME:VERSION, azureml:NAME@latest, or model.path.",
    );
  }
  return success({ kind: "registered", name, version });
}

function scorerFileOf(yaml: YamlFile, deployment: ModelDeployment): Result<string | null> {
  const configuration = deployment.code_configuration;
  if (configuration === undefined) return success(null);
  const { code = ".", scoring_script: script } = configuration;
  if (!/\.ya?ml$/i.test(script)) {
    return failure(
      "deployment/unsupported",
      `The deployment "${deployment.name}" is scored by the script "${script}", and scripts are not here yet.`,
      "Name a scorer.yml as scoring_script, or leave code_configuration out.",
    );
  }
  if (code.includes(":") && !path.isAbsolute(code)) {
    return failure("deployment/unsupported", `The code "${code}" is not on this machine.`, "Name a local folder.");
  }
  const folder = path.resolve(path.dirname(yaml.file), code);
  const file = path.resolve(folder, script);
  if (!file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep)) {
    return failure("deployment/invalid", `The scoring_script "${script}" is outside the folder of its code.`);
  }
  return success(file);
}

/** `azureml:NAME`, an Azure resource id, or the bare name. */
function assetName(reference: string): string {
  return reference.replace(/^azureml:/, "").replace(/^.*\//, "");
}
