import { englishJobSentences, type JobSentences } from "../../electron/contract/sentences/job-sentences.ts";
import { isDutch } from "./translate.ts";
import { dutchJobSentences } from "./dutch/job-sentences.ts";

/** What is said about a job, in the language of a locale. */
export function jobSentencesOf(locale: string): JobSentences {
  return isDutch(locale) ? dutchJobSentences : englishJobSentences;
}
