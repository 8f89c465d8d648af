import type { Scorer } from "../../../contract/nouns/scorer.ts";
import type { AzureDifference } from "../../../contract/views/azure-write.ts";
import type { DeploymentPlan } from "./plan.ts";

/** Settings of Batchdeck's that jobs in Azure run without. */
const withoutEffect = [
  "batchdeck.error_threshold_percent",
  "batchdeck.error_threshold_unit",
  "batchdeck.priority",
  "batchdeck.recursive",
];

/** What Azure does otherwise with a deployment than this computer. `scorer` null: it is not known here. */
export function differencesOf(
  { settings, properties }: Pick<DeploymentPlan, "settings" | "properties">,
  scorer: Scorer | null,
): readonly AzureDifference[] {
  const keys = withoutEffect.filter((key) => Object.hasOwn(properties, key));
  const isTable = scorer !== null && (scorer.kind === "tabular" || (scorer.kind === "text" && scorer.items !== "file"));
  const usesAllCores = settings.instance_count === null && settings.max_concurrency_per_instance === null;
  return [
    { kind: "nested-folders" },
    ...(settings.output_action === "append_row" ? [{ kind: "rows" } as const] : []),
    ...(usesAllCores ? [{ kind: "one-worker" } as const] : []),
    ...(isTable && settings.error_threshold !== -1 ? [{ kind: "files-are-items" } as const] : []),
    ...(settings.retry_settings.timeout === null ? [{ kind: "timeout" } as const] : []),
    ...(keys.length === 0 ? [] : [{ kind: "own-settings", keys } as const]),
  ];
}
