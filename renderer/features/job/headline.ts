import { isUncounted, type JobView } from "../../../electron/contract/nouns/job.ts";
import type { JobSentences } from "../../../electron/contract/sentences/job-sentences.ts";
import { sentenceOf } from "../../../electron/contract/sentences/sentences.ts";
import type { Format } from "../../locales/format.ts";
import type { Translate } from "../../locales/translate.ts";
import { knownTimeLeft, waitsInHeadline } from "./job-state.ts";

/** A job in one sentence: "4,812 of 5,000 scored, 3 failed, about 2 min left". */
export function jobHeadline(job: JobView, translate: Translate, format: Format, words: JobSentences): string {
  return parts(job, translate, format, words)
    .filter((part) => part !== null)
    .join(", ");
}

function parts(job: JobView, translate: Translate, format: Format, words: JobSentences): readonly (string | null)[] {
  const counts = isUncounted(job)
    ? [translate(job.ended_at === null ? "job.noResultsYet" : "job.noResults")]
    : countsOf(job, translate);
  const left = knownTimeLeft(job.seconds_left);
  switch (job.status) {
    case "NotStarted":
    case "Queued":
      return waitsInHeadline(job)
        ? [job.waiting_for === null ? translate("job.queued") : sentenceOf(words.waiting, job.waiting_for)]
        : [...counts, translate("state.Queued").toLowerCase()];
    case "Preparing":
      if (waitsInHeadline(job) && job.waiting_for !== null) return [sentenceOf(words.waiting, job.waiting_for)];
      return job.total === 0
        ? [translate("job.preparing")]
        : [translate("job.preparing"), translate("job.countedSoFar", { count: job.total })];
    case "Running":
      return [...counts, left === null ? null : format.timeLeft(left)];
    case "Finalizing":
      return [...counts, writing(job.writing, translate, format)];
    case "Paused":
      return [...counts, translate((job.azure?.status ?? null) === null ? "job.paused" : "job.pausedInAzure")];
    case "CancelRequested":
      return [...counts, translate("job.cancelling")];
    case "Completed":
    case "Failed":
    case "Canceled":
      return [...counts, translate("job.took", { duration: format.duration(job.active_seconds) })];
  }
}

function countsOf(job: JobView, translate: Translate): readonly (string | null)[] {
  return [
    job.total_known
      ? translate("job.scoredOf", { succeeded: job.succeeded, total: job.total })
      : translate("job.scoredSoFar", { succeeded: job.succeeded, total: job.total }),
    job.failed > 0 ? translate("job.failedCount", { count: job.failed }) : null,
    job.not_a_number > 0 ? translate("job.notANumberCount", { count: job.not_a_number }) : null,
    job.skipped > 0 ? translate("job.skippedCount", { count: job.skipped }) : null,
  ];
}

function writing(at: JobView["writing"], translate: Translate, format: Format): string {
  if (at === null) return translate("job.finalizing");
  return translate(at.step === "rows" ? "job.writingRows" : "job.writingParquet", {
    percent: format.percent(at.share),
  });
}
