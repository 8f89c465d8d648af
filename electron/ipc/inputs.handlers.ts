import path from "node:path";
import { failure, success } from "../contract/problem.ts";
import type { Sample } from "../workspace/samples.ts";
import type { Desktop } from "./desktop.ts";
import type { Grants } from "./grants.ts";
import type { CallHandlers } from "./call.ts";

/** What the user hands over: by a drop, a dialog, or the sample of an endpoint. */
export function inputHandlers(
  grants: Grants,
  desktop: Desktop,
  samples: readonly Sample[],
): Pick<CallHandlers, "inputs:choose" | "inputs:grant" | "inputs:sample" | "outputs:choose"> {
  return {
    async "inputs:choose"({ kind }) {
      const chosen = await desktop.chooseInput(kind);
      return chosen === null ? success(null) : grants.grantInput(chosen);
    },
    "inputs:grant": ({ path: dropped }) => grants.grantInput(dropped),
    async "inputs:sample"({ endpoint_name }) {
      const sample = samples.find(({ name }) => name === endpoint_name);
      if (sample === undefined) return failure("input/not-found:sample", { endpoint: endpoint_name });
      return grants.grantInput(sample.try.input);
    },
    async "outputs:choose"() {
      const chosen = await desktop.chooseOutputFolder();
      return success(chosen === null ? null : { grantId: grants.grantOutput(chosen), folder: path.resolve(chosen) });
    },
  };
}
