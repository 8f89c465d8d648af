import path from "node:path";
import { nodeMachineUse } from "../../../electron/compute/node-machine-use.ts";
import { nodeProcessHost } from "../../../electron/compute/node-process-host.ts";
import { isTerminal } from "../../../electron/contract/job-status.ts";
import type { Result } from "../../../electron/contract/problem.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import { openWorkspace, type Workspace } from "../../../electron/workspace/workspace.ts";
import { deploy } from "../../helpers/batchdeck.ts";
import { noOpModel } from "../../helpers/models/model-fixtures.ts";
import type { Bench } from "../bench.ts";
import { writeManyTables } from "../inputs.ts";
import { type Figure, plain, shareText, spread } from "../report.ts";

/**
 * From a drop to the first row: what the window's sheet asks, its Start, and the job up to its first committed rows. The
 * calls are those of the window's handlers, without a window.
 */
export async function firstRow(bench: Bench): Promise<readonly Figure[]> {
  const count = bench.isLong ? 1_000_000 : 100_000;
  const folder = writeManyTables(path.join(bench.root, "first-row"), count, 2);
  await deploy(bench.home, "first-row", noOpModel());
  const programs = path.join(import.meta.dirname, "../../../dist");
  const opened = openWorkspace({
    home: bench.home,
    processHost: nodeProcessHost(programs),
    machineUse: nodeMachineUse(),
    scope: "all",
  });
  const workspace = valueOf(opened);
  workspace.engine.start();
  const looked: number[] = [];
  const sampled: number[] = [];
  const scored: number[] = [];
  for (let round = 0; round < bench.rounds; round += 1) {
    const from = performance.now();
    const seconds = (): number => (performance.now() - from) / 1000;
    const request = {
      ...{ endpointName: "first-row", deploymentName: null, inputPath: folder, outputFolder: null },
      ...{ overrides: {}, incremental: false, jobName: null },
    };
    await workspace.jobs.preflight(request, "quick");
    looked.push(seconds());
    await workspace.jobs.preflight(request, "full");
    sampled.push(seconds());
    const { name } = valueOf(await workspace.jobs.submit(request));
    await until(() => valueOf(workspace.jobs.show(name)).succeeded > 0);
    scored.push(seconds());
    await remove(workspace, name);
  }
  await workspace.close();
  const files = `${count.toLocaleString("en-US")} files`;
  return [
    plain(`From a drop of ${files} to the first look`, `${shareText(spread(looked))} s`),
    plain(`From a drop of ${files} to the sample`, `${shareText(spread(sampled))} s`),
    plain(`From a drop of ${files}, started at once, to the first row`, `${shareText(spread(scored))} s`),
  ];
}

async function remove(workspace: Workspace, name: string): Promise<void> {
  workspace.jobs.cancel(name);
  await until(() => isTerminal(valueOf(workspace.jobs.show(name)).status));
  await workspace.jobs.delete(name);
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 20));
}

function valueOf<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(englishWords(result.problem).message);
  return result.value;
}
