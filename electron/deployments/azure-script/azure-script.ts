import { createHash } from "node:crypto";
import path from "node:path";
import { failure, type Result, success } from "../../contract/problem.ts";
import type { DeploymentRecord } from "../../registry/deployments.repository.ts";
import type { DeploymentTools } from "../deployment-tools.ts";
import { modelFolder } from "../models/model-store.ts";
import { showModel } from "../models/models.ts";
import { condaFile, scriptImage } from "./environment.ts";
import { scriptColumns, scriptFacts } from "./script-facts.ts";
import { scoringScriptName, scriptFiles } from "./script-files.ts";
import { asScriptable } from "./scriptable.ts";
import { checkTokenizer } from "./tokenizer-parts.ts";

/** A scoring script for Azure that does what a built-in scorer does here, and the settings that Azure needs with it. */
export type AzureScript = {
  /** What the folder of the code holds: texts by path, relative with `/`. */
  readonly files: ReadonlyMap<string, string>;
  /** The one of them that is Azure's `scoring_script`. */
  readonly scoringScript: string;
  readonly environment: {
    /** The Docker image that the packages are put into. */
    readonly image: string;
    /** Text of the file of packages, as conda reads it. */
    readonly condaFile: string;
  };
  /**
   * For a deployment without `retry_settings.timeout`: Azure's own 30 seconds are for a whole mini-batch, and here for a
   * single item.
   */
  readonly timeoutSeconds: number;
  /**
   * For the `properties` of the deployment. `batchdeck.output`: JSON with the columns behind file and row, whether rows of
   * our own file begin with these (`keys`), and what an item is (`unit`: row or file). `batchdeck.scorer`: SHA-256 of the scorer
   * and the model, in hexadecimal.
   */
  readonly properties: Readonly<Record<"batchdeck.output" | "batchdeck.scorer", string>>;
};

/** Ten files of a hundred thousand rows take about a minute. */
const timeoutSeconds = 600;

/**
 * Makes it of a deployment, which must not have a script already. Problems: deployment/unsupported, for what such a script cannot
 * do; model/not-found.
 */
export async function generateAzureScript(
  { registry, modelsFolder }: Pick<DeploymentTools, "registry" | "modelsFolder">,
  deployment: DeploymentRecord,
): Promise<Result<AzureScript>> {
  const { name, scorer: own } = deployment;
  if (own.kind === "script") throw new Error("A deployment with a script needs no other.");
  const able = asScriptable(own);
  if ("refusal" in able) {
    return failure("deployment/unsupported:azure-script", { deployment: name, refusal: able.refusal });
  }
  const { scorer } = able;
  const model = showModel(registry, deployment.modelName, deployment.modelVersion);
  if (!model.ok) return model;
  if (scorer.kind === "text" && scorer.tokenizer !== null) {
    const onnxFolder = path.join(modelFolder(modelsFolder, model.value), path.dirname(model.value.onnxFile));
    const checked = await checkTokenizer(name, onnxFolder, scorer.tokenizer.file);
    if (!checked.ok) return checked;
  }
  const facts = `${JSON.stringify(scriptFacts(scorer, deployment, model.value), null, 2)}\n`;
  const { names, hasKeys, unit } = scriptColumns(scorer);
  return success({
    files: scriptFiles(scorer.kind, facts),
    scoringScript: scoringScriptName,
    environment: { image: scriptImage, condaFile: condaFile(scorer.kind) },
    timeoutSeconds,
    properties: {
      "batchdeck.output": JSON.stringify({ columns: names, keys: hasKeys, unit }),
      "batchdeck.scorer": createHash("sha256").update(facts).update(model.value.hash).digest("hex"),
    },
  });
}
