import { useState } from "react";
import type { EndpointCard as Endpoint } from "../../../electron/contract/channels.ts";
import { call } from "../../bridge/bridge.ts";
import type { SheetRequest } from "../../store/app-store.ts";
import { useChoices } from "./use-choices.ts";
import { usePreview } from "./preview/use-preview.ts";

/** An invocation on this computer while its user decides about it: the choices, what main says of them, and Start. */
export function useInvocation(request: SheetRequest, endpoint: Endpoint) {
  const choices = useChoices(request, endpoint);
  const [isIncremental, chooseIncremental] = useState(false);
  const { deploymentName, deployment } = choices;
  const preview = usePreview({
    endpointName: endpoint.name,
    deploymentName,
    grantId: request.input.grantId,
    outputGrant: choices.outputGrant,
    overrides: choices.overrides,
    incremental: isIncremental,
    trusted: deployment?.trusted ?? null,
  });
  const report = preview.report.state === "ready" ? preview.report.value : null;
  const canStart =
    preview.stage !== "looking" &&
    report !== null &&
    report.plan !== null &&
    report.problems.length === 0 &&
    !choices.hasFaults;

  return {
    ...choices,
    isIncremental,
    chooseIncremental,
    preview,
    canStart,
    // An endpoint that was never used has no job whose rows could be reused.
    canReuse: endpoint.last_used_at !== null && deployment !== null,
    async start(): Promise<void> {
      if (!canStart || deploymentName === null) return;
      const asked = { ...choices.request, deployment_name: deploymentName, incremental: isIncremental };
      await choices.start(() => call("invocations:start", asked));
    },
  };
}
