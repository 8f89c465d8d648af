import * as z from "zod";
import { deploymentSettingsSchema } from "../../contract/nouns/deployment.ts";
import { nameSchema, textMapSchema } from "./endpoint-file.ts";
import { isMap, tidySettings } from "./tidy-settings.ts";
import { modelTypeSchema } from "../../contract/views/model.ts";

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
      type: modelTypeSchema.default("custom_model"),
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

/** `type: model`: what Azure takes, with the read-only keys that its own export adds. */
export const modelFileSchema = z.strictObject({
  ...modelCommon,
  type: z.literal("model"),
  settings: settingsSchema.prefault({}),
});

/** The settings that the older form, which has no `type`, holds at the root. */
export const olderSettingKeys = Object.keys(deploymentSettingsSchema.shape);

/** Without `type`. */
export const olderFileSchema = z.strictObject({ ...modelCommon, older_settings: settingsSchema });

/** `type: pipeline`. */
export const pipelineFileSchema = z.strictObject({
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
