import type { EstimateRange, Preflight } from "../../contract/nouns/preflight.ts";
import { englishPreflightSentences } from "../../contract/sentences/preflight-sentences.ts";
import { sentenceOf } from "../../contract/sentences/sentences.ts";

/** What `invoke --dry-run --json` answers: the report with its facts in English words. */
export function preflightJson(report: Preflight): unknown {
  const { warning, noSample } = englishPreflightSentences;
  const { warnings, sample, estimate } = report;
  return {
    ...report,
    warnings: warnings.map((fact) => sentenceOf(warning, fact)),
    sample: sample && { ...sample, left_out: sample.left_out === null ? "" : sentenceOf(noSample, sample.left_out) },
    estimate: estimate && {
      ...estimate,
      seconds: estimate.seconds && rangeInWords(estimate.seconds),
      output_bytes: rangeInWords(estimate.output_bytes),
    },
  };
}

function rangeInWords(range: EstimateRange): unknown {
  return { ...range, basis: sentenceOf(englishPreflightSentences.basis, range.basis) };
}
