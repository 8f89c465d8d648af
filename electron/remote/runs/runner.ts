import type { Clock } from "../../compute/clock.ts";
import type { ProcessHost } from "../../compute/process-host.ts";
import { success } from "../../contract/problem.ts";
import { contentAddress } from "../../data/content/ask-content-address.ts";
import type { AzureRunner } from "../../jobs/azure/azure-runner.ts";
import { askListForAzure } from "../../jobs/submit/ask-list-for-azure.ts";
import type { AccountStore } from "../identity/account-store.ts";
import type { NetworkSettings } from "../network/proxy.ts";
import { openBlobStore } from "../storage/blob-store.ts";
import { type TransferSizes, usualSizes } from "../storage/transfer-sizes.ts";
import { openBatchJobs } from "./batch-jobs.ts";
import { measureWork, type RunMeasures } from "./measured-work.ts";
import { type RunTimes, usualTimes } from "./patience.ts";
import { openJobLogSource } from "./log-source.ts";
import { createSessions, type JobSession } from "./sessions.ts";
import { startWork } from "./work.ts";

/** Runs the jobs of a workspace in Azure, each as the account that made it. Opens no socket until one of them begins. */
export function createAzureRunner(
  context: NetworkSettings & {
    readonly accounts: AccountStore;
    readonly host: ProcessHost;
    readonly clock: Clock;
    readonly measures: RunMeasures;
    /** Left out: the usual ones. */
    readonly times?: RunTimes;
    readonly sizes?: TransferSizes;
  },
): AzureRunner {
  const { accounts, host, clock, measures, times = usualTimes, sizes = usualSizes } = context;
  const sessions = createSessions(accounts, context, clock);
  return {
    start(work) {
      const measured = measureWork(work, clock, measures);
      let last: JobSession | null = null;
      return startWork(
        { ...work, journal: measured.journal },
        {
          ...{ clock, times },
          session() {
            const session = sessions.of(work.spec);
            last = session.ok ? session.value : null;
            return session;
          },
          mustSignIn: () => sessions.drop(work.spec, last),
          openJobs: openBatchJobs,
          openStore(session, place) {
            const store = openBlobStore({ ...session, host, sizes, patience: times.transfers }, place);
            return store.ok ? success(measured.store(store.value)) : store;
          },
          openLogs: (session, spec, jobName) => openJobLogSource({ ...session, host }, spec, jobName),
          listInput: (input, lists, signal) => askListForAzure(host, input, lists, signal),
          contentAddress: (request, onProgress, signal) => contentAddress(host, request, onProgress, signal),
        },
      );
    },
    mayGoOn: (spec) => sessions.isChanged(spec),
    close: sessions.close,
  };
}
