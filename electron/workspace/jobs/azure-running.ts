import type { Clock } from "../../compute/clock.ts";
import type { ProcessHost } from "../../compute/process-host.ts";
import type { AzureJobSpec } from "../../contract/nouns/job-spec.ts";
import { errorProblem } from "../../jobs/folder/error-problem.ts";
import type { AzureRunner, AzureWork, AzureWorkEnd, AzureWorkInHand } from "../../jobs/azure/azure-runner.ts";
import type { AccountStore } from "../../remote/identity/account-store.ts";
import type { RunMeasures } from "../../remote/runs/measured-work.ts";
import type { RunTimes } from "../../remote/runs/patience.ts";
import type { NetworkSettings } from "../../remote/network/proxy.ts";

/** What runs jobs in Azure, loaded with Microsoft's libraries when the first of them begins. */
export function createAzureRunning(
  context: NetworkSettings & {
    readonly accounts: AccountStore;
    readonly host: ProcessHost;
    readonly clock: Clock;
    readonly measures: RunMeasures;
    readonly times?: RunTimes;
  },
): AzureRunner {
  let loading: Promise<AzureRunner> | null = null;
  let runner: AzureRunner | null = null;

  async function load(): Promise<AzureRunner> {
    const { createAzureRunner } = await import("../../remote/azure.ts");
    runner = createAzureRunner(context);
    return runner;
  }

  return {
    start(work) {
      loading ??= load();
      return runner?.start(work) ?? startLater(work, loading);
    },
    // What nobody has run yet was stopped by another program: it is tried.
    mayGoOn: (spec: AzureJobSpec) => runner?.mayGoOn(spec) ?? true,
    close: () => runner?.close(),
  };
}

/** Work that begins as soon as what does it is loaded; what is asked of it meanwhile is passed on. */
function startLater(work: AzureWork, loading: Promise<AzureRunner>): AzureWorkInHand {
  let inHand: AzureWorkInHand | null = null;
  let asked: "stop" | "cancel" | null = null;

  async function begin(): Promise<AzureWorkEnd> {
    const runner = await loading;
    if (asked === "stop") return { kind: "stopped" };
    inHand = runner.start(work);
    if (asked === "cancel") inHand.cancel();
    return inHand.ended;
  }

  return {
    ended: begin().catch((error: unknown) => ({ kind: "problem", problem: errorProblem(error, work.folder) })),
    doing: () => inHand?.doing() ?? { kind: "starting" },
    reached: () => inHand?.reached() ?? 0,
    stop() {
      asked = "stop";
      inHand?.stop();
    },
    cancel() {
      asked ??= "cancel";
      inHand?.cancel();
    },
  };
}
