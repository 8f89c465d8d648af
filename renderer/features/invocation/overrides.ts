/** What the folded part of the sheet holds, as typed. Everything starts as the deployment says. */
export type OverrideForm = {
  /** Empty: as the deployment says. */
  readonly miniBatchSize: string;
  readonly threshold: "deployment" | "never" | "after";
  readonly thresholdCount: string;
  readonly format: "deployment" | "csv" | "parquet" | "jsonl" | "azureml";
};

export const noOverrides: OverrideForm = {
  miniBatchSize: "",
  threshold: "deployment",
  thresholdCount: "0",
  format: "deployment",
};

export type OverrideFault = "miniBatchSize" | "thresholdCount";

/** The fields that do not hold what they must. */
export function overrideFaults(form: OverrideForm): readonly OverrideFault[] {
  const faults: OverrideFault[] = [];
  if (form.miniBatchSize !== "" && !isWholeNumber(form.miniBatchSize, 1)) faults.push("miniBatchSize");
  if (form.threshold === "after" && !isWholeNumber(form.thresholdCount, 0)) faults.push("thresholdCount");
  return faults;
}

/** The keys of `--set`, for a form without faults; `outputFile` is the file as the deployment names it. */
export function overridesOf(form: OverrideForm, outputFile: string): Record<string, string> {
  const chosenName = outputFileName(outputFile, form);
  return {
    ...(form.miniBatchSize === "" ? {} : { mini_batch_size: form.miniBatchSize }),
    ...(form.threshold === "never" ? { error_threshold: "-1" } : {}),
    ...(form.threshold === "after" ? { error_threshold: form.thresholdCount } : {}),
    ...(form.format === "deployment" ? {} : { "batchdeck.output_format": form.format }),
    ...(chosenName === outputFile ? {} : { output_file_name: chosenName }),
  };
}

/** The output file as it will be called: an ending that tells the deployment's format follows the one that was chosen. */
export function outputFileName(outputFile: string, form: OverrideForm): string {
  if (form.format === "deployment") return outputFile;
  // Azure's own files are called .csv, whatever separates their cells.
  return outputFile.replace(/\.(csv|parquet|jsonl)$/i, form.format === "azureml" ? ".csv" : `.${form.format}`);
}

function isWholeNumber(text: string, least: number): boolean {
  const value = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least;
}
