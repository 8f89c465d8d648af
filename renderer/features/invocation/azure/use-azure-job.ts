import { useEffect, useMemo, useState } from "react";
import type { AzureEndpointCard as Endpoint } from "../../../../electron/contract/views/azure-card.ts";
import type { AzurePlan } from "../../../../electron/contract/views/azure-plan.ts";
import { call } from "../../../bridge/bridge.ts";
import type { Fetched, SheetRequest } from "../../../store/app-store.ts";
import { useChoices } from "../use-choices.ts";
import { startPreview } from "../preview/start-preview.ts";

/** A job in Azure while its user decides about it: the choices, what Azure and main say of them, and Start. */
export function useAzureJob(request: SheetRequest, endpoint: Endpoint) {
  const { name, default_deployment, deployments } = endpoint;
  const models = useMemo(() => deployments.filter(({ type }) => type === "model"), [deployments]);
  const choices = useChoices(request, { name, default_deployment, deployments: models });
  const { deploymentName, outputGrant, overrides } = choices;
  const { grantId } = request.input;
  /** What was answered last: to these choices, or, while it is looked at again, to those before. */
  const [plan, setPlan] = useState<Fetched<AzurePlan>>({ state: "loading" });
  const [isLooking, setLooking] = useState(true);
  const [asked, setAsked] = useState(0);

  useEffect(() => {
    if (deploymentName === null) return undefined;
    setLooking(true);
    return startPreview(Object.keys(overrides).length > 0, async ({ preview_id, isCurrent }) => {
      const answer = await call("azure:preview-job", {
        ...{ endpoint_name: name, deployment_name: deploymentName, grantId },
        ...{ output_grant: outputGrant, overrides: { ...overrides }, preview_id },
      });
      if (!isCurrent()) return;
      setPlan(answer.ok ? { state: "ready", value: answer.value } : { state: "failed", problem: answer.problem });
      setLooking(false);
    });
    // `asked` is not read: a new number is a reason to look again.
  }, [name, deploymentName, grantId, outputGrant, overrides, asked]);

  const canStart =
    !isLooking &&
    plan.state === "ready" &&
    plan.value.job !== null &&
    plan.value.problems.length === 0 &&
    !choices.hasFaults;

  return {
    ...choices,
    models,
    plan,
    isLooking,
    lookAgain: () => setAsked((times) => times + 1),
    canStart,
    async start(): Promise<void> {
      if (!canStart) return;
      await choices.start(() => call("azure:start-job", { ...choices.request, deployment_name: deploymentName }));
    },
  };
}
