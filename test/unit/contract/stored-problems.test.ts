import { describe, expect, it } from "vitest";
import { problemOf, storedProblemSchema } from "../../../electron/contract/problem.ts";
import { englishWords, problemKinds } from "../../../electron/contract/words/english-problems.ts";

describe("a problem that a workspace keeps", () => {
  it("is read as it was stored", () => {
    const problem = problemOf("output/gone", { folder: "/out" });
    expect(storedProblemSchema.parse(JSON.parse(JSON.stringify(problem)))).toEqual(problem);
  });

  it("of an earlier version keeps its sentences", () => {
    const stored = { code: "output/gone", message: "The folder is gone.", remedy: "Make it again." };
    expect(englishWords(storedProblemSchema.parse(stored))).toEqual({
      message: "The folder is gone.",
      remedy: "Make it again.",
    });
  });

  it("of a later version, whose kind is unknown here, is read and shown by its kind", () => {
    const stored = { code: "output/gone", kind: "output/gone:into-space", params: { planet: "Mars" } };
    const problem = storedProblemSchema.parse(stored);
    expect(problem.code).toBe("output/gone");
    expect(englishWords(problem).message).toBe("output/gone:into-space");
  });

  it.each(problemKinds.filter((kind) => kind !== "written"))(
    "%s with parameters that its words do not expect is shown all the same",
    (kind) => {
      const { message } = englishWords({ kind, params: { known: 1 } });
      expect(message).toEqual(expect.stringMatching(/./));
    },
  );
});
