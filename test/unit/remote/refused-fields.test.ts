import { describe, expect, it } from "vitest";
import { refusal } from "../../../electron/remote/azureml/refusals.ts";
import { problemOf } from "../../../electron/contract/problem.ts";
import { problemSentence } from "../../../electron/contract/words/english-problems.ts";

const missing = problemOf("azure/workspace-not-found", { workspace: "lab" });

function refused(body: object, status = 400): string {
  const facts = { status, address: "https://one.test/jobs", body: JSON.stringify(body), isReading: false };
  return problemSentence(refusal(facts, { thing: missing, place: missing }));
}

const validation = [
  {
    PropertyName: "MiniBatchSize",
    ErrorMessage: "'Mini Batch Size' must be greater than '0'.",
    AttemptedValue: 0,
    ErrorCode: "PredicateValidator",
  },
  { PropertyName: "RetrySettings.MaxRetries", ErrorMessage: "It is too large", AttemptedValue: 999, ErrorCode: "P" },
];
const message = `The Job request provided has the following validation errors. Please resolve them and try again. Errors: ${JSON.stringify(validation)}`;

describe("a request that Azure refuses", () => {
  it("is told field by field, in the words of deployment files, where Azure says which", () => {
    const sentence =
      "Azure refused the request (400): mini_batch_size: 'Mini Batch Size' must be greater than '0'. " +
      "retry_settings.max_retries: It is too large. Correct what is named, and try again.";
    expect(refused({ error: { code: "BadArgument", message } })).toBe(sentence);
    expect(refused({ code: "BadArgument", message })).toBe(sentence);
  });

  it("is told by the targets of its details, too", () => {
    const details = [{ code: "Invalid", target: "properties.instanceCount", message: "Quota exceeded\nby 3" }];
    expect(refused({ error: { code: "InvalidRequest", message: "Wrong.", details } })).toBe(
      "Azure refused the request (400): instance_count: Quota exceeded by 3. Correct what is named, and try again.",
    );
  });

  it("is told in Azure's own words where that cannot be read", () => {
    expect(refused({ error: { code: "Bad", message: "Errors: [ {oops" } })).toBe(
      "Azure refused the request (400 Bad): Errors: [ {oops.",
    );
    expect(refused({ error: { code: "Conflict", message } }, 409)).toContain(
      "Azure refused the request (409 Conflict)",
    );
  });
});
