import { create } from "zustand";
import type { CallOutput, EndpointCard, InputGrant } from "../../electron/contract/channels.ts";
import type { AzureOverview } from "../../electron/contract/views/azure-card.ts";
import type { DataOverview } from "../../electron/contract/nouns/data-view.ts";
import type { Problem } from "../../electron/contract/problem.ts";
import type { AzureEndpoints, AzureSheetName, SignInWait } from "./azure.ts";
import type { Fetched } from "./fetched.ts";
import { type JobsState, noJobs } from "./jobs.ts";
import type { Publication } from "./publishing.ts";
import type { RateHistory } from "./rate-history.ts";
import { parseRoute, type Route } from "./route.ts";

export type RunsOn = "local" | "azure";

/** What the sheet was opened for: an input that is to be scored by an endpoint. */
export type SheetRequest = {
  /** Whose endpoint it is: this computer's, or the chosen Azure ML workspace's. */
  readonly runsOn: RunsOn;
  readonly endpointName: string;
  readonly input: InputGrant;
  /** Entries of the same drop that were left out. */
  readonly leftOut: number;
};

/** The deployment whose code is looked at. */
export type TrustRequest = { readonly endpointName: string; readonly deploymentName: string };

export type { Fetched } from "./fetched.ts";

export type AppState = {
  readonly route: Route;
  readonly info: CallOutput<"app:info"> | null;
  readonly endpoints: Fetched<readonly EndpointCard[]>;
  readonly data: Fetched<DataOverview>;
  /** Who is signed in to Azure, and which workspace is chosen there. */
  readonly azure: Fetched<AzureOverview>;
  /** Null: nobody is signed in, or no workspace is chosen. */
  readonly azureEndpoints: AzureEndpoints | null;
  readonly azureSheet: AzureSheetName | null;
  /** The endpoint of this computer that the sheet of publishing is for. */
  readonly publishFor: string | null;
  /** What is being published, or how that ended until its user has seen it. */
  readonly publication: Publication | null;
  /** Null: no sign-in waits. */
  readonly signIn: SignInWait | null;
  /** Why the last sign-in failed. */
  readonly signInProblem: Problem | null;
  readonly jobs: JobsState;
  /** Whether `jobs` is main's list yet. */
  readonly jobsFetched: Fetched<null>;
  readonly isQueuePaused: boolean;
  /** Why nothing can be written to the workspace now; null: it can. */
  readonly workspaceProblem: Problem | null;
  readonly rates: Readonly<Record<string, RateHistory>>;
  readonly sheet: SheetRequest | null;
  readonly trust: TrustRequest | null;
  /** The job that "Try it" started, whose end is followed by a word on what to do next. */
  readonly sampleJob: string | null;
  /** Read aloud by screen readers when it changes. */
  readonly announcement: string;
};

/** The window's one store. Components read it with selectors that return primitives or stable references. */
export const useApp = create<AppState>()(() => ({
  route: parseRoute(window.location.hash),
  info: null,
  endpoints: { state: "loading" },
  data: { state: "loading" },
  azure: { state: "loading" },
  azureEndpoints: null,
  azureSheet: null,
  publishFor: null,
  publication: null,
  signIn: null,
  signInProblem: null,
  jobs: noJobs,
  jobsFetched: { state: "loading" },
  isQueuePaused: false,
  workspaceProblem: null,
  rates: {},
  sheet: null,
  trust: null,
  sampleJob: null,
  announcement: "",
}));
