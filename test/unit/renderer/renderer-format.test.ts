import { describe, expect, it } from "vitest";
import { createFormat } from "../../../renderer/locales/format.ts";
import { createTranslate } from "../../../renderer/locales/translate.ts";

const english = createFormat("en-US", createTranslate("en-US"));
const dutch = createFormat("nl-NL", createTranslate("nl-NL"));

describe("numbers for people", () => {
  it("gives a rate as many digits as mean something", () => {
    expect(english.rate(5213.7, "row")).toBe("5,214 rows/s");
    expect(english.rate(12.34, "file")).toBe("12.3 files/s");
    expect(english.rate(0.126, "item")).toBe("0.13 items/s");
    expect(dutch.rate(5213.7, "row")).toBe("5.214 rijen/s");
  });

  it("gives a size in the unit that keeps it short", () => {
    expect(english.bytes(0)).toBe("0 bytes");
    expect(english.bytes(1)).toBe("1 byte");
    expect(english.bytes(130)).toBe("130 bytes");
    expect(english.bytes(4600)).toBe("4.6 kB");
    expect(english.bytes(999_700)).toBe("1 MB");
    expect(english.bytes(214_300_000)).toBe("214 MB");
    expect(english.bytes(182_400_000_000)).toBe("182 GB");
  });

  it("gives a share or an amount so that something never reads as nothing", () => {
    expect(english.percent(0.424)).toBe("42%");
    expect(english.percent(0.002)).toBe("<1%");
    expect(english.amount(1234.5)).toBe("1,234.50");
    expect(english.amount(0.00042)).toBe("0.00042");
    expect(english.amount(0)).toBe("0.00");
    expect(dutch.amount(0.5)).toBe("0,50");
  });

  it("gives a duration in at most two units", () => {
    expect(english.duration(0)).toBe("0 sec");
    expect(english.duration(0.0002)).toBe("1 ms");
    expect(english.duration(0.0436)).toBe("44 ms");
    expect(english.duration(0.0951)).toBe("0.1 sec");
    expect(english.duration(0.44)).toBe("0.4 sec");
    expect(english.duration(12.4)).toBe("12 sec");
    expect(english.duration(59.7)).toBe("1 min");
    expect(english.duration(125)).toBe("2 min 5 sec");
    expect(english.duration(3599.6)).toBe("1 hr");
    expect(english.duration(4200)).toBe("1 hr 10 min");
  });

  it("rounds the time left to what can be known", () => {
    expect(english.timeLeft({ low: 1, high: 4 })).toBe("less than 10 sec left");
    expect(english.timeLeft({ low: 21, high: 23 })).toBe("20–25 sec left");
    expect(english.timeLeft({ low: 24, high: 26 })).toBe("about 25 sec left");
    expect(english.timeLeft({ low: 118, high: 131 })).toBe("about 2 min left");
    expect(english.timeLeft({ low: 110, high: 250 })).toBe("2–4 min left");
    expect(english.timeLeft({ low: 14 * 60, high: 22 * 60 })).toBe("15–20 min left");
    expect(english.timeLeft({ low: 5000, high: 9100 })).toBe("1.5–2.5 hr left");
    expect(dutch.timeLeft({ low: 5000, high: 9100 })).toBe("nog 1,5–2,5 uur");
  });

  it("gives what is estimated as a range where it is one", () => {
    expect(english.durationRange({ low: 0.2, high: 1.4 })).toBe("less than 10 sec");
    expect(english.durationRange({ low: 118, high: 131 })).toBe("about 2 min");
    expect(english.durationRange({ low: 110, high: 250 })).toBe("2–4 min");
    expect(dutch.durationRange({ low: 0.2, high: 1.4 })).toBe("minder dan 10 sec");
    expect(english.bytesRange({ low: 2_000_000, high: 3_100_000 })).toBe("2 MB–3.1 MB");
    expect(english.bytesRange({ low: 4000.2, high: 4000.4 })).toBe("about 4 kB");
    expect(english.bytesRange({ low: 12.4, high: 900.6 })).toBe("12 bytes–901 bytes");
  });

  it("never says that nothing is left, nor a range upside down", () => {
    for (let high = 0; high < 20_000; high += 37) {
      const text = english.timeLeft({ low: high * 0.3, high });
      const [first, second] = [...text.matchAll(/[\d.]+/g)].map(([number]) => Number(number));
      expect(first, text).toBeGreaterThan(0);
      if (second !== undefined) expect(second, text).toBeGreaterThan(first ?? 0);
    }
  });

  it("tells how long ago something was, and never that it is in the future", () => {
    const now = Date.parse("2026-11-22T12:00:00Z");
    expect(english.relative(now + 5000, now)).toBe("just now");
    expect(english.relative(now - 5 * 60_000, now)).toBe("5 minutes ago");
    expect(english.relative(now - 26 * 3_600_000, now)).toBe("yesterday");
    expect(dutch.relative(now - 3 * 3_600_000, now)).toBe("3 uur geleden");
  });
});
