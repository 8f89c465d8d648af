import * as z from "zod";
import { findingSchema } from "../../contract/nouns/model-scan.ts";
import { problemSchema } from "../../contract/problem.ts";
import { englishFindingWords, englishWords } from "../../contract/words/english-problems.ts";

/** A view of a finding may hold more. */
const anyFindingSchema = z.looseObject(findingSchema.shape);

/** A view for programs: every problem and finding in it is told in words, `{code, message, remedy}`. */
export function inWords(view: unknown): unknown {
  if (typeof view !== "object" || view === null) return view;
  if (Array.isArray(view)) return view.map(inWords);
  const problem = problemSchema.safeParse(view);
  if (problem.success) return { code: problem.data.code, ...englishWords(problem.data) };
  const finding = anyFindingSchema.safeParse(view);
  const entries = Object.entries(view);
  if (!finding.success) return Object.fromEntries(entries.map(([key, value]) => [key, inWords(value)]));
  const words = Object.entries(englishFindingWords(finding.data));
  return Object.fromEntries(
    entries.flatMap(([key, value]) => (key === "kind" ? words : key === "params" ? [] : [[key, value]])),
  );
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
