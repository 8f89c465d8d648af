import type { CallInput } from "../../electron/contract/channels.ts";
import type { JobView } from "../../electron/contract/nouns/job.ts";
import type { Problem, Result } from "../../electron/contract/problem.ts";
import { call, grantDropped, listen } from "../bridge/bridge.ts";
import { t } from "../locales/words.ts";
import { type RunsOn, type SheetRequest, useApp } from "./app-store.ts";
import { connectAzure } from "./azure-actions.ts";
import { connectPublishing } from "./publish-actions.ts";
import { applyJobsChanged, type JobsChanged, putJob, replaceJobs } from "./jobs.ts";
import { appendRate } from "./rate-history.ts";
import { parseRoute, type Route, routeHash } from "./route.ts";

const infoEveryMs = 15_000;

/** Connects the store to main: subscribes first, so that no change is lost, then asks for everything. */
export function connect(): void {
  listen("jobs:changed", takeJobsChanged);
  listen("queue:changed", ({ paused }) => useApp.setState({ isQueuePaused: paused }));
  listen("workspace:changed", ({ problem }) => useApp.setState({ workspaceProblem: problem }));
  listen("endpoints:changed", () => void fetchEndpoints());
  listen("data:changed", () => void fetchData());
  listen("window:navigate", ({ to, job }) => {
    if (to !== "job") navigate({ screen: to });
    else if (job !== null) navigate({ screen: "job", job });
  });
  window.addEventListener("hashchange", () => useApp.setState({ route: parseRoute(window.location.hash) }));
  connectAzure();
  connectPublishing();
  void fetchEndpoints();
  void fetchData();
  void fetchJobs();
  void fetchInfo();
  setInterval(() => {
    if (!document.hidden) void fetchInfo();
  }, infoEveryMs);
}

export function navigate(route: Route): void {
  window.location.hash = routeHash(route);
  useApp.setState({ route });
}

export async function fetchEndpoints(): Promise<void> {
  const answer = await call("endpoints:list", null);
  useApp.setState({
    endpoints: answer.ok ? { state: "ready", value: answer.value } : { state: "failed", problem: answer.problem },
  });
}

export async function fetchData(): Promise<void> {
  const answer = await call("data:show", null);
  useApp.setState({
    data: answer.ok ? { state: "ready", value: answer.value } : { state: "failed", problem: answer.problem },
  });
}

/** Gives a place that the user chose a name. */
export async function addAsset(name: string, grantId: string): Promise<Problem | null> {
  return changeData(await call("data:add-asset", { name, grantId }));
}

/** Scores what is in a folder that the user chose, and whatever arrives there. */
export async function addWatch(endpointName: string, grantId: string): Promise<Problem | null> {
  return changeData(await call("watches:add", { endpoint_name: endpointName, grantId }));
}

export async function removeWatch(id: string): Promise<Problem | null> {
  return changeData(await call("watches:remove", { id }));
}

/** What was asked shows at once, before main tells that something has changed. */
async function changeData(answer: Result<unknown>): Promise<Problem | null> {
  if (!answer.ok) return answer.problem;
  await fetchData();
  return null;
}

async function fetchInfo(): Promise<void> {
  const answer = await call("app:info", null);
  // The strip shows what was last known; a refusal here would only repeat what another call already showed.
  if (answer.ok) useApp.setState({ info: answer.value });
}

/** Events that came while the list was on its way; null when none is. */
let arrivedWhileFetching: JobsChanged[] | null = null;

export async function fetchJobs(): Promise<void> {
  if (arrivedWhileFetching !== null) return;
  arrivedWhileFetching = [];
  const answer = await call("jobs:list", null);
  const arrived = arrivedWhileFetching;
  arrivedWhileFetching = null;
  if (answer.ok) {
    useApp.setState((state) => ({
      jobs: replaceJobs(state.jobs, answer.value, arrived),
      jobsFetched: { state: "ready", value: null },
    }));
  } else {
    useApp.setState({ jobsFetched: { state: "failed", problem: answer.problem } });
  }
}

function takeJobsChanged(event: JobsChanged): void {
  arrivedWhileFetching?.push(event);
  const state = useApp.getState();
  const { state: jobs, missed, finished } = applyJobsChanged(state.jobs, event);
  const last = finished.at(-1);
  useApp.setState({
    jobs,
    rates: withRates(state.rates, event),
    ...(last === undefined ? {} : { announcement: announcementOf(last) }),
  });
  if (missed) void fetchJobs();
  // "Last used" and the free space on the disk have changed.
  if (finished.length > 0) {
    void fetchEndpoints();
    void fetchInfo();
  }
}

function withRates(
  rates: ReturnType<typeof useApp.getState>["rates"],
  event: JobsChanged,
): ReturnType<typeof useApp.getState>["rates"] {
  const next = { ...rates };
  for (const job of event.jobs) {
    if (job.status === "Running") {
      next[job.name] = appendRate(next[job.name] ?? [], { second: job.active_seconds, rate: job.rate });
    }
  }
  for (const name of event.removed) delete next[name];
  return next;
}

function announcementOf(job: JobView): string {
  if (job.status === "Failed") return t("live.failed", { name: job.name });
  if (job.status === "Canceled") return t("live.cancelled", { name: job.name });
  if (job.failed > 0) return t("live.completedWithErrors", { name: job.name, count: job.failed });
  return t("live.completed", { name: job.name });
}

/** Opens the sheet for an input that the user chose in a dialog; nothing happens when they dismissed it. */
export async function chooseInput(
  endpointName: string,
  kind: "folder" | "file",
  runsOn: RunsOn = "local",
): Promise<Problem | null> {
  const answer = await call("inputs:choose", { kind });
  if (!answer.ok) return answer.problem;
  if (answer.value !== null) openSheet({ runsOn, endpointName, input: answer.value, leftOut: 0 });
  return null;
}

/** Opens the sheet for what was dropped: its first entry, with a word on the others. */
export async function takeDrop(
  endpointName: string,
  first: File,
  leftOut: number,
  runsOn: RunsOn = "local",
): Promise<Problem | null> {
  const answer = await grantDropped(first);
  if (!answer.ok) return answer.problem;
  openSheet({ runsOn, endpointName, input: answer.value, leftOut });
  return null;
}

function openSheet(sheet: SheetRequest): void {
  useApp.setState({ sheet });
}

/** The same input, scored elsewhere by the endpoint of that name. */
export function chooseWhereToRun(runsOn: RunsOn): void {
  useApp.setState(({ sheet }) => (sheet === null ? {} : { sheet: { ...sheet, runsOn } }));
}

export function closeSheet(): void {
  useApp.setState({ sheet: null });
}

/** Shows what a deployment's script would run, over whatever sheet is open. */
export function openTrust(endpointName: string, deploymentName: string): void {
  useApp.setState({ trust: { endpointName, deploymentName } });
}

export function closeTrust(): void {
  useApp.setState({ trust: null });
}

/** A job that was just submitted: into the queue, and its page opens. */
export function showNewJob(job: JobView): void {
  closeSheet();
  openNewJob(job);
}

function openNewJob(job: JobView): void {
  // An event may have brought the job, and newer news of it, before this answer arrived.
  useApp.setState((state) => ({
    jobs: state.jobs.byName[job.name] === undefined ? putJob(state.jobs, job) : state.jobs,
  }));
  navigate({ screen: "job", job: job.name });
}

/** Queues a job that scores what failed in a finished one again, and opens its page. */
export async function retryFailed(name: string): Promise<Result<JobView>> {
  const answer = await call("jobs:retry-failed", { name });
  if (answer.ok) openNewJob(answer.value);
  return answer;
}

/** One click: takes the sample of an endpoint, looks at it, starts it and opens its page. */
export async function trySample(endpointName: string): Promise<Problem | null> {
  const grant = await call("inputs:sample", { endpoint_name: endpointName });
  if (!grant.ok) return grant.problem;
  const input = {
    endpoint_name: endpointName,
    grantId: grant.value.grantId,
    output_grant: null,
    overrides: {},
    incremental: false,
  };
  const preview = await call("invocations:preview", {
    ...input,
    deployment_name: null,
    depth: "quick",
    preview_id: null,
  });
  if (!preview.ok) return preview.problem;
  const { problems, deployment_name } = preview.value.report;
  const [problem] = problems;
  if (problem !== undefined || deployment_name === null) return problem ?? null;
  const job = await call("invocations:start", { ...input, deployment_name });
  if (!job.ok) return job.problem;
  useApp.setState({ sampleJob: job.value.name });
  showNewJob(job.value);
  return null;
}

/** What may be asked of one job. `resume-without-changed`: go on without what has changed in the input. */
export type JobRequest = "pause" | "resume" | "resume-without-changed" | "cancel";

/** The answer is the job as it is now. */
export async function askJob(name: string, request: JobRequest): Promise<Result<JobView>> {
  return takeJob(
    request === "resume" || request === "resume-without-changed"
      ? await call("jobs:resume", { name, skip_changed: request === "resume-without-changed" })
      : await call(`jobs:${request}`, { name }),
  );
}

/** Another priority or another place in the queue; null leaves it as it is. */
export async function arrangeJob(
  name: string,
  changes: Pick<CallInput<"jobs:arrange">, "priority" | "place">,
): Promise<Result<JobView>> {
  return takeJob(await call("jobs:arrange", { name, ...changes }));
}

function takeJob(answer: Result<JobView>): Result<JobView> {
  if (answer.ok) useApp.setState((state) => ({ jobs: putJob(state.jobs, answer.value) }));
  return answer;
}

/** Pauses the whole queue, or lets it go on; the window is told by an event, whoever asked. */
export async function pauseQueue(paused: boolean): Promise<Problem | null> {
  const answer = await call(paused ? "queue:pause" : "queue:resume", null);
  return answer.ok ? null : answer.problem;
}
