import type { WordTable } from "../speaker.ts";
import { folderWords } from "./parts/folder-words.ts";

const folder = folderWords({
  title: "code",
  holder: "the code of a script",
  advice: "Name the folder of the script alone as code; data and models belong elsewhere.",
});

/** What a deployment with a script runs. */
export type RunningScript = {
  readonly deployment: string;
  readonly script: string;
  readonly files: number;
  readonly folder: string;
  /** Null: Node. */
  readonly interpreter: string | null;
};

/** The same as a sentence without its full stop. */
export function runningScriptText({ deployment, script, files, folder, interpreter }: RunningScript): string {
  const others = files === 1 ? "1 file" : `${files} files`;
  return `The deployment "${deployment}" runs the script "${script}" (${others} in ${folder}) with ${interpreter ?? "Node"}`;
}

/** Scripts: their code, and whether they may run. */
export const scriptProblems = {
  "script/not-trusted": ({ runs, endpoint }: { runs: RunningScript; endpoint: string }) => [
    `${runningScriptText(runs)}, and this script has not been trusted yet.`,
    `Look at it, then say so with "deployment update -n ${runs.deployment} -e ${endpoint} --trust".`,
  ],
  "script/not-trusted:changed": ({ deployment }: { deployment: string }) => [
    `The deployment "${deployment}" runs something else than what was shown.`,
    "Look at it again.",
  ],
  "script/invalid:code-gone": ({ deployment }: { deployment: string }) => [
    `The code of the deployment "${deployment}" is not in the workspace any more.`,
    "Create the deployment again.",
  ],
  "script/invalid:no-folder": ({ folder }: { folder: string }) => [
    `There is no folder "${folder}".`,
    "Name the folder of the script as code.",
  ],
  "script/invalid:holds-workspace": ({ folder }: { folder: string }) => [
    `The folder "${folder}" holds the workspace itself.`,
    "Keep the script in a folder of its own and name that as code.",
  ],
  "script/invalid:in-workspace": ({ folder }: { folder: string }) => [
    `The folder "${folder}" lies in the workspace.`,
    "Keep the script in a folder of its own and name that as code.",
  ],
  "script/invalid:too-much": folder.tooMuch,
  "script/invalid:missing": folder.missing,
  "script/invalid:unreadable": folder.unreadable,
  "script/invalid:link": folder.linkOut,
  "script/invalid:folder-link": folder.folderLink,
  "script/invalid:not-a-file": folder.notAFile,
  "script/invalid:changed": folder.changed,
  "script/invalid:language": ({ script }: { script: string }) => [
    `The scoring_script "${script}" is neither Python (.py), nor JavaScript (.mjs, .js), nor a scorer.yml.`,
  ],
  "script/invalid:no-script": ({ script, folder }: { script: string; folder: string }) => [
    `There is no scoring script "${script}" in the folder "${folder}".`,
  ],
  "script/invalid:syntax": ({
    deployment,
    script,
    line,
    reason,
  }: {
    deployment: string;
    script: string;
    line: number;
    reason: string;
  }) => [
    `Failed to submit deployment ${deployment} due to syntax errors in scoring script ${script}. ` +
      `Error on line ${line}: ${reason}.`,
    "Correct the script, then repeat the command.",
  ],
  "script/invalid:no-function": ({ script, name }: { script: string; name: "init" | "run" }) => [
    `The scoring script "${script}" has no function ${name === "run" ? "run(mini_batch)" : "init()"}.`,
    "A scoring script has init(), called once a worker, and run(mini_batch), called with the paths of files.",
  ],
} satisfies Partial<WordTable>;
