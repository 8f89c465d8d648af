import {
  type BatchdeckProperties,
  type DeploymentSettings,
  deploymentSettingsSchema,
  batchdeckPropertiesSchema,
} from "../../contract/nouns/deployment.ts";
import { failure, type Problem, type Result, success } from "../../contract/problem.ts";
import { adviceOn, schemaReason } from "./read-yaml.ts";
import { checkOutputFileName, readProperties, tidySettings } from "./tidy-settings.ts";

/** `--set` key → the path in the settings. Azure's invocations call the instance count by three names. */
const settingKeys: Readonly<Record<string, readonly [string] | readonly [string, string]>> = {
  output_file_name: ["output_file_name"],
  "retry_settings.max_retries": ["retry_settings", "max_retries"],
  "retry_settings.timeout": ["retry_settings", "timeout"],
  error_threshold: ["error_threshold"],
  mini_batch_size: ["mini_batch_size"],
  instance_count: ["instance_count"],
  "compute.instance_count": ["instance_count"],
  "resources.instance_count": ["instance_count"],
  max_concurrency_per_instance: ["max_concurrency_per_instance"],
  logging_level: ["logging_level"],
};

const propertyKeys: readonly string[] = Object.keys(batchdeckPropertiesSchema.shape);

/** Every key that `applyOverrides` takes. */
export const overrideKeys: readonly string[] = [...Object.keys(settingKeys), ...propertyKeys];

/**
 * The settings of one job: the deployment's, with this invocation's `--set` keys over them. Neither argument changes.
 * Problems: usage/invalid (a key that is not known, an invalid value), deployment/unsupported.
 */
export function applyOverrides(
  settings: DeploymentSettings,
  properties: BatchdeckProperties,
  overrides: Readonly<Record<string, string>>,
): Result<{ readonly settings: DeploymentSettings; readonly properties: BatchdeckProperties }> {
  let changed: Record<string, unknown> = { ...settings, retry_settings: { ...settings.retry_settings } };
  const ours: Record<string, string> = {};
  for (const [key, value] of Object.entries(overrides)) {
    const place = Object.hasOwn(settingKeys, key) ? settingKeys[key] : undefined;
    if (place === undefined) {
      if (!propertyKeys.includes(key)) {
        return failure("usage/invalid:setting-key", { key, known: overrideKeys });
      }
      ours[key] = value;
      continue;
    }
    const [first, second] = place;
    changed =
      second === undefined
        ? { ...changed, [first]: value }
        : { ...changed, [first]: { ...(changed[first] as Record<string, unknown>), [second]: value } };
    const parsed = deploymentSettingsSchema.safeParse(tidySettings(changed));
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const wrong = { key, value, reason: schemaReason(issue), advice: adviceOn(issue) };
      return failure("usage/invalid:setting", wrong);
    }
    changed = { ...parsed.data };
  }
  const result = deploymentSettingsSchema.parse(changed);
  const name = checkOutputFileName(result.output_file_name, "usage/invalid");
  if (!name.ok) return name;
  // The share of the deployment comes before its count; a count given for this job is meant instead of it.
  const { "batchdeck.error_threshold_percent": _percent, ...withoutPercent } = givenProperties(properties);
  const kept = Object.hasOwn(overrides, "error_threshold") ? withoutPercent : givenProperties(properties);
  const newProperties = readProperties({ ...kept, ...ours }, "usage/invalid");
  if (!newProperties.ok) return newProperties;
  return success({ settings: result, properties: newProperties.value });
}

/**
 * As `applyOverrides`, but goes on after a problem: every override that is wrong by itself gives one, and the settings
 * hold all others.
 */
export function applyEachOverride(
  settings: DeploymentSettings,
  properties: BatchdeckProperties,
  overrides: Readonly<Record<string, string>>,
): {
  readonly settings: DeploymentSettings;
  readonly properties: BatchdeckProperties;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  let good: Readonly<Record<string, string>> = {};
  let applied = { settings, properties };
  for (const [key, value] of Object.entries(overrides)) {
    const result = applyOverrides(settings, properties, { ...good, [key]: value });
    if (!result.ok) {
      problems.push(result.problem);
      continue;
    }
    good = { ...good, [key]: value };
    applied = result.value;
  }
  return { ...applied, problems };
}

function givenProperties(properties: BatchdeckProperties): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(properties).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
