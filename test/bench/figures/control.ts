import path from "node:path";
import { isTerminal } from "../../../electron/contract/job-status.ts";
import type { OpenWorkspace } from "../../helpers/engine/open-workspace.ts";
import { batchdeck, deploy, showJob, startBatchdeck, untilScored } from "../../helpers/batchdeck.ts";
import { bigDenseModel } from "../../helpers/models/model-fixtures.ts";
import { kill, workersOf } from "../../helpers/processes.ts";
import type { Bench } from "../bench.ts";
import { runJob } from "../bench.ts";
import { rowsIn, tableScorer, writeTable } from "../inputs.ts";
import type { Figure } from "../report.ts";
import { atMost, plain, spread } from "../report.ts";
import { openEngine, submit } from "../../helpers/engine/workspaces.ts";
import { until } from "../../helpers/until.ts";
import { sleep } from "../../helpers/sleep.ts";

/** The engine in this process, as the window runs it. */
function startEngine(home: string): OpenWorkspace {
  const workspace = openEngine({ home });
  workspace.engine.start();
  return workspace;
}

/** Milliseconds until something is true. */
async function timeUntil(isTrue: () => boolean): Promise<number> {
  const from = performance.now();
  await until(isTrue, 2);
  return performance.now() - from;
}

function submitControl(workspace: OpenWorkspace, inputPath: string): Promise<string> {
  return submit(workspace, { endpointName: "control", inputPath });
}

/** Cancel, pause, resume, scale to zero (C11, C12, C13). */
export async function control(bench: Bench): Promise<readonly Figure[]> {
  const home = path.join(bench.root, "control-home");
  await deploy(home, "control", bigDenseModel(512), { scorer: tableScorer(256) });
  const table = writeTable(path.join(bench.root, "control", "control.csv"), rowsIn(4e8));
  const few = writeTable(path.join(bench.root, "control-few", "few.csv"), 20_000);
  const workspace = startEngine(home);
  const status = (name: string) => workspace.registry.jobs.find(name)?.status ?? "Failed";
  const hasBegun = (name: string) => (workspace.registry.jobs.find(name)?.progress.succeeded ?? 0) > 0;

  const asked: number[] = [];
  const cancelled: number[] = [];
  const paused: number[] = [];
  for (let turn = 0; turn < 10; turn += 1) {
    const name = await submitControl(workspace, table);
    await timeUntil(() => hasBegun(name));
    await sleep(50 * turn);
    let from = performance.now();
    workspace.jobs.pause(name);
    asked.push(performance.now() - from);
    paused.push(await timeUntil(() => status(name) === "Paused"));
    workspace.jobs.resume(name);
    await timeUntil(() => status(name) === "Running");
    await sleep(200);
    from = performance.now();
    workspace.jobs.cancel(name);
    asked.push(performance.now() - from);
    cancelled.push(await timeUntil(() => isTerminal(status(name))));
  }

  workspace.registry.computes.save({ ...localCompute(workspace), idleSecondsBeforeScaleDown: 1 });
  const gone: number[] = [];
  let memoryBefore = 0;
  const cycles = bench.isLong ? 100 : 20;
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const name = await submitControl(workspace, few);
    await timeUntil(() => isTerminal(status(name)));
    gone.push((await timeUntil(() => workersOf(process.pid).length === 0)) / 1000);
    if (cycle === 4) memoryBefore = process.memoryUsage().rss;
  }
  const growth = (process.memoryUsage().rss - memoryBefore) / 1e6;
  await workspace.close();

  return [
    atMost("C11: until asking to pause or cancel is noted, slowest of 20", spread([Math.max(...asked)]), 100, " ms"),
    atMost("C11: until a cancelled job has stopped, slowest of 10", spread([Math.max(...cancelled)]), 2000, " ms"),
    plain("until a cancelled job has stopped, median", `${spread(cancelled).median.toFixed(0)} ms`),
    atMost("C11: until a paused job has stopped, slowest of 10", spread([Math.max(...paused)]), 2000, " ms"),
    atMost("C13: until idle workers are gone, idle time of 1 s, slowest", spread([Math.max(...gone)]), 2, " s"),
    atMost(`C13: growth of the engine's memory over ${cycles - 5} cycles`, spread([growth]), 5, " MB"),
    ...(await killed(bench, table)),
  ];
}

function localCompute(workspace: OpenWorkspace) {
  const local = workspace.registry.computes.find("local");
  if (local === null) throw new Error("The compute local is missing.");
  return local;
}

/** A job whose program is killed ten times, against one that is left alone (C12). */
async function killed(bench: Bench, table: string): Promise<readonly Figure[]> {
  await deploy(bench.home, "killed", bigDenseModel(512), { scorer: tableScorer(256) });
  const alone = await runJob(bench, { endpoint: "killed", input: table });
  const job = "killed-often";
  const out = path.join(bench.root, job);
  const rows = alone.view.total;
  let running = startBatchdeck(
    bench.home,
    "invoke",
    "-n",
    "killed",
    "--input",
    table,
    "--output-path",
    out,
    "--job-name",
    job,
  );
  for (let turn = 1; turn <= 10; turn += 1) {
    await untilKnown(bench, job);
    await untilScored(bench.home, job, (rows * turn) / 12);
    kill(running.child.pid, "SIGKILL");
    await running.ended;
    running = startBatchdeck(bench.home, "job", "resume", "-n", job);
  }
  const ended = await running.ended;
  if (ended.code !== 0) throw new Error(ended.stderr);
  const shown = await showJob(bench.home, job);
  const ratio = shown.active_seconds / alone.view.active_seconds;
  const each = (shown.active_seconds - alone.view.active_seconds) / 10;
  return [
    plain("time that a kill costs, on average", `${each.toFixed(2)} s of ${alone.view.active_seconds.toFixed(1)} s`),
    atMost("C12: time of work, killed ten times ÷ left alone", spread([ratio]), 1.05),
  ];
}

async function untilKnown(bench: Bench, job: string): Promise<void> {
  while ((await batchdeck(bench.home, "job", "show", "-n", job)).code !== 0) await sleep(50);
}
