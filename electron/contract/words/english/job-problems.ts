import type { WordTable } from "../speaker.ts";

/** Jobs: what is asked of them, and why they stand still or fail. */
export const jobProblems = {
  "job/not-found": ({ job }: { job: string }) => [`There is no job named "${job}".`, "See: batchdeck job list"],
  "job/interrupted": ({ job }: { job: string }) => [
    "The program that ran this job ended before the job did.",
    `Go on with: batchdeck job resume -n ${job}`,
  ],
} satisfies Partial<WordTable>;
