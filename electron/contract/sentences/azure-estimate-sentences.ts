import type { AzureTime } from "../nouns/azure/azure-estimate.ts";
import type { AzureMissingRight } from "../nouns/azure/missing-right.ts";
import type { SentencesOf } from "./sentences.ts";

type What = "run" | "upload";

/** What is said of a job in Azure before it starts, in one language. */
export type AzureEstimateSentences = {
  /** What stands behind a length of time, or in its place: what it is known from, or why it is not known. */
  readonly basis: Readonly<Record<What, SentencesOf<AzureTime>>>;
  /** A sentence. */
  readonly missingRight: (right: AzureMissingRight) => string;
};

const basis: AzureEstimateSentences["basis"] = {
  run: {
    "from-jobs": ({ jobs }) => `from ${jobs} earlier job${jobs === 1 ? "" : "s"} in Azure`,
    "no-earlier": () => "not known (no earlier job of this deployment in Azure)",
    "much-smaller": () => "not known (the earlier jobs in Azure were much smaller)",
    "unknown-size": () => "not known (the input lies in Azure, and its size is not known here)",
  },
  upload: {
    "from-jobs": ({ jobs }) => `from ${jobs} earlier upload${jobs === 1 ? "" : "s"}`,
    "no-earlier": () => "time not known (no earlier upload)",
    "much-smaller": () => "time not known (the earlier uploads were much smaller)",
    "unknown-size": () => "time not known",
  },
};

function missingRight({ on, name, role }: AzureMissingRight): string {
  return on === "workspace"
    ? `Your account may not start jobs in the Azure ML workspace ${name}. Ask its owner for the role "${role}" on it.`
    : `Your account may not ${role.endsWith("Reader") ? "read from" : "send files to"} the storage account ${name}. ` +
        `Ask its owner for the role "${role}" on it.`;
}

export const englishAzureEstimateSentences: AzureEstimateSentences = { basis, missingRight };
