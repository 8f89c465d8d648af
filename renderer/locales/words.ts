import { createFormat } from "./format.ts";
import { chooseLocale, createTranslate } from "./translate.ts";

/** The window's language, fixed when it opens. */
export const locale = chooseLocale(navigator.language);

export const t = createTranslate(locale);

export const format = createFormat(locale, t);
