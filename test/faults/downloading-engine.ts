/**
 * A program for the tests of downloads: an engine in a process of its own, which fetches inputs from a local folder,
 * slowly. `node downloading-engine.ts HOME FOLDER LOG JOB`: takes up that job and ends with 0 once it has ended.
 */
import path from "node:path";
import { nodeProcessHost } from "../../electron/compute/node-process-host.ts";
import { isTerminal } from "../../electron/contract/job-status.ts";
import { openWorkspace } from "../../electron/workspace/workspace.ts";
import { undisturbed } from "../helpers/engine/machine-uses.ts";
import { slowSource } from "../helpers/data/slow-source.ts";
import { englishWords } from "../../electron/contract/words/english-problems.ts";
import { sleep } from "../helpers/sleep.ts";

const [, , home = "", folder = "", logFile = "", job = ""] = process.argv;
const opened = openWorkspace({
  home,
  scope: "all",
  machineUse: undisturbed,
  processHost: nodeProcessHost(path.join(import.meta.dirname, "../../dist")),
  inputSource: slowSource({ folder, logFile, pieceBytes: 2000, pauseMs: 10 }),
});
if (!opened.ok) throw new Error(englishWords(opened.problem).message);
const workspace = opened.value;
workspace.engine.start();
for (;;) {
  const shown = workspace.jobs.show(job);
  if (!shown.ok) throw new Error(englishWords(shown.problem).message);
  if (isTerminal(shown.value.status)) break;
  await sleep(20);
}
await workspace.close();
