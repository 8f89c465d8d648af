import type { CallInput } from "../../electron/contract/channels.ts";
import type { AzureProgress } from "../../electron/contract/views/azure-write.ts";
import type { Problem } from "../../electron/contract/problem.ts";

/** A deployment of this computer on its way to Azure, or how that ended. */
export type Publication = {
  readonly wanted: CallInput<"azure:publish">;
  /** The last word on each thing that was done or is being done, in the order in which they began. */
  readonly steps: readonly AzureProgress[];
  readonly outcome:
    | { readonly kind: "running" }
    | { readonly kind: "cancelling" }
    | { readonly kind: "published" }
    | { readonly kind: "refused"; readonly problem: Problem };
};

export function isUnderWay({ outcome }: Publication): boolean {
  return outcome.kind === "running" || outcome.kind === "cancelling";
}

export function withStep(steps: Publication["steps"], step: AzureProgress): Publication["steps"] {
  const place = steps.findIndex((known) => thingOf(known) === thingOf(step));
  return place === -1 ? [...steps, step] : steps.with(place, step);
}

/** What a step is about: files that become an asset, or a change of an endpoint or a deployment. */
export function thingOf(step: AzureProgress): string {
  return "what" in step ? step.what : `${step.change} ${step.noun}`;
}
