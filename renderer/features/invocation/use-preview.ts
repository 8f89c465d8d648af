import { useEffect, useState } from "react";
import type { CallAnswer } from "../../../electron/contract/channels.ts";
import type { InvocationPlan } from "../../../electron/contract/preflight.ts";
import { call } from "../../bridge/bridge.ts";
import type { Fetched } from "../../store/app-store.ts";

export type PreviewRequest = {
  readonly endpointName: string;
  /** Null: the user has yet to choose one. */
  readonly deploymentName: string | null;
  readonly grantId: string;
  readonly outputGrant: string | null;
};

/** What will happen when Start is pressed. */
export type Preview = InvocationPlan & { readonly deployment_name: string };

/** Asks what would happen, again for each change of the request; an answer that comes too late is dropped. */
export function usePreview(request: PreviewRequest): Fetched<Preview> {
  const { endpointName, deploymentName, grantId, outputGrant } = request;
  const [preview, setPreview] = useState<Fetched<Preview>>({ state: "loading" });
  useEffect(() => {
    if (deploymentName === null) return undefined;
    let isCurrent = true;
    setPreview({ state: "loading" });
    void call("invocations:preview", {
      endpoint_name: endpointName,
      deployment_name: deploymentName,
      grantId,
      output_grant: outputGrant,
      depth: "quick",
    }).then((answer) => {
      if (isCurrent) setPreview(previewOf(answer));
    });
    return () => {
      isCurrent = false;
    };
  }, [endpointName, deploymentName, grantId, outputGrant]);
  return preview;
}

function previewOf(answer: CallAnswer<"invocations:preview">): Fetched<Preview> {
  if (!answer.ok) return { state: "failed", problem: answer.problem };
  const { problems, plan, deployment_name } = answer.value.report;
  const [problem] = problems;
  if (problem !== undefined) return { state: "failed", problem };
  if (plan === null || deployment_name === null) throw new Error("An invocation without a problem has a plan.");
  return { state: "ready", value: { ...plan, deployment_name } };
}
