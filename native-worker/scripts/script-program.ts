import type { ItemErrorCode } from "../../electron/contract/item-error.ts";
import type { DeploymentSettings } from "../../electron/contract/nouns/deployment.ts";
import type { ProblemCode } from "../../electron/contract/problem.ts";
import type { ScriptColumn } from "../../electron/contract/nouns/script-columns.ts";
import type { UserLog } from "./user-log.ts";

/** What is made of the rows: cells as the merge reads them, the bytes that Azure ML writes, or nothing (`summary_only`). */
export type RowForm = "cells" | "azure" | "none";

/** Where a script runs and what it may know. */
export type ScriptSettings = {
  /** Absolute path of the code, the script in it, and the words of its command line. */
  readonly folder: string;
  readonly script: string;
  readonly arguments: readonly string[];
  /** What its loggers show that have no level of their own. */
  readonly loggingLevel: DeploymentSettings["logging_level"];
  /** Variables beside those that this process has. */
  readonly environment: Readonly<Record<string, string>>;
  readonly log: UserLog;
};

/** A script that is loaded: one that died is started anew, as another program. */
export type ScriptProgram = {
  /** Loads the script and calls its init(). Called once, before anything else. */
  readonly start: () => Promise<ScriptStart>;
  /** Calls run() with absolute paths. Rows are handed over in pieces, in order; those of a failed run are not to be used. */
  readonly run: (
    files: readonly string[],
    form: RowForm,
    takeRows: (bytes: Uint8Array) => Promise<void>,
  ) => Promise<ScriptRun>;
  readonly isAlive: () => boolean;
  /** Calls shutdown(), if there is one, and ends it: at once when it does not end by itself. */
  readonly end: () => Promise<void>;
};

export type ScriptStart =
  | { readonly ok: true; readonly version: string }
  | {
      readonly ok: false;
      /** `script/failed`: it may do better the next time. The others: it is not to be had, or not a scoring script. */
      readonly code: Extract<ProblemCode, "script/failed" | "script/invalid" | "environment/invalid">;
      readonly message: string;
    };

export type ScriptRun =
  | { readonly kind: "returned"; readonly length: number; readonly columns: readonly ScriptColumn[] | null }
  | {
      readonly kind: "failed";
      readonly code: Extract<ItemErrorCode, "script-raised" | "script-bad-return" | "script-exited">;
      readonly message: string;
    };

/** Azure ML's own words; `returned` names the type. */
export function badReturn(returned: string): ScriptRun {
  const message =
    "The run() method in the entry script should return a list or a pandas DataFrame. " +
    `The length of returned result is considered as succeeded number of items, and it returned ${returned}.`;
  return { kind: "failed", code: "script-bad-return", message };
}

export function lacks(name: string): ScriptStart {
  const message = `The script has no function ${name}(): a scoring script has init() and run(mini_batch).`;
  return { ok: false, code: "script/invalid", message };
}

/** All variables of a script: those of this process but for what is ours and the runtime's own, and those of the job. */
export function scriptEnvironment({ environment }: ScriptSettings): Readonly<Record<string, string | undefined>> {
  const own = /^(BATCHDECK|ELECTRON|NODE)_/;
  return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name))), ...environment };
}
