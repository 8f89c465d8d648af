import { createSpeaker } from "../../electron/contract/words/speaker.ts";
import { englishProblems } from "../../electron/contract/words/english-problems.ts";
import { englishAzureEstimateSentences } from "../../electron/contract/sentences/azure-estimate-sentences.ts";
import { englishPreflightSentences } from "../../electron/contract/sentences/preflight-sentences.ts";
import { itemErrorTitles as dutchItemErrorTitles } from "./dutch/item-errors.ts";
import { dutchAzureEstimateSentences } from "./dutch/azure-estimate-sentences.ts";
import { dutchPreflightSentences } from "./dutch/preflight-sentences.ts";
import {
  type FindingFact,
  findingWords as englishFindings,
} from "../../electron/contract/words/english/parts/finding-words.ts";
import { findingWords as dutchFindings } from "./dutch/parts/finding-words.ts";
import { dutchProblems } from "./dutch-problems.ts";
import { createFormat } from "./format.ts";
import { chooseLocale, createTranslate, isDutch } from "./translate.ts";
import { jobSentencesOf } from "./job-sentences.ts";

/** The window's language, fixed when it opens. */
export const locale = chooseLocale(navigator.language);

export const t = createTranslate(locale);

export const jobSentences = jobSentencesOf(locale);

export const format = createFormat(locale, t);

const speaker = createSpeaker(isDutch(locale) ? dutchProblems : englishProblems, locale);

/** What a problem is in the window's language: one sentence each. */
export const { problem: problemWords } = speaker;

export const preflightSentences = isDutch(locale) ? dutchPreflightSentences : englishPreflightSentences;

export const azureEstimateSentences = isDutch(locale) ? dutchAzureEstimateSentences : englishAzureEstimateSentences;

/** What is wrong with an item, by its code, where the window speaks another language than `errors.csv`; else null. */
export const itemErrorTitles = isDutch(locale) ? dutchItemErrorTitles : null;

/** What a scan found in a model, in the window's language: one line. */
export function findingLine(finding: FindingFact): string {
  return (isDutch(locale) ? dutchFindings : englishFindings)(finding, speaker)
    .filter((part) => part !== "")
    .join(" ");
}
