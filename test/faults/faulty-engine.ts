/**
 * A program for the fault tests: an engine in a process of its own, with all its processes under the fault shim, as
 * nothing in Batchdeck itself would start them. `node faulty-engine.ts REQUEST`, where REQUEST is JSON (`EngineRequest`).
 * Submits the job unless it exists, takes it up, and ends with 0 once the job has ended.
 */
import path from "node:path";
import { isTerminal } from "../../electron/contract/job-status.ts";
import { nodeProcessHost } from "../../electron/compute/node-process-host.ts";
import type { InvokeRequest } from "../../electron/workspace/workspace.ts";
import { openWorkspace } from "../../electron/workspace/workspace.ts";
import { undisturbed } from "../helpers/machine-uses.ts";

export type EngineRequest = { readonly home: string; readonly job: string; readonly invoke: InvokeRequest };

const request = JSON.parse(process.argv[2] ?? "") as EngineRequest;
const host = nodeProcessHost(path.join(import.meta.dirname, "../../dist"));
const passedOn = Object.fromEntries(
  ["LD_PRELOAD", "FAULT_UNDER", "FAULT_LOG", "FAULT_CONTROL", "UV_USE_IO_URING"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }),
);
const opened = openWorkspace({
  home: request.home,
  scope: "all",
  machineUse: undisturbed,
  processHost: {
    start: (program, { label, environment }) =>
      host.start(program, { label, environment: { ...environment, ...passedOn } }),
  },
});
if (!opened.ok) throw new Error(opened.problem.message);
const workspace = opened.value;
if (!workspace.jobs.show(request.job).ok) {
  const submitted = await workspace.jobs.submit(request.invoke);
  if (!submitted.ok) throw new Error(`${submitted.problem.message} ${submitted.problem.remedy}`);
}
workspace.engine.start();
for (;;) {
  const shown = workspace.jobs.show(request.job);
  if (!shown.ok) throw new Error(shown.problem.message);
  if (isTerminal(shown.value.status)) break;
  await new Promise((resolve) => setTimeout(resolve, 20));
}
await workspace.close();
