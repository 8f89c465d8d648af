import { batchdeckPropertiesSchema, type BatchdeckProperties } from "../../contract/nouns/deployment.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { schemaReason } from "./read-yaml.ts";

/** Where a setting was written: in a deployment's file, or for one job. */
type SettingCode = "deployment/invalid" | "usage/invalid";

/** Our settings among a deployment's `properties`. */
const knownProperties = Object.keys(batchdeckPropertiesSchema.shape);

/**
 * Run settings as YAML files and command lines write them, brought to the one form of `deploymentSettingsSchema`, as
 * Azure does: numbers may be texts, words may be in any case, and a timeout of 0 is none. Anything else stays for the
 * schema to refuse.
 */
export function tidySettings(settings: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const tidy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(settings)) {
    if (key === "output_action" || key === "logging_level") tidy[key] = snakeCase(value);
    else if (key === "environment_variables") tidy[key] = textMap(value);
    else if (key === "output_file_name") tidy[key] = value;
    else if (key === "retry_settings" && isMap(value)) {
      const { timeout, ...rest } = tidySettings(value);
      tidy[key] = timeout === undefined || timeout === 0 ? rest : { ...rest, timeout };
    } else tidy[key] = wholeNumber(value);
  }
  return tidy;
}

/** Our keys of `properties`, checked. Unknown keys that start with `batchdeck.` are refused, all others are Azure's. */
export function readProperties(
  properties: Readonly<Record<string, string>>,
  code: SettingCode,
): Result<BatchdeckProperties> {
  const ours = Object.entries(properties).filter(([key]) => key.startsWith("batchdeck."));
  for (const [key] of ours) {
    if (!knownProperties.includes(key)) {
      return failure(`${code}:unknown-property`, { property: key, known: knownProperties });
    }
  }
  const parsed = batchdeckPropertiesSchema.safeParse(Object.fromEntries(ours));
  if (parsed.success) return success(parsed.data);
  const issue = parsed.error.issues[0];
  return failure(`${code}:property`, { property: String(issue?.path[0]), reason: schemaReason(issue) });
}

/** The file of predictions is made in the output folder, beside errors.csv and job.json, under this very name. */
export function checkOutputFileName(name: string | null, code: SettingCode): Result<null> {
  if (name === null) return success(null);
  const isPlain = !/[/\\:*?"<>|]/.test(name) && ![...name].some((letter) => letter < " ") && !/^\.|[. ]$/.test(name);
  const isTaken = ["errors.csv", "job.json"].includes(name.toLowerCase()) || name.toLowerCase().endsWith(".part");
  if (isPlain && !isTaken && name.length <= 200) return success(null);
  return failure(`${code}:output-file-name`, { name });
}

/** Azure's maps of texts also take numbers and words such as true. */
export function textMap(value: unknown): unknown {
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      typeof entry === "number" || typeof entry === "boolean" ? String(entry) : entry,
    ]),
  );
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wholeNumber(value: unknown): unknown {
  return typeof value === "string" && /^[-+]?\d{1,15}$/.test(value) ? Number(value) : value;
}

/** `AppendRow`, `APPEND_ROW` → `append_row`. */
function snakeCase(value: unknown): unknown {
  return typeof value === "string" ? value.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase() : value;
}
