import { create } from "zustand";
import type { CallOutput, EndpointCard, InputGrant } from "../../electron/contract/channels.ts";
import type { DataOverview } from "../../electron/contract/nouns/data-view.ts";
import type { Problem } from "../../electron/contract/problem.ts";
import { type JobsState, noJobs } from "./jobs.ts";
import type { RateHistory } from "./rate-history.ts";
import { parseRoute, type Route } from "./route.ts";

/** What the sheet was opened for: an input that is to be scored by an endpoint. */
export type SheetRequest = {
  readonly endpointName: string;
  readonly input: InputGrant;
  /** Entries of the same drop that were left out. */
  readonly leftOut: number;
};

/** The deployment whose code is looked at. */
export type TrustRequest = { readonly endpointName: string; readonly deploymentName: string };

/** Something main is asked for once and again: not yet answered, answered, or refused. */
export type Fetched<Value> =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly value: Value }
  | { readonly state: "failed"; readonly problem: Problem };

export type AppState = {
  readonly route: Route;
  readonly info: CallOutput<"app:info"> | null;
  readonly endpoints: Fetched<readonly EndpointCard[]>;
  readonly data: Fetched<DataOverview>;
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
