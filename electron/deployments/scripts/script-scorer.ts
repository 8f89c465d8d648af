import path from "node:path";
import { failure, type Result, success } from "../../contract/problem.ts";
import type { ScriptScorer } from "../../contract/nouns/scorers/script-scorer.ts";
import { type AskEnvironment, chooseEnvironment } from "./choose-environment.ts";
import { codeFolderOf, dropCode, type StagedCode, stageCode } from "./code-snapshot.ts";
import type { EnvironmentReference } from "../yaml/environment-reference.ts";
import { readSmallTextFile } from "../yaml/read-yaml.ts";
import { askPythonVersion, checkPythonScript, missingFunction, scriptFunctions } from "./run-python.ts";
import type { DeploymentTools } from "../deployment-tools.ts";

/** What a deployment file says about its script. */
export type ScriptRequest = {
  readonly deploymentName: string;
  /** Absolute path of the folder of the code. */
  readonly folder: string;
  /** Relative to `folder`. */
  readonly script: string;
  readonly reference: EnvironmentReference | null;
  /** `--environment`; null: not given. */
  readonly environment: string | null;
  readonly ask: AskEnvironment | null;
};

/** A scorer whose code waits in the staging area: `keepCode` or `dropCode` must follow. */
export type StagedScript = {
  readonly scorer: ScriptScorer;
  readonly code: StagedCode;
  /** An environment's choice to remember: what the file calls it, and which one was taken. */
  readonly remember: { readonly reference: string; readonly environment: string } | null;
  readonly notices: readonly string[];
};

/** Whose name Node goes by where no environment was made for it. */
export const builtInNode = "node";

/**
 * Chooses the environment, copies the code, and checks that the script has the shape of one; nothing of it runs.
 * Problems: environment/…, script/invalid.
 */
export async function stageScript(tools: DeploymentTools, request: ScriptRequest): Promise<Result<StagedScript>> {
  const language = scriptLanguage(request.script);
  if (language === null) {
    return failure("script/invalid:language", { script: request.script });
  }
  const chosen = await chooseEnvironment(tools.registry, {
    language,
    reference: request.reference,
    named: request.environment,
    ask: request.ask,
  });
  if (!chosen.ok) return chosen;
  const { environment, remember } = chosen.value;
  const staged = await stageCode(tools.codeFolder, request.folder);
  if (!staged.ok) return staged;
  const interpreter = environment?.interpreter ?? null;
  const checked = await checkScript(staged.value, request, interpreter);
  if (!checked.ok) {
    await dropCode(staged.value);
    return checked;
  }
  const name = environment?.name ?? builtInNode;
  return success({
    scorer: {
      kind: "script",
      language,
      folder: codeFolderOf(tools.codeFolder, staged.value.hash),
      script: normal(request.script),
      hash: staged.value.hash,
      environment: name,
      interpreter,
      outputs: [],
      keep: [],
      batch: 1,
      fixedBatch: null,
    },
    code: staged.value,
    remember: remember === null ? null : { reference: remember, environment: name },
    notices: request.reference?.condaFile
      ? [
          `The packages of ${request.reference.condaFile} are not installed here: the script finds what ` +
            `the environment "${name}" has.`,
        ]
      : [],
  });
}

function scriptLanguage(script: string): ScriptScorer["language"] | null {
  if (/\.py$/i.test(script)) return "python";
  return /\.m?js$/i.test(script) ? "node" : null;
}

function normal(script: string): string {
  return path.posix.normalize(script.replaceAll("\\", "/"));
}

async function checkScript(
  code: StagedCode,
  { script, folder, deploymentName }: ScriptRequest,
  interpreter: string | null,
): Promise<Result<null>> {
  const name = normal(script);
  if (!code.files.includes(name)) {
    return failure("script/invalid:no-script", { script, folder });
  }
  const text = await readSmallTextFile(path.join(code.folder, name), "script/invalid");
  if (!text.ok) return text;
  if (interpreter !== null) return checkPythonScript(interpreter, name, text.value, deploymentName);
  // What it exports shows when it is imported, and that would run it.
  const missing = scriptFunctions.find((word) => !new RegExp(`\\b${word}\\b`).test(text.value));
  return missing === undefined ? success(null) : missingFunction(name, missing);
}

/** The program that an environment names still runs: what can be known of it before a job starts. */
export async function checkInterpreter(scorer: ScriptScorer): Promise<Result<null>> {
  if (scorer.interpreter === null) return success(null);
  const asked = await askPythonVersion(scorer.interpreter);
  if (asked.ok) return success(null);
  return failure("environment/invalid:cannot-run", { environment: scorer.environment, cause: asked.problem });
}
