import type { ProblemCode } from "../../electron/contract/problem.ts";
import type { JobSpec } from "../../electron/contract/nouns/job-spec.ts";
import type { ScriptScorer } from "../../electron/contract/nouns/scorers/script-scorer.ts";
import { nodeProgram } from "./node-program.ts";
import { pythonProgram } from "./python-program.ts";
import type { RowForm, ScriptProgram, ScriptSettings } from "./script-program.ts";
import { snapshotHash } from "./snapshot-hash.ts";
import type { UserLog } from "./user-log.ts";
import { createUserLog } from "./user-log.ts";

/** A script as one worker holds it for one job. */
export type ScriptJob = {
  readonly spec: JobSpec;
  readonly form: RowForm;
  readonly log: UserLog;
  /** The script, ready for run(): started anew when it had ended. The message says why it cannot be. */
  readonly program: () => Promise<{ readonly ready: ScriptProgram } | { readonly refused: string }>;
  readonly close: () => Promise<void>;
};

export type OpenedScript =
  | { readonly ok: true; readonly job: ScriptJob; readonly provider: string; readonly version: string }
  | { readonly ok: false; readonly code: ProblemCode; readonly message: string };

/** Makes sure that the code is the one that was trusted, loads it and calls its init(). Throws what `fs` throws. */
export async function openScript(
  spec: JobSpec,
  scorer: ScriptScorer,
  logsFolder: string,
  workerId: string,
): Promise<OpenedScript> {
  const { output_action, logging_level } = spec.settings;
  if ((await snapshotHash(scorer.folder)) !== scorer.hash) {
    const message = "The code of the script is not what was trusted: its files in the workspace were changed.";
    return { ok: false, code: "script/not-trusted", message };
  }
  const log = createUserLog(logsFolder, workerId);
  const settings: ScriptSettings = {
    folder: scorer.folder,
    script: scorer.script,
    arguments: ["--logging_level", logging_level],
    loggingLevel: logging_level,
    environment: { AZUREML_MODEL_DIR: spec.model.folder, AZUREML_BI_OUTPUT_PATH: spec.output.folder },
    log,
  };
  const make = () =>
    scorer.language === "python" ? pythonProgram(scorer.interpreter ?? "python3", settings) : nodeProgram(settings);
  let current = make();
  const started = await current.start();
  if (!started.ok) {
    await current.end();
    log.close();
    return started;
  }
  const job: ScriptJob = {
    spec,
    form: output_action === "summary_only" ? "none" : spec.output.format === "azureml" ? "azure" : "cells",
    log,
    async program() {
      if (current.isAlive()) return { ready: current };
      log.at("init");
      current = make();
      const again = await current.start();
      if (again.ok) return { ready: current };
      await current.end();
      return { refused: again.message };
    },
    async close() {
      log.at("shutdown");
      await current.end();
      log.close();
    },
  };
  return { ok: true, job, provider: scorer.language, version: started.version };
}
