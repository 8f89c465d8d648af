import { describe, expect, it } from "vitest";
import { type JobNote, jobNoteSchema } from "../../../electron/contract/nouns/job-note.ts";
import { type JobWarning, jobWarningSchema } from "../../../electron/contract/nouns/job-warning.ts";
import { type WaitingReason, waitingReasonSchema } from "../../../electron/contract/nouns/waiting-reason.ts";
import { problemOf } from "../../../electron/contract/problem.ts";
import type { JobSentences } from "../../../electron/contract/sentences/job-sentences.ts";
import { sentenceOf, type SentencesOf } from "../../../electron/contract/sentences/sentences.ts";
import { jobSentencesOf } from "../../../renderer/locales/job-sentences.ts";

/** Every kind of a fact, and each of its variants that has a sentence of its own. A kind left out does not compile. */
type Samples<Fact extends { readonly kind: string }> = {
  readonly [Kind in Fact["kind"]]: readonly Extract<Fact, { readonly kind: Kind }>[];
};

const short = { kind: "short", of: "cores", compute: "rack", workers: 0, wanted: 4 } as const;
const rest = { ...short, workers: 1 } as const;

const waiting: Samples<WaitingReason> = {
  "queue-paused": [{ kind: "queue-paused" }],
  "no-engine": [{ kind: "no-engine", job: "j" }],
  "no-command": [{ kind: "no-command", job: "j" }],
  "giving-way": [
    { kind: "giving-way", to: "battery" },
    { kind: "giving-way", to: "user" },
    { kind: "giving-way", to: "quiet" },
  ],
  "others-ending": [{ kind: "others-ending" }],
  short: [
    { ...short, others: [] },
    { ...short, others: ["a"] },
    { ...short, others: ["a", "b"] },
    { ...short, of: "instances", others: [] },
    { ...short, of: "instances", others: ["a", "b", "c", "d"] },
    { ...rest, others: [] },
    { ...rest, others: ["a"] },
    { ...rest, of: "instances", others: [] },
    { ...rest, of: "instances", others: ["a", "b"] },
  ],
  listing: [{ kind: "listing" }],
  starting: [{ kind: "starting" }],
  "download-listing": [{ kind: "download-listing" }],
  downloading: [{ kind: "downloading", doneBytes: 1_500_000, totalBytes: 120_000_000 }],
  downloaded: [{ kind: "downloaded" }],
  "azure-hashing": [{ kind: "azure-hashing" }],
  "azure-uploading": [
    { kind: "azure-uploading", doneBytes: 1_500_000, totalBytes: 3_000_000, bytesPerSecond: 250_000 },
  ],
  "azure-submitting": [{ kind: "azure-submitting" }],
  "azure-following": [{ kind: "azure-following", status: "Provisioning" }],
  "azure-canceling": [{ kind: "azure-canceling", status: "CancelRequested" }],
  "azure-downloading": [{ kind: "azure-downloading", doneBytes: 1_500_000, totalBytes: 3_000_000, bytesPerSecond: 0 }],
  "azure-converting": [{ kind: "azure-converting" }],
  "azure-unreachable": [
    { kind: "azure-unreachable", since: "2026-11-27T08:00:00.000Z", problem: problemOf("azure/no-workspace") },
  ],
};

const note: Samples<Exclude<JobNote, { readonly kind: "problem" }>> = {
  "handed-over": [{ kind: "handed-over" }],
  waiting: Object.values(waiting)
    .flat()
    .map((reason) => ({ kind: "waiting", reason })),
  "paused-while-queued": [{ kind: "paused-while-queued" }],
  resumed: [{ kind: "resumed" }],
  "canceled-before-start": [{ kind: "canceled-before-start" }],
  "engine-ended": [{ kind: "engine-ended" }],
  "writable-again": [{ kind: "writable-again" }],
  "scored-again": [{ kind: "scored-again" }],
  downloaded: [{ kind: "downloaded" }],
  retried: [{ kind: "retried", by: "j" }],
};

const warning: Samples<JobWarning> = {
  "left-out": [
    { kind: "left-out", files: 1, by: { hidden: 1 }, names: { hidden: [".x"] } },
    { kind: "left-out", files: 9, by: { "other-ending": 9 }, names: { "other-ending": ["a", "b", "c", "d", "e"] } },
  ],
  "device-fallback": [{ kind: "device-fallback", device: "coreml", reason: "The driver said no." }],
  "own-folder": [{ kind: "own-folder", folder: "/out/batchdeck" }],
  "began-again": [{ kind: "began-again" }],
  "listed-again": [{ kind: "listed-again" }],
  "scored-again": [
    { kind: "scored-again", miniBatches: 1 },
    { kind: "scored-again", miniBatches: 12 },
  ],
  "azure-nested": [
    { kind: "azure-nested", files: 1 },
    { kind: "azure-nested", files: 3 },
  ],
  "azure-repeated": [
    { kind: "azure-repeated", items: 1 },
    { kind: "azure-repeated", items: 3 },
  ],
  "smaller-batch": [{ kind: "smaller-batch", batch: 1024, smallest: 64 }],
};

type Schema = { readonly options: readonly { readonly shape: { readonly kind: { readonly value: string } } }[] };
const kindsOf = ({ options }: Schema) => options.map(({ shape }) => shape.kind.value);

/** Each sample's English and Dutch sentence. */
function sentences<Fact extends { readonly kind: string }>(
  samples: Readonly<Record<string, readonly Fact[]>>,
  of: (words: JobSentences) => SentencesOf<Fact>,
): readonly (readonly [english: string, dutch: string])[] {
  const facts = Object.values(samples).flat();
  return facts.map(
    (fact) => [sentenceOf(of(jobSentencesOf("en-US")), fact), sentenceOf(of(jobSentencesOf("nl-NL")), fact)] as const,
  );
}

function expectTranslated(pairs: readonly (readonly [english: string, dutch: string])[]): void {
  for (const [english, dutch] of pairs) {
    expect(dutch).not.toBe(english);
    for (const text of [english, dutch]) {
      expect(text).toMatch(/^[A-Z1-9]/);
      expect(text).not.toMatch(/undefined|\[object|\$\{/);
    }
  }
  const dutchTexts = pairs.map(([, dutch]) => dutch);
  expect(new Set(dutchTexts).size).toBe(dutchTexts.length);
}

describe("what the window says about a job", () => {
  it("has Dutch words of its own for everything that a job waits for", () => {
    expect(Object.keys(waiting).sort()).toEqual(kindsOf(waitingReasonSchema).sort());
    expectTranslated(sentences<WaitingReason>(waiting, (words) => words.waiting));
  });

  it("has Dutch words of its own for every note in its history; a problem has words elsewhere", () => {
    expect([...Object.keys(note), "problem"].sort()).toEqual(kindsOf(jobNoteSchema).sort());
    expectTranslated(sentences<JobNote>(note, (words) => words.note));
  });

  it("has Dutch words of its own for every warning", () => {
    expect(Object.keys(warning).sort()).toEqual(kindsOf(jobWarningSchema).sort());
    expectTranslated(sentences<JobWarning>(warning, (words) => words.warning));
  });

  it("says in Dutch what is short, who has it, and how far a download is", () => {
    const dutch = (reason: WaitingReason) => sentenceOf(jobSentencesOf("nl").waiting, reason);
    expect(dutch({ ...short, others: ["a", "b", "c", "d"] })).toBe(
      "Wacht op een processorkern; de taken a, b en nog 2 gaan voor.",
    );
    expect(dutch({ ...rest, of: "instances", others: ["a"] })).toBe(
      "Heeft 1 van 4 werkprocessen; deelt rack met taak a.",
    );
    expect(dutch({ kind: "downloading", doneBytes: 1_500_000, totalBytes: 120_000_000 })).toBe(
      "De invoer wordt gedownload: 1,5 van 120 MB.",
    );
    const upload = { kind: "azure-uploading", doneBytes: 1_500_000, totalBytes: 120_000_000 } as const;
    expect(dutch({ ...upload, bytesPerSecond: 2_500_000 })).toBe(
      "De invoer wordt naar Azure geüpload: 1,5 van 120 MB, 2,5 MB/s, nog ongeveer 47 s.",
    );
  });
});
