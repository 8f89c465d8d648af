import type { EstimateRange, Preflight } from "../../contract/nouns/preflight.ts";
import { englishPreflightWords } from "../../contract/sentences/preflight-words.ts";
import { inWords } from "../../contract/words/words.ts";

/** What `invoke --dry-run --json` answers: the report with its facts in English words. */
export function preflightJson(report: Preflight): unknown {
  const { warning, noSample } = englishPreflightWords;
  const { warnings, sample, estimate } = report;
  return {
    ...report,
    warnings: warnings.map((fact) => inWords(warning, fact)),
    sample: sample && { ...sample, left_out: sample.left_out === null ? "" : inWords(noSample, sample.left_out) },
    estimate: estimate && {
      ...estimate,
      seconds: estimate.seconds && rangeInWords(estimate.seconds),
      output_bytes: rangeInWords(estimate.output_bytes),
    },
  };
}

function rangeInWords(range: EstimateRange): unknown {
  return { ...range, basis: inWords(englishPreflightWords.basis, range.basis) };
}
