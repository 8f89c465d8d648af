import { failure, type Result, success } from "../../contract/problem.ts";
import type { ScorerFile } from "../../contract/nouns/scorers/scorer-file.ts";
import type { TabularScorer } from "../../contract/nouns/scorers/tabular-scorer.ts";
import type { ModelSignature, TensorInfo } from "../../contract/signature.ts";
import { resolveEncoding } from "./resolve-encoding.ts";
import { resolveMissing } from "./resolve-missing.ts";
import type { ScorerParts } from "./scorer-parts.ts";
import { described, namesOf } from "./tensor-facts.ts";

export function tabularScorer({ inputs }: ModelSignature, file: ScorerFile, parts: ScorerParts): Result<TabularScorer> {
  const mapping = file.input?.columns ?? {};
  const unknown = Object.keys(mapping).find((name) => !inputs.some((input) => input.name === name));
  if (unknown !== undefined) {
    return failure("scorer/invalid:unknown-input", { input: unknown, known: namesOf(inputs) });
  }
  const resolved: TabularScorer["inputs"][number][] = [];
  for (const input of inputs) {
    const columns = inputColumns(input, Object.hasOwn(mapping, input.name) ? mapping[input.name] : undefined);
    if (!columns.ok) return columns;
    resolved.push({ ...input, ...columns.value });
  }
  const open = resolved.filter(({ columns }) => columns === null);
  if (open.length > 1) return failure("scorer/invalid:open-inputs", { inputs: namesOf(open) });
  const missing = resolveMissing(resolved, file);
  if (!missing.ok) return missing;
  const encoding = resolveEncoding(file);
  if (!encoding.ok) return encoding;
  const [first, ...rest] = resolved;
  if (first === undefined) return failure("model/unsupported:no-input");
  return success({ kind: "tabular", inputs: [first, ...rest], ...encoding.value, ...missing.value, ...parts });
}

type InputColumns = Pick<TabularScorer["inputs"][number], "columns" | "vector">;

/**
 * What fills an input: a list of as many columns as it is wide, or the name of one that holds vectors, nested where the input
 * has more dimensions.
 */
function inputColumns(input: TensorInfo, given: string | readonly string[] | undefined): Result<InputColumns> {
  const [, ...sizes] = input.shape;
  if (input.shape.length === 0) return failure("scorer/invalid:not-columns", { input: described(input) });
  const width = sizes.length === 0 ? 1 : (sizes[0] ?? null);
  const isNested = sizes.length > 1;
  const columns = typeof given === "string" ? [given] : (given ?? (width === 1 ? [input.name] : null));
  const [first, ...others] = sizes;
  if (typeof given === "string" && first !== undefined && (isNested || (width !== null && width !== 1))) {
    return success({ columns: [given], vector: [first, ...others] });
  }
  if (isNested) return failure("scorer/invalid:not-columns", { input: described(input) });
  if (columns !== null && width !== null && columns.length !== width) {
    return failure("scorer/invalid:column-count", { input: input.name, width, columns: columns.length });
  }
  return success({ columns: columns === null ? null : [...columns] });
}
