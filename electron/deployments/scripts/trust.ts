import type { WhatRuns } from "../../contract/views/what-runs.ts";
import { createHash } from "node:crypto";
import { failure, type Result, success } from "../../contract/problem.ts";
import type { ScriptScorer } from "../../contract/nouns/scorers/script-scorer.ts";
import type { DeploymentRecord } from "../../registry/deployments.repository.ts";
import type { Registry } from "../../registry/open-registry.ts";
import { codeFolderOf, listCode } from "./code-snapshot.ts";
import type { DeploymentTools } from "../deployment-tools.ts";

/** A deployment that runs a script. */
export type ScriptDeployment = DeploymentRecord & { readonly scorer: ScriptScorer };

export function isScriptDeployment(deployment: DeploymentRecord): deployment is ScriptDeployment {
  return deployment.scorer.kind === "script";
}

/**
 * What its user trusts, as one hash in hexadecimal: the code's every file, which of them is called and by which program,
 * the model's every file (a pickle is code, too), and the variables that the script is given. See
 * docs/decisions/0017-environments-and-trust.md.
 */
export function trustHash({ scorer, modelHash, settings }: ScriptDeployment): string {
  const variables = Object.entries(settings.environment_variables).sort(([a], [b]) => (a < b ? -1 : 1));
  const { hash, language, script, interpreter } = scorer;
  return createHash("sha256")
    .update(JSON.stringify([hash, language, script, interpreter, modelHash, variables]))
    .digest("hex");
}

export function isTrusted(deployment: ScriptDeployment): boolean {
  return deployment.trustedHash === trustHash(deployment);
}

/** Null for a deployment that runs no code of its user. */
export async function whatRuns(
  tools: Pick<DeploymentTools, "codeFolder">,
  deployment: DeploymentRecord,
): Promise<WhatRuns | null> {
  if (!isScriptDeployment(deployment)) return null;
  const { scorer, settings } = deployment;
  return {
    script: scorer.script,
    files: (await listCode(tools.codeFolder, scorer.hash)) ?? [],
    folder: codeFolderOf(tools.codeFolder, scorer.hash),
    environment: scorer.environment,
    interpreter: scorer.interpreter,
    environmentVariables: settings.environment_variables,
    isTrusted: isTrusted(deployment),
    hash: trustHash(deployment),
  };
}

/**
 * Trusts what the deployment runs; `hash` is what was shown to the person who says so, so that nothing else is trusted
 * that came in its place meanwhile. Problems: deployment/not-found, usage/invalid (it runs no script), script/not-trusted
 * (it runs something else by now).
 */
export function trustDeployment(
  registry: Registry,
  endpointName: string,
  name: string,
  hash: string,
): Result<DeploymentRecord> {
  return registry.transaction(() => {
    const deployment = registry.deployments.find(endpointName, name);
    if (deployment === null) return failure("deployment/not-found", { deployment: name });
    if (!isScriptDeployment(deployment)) return nothingToTrust(name);
    if (trustHash(deployment) !== hash) return failure("script/not-trusted:changed", { deployment: name });
    registry.deployments.setTrustedHash(endpointName, name, hash);
    return success({ ...deployment, trustedHash: hash });
  });
}

export function nothingToTrust(name: string): Result<never> {
  return failure("usage/invalid:nothing-to-trust", { deployment: name });
}
