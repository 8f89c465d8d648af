import type { JobStatus } from "../../../../electron/contract/job-status.ts";
import { type NameList, quotedNames } from "../../../../electron/contract/words/name-list.ts";

/** What is the matter with a job, after "is" or "was". */
export const statusWords: Readonly<Record<JobStatus, string>> = {
  NotStarted: "nog niet gestart",
  Queued: "nog aan het wachten",
  Preparing: "nog in voorbereiding",
  Running: "nog bezig",
  Finalizing: "nog aan het afronden",
  Completed: "voltooid",
  Failed: "mislukt",
  Canceled: "geannuleerd",
  Paused: "gepauzeerd",
  CancelRequested: "nog aan het stoppen",
};

const more = (count: number): string => `nog ${count}`;

export function namesAnd(names: NameList): string {
  return quotedNames(names, "en", more);
}

export function namesOr(names: NameList): string {
  return quotedNames(names, "of", more);
}

export const azureNameRule =
  "Een naam heeft 3 tot 32 letters, cijfers en streepjes, begint met een letter en eindigt niet op een streepje.";

export const assetNameRule =
  "Een naam heeft 1 tot 120 letters, cijfers, streepjes, punten en onderstrepingstekens, en begint en eindigt met een letter of cijfer.";
