import fs from "node:fs/promises";
import path from "node:path";
import type { ProcessHost } from "../../compute/process-host.ts";
import type { Device } from "../../contract/nouns/device.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { WaitingReason } from "../../contract/nouns/waiting-reason.ts";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import { removeFolder } from "../../files/patient.ts";
import type { Registry } from "../../registry/open-registry.ts";
import { cannotFetch } from "../submit/cannot-fetch.ts";
import { chooseSpeed } from "../submit/choose-speed.ts";
import { fetchFiles, listOnce } from "./fetch-files.ts";
import type { InputSource, RemoteFile } from "../submit/input-source.ts";
import type { InputCache } from "../folder/input-cache.ts";
import { copiesFolder, downloadFolder, downloadedFolder } from "../folder/job-files.ts";
import type { JobRun } from "./job-run.ts";
import { errorProblem } from "../folder/error-problem.ts";
import { endBy, type JobRunEnd } from "./wait-or-fail.ts";
import { previewedFacts } from "../submit/previewed-facts.ts";
import { previewInput } from "../submit/ask-preview.ts";
import type { JobProgress } from "../../registry/job-row.ts";

export type DownloadContext = {
  readonly spec: JobSpec;
  /** The job's own folder. */
  readonly folder: string;
  readonly source: InputSource | null;
  readonly cache: InputCache;
  readonly host: ProcessHost;
  readonly registry: Registry;
  /** As the registry has it; only what it waits for changes. */
  readonly progress: JobProgress;
  readonly device: Device;
};

/** An input that lies elsewhere and was not fetched whole yet. */
export function needsDownload(spec: JobSpec): boolean {
  return spec.input.download !== undefined && !spec.input.download.done;
}

/**
 * One engine's work on fetching a job's input into the job's folder, from wherever the one before stopped: files that
 * are there whole, or that another job has fetched, are not fetched again. When all are there, the input is looked at as at a submit, the job is frozen with
 * what was seen, and goes back to the queue. Uses no worker.
 */
export function startDownload(context: DownloadContext): JobRun {
  const { spec, progress } = context;
  const abort = new AbortController();
  let settle: (end: JobRunEnd) => void = () => undefined;
  const ended = new Promise<JobRunEnd>((resolve) => {
    settle = resolve;
  });
  let fetched: { done: number; readonly total: number } | null = null;
  const end = (how: JobRunEnd): void => {
    abort.abort();
    settle(how);
  };
  // Whoever ends it does not wait for a source that is slow to let go: what that one still writes is never used.
  void download().then(end, (error: unknown) => end(endBy(errorProblem(error, context.folder))));

  async function download(): Promise<JobRunEnd> {
    const address = spec.input.download?.address ?? "";
    const { source, cache, folder } = context;
    if (source === null) return { kind: "failed", problem: cannotFetch(address).problem };
    await fs.mkdir(downloadedFolder(folder), { recursive: true, mode: ownerOnly.folder });
    const listed = await listOnce({ source, address, kind: spec.input.kind, folder, signal: abort.signal });
    if (!listed.ok) return endBy(listed.problem);
    const files = listed.value;
    fetched = { done: 0, total: files.reduce((total, { sizeBytes }) => total + sizeBytes, 0) };
    const counted = fetched;
    const got = await fetchFiles({ source, cache, address, files, folder, signal: abort.signal }, (bytes) => {
      counted.done += bytes;
    });
    if (!got.ok) return endBy(got.problem);
    if (abort.signal.aborted) return { kind: "stopped" };
    return freeze(files);
  }

  async function freeze(files: readonly RemoteFile[]): Promise<JobRunEnd> {
    const { host, registry, folder } = context;
    const whole = downloadedFolder(folder);
    const input = {
      ...spec.input,
      path: await fs.realpath(spec.input.kind === "file" ? path.join(whole, files[0]?.path ?? "") : whole),
      download: { address: spec.input.download?.address ?? "", done: true },
    };
    const looked = await previewInput(host, {
      input,
      scorer: spec.scorer,
      samples: [],
      copiesFolder: copiesFolder(folder),
    });
    if (!looked.ok) return endBy(looked.problem);
    const seen = { ...spec, input, ...previewedFacts(looked.value) };
    const frozen = await chooseSpeed({ host, tunings: registry.tunings }, seen, looked.value, context.device);
    if (abort.signal.aborted) return { kind: "stopped" };
    registry.jobs.freezeInput(frozen);
    await removeFolder(downloadFolder(folder)).catch(() => undefined);
    return { kind: "stopped", note: { kind: "downloaded" } };
  }

  return {
    ended,
    progress: () => ({ ...progress, workers: 0, rate: 0, secondsLeft: null, waitingFor: downloadReason(fetched) }),
    setSlots: () => undefined,
    reached: () => fetched?.done ?? 0,
    workersInUse: () => 0,
    workersWanted: () => 0,
    waitingFor: () => null,
    tick: () => undefined,
    stop: () => end({ kind: "stopped" }),
    cancel: () => end({ kind: "canceled" }),
  };
}

function downloadReason(fetched: { readonly done: number; readonly total: number } | null): WaitingReason {
  if (fetched === null) return { kind: "download-listing" };
  if (fetched.done >= fetched.total) return { kind: "downloaded" };
  return { kind: "downloading", doneBytes: fetched.done, totalBytes: fetched.total };
}
