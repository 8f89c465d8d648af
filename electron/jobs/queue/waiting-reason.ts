import type { GivingWay } from "./give-way.ts";
import type { Share } from "./share-workers.ts";

/** What holds a job up, as the engine knows it. */
export type Hindrance =
  | { readonly kind: "queue-paused" }
  /** An engine that works only for waiting commands, and none waits for this job. */
  | { readonly kind: "nobody-waits"; readonly job: string }
  | { readonly kind: "giving-way"; readonly to: GivingWay }
  /** Its share is ready, but workers of other jobs have not ended yet. */
  | { readonly kind: "others-ending" }
  | { readonly kind: "listing" }
  | { readonly kind: "starting" }
  | {
      readonly kind: "short";
      readonly of: Exclude<Share["shortOf"], null>;
      readonly compute: string;
      readonly workers: number;
      readonly wanted: number;
      /** Jobs that have workers which this one would take. */
      readonly others: readonly string[];
    };

/** One sentence for people. */
export function waitingReason(hindrance: Hindrance): string {
  switch (hindrance.kind) {
    case "queue-paused":
      return queuePausedReason;
    case "nobody-waits":
      return `No command waits for it: it runs once Batchdeck is open, or with: batchdeck job stream -n ${hindrance.job}`;
    case "giving-way":
      return givingWayReasons[hindrance.to];
    case "others-ending":
      return "It waits until other jobs have handed over their workers.";
    case "listing":
      return "Its input is being listed.";
    case "starting":
      return "Its workers are starting.";
    case "short":
      return shortReason(hindrance);
  }
}

export const queuePausedReason = "The queue is paused.";

const givingWayReasons: Readonly<Record<GivingWay, string>> = {
  battery: "Its compute has low priority, and the computer runs on battery.",
  user: "Its compute has low priority, and somebody uses the computer.",
  quiet: "Its compute has low priority, and other work has only just ended: it goes on after ten seconds of quiet.",
};

/** True for a job that waits for the power supply or for its user to go: no reason to keep the computer awake. */
export function waitsForMachine(waitingFor: string | null): boolean {
  return waitingFor === givingWayReasons.battery || waitingFor === givingWayReasons.user;
}

function shortReason({ of, compute, workers, wanted, others }: Extract<Hindrance, { kind: "short" }>): string {
  if (workers === 0) {
    const thing = of === "cores" ? "a core" : `an instance of the compute ${compute}`;
    return others.length === 0
      ? `It waits for ${thing}.`
      : `It waits for ${thing}; ${listed(others)} ${others.length === 1 ? "is" : "are"} before it.`;
  }
  const few = `It has ${workers} of ${wanted} workers`;
  if (of === "cores") return others.length === 0 ? `${few}.` : `${few}; the other cores work for ${listed(others)}.`;
  return others.length === 0
    ? `${few}; the compute ${compute} has no more instances.`
    : `${few}; it shares the compute ${compute} with ${listed(others)}.`;
}

const mostNamed = 2;

/** "the job a", "the jobs a and b", "the jobs a, b and 3 more". */
function listed(jobs: readonly string[]): string {
  const more = jobs.length - mostNamed;
  const words = more > 0 ? [...jobs.slice(0, mostNamed), `${more} more`] : jobs;
  const last = words[words.length - 1] ?? "";
  return words.length < 2 ? `the job ${last}` : `the jobs ${words.slice(0, -1).join(", ")} and ${last}`;
}
