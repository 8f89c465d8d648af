import { problemSchema } from "../../contract/problem.ts";
import { englishWords } from "../../contract/words/english-problems.ts";

/** A JSON document for scripts. Problems in it are told in words: `{code, message, remedy}`. */
export function jsonText(view: unknown): string {
  return JSON.stringify(inWords(view), null, 2);
}

/** The same view, with every problem in it in words. */
export function inWords(view: unknown): unknown {
  if (typeof view !== "object" || view === null) return view;
  if (Array.isArray(view)) return view.map(inWords);
  const problem = problemSchema.safeParse(view);
  if (problem.success) return { code: problem.data.code, ...englishWords(problem.data) };
  return Object.fromEntries(Object.entries(view).map(([key, value]) => [key, inWords(value)]));
}
