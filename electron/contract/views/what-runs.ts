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

/** The same as a sentence. */
export function whatRunsSentence(runs: WhatRuns, deploymentName: string): string {
  const others = runs.files.length === 1 ? "1 file" : `${runs.files.length} files`;
  return `The deployment "${deploymentName}" runs the script "${runs.script}" (${others} in ${runs.folder}) with ${runs.interpreter ?? "Node"}`;
}
