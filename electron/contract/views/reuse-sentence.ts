import type { JobSpec } from "../nouns/job-spec.ts";
import { itemUnit } from "../nouns/scorer.ts";

const number = new Intl.NumberFormat("en-US");

/** "Reused 98,000 of 100,000 rows from JOB; 2,000 are scored" */
export function reuseSentence(
  spec: Pick<JobSpec, "base" | "scorer">,
  counts: { readonly reused: number; readonly planned: number },
): string {
  const { reused, planned } = counts;
  const items = itemUnit(spec.scorer) === "row" ? "rows" : "files";
  const job = spec.base?.job ?? "";
  return `Reused ${number.format(reused)} of ${number.format(planned)} ${items} from ${job}; ${number.format(planned - reused)} are scored`;
}
