/** The fields that hold a whole number, by their keys of `--set`, each with the least that it may be. */
export const numberFields = {
  mini_batch_size: 1,
  instance_count: 1,
  max_concurrency_per_instance: 1,
  "retry_settings.max_retries": 0,
  "retry_settings.timeout": 1,
} as const;
export type NumberField = keyof typeof numberFields;
export const numberFieldNames = Object.keys(numberFields) as readonly NumberField[];

/** What the folded part of the sheet holds, as typed. Everything starts as the deployment says. */
export type OverrideForm = {
  /** Left out or empty: as the deployment says. */
  readonly numbers: Readonly<Partial<Record<NumberField, string>>>;
  readonly threshold: "deployment" | "never" | "after";
  readonly thresholdCount: string;
  readonly format: "deployment" | "csv" | "parquet" | "jsonl" | "azureml";
  readonly formulas: "deployment" | "escape" | "keep";
  /** Empty: as the deployment says. */
  readonly outputFile: string;
};

export const noOverrides: OverrideForm = {
  numbers: {},
  threshold: "deployment",
  thresholdCount: "0",
  format: "deployment",
  formulas: "deployment",
  outputFile: "",
};

export type OverrideFault = NumberField | "thresholdCount";

/** The fields that do not hold what they must. */
export function overrideFaults({ numbers, threshold, thresholdCount }: OverrideForm): readonly OverrideFault[] {
  const wrong = numberFieldNames.filter((field) => {
    const typed = numbers[field] ?? "";
    return typed !== "" && !isWholeNumber(typed, numberFields[field]);
  });
  return threshold === "after" && !isWholeNumber(thresholdCount, 0) ? [...wrong, "thresholdCount"] : wrong;
}

/**
 * The keys of `--set`; a field that does not hold what it must is left out. `ownFile` is the file as the deployment names
 * it, null when its name follows the format by itself.
 */
export function overridesOf(form: OverrideForm, ownFile: string | null): Record<string, string> {
  const faults = overrideFaults(form);
  const numbers = numberFieldNames
    .map((field) => [field, form.numbers[field] ?? ""] as const)
    .filter(([field, typed]) => typed !== "" && !faults.includes(field));
  const renamed = form.outputFile === "" && ownFile !== null ? withEnding(ownFile, form.format) : form.outputFile;
  return {
    ...Object.fromEntries(numbers),
    ...(form.threshold === "never" ? { error_threshold: "-1" } : {}),
    ...(form.threshold === "after" && !faults.includes("thresholdCount")
      ? { error_threshold: form.thresholdCount }
      : {}),
    ...(form.format === "deployment" ? {} : { "batchdeck.output_format": form.format }),
    ...(form.formulas === "deployment" ? {} : { "batchdeck.csv_formulas": form.formulas }),
    ...(renamed === "" || renamed === ownFile ? {} : { output_file_name: renamed }),
  };
}

/** An ending that tells the deployment's format follows the one that was chosen. */
function withEnding(outputFile: string, format: OverrideForm["format"]): string {
  if (format === "deployment") return outputFile;
  // Azure's own files are called .csv, whatever separates their cells.
  return outputFile.replace(/\.(csv|parquet|jsonl)$/i, format === "azureml" ? ".csv" : `.${format}`);
}

function isWholeNumber(text: string, least: number): boolean {
  const value = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least;
}
