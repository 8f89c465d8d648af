import path from "node:path";
import { nodeProcessHost } from "../../../electron/compute/node-process-host.ts";
import { jobJson } from "../../../electron/cli/text/job-report.ts";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import { problemSentence } from "../../../electron/contract/words/english-problems.ts";
import { isTerminal } from "../../../electron/contract/job-status.ts";
import type { InvokeRequest } from "../../../electron/workspace/workspace.ts";
import { until } from "../until.ts";
import { undisturbed } from "./machine-uses.ts";
import { type OpenWorkspace, openWithRegistry } from "./open-workspace.ts";

type Options = Parameters<typeof openWithRegistry>[0];

const open: OpenWorkspace[] = [];

/** A workspace in the test's own process, with the real processes and an undisturbed machine unless told otherwise. */
export function openEngine(options: Partial<Options> & { readonly home: string }): OpenWorkspace {
  const opened = openWithRegistry({
    processHost: nodeProcessHost(path.join(import.meta.dirname, "../../../dist")),
    machineUse: undisturbed,
    scope: "all",
    ...options,
  });
  if (!opened.ok) throw new Error(problemSentence(opened.problem));
  open.push(opened.value);
  return opened.value;
}

/** For `afterEach`: closes every workspace that `openEngine` has opened. */
export async function closeEngines(): Promise<void> {
  for (const workspace of open.splice(0)) await workspace.close();
}

/** Submits a job of the default deployment; a refusal fails the test. Returns its name. */
export async function submit(
  workspace: Pick<OpenWorkspace, "jobs">,
  request: Partial<InvokeRequest> & { readonly endpointName: string; readonly inputPath: string },
): Promise<string> {
  const submitted = await workspace.jobs.submit({
    deploymentName: null,
    outputFolder: null,
    overrides: {},
    jobName: null,
    ...request,
  });
  if (!submitted.ok) throw new Error(problemSentence(submitted.problem));
  return submitted.value.name;
}

export function show(workspace: Pick<OpenWorkspace, "jobs">, job: string): JobView {
  const shown = workspace.jobs.show(job);
  if (!shown.ok) throw new Error(problemSentence(shown.problem));
  return shown.value;
}

/** What a job waits for, as people read it; empty when it waits for nothing. */
export const waitingText = (job: JobView): string => jobJson(job).waiting_for ?? "";

/** Waits until a job is as it is wanted, in real time. */
export async function untilJob(
  workspace: Pick<OpenWorkspace, "jobs">,
  job: string,
  isReached: (job: JobView) => boolean,
): Promise<JobView> {
  await until(() => isReached(show(workspace, job)));
  return show(workspace, job);
}

export const hasEnded = ({ status }: JobView) => isTerminal(status);
