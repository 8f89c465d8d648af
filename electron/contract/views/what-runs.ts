import type { RunningScript } from "../words/english/script-problems.ts";

/** Everything that a person should see before they trust a deployment that runs a script. */
export type WhatRuns = {
  readonly script: string;
  /** Every file of the code, relative to `folder`. */
  readonly files: readonly string[];
  /** Absolute path of the snapshot: this, not the original, is what will run. */
  readonly folder: string;
  readonly environment: string;
  /** Absolute path; null for Node, which is Batchdeck's own. */
  readonly interpreter: string | null;
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly isTrusted: boolean;
  /** Of all that runs: trust is given to this hash and to nothing that came in its place. */
  readonly hash: string;
};

/** As much of it as a sentence says. */
export function runningScript({ script, files, folder, interpreter }: WhatRuns, deployment: string): RunningScript {
  return { deployment, script, files: files.length, folder, interpreter };
}
