import type { AzureJobSpec } from "../../contract/nouns/job-spec.ts";
import type { WaitingReason } from "../../contract/nouns/waiting-reason.ts";
import type { Problem } from "../../contract/problem.ts";
import type { AzureJournal } from "./azure-journal.ts";

/** One job, as what works for it in Azure needs it. */
export type AzureWork = {
  readonly spec: AzureJobSpec;
  /** The job's own folder. */
  readonly folder: string;
  /** Knows which steps are done, and records each one up to `converting`. */
  readonly journal: AzureJournal;
  /** Where what Azure wrote is put. Made when there is something. */
  readonly azureFolder: string;
};

/**
 * `arrived`: the journal is at `converting`. `canceled`: before it was sent to Azure, or over there, with results that cannot be fetched. `stopped`: as asked; it goes on later. `problem`: it
 * cannot go on, for now (azure/sign-in-needed, the disk) or for good.
 */
export type AzureWorkEnd =
  | { readonly kind: "arrived" | "canceled" | "stopped" }
  | { readonly kind: "problem"; readonly problem: Problem };

/** Work that goes on by itself. Azure that cannot be reached never ends it. */
export type AzureWorkInHand = {
  readonly ended: Promise<AzureWorkEnd>;
  /** What it does or waits for right now. */
  readonly doing: () => WaitingReason;
  /** Grows with every byte and every answer. */
  readonly reached: () => number;
  /** Lets go at once: whatever is on its way is looked for later. */
  readonly stop: () => void;
  /** Ends the job, in Azure too when it was sent. May be called again. */
  readonly cancel: () => void;
};

/** What sends jobs to Azure, follows them there and fetches their results; passed in, since it is a room above. */
export type AzureRunner = {
  readonly start: (work: AzureWork) => AzureWorkInHand;
  /** Whether a job that stopped since its account has to sign in could go on now: somebody has signed in since. */
  readonly mayGoOn: (spec: AzureJobSpec) => boolean;
  readonly close: () => void;
};
