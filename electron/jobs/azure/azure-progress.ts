import type { JobWarning } from "../../contract/nouns/job-warning.ts";
import type { WaitingReason } from "../../contract/nouns/waiting-reason.ts";
import type { JobProgress } from "../../registry/job-row.ts";
import type { AzureFacts } from "./azure-journal.ts";

export type AzureCounts = {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
  readonly notANumber: number;
};

/** What a job in Azure holds, once its results are here; before that only what was left out is known. */
export function countsOf({ converted, listed }: AzureFacts): AzureCounts {
  const skipped = listed === null ? 0 : listed.skipped + listed.nested;
  const { succeeded = 0, failed = 0, notANumber = 0 } = converted ?? {};
  return { total: succeeded + failed + skipped, succeeded, failed, skipped, notANumber };
}

/** `before`: as the registry has it. `doing` null: nothing any more. `seconds`: from its begin to its end. */
export function azureProgress(
  before: JobProgress,
  facts: AzureFacts,
  { doing, seconds }: { readonly doing: WaitingReason | null; readonly seconds: number },
): JobProgress {
  return {
    ...before,
    ...countsOf(facts),
    activeSeconds: seconds,
    totalKnown: facts.converted !== null,
    workers: 0,
    rate: 0,
    secondsLeft: null,
    waitingFor: doing,
    warnings: warningsOf(facts),
    azure: { status: facts.status, studioUrl: facts.studioUrl },
  };
}

function warningsOf({ listed, converted }: AzureFacts): readonly JobWarning[] {
  const nested = listed?.nested ?? 0;
  const repeated = converted?.repeated ?? 0;
  return [
    ...(listed !== null && listed.skipped > 0
      ? [{ kind: "left-out", files: listed.skipped, by: listed.skippedBy, names: listed.skippedNames } as const]
      : []),
    ...(nested > 0 ? [{ kind: "azure-nested", files: nested } as const] : []),
    ...(repeated > 0 ? [{ kind: "azure-repeated", items: repeated } as const] : []),
  ];
}
