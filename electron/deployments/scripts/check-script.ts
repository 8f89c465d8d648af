import { existsSync } from "node:fs";
import { failure, type Result, success } from "../../contract/problem.ts";
import type { Scorer } from "../../contract/nouns/scorer.ts";
import type { DeploymentRecord } from "../../registry/deployments.repository.ts";
import { codeFolderOf } from "./code-snapshot.ts";
import { checkInterpreter } from "./script-scorer.ts";
import { isScriptDeployment, whatRuns } from "./trust.ts";
import { runningScript } from "../../contract/views/what-runs.ts";

/**
 * A deployment's scorer as a job may be given it: a script was trusted, its code is there, and what runs it runs.
 * Problems: script/not-trusted, script/invalid, environment/invalid.
 */
export async function checkScript(
  tools: { readonly codeFolder: string },
  deployment: DeploymentRecord,
): Promise<Result<Scorer>> {
  if (!isScriptDeployment(deployment)) return success(deployment.scorer);
  const { scorer, name, endpointName } = deployment;
  const folder = codeFolderOf(tools.codeFolder, scorer.hash);
  if (!existsSync(folder)) {
    return failure("script/invalid:code-gone", { deployment: name });
  }
  const runs = await whatRuns(tools, deployment);
  if (runs !== null && !runs.isTrusted) {
    return failure("script/not-trusted", { runs: runningScript(runs, name), endpoint: endpointName });
  }
  const interpreter = await checkInterpreter(scorer);
  return interpreter.ok ? success({ ...scorer, folder }) : interpreter;
}
