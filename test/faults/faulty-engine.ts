/**
 * A program for the fault tests: an engine in a process of its own, with all its processes under the fault shim, as
 * nothing in Batchdeck itself would start them. `node faulty-engine.ts REQUEST`, where REQUEST is JSON (`EngineRequest`).
 * Submits the jobs that do not exist yet, takes all up, and ends with 0 once they have ended. So it does with the first
 * retry of each job in `retried`.
 */
import childProcess, { type ForkOptions } from "node:child_process";
import { syncBuiltinESMExports } from "node:module";
import path from "node:path";
import { isTerminal } from "../../electron/contract/job-status.ts";
import { nodeProcessHost } from "../../electron/compute/node-process-host.ts";
import type { InvokeRequest } from "../../electron/workspace/workspace.ts";
import { openWorkspace } from "../../electron/workspace/workspace.ts";
import { undisturbed } from "../helpers/engine/machine-uses.ts";
import { englishWords } from "../../electron/contract/words/english-problems.ts";
import { sleep } from "../helpers/sleep.ts";

export type EngineRequest = {
  readonly home: string;
  /** With a name each. */
  readonly invocations: readonly (InvokeRequest & { readonly jobName: string })[];
  readonly retried?: readonly string[];
};

const request = JSON.parse(process.argv[2] ?? "") as EngineRequest;
const passedOn = Object.fromEntries(
  ["LD_PRELOAD", "FAULT_UNDER", "FAULT_LOG", "FAULT_CONTROL", "FAULT_SHADOW", "UV_USE_IO_URING"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }),
);
// The engine lets nobody hand such variables to its processes, so they are added where Node starts them.
const { fork } = childProcess;
childProcess.fork = ((program: string, args: readonly string[], options: ForkOptions) =>
  fork(program, args, { ...options, env: { ...options.env, ...passedOn } })) as typeof fork;
syncBuiltinESMExports();
const opened = openWorkspace({
  home: request.home,
  scope: "all",
  machineUse: undisturbed,
  processHost: nodeProcessHost(path.join(import.meta.dirname, "../../dist")),
});
if (!opened.ok) throw new Error(englishWords(opened.problem).message);
const workspace = opened.value;
for (const invocation of request.invocations) {
  if (workspace.jobs.show(invocation.jobName).ok) continue;
  const submitted = await workspace.jobs.submit(invocation);
  if (!submitted.ok)
    throw new Error(`${englishWords(submitted.problem).message} ${englishWords(submitted.problem).remedy}`);
}
const retries = (request.retried ?? []).map((job) => ({ job, retry: `${job}-retry-1` }));
for (const { job, retry } of retries) {
  if (workspace.jobs.show(retry).ok) continue;
  const submitted = await workspace.jobs.retryFailed(job);
  if (!submitted.ok)
    throw new Error(`${englishWords(submitted.problem).message} ${englishWords(submitted.problem).remedy}`);
}
workspace.engine.start();
const hasEnded = (job: string) => {
  const shown = workspace.jobs.show(job);
  if (!shown.ok) throw new Error(englishWords(shown.problem).message);
  return isTerminal(shown.value.status);
};
const awaited = [...request.invocations.map(({ jobName }) => jobName), ...retries.map(({ retry }) => retry)];
while (!awaited.every(hasEnded)) {
  await sleep(20);
}
await workspace.close();
