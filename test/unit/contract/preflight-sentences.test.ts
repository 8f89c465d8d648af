import { describe, expect, it } from "vitest";
import {
  type EstimateBasis,
  estimateBasisSchema,
  type NoSample,
  noSampleSchema,
  type PreflightWarning,
  preflightWarningSchema,
} from "../../../electron/contract/nouns/preflight-facts.ts";
import { skipReasonSchema } from "../../../electron/contract/nouns/skip-reason.ts";
import { englishPreflightSentences } from "../../../electron/contract/sentences/preflight-sentences.ts";
import { sentenceOf } from "../../../electron/contract/sentences/sentences.ts";
import { dutchPreflightSentences } from "../../../renderer/locales/dutch/preflight-sentences.ts";

const warnings: readonly PreflightWarning[] = [
  ...skipReasonSchema.options.map((reason) => ({
    kind: "left-out" as const,
    files: 7,
    by: { [reason]: 7 },
    names: { [reason]: ["a", "b", "c", "d", "e"] },
  })),
  { kind: "unnamed-columns", inputs: ["x"] },
  { kind: "unseen-keep", columns: ["x"] },
  { kind: "idle-workers", files: 8, miniBatchSize: 10, miniBatches: 1, workers: 4, better: 2 },
  { kind: "large-mini-batch", files: 5000 },
  { kind: "runs-alone" },
  { kind: "one-large-file" },
  { kind: "fewer-workers", workers: 4, wanted: 64 },
  { kind: "low-priority", compute: "night" },
  { kind: "device-fallback", device: "cuda", reason: "no driver" },
  { kind: "charged-download" },
  { kind: "unreachable-download", address: "https://example.org/a.csv" },
  { kind: "tight-disk", place: "/data", holds: ["output", "workspace"] },
];
const bases: readonly EstimateBasis[] = [
  { kind: "no-rows" },
  { kind: "columns" },
  { kind: "sample", items: 1000, unit: "row" },
  { kind: "model-measured" },
  { kind: "job", job: "monday" },
  { kind: "job-speed", job: "monday", secondsAgo: 10_800, itemsPerSecond: 99_999.6, unit: "file" },
];
const reasons: readonly NoSample[] = [
  { kind: "script" },
  { kind: "not-downloaded" },
  { kind: "not-started" },
  { kind: "too-slow" },
  { kind: "aborted" },
  { kind: "not-opened", reason: "Load model failed." },
  { kind: "not-scored", reason: "no rows" },
  { kind: "process-ended", how: "SIGSEGV" },
];

const [english, dutch] = [englishPreflightSentences, dutchPreflightSentences];
const facts = [
  ...warnings.map((fact) => [fact, sentenceOf(english.warning, fact), sentenceOf(dutch.warning, fact)] as const),
  ...bases.map((fact) => [fact, sentenceOf(english.basis, fact), sentenceOf(dutch.basis, fact)] as const),
  ...reasons.map((fact) => [fact, sentenceOf(english.noSample, fact), sentenceOf(dutch.noSample, fact)] as const),
];

function kindsOf(schema: {
  readonly options: readonly { readonly shape: { readonly kind: { readonly value: string } } }[];
}) {
  return schema.options.map(({ shape }) => shape.kind.value);
}

describe("what a look ahead finds", () => {
  it("has a sample of every kind here", () => {
    expect(new Set(warnings.map(({ kind }) => kind))).toEqual(new Set(kindsOf(preflightWarningSchema)));
    expect(new Set(bases.map(({ kind }) => kind))).toEqual(new Set(kindsOf(estimateBasisSchema)));
    expect(new Set(reasons.map(({ kind }) => kind))).toEqual(new Set(kindsOf(noSampleSchema)));
  });

  it.each(facts)("is told in both languages: %o", (_, inEnglish, inDutch) => {
    for (const words of [inEnglish, inDutch]) {
      expect(words).toMatch(/^\S.*\S$/);
      expect(words).not.toMatch(/undefined|null|NaN|\[object|\$\{/);
    }
    expect(inDutch).not.toBe(inEnglish);
  });

  it("counts in English as before and in Dutch as Dutch does", () => {
    const basis: EstimateBasis = {
      kind: "job-speed",
      job: "monday",
      secondsAgo: 86_400 * 2,
      itemsPerSecond: 99_999.6,
      unit: "row",
    };
    expect(sentenceOf(english.basis, basis)).toBe("as in job monday on this machine, 2 days ago: 100,000 rows/s");
    expect(sentenceOf(dutch.basis, basis)).toBe(
      "zoals in taak monday op deze computer, 2 dagen geleden: 100.000 rijen/s",
    );
    const leftOut: PreflightWarning = {
      kind: "left-out",
      files: 8,
      by: { "other-ending": 7, hidden: 1 },
      names: { hidden: [".x"], "other-ending": ["a.pdf", "b.pdf", "c.pdf", "d.pdf", "e.pdf"] },
    };
    expect(sentenceOf(english.warning, leftOut)).toBe(
      '8 files are left out: 1 hidden (".x"), ' +
        '7 without an ending that is read ("a.pdf", "b.pdf", "c.pdf", "d.pdf", "e.pdf" and 2 more).',
    );
    // A job that was listed by an earlier version knows no names.
    expect(sentenceOf(english.warning, { ...leftOut, names: {} })).toBe(
      "8 files are left out: 1 hidden, 7 without an ending that is read.",
    );
  });
});
