import type { SameKinds } from "../../../electron/contract/words/english-problems.ts";
import type { jobProblems as english } from "../../../electron/contract/words/english/job-problems.ts";

export const jobProblems: SameKinds<typeof english> = {
  "job/not-found": ({ job }) => [`Er is geen taak met de naam "${job}".`, "Bekijk de lijst van taken."],
  "job/interrupted": () => [
    "Het programma dat deze taak uitvoerde, stopte voordat de taak klaar was.",
    "Hervat de taak.",
  ],
};
