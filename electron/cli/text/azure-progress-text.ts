import type { AzureDifference, AzureProgress } from "../../contract/views/azure-write.ts";
import { byteText } from "./numbers.ts";

const changing = { create: "Making", update: "Changing", delete: "Deleting" } as const;
const uploaded = { model: "the model", code: "the code", data: "the data" } as const;
const registered = { model: "model", code: "code", environment: "environment", data: "data asset" } as const;

/** What is being done at this moment; empty: nothing that takes its time. */
export function workingText(progress: AzureProgress): string {
  switch (progress.kind) {
    case "uploading": {
      const { what, sentBytes, totalBytes } = progress;
      return `Uploading ${uploaded[what]}: ${byteText(sentBytes)} of ${byteText(totalBytes)}`;
    }
    case "working": {
      const { noun, name, change, status } = progress;
      return `${changing[change]} the ${noun} ${name}: ${status}`;
    }
    case "registered":
    case "done":
      return "";
  }
}

/** What was done, for a line of its own; null: nothing that has to be read. */
export function doneText(progress: AzureProgress): string | null {
  if (progress.kind !== "registered") return null;
  const { what, name, version, isNew } = progress;
  const place = what === "code" ? name : `${name}:${version}`;
  return isNew ? `Registered the ${registered[what]} ${place}.` : `The ${registered[what]} ${place} is there already.`;
}

/** What Azure does otherwise than this computer, a sentence each. */
export function differenceText(difference: AzureDifference): string {
  switch (difference.kind) {
    case "nested-folders":
      return "Azure scores the files that lie in the input folder itself, and none in folders below it.";
    case "rows":
      return "Azure writes rows in any order and without a header; Batchdeck orders and names them when it downloads them.";
    case "one-worker":
      return "The counts of instances and workers are left out: every core here, one worker on one instance in Azure.";
    case "files-are-items":
      return "error_threshold counts failed rows here and failed files in Azure.";
    case "timeout":
      return "The timeout is left out: 30 seconds without a finished item here, 30 seconds a mini-batch in Azure.";
    case "own-settings":
      return `Without effect in Azure: ${difference.keys.join(", ")}.`;
  }
}
