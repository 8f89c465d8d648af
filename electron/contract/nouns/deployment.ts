import * as z from "zod";

/** Azure ML's words for the priority of queued work. */
export const jobPrioritySchema = z.enum(["low", "medium", "high"]);
export type JobPriority = z.infer<typeof jobPrioritySchema>;

/** Run settings of a model deployment: Azure ML's keys, units and defaults (deployment YAML reference). */
export const deploymentSettingsSchema = z.strictObject({
  /** Files in a mini-batch. */
  mini_batch_size: z.number().int().positive().default(10),
  /** Null: not given in the YAML (see `instance_count`). */
  max_concurrency_per_instance: z.number().int().positive().nullable().default(null),
  /** Null together with `max_concurrency_per_instance`: one worker a core. */
  instance_count: z.number().int().positive().nullable().default(null),
  retry_settings: z
    .strictObject({
      /** Retries after the first attempt. */
      max_retries: z.number().int().min(0).default(3),
      /** Seconds. Null: not given; then 30 s without a finished item. */
      timeout: z.number().int().positive().nullable().default(null),
    })
    .prefault({}),
  output_action: z.enum(["append_row", "summary_only"]).default("append_row"),
  output_file_name: z.string().min(1).nullable().default(null),
  /** Failed items that are tolerated over the whole input; -1: any number. */
  error_threshold: z.number().int().min(-1).default(-1),
  logging_level: z.enum(["warning", "info", "debug"]).default("info"),
  environment_variables: z.record(z.string(), z.string()).default({}),
});
export type DeploymentSettings = Readonly<z.infer<typeof deploymentSettingsSchema>>;

/** What a job's predictions are written as. */
export const outputFormatSchema = z.enum(["csv", "parquet", "jsonl", "azureml"]);
export type OutputFormat = z.infer<typeof outputFormatSchema>;

/** Our own settings, under `properties` as `batchdeck.<key>`; Azure's schema allows free keys there. */
export const batchdeckPropertiesSchema = z.object({
  "batchdeck.output_format": outputFormatSchema.default("csv"),
  "batchdeck.csv_formulas": z.enum(["escape", "keep"]).default("escape"),
  "batchdeck.recursive": z.enum(["true", "false"]).default("true"),
  /** A number from 0 to 100: fail when more than this share of all items failed. Comes before `error_threshold`. */
  "batchdeck.error_threshold_percent": z
    .string()
    .refine((text) => /^(100(\.0+)?|\d{1,2}(\.\d+)?)$/.test(text), { params: { rule: "percent" } })
    .optional(),
  /** What both thresholds count: items (`row`), or files with a failed item, which is Azure's count. */
  "batchdeck.error_threshold_unit": z.enum(["row", "file"]).default("row"),
  /** Where a new job stands among those that wait; it can be changed while it waits or runs. */
  "batchdeck.priority": jobPrioritySchema.default("medium"),
});
export type BatchdeckProperties = Readonly<z.infer<typeof batchdeckPropertiesSchema>>;

/** A deployment as scripts see it (`deployment show --json`), in Azure's words; null counts mean all cores. Times in ISO 8601. */
export type DeploymentView = {
  readonly name: string;
  readonly endpoint_name: string;
  readonly type: "model";
  /** These three as the YAML has them. */
  readonly description: unknown;
  readonly tags: unknown;
  readonly properties: Readonly<Record<string, unknown>>;
  /** `azureml:NAME:VERSION` */
  readonly model: string;
  /** `azureml:NAME` */
  readonly compute: string;
  readonly resources: { readonly instance_count: number | null };
  readonly settings: Omit<DeploymentSettings, "instance_count">;
  readonly scorer: Readonly<Record<string, unknown>>;
  /** Of a deployment that runs a script. */
  readonly environment?: string;
  readonly trusted?: boolean;
  readonly created_at: string;
  readonly updated_at: string;
};
