import type { Translate } from "./translate.ts";

/** What is counted: rows, files, or a mix of both over several jobs. */
export type ItemUnit = "row" | "file" | "item";

/** Numbers, sizes and times as people read them, in one locale. */
export type Format = {
  readonly number: (value: number) => string;
  /** A size in bytes: "1 byte", then kB, MB, GB or TB of 1000. */
  readonly bytes: (bytes: number) => string;
  /** Items a second, with as many digits as mean something. */
  readonly rate: (perSecond: number, unit: ItemUnit) => string;
  /** A share from 0 to 1: "42%"; what is not nothing does not read as nothing. */
  readonly percent: (share: number) => string;
  /** An amount of money in an unnamed currency: two decimals, and more for what would read as nothing. */
  readonly amount: (value: number) => string;
  /** An amount in a currency of three letters: "€ 1.25". */
  readonly money: (value: number, currency: string) => string;
  /** A number that may be tiny or huge, to three digits that mean something: "0.25", "1.2E-7". */
  readonly figure: (value: number) => string;
  /** A length of time in seconds: "40 ms", "0.4 sec", "12 sec", "2 min 5 sec", "1 hr 10 min". */
  readonly duration: (seconds: number) => string;
  /** A range of seconds, rounded to what can be known: "about 2 min left", "2–4 min left". */
  readonly timeLeft: (range: { readonly low: number; readonly high: number }) => string;
  /** A range of seconds, rounded likewise: "about 2 min", "2–4 min". */
  readonly durationRange: (range: { readonly low: number; readonly high: number }) => string;
  /** A range of sizes: "about 3 MB", "2 MB–3 MB". */
  readonly bytesRange: (range: { readonly low: number; readonly high: number }) => string;
  /** "5 minutes ago"; both in milliseconds since 1970. */
  readonly relative: (at: number, now: number) => string;
  /** The exact moment, for a tooltip. */
  readonly exact: (at: number) => string;
};

export function createFormat(locale: string, translate: Translate): Format {
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const oneDecimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const twoDecimals = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
  const cents = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const twoDigits = new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 });
  const three = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
  const tiny = new Intl.NumberFormat(locale, { notation: "scientific", maximumSignificantDigits: 3 });
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" });
  const ago = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const withUnit = (value: number, unit: string, maximumFractionDigits = 0): string =>
    new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits }).format(value);

  const duration = (seconds: number): string => {
    if (seconds > 0 && seconds < 0.095) return withUnit(Math.max(1, Math.round(seconds * 1000)), "millisecond");
    if (seconds < 9.95) return withUnit(seconds, "second", 1);
    const rounded = Math.round(seconds);
    if (rounded < 60) return withUnit(rounded, "second");
    if (rounded < 3600) return twoParts(Math.floor(rounded / 60), "minute", rounded % 60, "second");
    const minutes = Math.round(rounded / 60);
    return twoParts(Math.floor(minutes / 60), "hour", minutes % 60, "minute");
  };
  const twoParts = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
    small === 0
      ? withUnit(large, largeUnit)
      : translate("time.twoParts", { large: withUnit(large, largeUnit), small: withUnit(small, smallUnit) });

  const bytes = (size: number): string => {
    const { value, unit, digits } = scaleBytes(size);
    // The short form of English has no plural: "130 byte".
    if (unit === "byte") return translate("size.bytes", { count: Math.round(value) });
    return withUnit(value, unit, digits);
  };

  return {
    number: (value) => whole.format(value),
    bytes,
    bytesRange: ({ low, high }) => {
      const [from, to] = [bytes(low), bytes(high)];
      return from === to ? translate("sheet.about", { amount: to }) : translate("time.range", { low: from, high: to });
    },
    durationRange: (range) => {
      const { low, high, unit, digits } = roundRange(range.low, range.high);
      if (low === 0) return translate("time.under", { time: withUnit(high, unit, digits) });
      if (low === high) return translate("sheet.about", { amount: withUnit(high, unit, digits) });
      return translate("time.range", { low: oneDecimal.format(low), high: withUnit(high, unit, digits) });
    },
    rate: (perSecond, unit) => {
      const number = perSecond >= 100 ? whole : perSecond >= 1 ? oneDecimal : twoDecimals;
      return translate(`rate.${unit}`, { rate: number.format(perSecond) });
    },
    percent: (share) => (share > 0 && share < 0.01 ? `<${percent.format(0.01)}` : percent.format(share)),
    figure: (value) => (value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e9) ? tiny : three).format(value),
    amount: (value) => (value > 0 && value < 0.01 ? twoDigits : cents).format(value),
    money: (value, currency) =>
      // A price may be a fraction of a cent.
      new Intl.NumberFormat(locale, {
        style: "currency",
        currency,
        ...(value > 0 && value < 0.01 ? { maximumSignificantDigits: 2 } : {}),
      }).format(value),
    duration,
    timeLeft: (range) => {
      const { low, high, unit, digits } = roundRange(range.low, range.high);
      if (low === 0) return translate("time.leftUnder", { time: withUnit(high, unit, digits) });
      if (low === high) return translate("time.leftAbout", { time: withUnit(high, unit, digits) });
      return translate("time.leftRange", { low: oneDecimal.format(low), high: withUnit(high, unit, digits) });
    },
    relative: (at, now) => {
      const seconds = Math.min(0, Math.round((at - now) / 1000));
      if (seconds > -45) return translate("time.justNow");
      if (seconds > -45 * 60) return ago.format(Math.min(-1, Math.round(seconds / 60)), "minute");
      if (seconds > -22 * 3600) return ago.format(Math.min(-1, Math.round(seconds / 3600)), "hour");
      return ago.format(Math.min(-1, Math.round(seconds / 86_400)), "day");
    },
    exact: (at) => moment.format(at),
  };
}

function scaleBytes(bytes: number): { value: number; unit: string; digits: number } {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
  let value = bytes;
  let index = 0;
  // 999.5 and more would be written as 1,000 of the smaller unit.
  while (value >= 999.5 && index < units.length - 1) {
    value /= 1000;
    index += 1;
  }
  return { value, unit: units[index] ?? "byte", digits: index > 0 && value < 9.95 ? 1 : 0 };
}

/** Widens a range of seconds to steps that grow with it: nobody knows the 14 minutes and 37 seconds that a sum gives. */
function roundRange(
  lowSeconds: number,
  highSeconds: number,
): { low: number; high: number; unit: string; digits: number } {
  const [unit, unitSeconds, step] =
    highSeconds <= 10
      ? (["second", 1, 10] as const)
      : highSeconds <= 57.5
        ? (["second", 1, 5] as const)
        : highSeconds <= 9.5 * 60
          ? (["minute", 60, 1] as const)
          : highSeconds <= 57.5 * 60
            ? (["minute", 60, 5] as const)
            : (["hour", 3600, 0.5] as const);
  const round = (seconds: number): number => Math.round(seconds / unitSeconds / step) * step;
  const high = Math.max(step, round(highSeconds));
  return {
    low: Math.min(high, unit === "second" && step === 10 ? 0 : round(lowSeconds)),
    high,
    unit,
    digits: unit === "hour" ? 1 : 0,
  };
}
