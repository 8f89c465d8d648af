import { describe, expect, it } from "vitest";
import { problemSchema } from "../../../electron/contract/problem.ts";
import { englishProblems, problemKinds } from "../../../electron/contract/words/english-problems.ts";
import { createSpeaker } from "../../../electron/contract/words/speaker.ts";
import { dutchProblems } from "../../../renderer/locales/dutch-problems.ts";
import { problemSamples } from "../../helpers/words/problem-samples.ts";

const english = createSpeaker(englishProblems, "en-US");
const dutch = createSpeaker(dutchProblems, "nl-NL");

/** Texts that a sentence repeats whatever its language: a digit tells them from words that the code chooses between. */
function texts(params: unknown): readonly string[] {
  if (typeof params === "string") return /\d|^E[A-Z]+$/.test(params) ? [params] : [];
  return typeof params === "object" && params !== null ? Object.values(params).flatMap(texts) : [];
}

describe.each(problemKinds)("the words of %s", (kind) => {
  const problem = { code: kind === "written" ? "engine/bug" : kind.split(":")[0], kind, params: problemSamples[kind] };

  it("are made of facts that can be stored and sent", () => {
    expect(problemSchema.parse(JSON.parse(JSON.stringify(problem)))).toEqual(problem);
  });

  it.each([
    ["English", english],
    ["Dutch", dutch],
  ] as const)("are whole sentences in %s", (_, speaker) => {
    const { message, remedy } = speaker.problem(problem);
    expect(message).toMatch(/^\S.*\S$/);
    expect(`${message} ${remedy}`).not.toMatch(/undefined|null|NaN|\[object|\$\{| {2}/);
    expect(remedy.trim()).toBe(remedy);
  });

  it("tell the same facts in both languages, and not in the same words", () => {
    const [inEnglish, inDutch] = [english.problem(problem), dutch.problem(problem)];
    for (const text of texts(problem.params)) {
      if (inEnglish.message.includes(text)) expect(`${inDutch.message} ${inDutch.remedy}`).toContain(text);
    }
    if (kind !== "written") expect(inDutch.message).not.toBe(inEnglish.message);
  });
});
