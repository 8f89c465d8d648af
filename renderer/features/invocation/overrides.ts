/** What the folded part of the sheet holds, as typed. Everything starts as the deployment says. */
export type OverrideForm = {
  /** Empty: as the deployment says. */
  readonly miniBatchSize: string;
  readonly threshold: "deployment" | "never" | "after";
  readonly thresholdCount: string;
  readonly format: "deployment" | "csv" | "parquet" | "jsonl" | "azureml";
  readonly formulas: "deployment" | "escape" | "keep";
};

export const noOverrides: OverrideForm = {
  miniBatchSize: "",
  threshold: "deployment",
  thresholdCount: "0",
  format: "deployment",
  formulas: "deployment",
};

export type OverrideFault = "miniBatchSize" | "thresholdCount";

/** The fields that do not hold what they must. */
export function overrideFaults(form: OverrideForm): readonly OverrideFault[] {
  const faults: OverrideFault[] = [];
  if (form.miniBatchSize !== "" && !isWholeNumber(form.miniBatchSize, 1)) faults.push("miniBatchSize");
  if (form.threshold === "after" && !isWholeNumber(form.thresholdCount, 0)) faults.push("thresholdCount");
  return faults;
}

/**
 * The keys of `--set`; a field that does not hold what it must is left out. `outputFile` is the file as the deployment names
 * it, null when its name follows the format by itself.
 */
export function overridesOf(form: OverrideForm, outputFile: string | null): Record<string, string> {
  const faults = overrideFaults(form);
  const renamed = outputFile === null ? null : withEnding(outputFile, form.format);
  return {
    ...(form.miniBatchSize === "" || faults.includes("miniBatchSize") ? {} : { mini_batch_size: form.miniBatchSize }),
    ...(form.threshold === "never" ? { error_threshold: "-1" } : {}),
    ...(form.threshold === "after" && !faults.includes("thresholdCount")
      ? { error_threshold: form.thresholdCount }
      : {}),
    ...(form.format === "deployment" ? {} : { "batchdeck.output_format": form.format }),
    ...(form.formulas === "deployment" ? {} : { "batchdeck.csv_formulas": form.formulas }),
    ...(renamed === null || renamed === outputFile ? {} : { output_file_name: renamed }),
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
