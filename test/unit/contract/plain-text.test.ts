import { describe, expect, it } from "vitest";
import { oneLine, plainText, traceOf, visibleDocument, visibleText } from "../../../electron/contract/plain-text.ts";
import { isLong } from "../../helpers/engine/fault-shim.ts";
import { seededRandom } from "../../helpers/random.ts";

/** Ranges that hold what steers or hides, and letters of many scripts, so that each comes beside every other. */
const ranges: readonly (readonly [from: number, to: number])[] = [
  [0, 0x20],
  [0x20, 0x7e],
  [0x7f, 0xa0],
  [0xad, 0xad],
  [0x600, 0x6ff],
  [0x900, 0x97f],
  [0x200b, 0x206f],
  [0xd800, 0xdfff],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0x1f300, 0x1faff],
  [0xe0000, 0xe01ef],
  [0, 0x10ffff],
];

function randomText(random: () => number): string {
  return Array.from({ length: 1 + Math.floor(random() * 12) }, () => {
    const [from, to] = ranges[Math.floor(random() * ranges.length)] ?? [0, 0];
    return String.fromCodePoint(from + Math.floor(random() * (to - from + 1)));
  }).join("");
}

const alwaysUnseen =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e0fff}]/u;

describe("a text that is shown", () => {
  const seed = Date.now() % 1_000_000;

  it(`holds nothing that steers or hides, and says what was there; seed ${seed}`, () => {
    const random = seededRandom(seed);
    for (let round = 0; round < (isLong ? 200_000 : 4000); round++) {
      const text = randomText(random);
      const shown = visibleText(text);
      expect(shown, JSON.stringify(text)).not.toMatch(alwaysUnseen);
      expect(visibleText(shown)).toBe(shown);
      const back = shown.replace(/\\u\{([0-9a-f]+)\}/g, (_, hex) => String.fromCodePoint(parseInt(String(hex), 16)));
      expect(back).toBe(text);
      expect(oneLine(text)).not.toMatch(alwaysUnseen);
      const document = visibleDocument(JSON.stringify({ [text]: text }, null, 2));
      expect(document.replaceAll("\n", "")).not.toMatch(alwaysUnseen);
      expect(JSON.parse(document)).toEqual({ [text]: text });
    }
  });

  it.each([
    ["plain words, 100 % & more", "plain words, 100 % & more"],
    ["naïve Ελληνικά кириллица 漢字 한국어 עברית العربية हिन्दी ไทย", null],
    // Letters that are written with joiners, and emoji that are made of several.
    ["می‌خواهم क्‍ष", null],
    ["👩‍👩‍👧 ❤️ 1️⃣ 🇳🇱 👍🏽", null],
    ["a\u200db a\u200cb", "a\\u{200d}b a\\u{200c}b"],
    ["1\ufe0f", "1\\u{fe0f}"],
    ["a\u001b[2J\u0007\u009b31m", "a\\u{1b}[2J\\u{7}\\u{9b}31m"],
    ["one\nForged: two\r", "one\\u{a}Forged: two\\u{d}"],
    ["gpj.\u202eexe", "gpj.\\u{202e}exe"],
    ["🏴\u{e0067}\u{e007f}", "🏴\\u{e0067}\\u{e007f}"],
  ])("%j stays to be read", (text, wanted) => {
    expect(visibleText(text)).toBe(wanted ?? text);
  });
});

it("a name out of a model is short and has no quotes", () => {
  expect(plainText(`a"${"x".repeat(200)}`)).toBe(`a?${"x".repeat(118)}…`);
});

it("a trace is a line for the message, whatever it holds, and one for each place", () => {
  const [message, first, ...others] = traceOf(new TypeError("one\n    at forged (file:1)"));
  expect(message).toBe("TypeError: one\n    at forged (file:1)");
  expect([first, ...others].every((line) => line?.startsWith("    at ") && !line.includes("forged"))).toBe(true);
  expect(traceOf("thrown")).toEqual(["thrown"]);
});
