import { useEffect, useState } from "react";
import type { EstimateRange } from "../../../../electron/contract/nouns/preflight.ts";
import type { AzureEstimate } from "../../../../electron/contract/nouns/azure/azure-estimate.ts";
import { call } from "../../../bridge/bridge.ts";
import type { SheetRequest } from "../../../store/app-store.ts";
import { startPreview } from "../preview/start-preview.ts";

/** What one of the two places would take; null: it is not known. */
export type Estimated =
  | { readonly runsOn: "local"; readonly seconds: EstimateRange | null }
  | { readonly runsOn: "azure"; readonly estimate: AzureEstimate | null };

/** What the place would take that the sheet is not about, by its default deployment; null: nobody has answered yet. */
export function useOtherEstimate(
  { runsOn, endpointName, input }: SheetRequest,
  /** Keeps its identity while it is the same. */
  overrides: Readonly<Record<string, string>>,
  isWanted: boolean,
): Estimated | null {
  const [estimated, setEstimated] = useState<Estimated | null>(null);
  const { grantId } = input;
  useEffect(() => {
    if (!isWanted) return undefined;
    const ask = runsOn === "local" ? askAzure : askHere;
    return startPreview(true, async ({ preview_id, isCurrent }) => {
      const answer = await ask({ endpointName, grantId, overrides, preview_id });
      if (isCurrent()) setEstimated(answer);
    });
  }, [runsOn, endpointName, grantId, overrides, isWanted]);
  return estimated;
}

type Question = Pick<SheetRequest, "endpointName"> & {
  readonly grantId: string;
  readonly overrides: Readonly<Record<string, string>>;
  readonly preview_id: string;
};

async function askAzure(question: Question): Promise<Estimated> {
  const answer = await call("azure:preview-job", requestOf(question));
  return { runsOn: "azure", estimate: answer.ok ? (answer.value.job?.estimate ?? null) : null };
}

async function askHere(question: Question): Promise<Estimated> {
  const answer = await call("invocations:preview", { ...requestOf(question), incremental: false, depth: "quick" });
  return { runsOn: "local", seconds: answer.ok ? (answer.value.report.estimate?.seconds ?? null) : null };
}

function requestOf({ endpointName, grantId, overrides, preview_id }: Question) {
  return {
    ...{ endpoint_name: endpointName, deployment_name: null, grantId, output_grant: null },
    ...{ overrides: { ...overrides }, preview_id },
  };
}
