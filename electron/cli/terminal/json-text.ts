import * as z from "zod";
import { findingSchema } from "../../contract/nouns/model-scan.ts";
import { problemSchema } from "../../contract/problem.ts";
import { englishFindingWords, englishWords } from "../../contract/words/english-problems.ts";

/** A JSON document for scripts. Problems and findings in it are told in words: `{code, message, remedy}`. */
export function jsonText(view: unknown): string {
  return JSON.stringify(inWords(view), null, 2);
}

/** A view of a finding may hold more. */
const anyFindingSchema = z.looseObject(findingSchema.shape);

/** The same view, with every problem and finding in it in words. */
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
