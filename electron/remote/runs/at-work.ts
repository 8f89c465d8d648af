import path from "node:path";
import type { Clock } from "../../compute/clock.ts";
import type { BlobPlace } from "../../contract/nouns/azure/azure-part.ts";
import type { SentFiles } from "../../contract/nouns/azure/sent-files.ts";
import type { AzureJobSpec } from "../../contract/nouns/job-spec.ts";
import type { WaitingReason } from "../../contract/nouns/waiting-reason.ts";
import { type Problem, type Result, success } from "../../contract/problem.ts";
import type { Content, ContentRequest } from "../../data/content/ask-content-address.ts";
import { azureLedger } from "../../jobs/azure/azure-journal.ts";
import type { ListForAzure } from "../../jobs/submit/ask-list-for-azure.ts";
import type { AzureWork } from "../../jobs/azure/azure-runner.ts";
import type { AzureSession } from "../identity/session.ts";
import type { BlobStore } from "../storage/blob-store.ts";
import type { BatchJobs } from "./batch-jobs.ts";
import { createJobLogs, type JobLogs, type LogSource } from "./job-logs.ts";
import { createPatience, type RunPatience, type RunTimes } from "./patience.ts";
import { createWake, type Wake } from "./wake.ts";

export type WorkTools = {
  readonly clock: Clock;
  readonly times: RunTimes;
  /** The job's account at work. */
  readonly session: () => Result<AzureSession>;
  /** It gives no token any more. */
  readonly mustSignIn: () => void;
  readonly openJobs: (session: AzureSession, spec: AzureJobSpec) => BatchJobs;
  readonly openStore: (session: AzureSession, place: BlobPlace) => Result<BlobStore>;
  /** Where the job logs in Azure, and what reads it. */
  readonly openLogs: (session: AzureSession, spec: AzureJobSpec, jobName: string) => LogSource;
  readonly listInput: (
    input: AzureJobSpec["input"],
    lists: ListForAzure,
    signal: AbortSignal,
  ) => Promise<Result<SentFiles>>;
  readonly contentAddress: (
    request: ContentRequest,
    onProgress: (doneBytes: number, totalBytes: number) => void,
    signal: AbortSignal,
  ) => Promise<Result<Content>>;
};

/** How a step ends: `again`: it is not over, and is taken up anew. */
export type StepEnd = Result<"next" | "again" | "canceled">;

/** One job that is worked on: what its steps share. */
export type AtWork = AzureWork & {
  readonly tools: WorkTools;
  readonly patience: RunPatience;
  /** Aborted when the work is to stop. */
  readonly stopped: AbortSignal;
  /** Cuts waits short, and what may be cut, when the job is cancelled. */
  readonly wake: Wake;
  readonly isCancelling: () => boolean;
  /** What it does now. */
  readonly say: (doing: WaitingReason) => void;
  readonly wait: (ms: number) => Promise<void>;
  readonly openJobs: () => Result<BatchJobs>;
  readonly openStore: () => Result<BlobStore>;
  readonly ledger: (of: "content" | "download") => string;
  readonly logs: JobLogs;
  /** How often in a row Azure did not know the job. */
  looks: number;
  /** Azure's no to a repeated request: what becomes of the job when it is not found. */
  refused: Problem | null;
  /** An answer about making the job was none. */
  isUnknown: boolean;
  /** When Azure was asked to cancel it, on the clock; null: it was not. */
  cancelledAt: number | null;
};

export function createAtWork(
  work: AzureWork,
  tools: WorkTools,
  how: Pick<AtWork, "stopped" | "isCancelling" | "say">,
): AtWork {
  const { spec, folder } = work;
  const wake = createWake();
  const nameInAzure = () => work.journal.facts().name ?? spec.azure.jobName;
  const logs = createJobLogs({
    folder,
    source: createLogSource(tools, spec, nameInAzure),
    now: () => tools.clock.now(),
    stopped: how.stopped,
  });
  let opened: { readonly session: AzureSession; readonly jobs: BatchJobs } | null = null;
  return {
    ...work,
    ...how,
    tools,
    wake,
    patience: createPatience(tools.clock, tools.times),
    wait: (ms) => wake.orAfter(ms, tools.clock, how.stopped),
    openJobs() {
      const session = tools.session();
      if (!session.ok) return session;
      if (opened?.session !== session.value) {
        opened = { session: session.value, jobs: tools.openJobs(session.value, spec) };
      }
      return success(opened.jobs);
    },
    openStore() {
      const session = tools.session();
      return session.ok ? tools.openStore(session.value, spec.azure.datastore) : session;
    },
    ledger: (of) => azureLedger(folder, of),
    logs,
    looks: 0,
    refused: null,
    isUnknown: false,
    cancelledAt: null,
  };
}

/** Opened once for each session. */
function createLogSource(tools: WorkTools, spec: AzureJobSpec, nameInAzure: () => string): LogSource {
  let opened: { readonly session: AzureSession; readonly source: LogSource } | null = null;
  return async (signal) => {
    const session = tools.session();
    if (!session.ok) return session;
    if (opened?.session !== session.value) {
      opened = { session: session.value, source: tools.openLogs(session.value, spec, nameInAzure()) };
    }
    return opened.source(signal);
  };
}

/** The account gives no token. */
export function isOfAccount({ code }: Problem): boolean {
  return code === "azure/sign-in-needed" || code === "azure/sign-in-failed";
}

/** Where the files lie that are sent: of a single one, its folder. */
export function inputFolder({ input }: AzureJobSpec): string {
  return input.kind === "file" ? path.dirname(input.path) : input.path;
}
