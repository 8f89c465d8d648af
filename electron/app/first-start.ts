import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ownerOnly } from "../contract/processes/file-modes.ts";
import { installSamples, type Sample } from "../workspace/samples.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { problemSentence } from "../contract/words/english-problems.ts";

/**
 * Puts the sample endpoints into a workspace that never had them. A sample that the user deleted later stays away, and
 * an installation that did not come to its end is made up for at the next start.
 */
export async function installSamplesOnce(
  workspace: Workspace,
  samples: readonly Sample[],
  log: (line: string) => void,
): Promise<void> {
  const marker = path.join(workspace.home, "samples-installed");
  if (existsSync(marker)) return;
  const installed = await installSamples(workspace, samples);
  if (installed.ok) writeFileSync(marker, "", { mode: ownerOnly.file });
  else log(`The samples could not be installed: ${problemSentence(installed.problem)}`);
}
