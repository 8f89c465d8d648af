import type { CallInput } from "../contract/channels.ts";
import { type Result, success } from "../contract/problem.ts";
import type { InvokeRequest, Workspace } from "../workspace/workspace.ts";
import { grantedPlaces, type Grants } from "./grants.ts";
import type { CallHandlers } from "./call.ts";
import type { Previews } from "./previews.ts";

/** Showing what a run would do, and starting it. */
export function invocationHandlers(
  workspace: Workspace,
  grants: Grants,
  previews: Previews,
): Pick<CallHandlers, "invocations:preview" | "invocations:end-preview" | "invocations:start"> {
  return {
    async "invocations:preview"(input) {
      const request = requestOf(grants, input);
      if (!request.ok) return request;
      const granted = grants.input(input.grantId);
      if (!granted.ok) return granted;
      const report = await previews.run(input.preview_id, (signal) =>
        workspace.jobs.preflight(request.value, input.depth, signal),
      );
      return success({ input: granted.value.grant, report });
    },
    "invocations:end-preview"({ preview_id }) {
      previews.end(preview_id);
      return success(null);
    },
    async "invocations:start"(input) {
      const request = requestOf(grants, input);
      return request.ok ? workspace.jobs.submit(request.value) : request;
    },
  };
}

/** Problems: input/not-found, output/unwritable, when a grant was not given by this window. */
function requestOf(
  grants: Grants,
  invocation: CallInput<"invocations:preview"> | CallInput<"invocations:start">,
): Result<InvokeRequest> {
  const places = grantedPlaces(grants, invocation);
  if (!places.ok) return places;
  const { inputPath, outputFolder } = places.value;
  return success({
    endpointName: invocation.endpoint_name,
    deploymentName: invocation.deployment_name,
    inputPath,
    outputFolder,
    overrides: invocation.overrides,
    incremental: invocation.incremental,
    jobName: null,
  });
}
