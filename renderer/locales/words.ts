import { createSpeaker } from "../../electron/contract/words/speaker.ts";
import { englishProblems } from "../../electron/contract/words/english-problems.ts";
import { dutchProblems } from "./dutch-problems.ts";
import { createFormat } from "./format.ts";
import { chooseLocale, createTranslate, isDutch } from "./translate.ts";
import { jobSentencesOf } from "./job-sentences.ts";

/** The window's language, fixed when it opens. */
export const locale = chooseLocale(navigator.language);

export const t = createTranslate(locale);

export const jobSentences = jobSentencesOf(locale);

export const format = createFormat(locale, t);

/** What a problem is in the window's language: one sentence each. */
export const { problem: problemWords } = createSpeaker(isDutch(locale) ? dutchProblems : englishProblems, locale);
