import { describe, expect, test } from "vitest";
import { scorerWords } from "../../../electron/contract/nouns/scorer.ts";
import { scorerFileSchema } from "../../../electron/contract/nouns/scorers/scorer-file.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import { resolveScorer } from "../../../electron/deployments/scorers/resolve-scorer.ts";
import { float, output, signature } from "../../helpers/deployments/model-signatures.ts";

const outputs = [output("y", null, 1)];
const text = (name: string) => ({ name, type: "string" as const, shape: [null, 1] });
const whole = (name: string) => ({ name, type: "int64" as const, shape: [null, 1] });
const person = signature([float("age", null, 1), text("city"), whole("rooms")], outputs);
const texts = signature([text("city"), text("job")], outputs);
const matrix = signature([float("x", null, 3)], outputs);

function rulesOf(model: typeof person, missing: unknown, words?: unknown): unknown {
  const input = { kind: "tabular", missing, ...(words === undefined ? {} : { missing_words: words }) };
  const file = scorerFileSchema.safeParse({ input });
  if (!file.success) return "not parsed";
  const scorer = resolveScorer(model, file.data, null);
  if (!scorer.ok) return englishWords(scorer.problem).message;
  const { missing: written, missing_words } = scorerWords(scorer.value);
  return missing_words === undefined ? written : [written, missing_words];
}

describe("input.missing", () => {
  test.each([
    ["a rule for all columns", matrix, { value: 0 }, { value: 0 }],
    ["a text for all texts", texts, { value: "unknown" }, { value: "unknown" }],
    ["an empty text", texts, { value: "" }, { value: "" }],
    ["a word that is also a rule, as a text", texts, { value: "nan" }, { value: "nan" }],
    ["rules by column", person, { age: "nan", city: { value: "" } }, { "*": "error", age: "nan", city: { value: "" } }],
    ["a rule for the others", person, { "*": "nan", city: { value: "?" }, rooms: { value: 1 } }, null],
    [
      "NaN for the floats, and empty texts beside them",
      signature([float("age", null, 1), text("city")], outputs),
      "nan",
      "nan",
    ],
    [
      "truth values",
      signature([{ name: "t", type: "bool", shape: [null, 1] }], outputs),
      { t: { value: true } },
      { "*": "error", t: { value: 1 } },
    ],
    [
      "a column called value",
      signature([float("value", null, 1)], outputs),
      { value: { value: 3 } },
      { "*": "error", value: { value: 3 } },
    ],
  ])("takes %s", (_, model, missing, wanted) => {
    expect(rulesOf(model, missing)).toEqual(wanted ?? missing);
  });

  test.each([
    [
      "a text for numbers",
      person,
      { age: { value: "old" } },
      'says {value: "old"}, and the model\'s input "age" takes float32',
    ],
    ["a text for everything", person, { value: "" }, 'says {value: ""}, and the model\'s input "age" takes float32'],
    ["NaN for texts", person, { city: "nan" }, 'says nan, and the model\'s input "city" takes string'],
    ["a fraction for whole numbers", person, { rooms: { value: 0.5 } }, 'the model\'s input "rooms" takes int64'],
    ["NaN where nothing is a float", texts, "nan", "needs an input of floats"],
    ["a column that no input takes", person, { town: { value: "" } }, 'names the column "town"'],
    ["another word", matrix, "skip", "not parsed"],
    ["another word for a column", matrix, { a: "skip" }, "not parsed"],
  ])("refuses %s", (_, model, missing, reason) => {
    expect(rulesOf(model, missing)).toContain(reason);
  });

  test("may name columns that are found only in the data", () => {
    expect(rulesOf(matrix, { a: { value: 1 } })).toEqual({ "*": "error", a: { value: 1 } });
  });

  test("has more words for no value, numbers too", () => {
    expect(rulesOf(matrix, "nan", ["?", -999])).toEqual(["nan", ["?", "-999"]]);
  });
});
