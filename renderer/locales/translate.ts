import en from "./en.json";
import nl from "./nl.json";

/** Every text of the window by its key; `nl.json` has the same keys (test/unit/renderer/renderer-locales.test.ts). */
export type TextKey = keyof typeof en;

/** Values for the `{placeholders}` of a text. `count` also chooses between a text's `one` and `other` form. */
type TextParams = Readonly<Record<string, string | number>>;

/** Gives the text of a key in the window's language, numbers written the language's way. */
export type Translate = (key: TextKey, params?: TextParams) => string;

type Text = string | { readonly one: string; readonly other: string };

const texts: Readonly<Record<"en" | "nl", Readonly<Record<TextKey, Text>>>> = { en, nl };

/**
 * The locale that the window speaks, for a user's preferred one (`navigator.language`): Dutch for Dutch speakers, with
 * their own region, else English. Numbers follow the same locale, so that a sentence never mixes two ways of writing.
 */
export function chooseLocale(preferred: string): string {
  const language = preferred.split("-")[0]?.toLowerCase();
  return language === "nl" || language === "en" ? preferred : "en";
}

export function isDutch(locale: string): boolean {
  return locale.toLowerCase().startsWith("nl");
}

export function createTranslate(locale: string): Translate {
  const table = isDutch(locale) ? texts.nl : texts.en;
  const plurals = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  return (key, params = {}) => {
    const text = table[key];
    const pattern = typeof text === "string" ? text : text[pluralForm(plurals, params["count"])];
    return pattern.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
      const value = params[name];
      if (value === undefined) return placeholder;
      return typeof value === "number" ? numbers.format(value) : value;
    });
  };
}

/** Whether a text exists under a key that is only known at run time (a setting's name, a column's). */
export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(en, key);
}

function pluralForm(plurals: Intl.PluralRules, count: string | number | undefined): "one" | "other" {
  return typeof count === "number" && plurals.select(count) === "one" ? "one" : "other";
}
