import { useEffect, useState } from "react";
import type { EstimateRange } from "../../../../electron/contract/nouns/preflight.ts";
import type { AzureEstimate } from "../../../../electron/contract/nouns/azure/azure-estimate.ts";
import { call } from "../../../bridge/bridge.ts";
import type { SheetRequest } from "../../../store/app-store.ts";
import { pauseMs } from "../use-preview.ts";

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
    let isCurrent = true;
    const ask = runsOn === "local" ? askAzure : askHere;
    const timer = setTimeout(() => {
      void ask(endpointName, grantId, overrides).then((answer) => {
        if (isCurrent) setEstimated(answer);
      });
    }, pauseMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [runsOn, endpointName, grantId, overrides, isWanted]);
  return estimated;
}

async function askAzure(
  endpointName: string,
  grantId: string,
  overrides: Readonly<Record<string, string>>,
): Promise<Estimated> {
  const answer = await call("azure:preview-job", requestOf(endpointName, grantId, overrides));
  return { runsOn: "azure", estimate: answer.ok ? (answer.value.job?.estimate ?? null) : null };
}

async function askHere(
  endpointName: string,
  grantId: string,
  overrides: Readonly<Record<string, string>>,
): Promise<Estimated> {
  const answer = await call("invocations:preview", {
    ...requestOf(endpointName, grantId, overrides),
    ...{ incremental: false, depth: "quick", preview_id: null },
  });
  return { runsOn: "local", seconds: answer.ok ? (answer.value.report.estimate?.seconds ?? null) : null };
}

function requestOf(endpointName: string, grantId: string, overrides: Readonly<Record<string, string>>) {
  return {
    ...{ endpoint_name: endpointName, deployment_name: null, grantId, output_grant: null },
    overrides: { ...overrides },
  };
}
