import { useEffect, useState } from "react";
import type { Preflight } from "../../../electron/contract/nouns/preflight.ts";
import { call } from "../../bridge/bridge.ts";
import type { Fetched } from "../../store/app-store.ts";

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

/** Somebody types. */
export const pauseMs = 250;

let previews = 0;

/** By which main knows a preview that this page may end. */
export function newPreviewId(): string {
  previews += 1;
  return `sheet-${previews}`;
}

/** Ends a preview that nobody waits for any more. */
export function endPreview(preview_id: string): void {
  void call("invocations:end-preview", { preview_id });
}

/**
 * Asks what would happen, again for each change of the request: first what a look at the input tells, then what scoring its
 * first items does. A preview that the next one replaces, or that the sheet leaves behind, is ended.
 */
export function usePreview(request: PreviewRequest): Preview {
  const { endpointName, deploymentName, grantId, outputGrant, overrides, incremental, trusted } = request;
  const [preview, setPreview] = useState<Preview>({ report: { state: "loading" }, stage: "looking" });
  useEffect(() => {
    if (deploymentName === null) return undefined;
    let isCurrent = true;
    let isAsked = false;
    const preview_id = newPreviewId();
    const look = async (depth: "quick" | "with-pictures"): Promise<void> => {
      isAsked = true;
      const answer = await call("invocations:preview", {
        endpoint_name: endpointName,
        deployment_name: deploymentName,
        grantId,
        output_grant: outputGrant,
        overrides: { ...overrides },
        incremental,
        depth,
        preview_id,
      });
      isAsked = false;
      if (!isCurrent) return;
      if (!answer.ok) {
        setPreview({ report: { state: "failed", problem: answer.problem }, stage: "done" });
        return;
      }
      const { report } = answer.value;
      const goesOn = depth === "quick" && report.plan !== null;
      setPreview({ report: { state: "ready", value: report }, stage: goesOn ? "sampling" : "done" });
      if (goesOn) await look("with-pictures");
    };
    setPreview(({ report }) => ({ report, stage: "looking" }));
    const timer = setTimeout(() => void look("quick"), Object.keys(overrides).length === 0 ? 0 : pauseMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
      if (isAsked) endPreview(preview_id);
    };
    // `trusted` is not read: news of it is a reason to look again.
  }, [endpointName, deploymentName, grantId, outputGrant, overrides, incremental, trusted]);
  return preview;
}
