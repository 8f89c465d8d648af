import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { englishProblems } from "../../../electron/contract/words/english-problems.ts";
import { englishFindings } from "../../../electron/contract/words/english/parts/finding-words.ts";
import {
  createSpeaker,
  factWords,
  type FactTable,
  type ProblemWords,
  type Speaker,
  type WrittenWords,
} from "../../../electron/contract/words/speaker.ts";
import { dutchProblems } from "../../../renderer/locales/dutch-problems.ts";
import { dutchFindings } from "../../../renderer/locales/dutch/parts/finding-words.ts";
import { findingSamples } from "../../helpers/words/finding-samples.ts";
import { problemSamples } from "../../helpers/words/problem-samples.ts";

const english = createSpeaker(englishProblems, "en-US");
const dutch = createSpeaker(dutchProblems, "nl-NL");

/** What English says and Dutch need not: words that stand for a choice, and what only a command line names. */
const leftOut = new Set([
  "azure/operation-failed.change",
  "azure/operation-failed.noun",
  "azure/operation-unfinished.change",
  "azure/operation-unfinished.noun",
  "azure/operation-unfinished:left.change",
  "azure/operation-unfinished:left.noun",
  "azure/sign-in-needed:again.command",
  "data/invalid:file.fault.advice",
  "deployment/unsupported:variable.fault",
  "input/empty:no-readable-file.how",
  "input/unreadable:no-readable-file.kind",
  "job/error-threshold:percent.unit",
  "job/interrupted.job",
  "job/not-allowed:command.command",
  "job/not-allowed:command.status",
  "job/not-allowed:delete.status",
  "job/not-allowed:ended.status",
  "job/not-allowed:gave-up.status",
  "job/not-allowed:no-predictions.status",
  "job/not-allowed:other-items.itemsOfA",
  "job/not-allowed:other-items.itemsOfB",
  "job/not-allowed:other-priority.otherPriority",
  "job/not-allowed:other-priority.priority",
  "job/not-allowed:output-partial.status",
  "job/not-allowed:output-unfinished.status",
  "job/not-allowed:unfinished.status",
  "malformed:file.fault.what",
  "model/unreadable:mlflow-columns.half",
  "model/unsupported:not-a-tensor.side",
  "model/unsupported:tensor-type.side",
  "script/not-trusted.endpoint",
  "usage/invalid:azure-name.what",
  "usage/invalid:input-kind.wanted",
  "usage/invalid:setting.advice",
]);

describe.each([
  ["problem", problemSamples, englishProblems, dutchProblems],
  ["finding", findingSamples, englishFindings, dutchFindings],
] as const)("the words of every %s", (_what, samples, englishTable, dutchTable) => {
  const cases = Object.entries<readonly object[]>(samples).flatMap(([kind, all]) =>
    all.map((params) => [kind, params] as const),
  );

  it.each(cases)("%s %j are whole sentences and the same facts in both languages", (kind, params) => {
    const inEnglish = wordsOf(englishTable, kind, params, english);
    const inDutch = wordsOf(dutchTable, kind, params, dutch);
    for (const { message, remedy } of [inEnglish, inDutch]) {
      // Some end with what others said.
      if (!("reason" in params && message.endsWith(String(params.reason)))) expect(message).toMatch(/^\S.*[^.\s]\.$/);
      expect(`${message} ${remedy}`).not.toMatch(/undefined|null|NaN|\[object|\$\{| {2}/);
      expect(remedy.trim()).toBe(remedy);
    }
    const said = `${inEnglish.message} ${inEnglish.remedy}`;
    const told = `${inDutch.message} ${inDutch.remedy}`;
    const facts = factsOf(params).filter(([place]) => !leftOut.has(`${kind}.${place}`));
    const missing = facts.filter(([, fact]) => includes(said, fact, english) && !includes(told, fact, dutch));
    expect(missing).toEqual([]);
    // What was written elsewhere is said as it was written.
    if (kind !== "written") expect(inDutch.message).not.toBe(inEnglish.message);
  });

  it("are made of facts that can be stored and sent", () => {
    expect(JSON.parse(JSON.stringify(cases))).toEqual(cases);
  });
});

function wordsOf(table: FactTable<WrittenWords>, kind: string, params: object, speaker: Speaker): ProblemWords {
  const [message, remedy = ""] = factWords(table, { kind, params }, speaker);
  return { message, remedy };
}

function includes(text: string, fact: string | number, { number }: Speaker): boolean {
  return text.includes(String(fact)) || (typeof fact === "number" && text.includes(number(fact)));
}

/** Every text and number among parameters, by where it stands; how nested facts are called is none. */
function factsOf(params: object): readonly (readonly [place: string, fact: string | number])[] {
  return Object.entries(params).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value === "object" && value !== null) {
      const inner =
        "params" in value && typeof value.params === "object" && value.params !== null ? value.params : value;
      return factsOf(inner).map(([place, fact]) => [`${name}.${place}`, fact] as const);
    }
    return typeof value === "string" || typeof value === "number" ? [[name, value] as const] : [];
  });
}

it.each(["electron/contract/words/english", "renderer/locales/dutch/problems"])(
  "no kind has words in two tables of %s",
  async (folder) => {
    const place = path.join(import.meta.dirname, "../../..", folder);
    const kinds: string[] = [];
    const files = fs.readdirSync(place, { recursive: true, encoding: "utf8" });
    for (const file of files.filter((name) => name.endsWith("-problems.ts"))) {
      const tables = (await import(path.join(place, file))) as Readonly<Record<string, unknown>>;
      const [, table] = Object.entries(tables).find(([name]) => name.endsWith("Problems")) ?? [];
      kinds.push(...Object.keys(table as object));
    }
    expect(kinds.length).toBe(Object.keys(englishProblems).length - 1);
    expect(new Set(kinds).size).toBe(kinds.length);
  },
);
