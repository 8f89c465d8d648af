import { useEffect, useState } from "react";
import type { InvocationPreview } from "../../../electron/contract/channels.ts";
import { call } from "../../bridge/bridge.ts";
import type { Fetched } from "../../store/app-store.ts";

export type PreviewRequest = {
  readonly endpointName: string;
  /** Null: the user has yet to choose one. */
  readonly deploymentName: string | null;
  readonly grantId: string;
  readonly outputGrant: string | null;
};

/** Asks what would happen, again for each change of the request; an answer that comes too late is dropped. */
export function usePreview(request: PreviewRequest): Fetched<InvocationPreview> {
  const { endpointName, deploymentName, grantId, outputGrant } = request;
  const [preview, setPreview] = useState<Fetched<InvocationPreview>>({ state: "loading" });
  useEffect(() => {
    if (deploymentName === null) return undefined;
    let isCurrent = true;
    setPreview({ state: "loading" });
    void call("invocations:preview", {
      endpoint_name: endpointName,
      deployment_name: deploymentName,
      grantId,
      output_grant: outputGrant,
    }).then((answer) => {
      if (!isCurrent) return;
      setPreview(answer.ok ? { state: "ready", value: answer.value } : { state: "failed", problem: answer.problem });
    });
    return () => {
      isCurrent = false;
    };
  }, [endpointName, deploymentName, grantId, outputGrant]);
  return preview;
}
