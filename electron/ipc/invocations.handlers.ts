import { success } from "../contract/problem.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { Grants } from "./grants.ts";
import type { CallHandlers } from "./call.ts";

/** Showing what a run would do, and starting it. */
export function invocationHandlers(
  workspace: Workspace,
  grants: Grants,
): Pick<CallHandlers, "invocations:preview" | "invocations:start"> {
  return {
    async "invocations:preview"({ endpoint_name, deployment_name, grantId, output_grant, depth }) {
      const input = grants.input(grantId);
      if (!input.ok) return input;
      const output = grants.output(output_grant);
      if (!output.ok) return output;
      const request = {
        endpointName: endpoint_name,
        deploymentName: deployment_name,
        inputPath: input.value.path,
        outputFolder: output.value,
        overrides: {},
        jobName: null,
      };
      return success({ input: input.value.grant, report: await workspace.jobs.preflight(request, depth) });
    },
    async "invocations:start"({ endpoint_name, deployment_name, grantId, output_grant, overrides }) {
      const input = grants.input(grantId);
      if (!input.ok) return input;
      const output = grants.output(output_grant);
      if (!output.ok) return output;
      return workspace.jobs.submit({
        endpointName: endpoint_name,
        deploymentName: deployment_name,
        inputPath: input.value.path,
        outputFolder: output.value,
        overrides,
        jobName: null,
      });
    },
  };
}
