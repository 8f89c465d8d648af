import { normalizeEncoding } from "@exodus/bytes/encoding-lite.js";
import { failure, type Result, success } from "../../contract/problem.ts";
import type { ScorerFile } from "../../contract/nouns/scorers/scorer-file.ts";

/** What the Encoding Standard names for old pages that must not be decoded, or to stand for bytes: no text is in it. */
const noText: readonly string[] = ["replacement", "x-user-defined"];

/** The encoding that scorer.yml names, by its name in the Encoding Standard. */
export function resolveEncoding({ input }: ScorerFile): Result<{ readonly encoding?: string }> {
  const label = input?.encoding;
  if (label === undefined) return success({});
  const encoding = normalizeEncoding(label);
  if (encoding === null || noText.includes(encoding)) return failure("scorer/invalid:encoding", { label });
  return success({ encoding });
}
