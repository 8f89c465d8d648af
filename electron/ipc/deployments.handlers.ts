import { success } from "../contract/problem.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { CallHandlers } from "./call.ts";

/** The list ends here; what is more is counted. */
const shownFiles = 500;

/** Looking at the code that a deployment runs, and trusting it. */
export function deploymentHandlers(
  workspace: Workspace,
): Pick<CallHandlers, "deployments:script" | "deployments:trust"> {
  return {
    async "deployments:script"({ endpoint_name, deployment_name }) {
      const shown = await workspace.deployments.showScript(endpoint_name, deployment_name);
      if (!shown.ok) return shown;
      if (shown.value === null) return success(null);
      const { runs, text, isCut, files, model } = shown.value;
      return success({
        script: runs.script,
        text,
        is_cut: isCut,
        files: files.slice(0, shownFiles).map(({ name, bytes }) => ({ name, bytes })),
        file_count: files.length,
        environment: runs.environment,
        interpreter: runs.interpreter,
        environment_variables: { ...runs.environmentVariables },
        model,
        hash: runs.hash,
      });
    },
    "deployments:trust": ({ endpoint_name, deployment_name, hash }) =>
      workspace.deployments.trust(endpoint_name, deployment_name, hash),
  };
}
