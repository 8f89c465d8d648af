import { useEffect, useState } from "react";
import type { Preflight } from "../../../../electron/contract/nouns/preflight.ts";
import { call } from "../../../bridge/bridge.ts";
import type { Fetched } from "../../../store/app-store.ts";
import { type StartedPreview, startPreview } from "./start-preview.ts";

export type PreviewRequest = {
  readonly endpointName: string;
  /** Null: the user has yet to choose one. */
  readonly deploymentName: string | null;
  readonly grantId: string;
  readonly outputGrant: string | null;
  /** Keeps its identity while it is the same. */
  readonly overrides: Readonly<Record<string, string>>;
  readonly incremental: boolean;
  /** Of the deployment's script: said meanwhile, the report is another one. */
  readonly trusted: boolean | null;
};

export type Preview = {
  /** What was answered last: to this request, or, while `stage` is `looking`, to one before it. */
  readonly report: Fetched<Preflight>;
  /** `sampling`: the input was looked at, its first items are being scored. */
  readonly stage: "looking" | "sampling" | "done";
};

/**
 * Asks what would happen, again for each change of the request: first what a look at the input tells, then what scoring its
 * first items does. A preview that the next one replaces, or that the sheet leaves behind, is ended.
 */
export function usePreview(request: PreviewRequest): Preview {
  const { endpointName, deploymentName, grantId, outputGrant, overrides, incremental, trusted } = request;
  const [preview, setPreview] = useState<Preview>({ report: { state: "loading" }, stage: "looking" });
  useEffect(() => {
    if (deploymentName === null) return undefined;
    const look = async (depth: "quick" | "with-pictures", started: StartedPreview): Promise<void> => {
      const answer = await call("invocations:preview", {
        endpoint_name: endpointName,
        deployment_name: deploymentName,
        grantId,
        output_grant: outputGrant,
        overrides: { ...overrides },
        incremental,
        depth,
        preview_id: started.preview_id,
      });
      if (!started.isCurrent()) return;
      if (!answer.ok) {
        setPreview({ report: { state: "failed", problem: answer.problem }, stage: "done" });
        return;
      }
      const { report } = answer.value;
      const goesOn = depth === "quick" && report.plan !== null;
      setPreview({ report: { state: "ready", value: report }, stage: goesOn ? "sampling" : "done" });
      if (goesOn) await look("with-pictures", started);
    };
    setPreview(({ report }) => ({ report, stage: "looking" }));
    return startPreview(Object.keys(overrides).length > 0, (started) => look("quick", started));
    // `trusted` is not read: news of it is a reason to look again.
  }, [endpointName, deploymentName, grantId, outputGrant, overrides, incremental, trusted]);
  return preview;
}
