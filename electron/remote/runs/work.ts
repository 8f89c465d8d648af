import type { WaitingReason } from "../../contract/nouns/waiting-reason.ts";
import type { Problem } from "../../contract/problem.ts";
import type { AzureStep } from "../../jobs/azure/azure-journal.ts";
import type { AzureWork, AzureWorkEnd, AzureWorkInHand } from "../../jobs/azure/azure-runner.ts";
import { errorProblem } from "../../jobs/folder/error-problem.ts";
import { type AtWork, createAtWork, isOfAccount, type StepEnd, type WorkTools } from "./at-work.ts";
import { download, follow } from "./follow-steps.ts";
import { hash, submit, upload } from "./send-steps.ts";

/** What each step of the journal does. It ends with `next` when the journal is at another one. */
const steps: Readonly<Record<Exclude<AzureStep, "converting">, (job: AtWork) => Promise<StepEnd>>> = {
  hashing: hash,
  uploading: upload,
  submitting: submit,
  following: follow,
  downloading: download,
};

/** Takes one job in Azure from the step of its journal to the last one, or to its end; see `AzureJournal` for the steps. */
export function startWork(work: AzureWork, tools: WorkTools): AzureWorkInHand {
  const { journal, folder } = work;
  const abort = new AbortController();
  let isCancelling = false;
  let reached = 0;
  let doing: WaitingReason = { kind: "starting" };
  const job = createAtWork(work, tools, {
    stopped: abort.signal,
    isCancelling: () => isCancelling,
    say(now) {
      doing = now;
      reached += 1;
    },
  });

  async function run(): Promise<AzureWorkEnd> {
    for (;;) {
      if (abort.signal.aborted) return { kind: "stopped" };
      const { step, mayBeSent } = journal.facts();
      if (step === "converting") return { kind: "arrived" };
      const isUnsent = step === "hashing" || step === "uploading" || (step === "submitting" && !mayBeSent);
      if (isCancelling && isUnsent) return { kind: "canceled" };
      const end = await steps[step](job);
      if (abort.signal.aborted) return { kind: "stopped" };
      if (end.ok) {
        if (end.value === "canceled") return { kind: "canceled" };
        job.patience.reset();
        continue;
      }
      const { problem } = end;
      // Cut short, since the job was cancelled meanwhile, or its account signed in anew.
      if (problem.code === "azure/cancelled") continue;
      if (isOfAccount(problem)) tools.mustSignIn();
      // Azure is done with it: who cancels does not wait for results that cannot be fetched.
      if (isCancelling && step === "downloading") return { kind: "canceled" };
      if (!mayPass(problem, { step, isCancelling })) return { kind: "problem", problem };
      const { since, ms } = job.patience.next(problem);
      doing = { kind: "azure-unreachable", since, problem };
      await job.wait(ms);
    }
  }

  return {
    ended: run().catch((error: unknown): AzureWorkEnd => ({ kind: "problem", problem: errorProblem(error, folder) })),
    doing: () => doing,
    reached: () => reached,
    stop: () => abort.abort(),
    cancel() {
      if (isCancelling) return;
      isCancelling = true;
      job.wake.now();
    },
  };
}

/** Whether the job waits and tries again, for as long as it takes; what Azure has done for it is not given up for a word of Azure's. */
function mayPass(problem: Problem, at: { readonly step: AzureStep; readonly isCancelling: boolean }): boolean {
  const { code } = problem;
  if (code === "azure/unreachable") return true;
  // A cancel has to arrive: the job may cost money until then.
  if (isOfAccount(problem)) return at.isCancelling && (at.step === "submitting" || at.step === "following");
  return (at.step === "following" || at.step === "downloading") && wordsOfAzure.has(code);
}

const wordsOfAzure: ReadonlySet<Problem["code"]> = new Set([
  "azure/forbidden",
  "azure/refused",
  "azure/unexpected-answer",
  "azure/host-refused",
]);
