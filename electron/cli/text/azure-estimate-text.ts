import type { EstimateRange } from "../../contract/nouns/preflight.ts";
import { englishAzureEstimateSentences } from "../../contract/sentences/azure-estimate-sentences.ts";
import { englishPreflightSentences } from "../../contract/sentences/preflight-sentences.ts";
import { sentenceOf } from "../../contract/sentences/sentences.ts";
import type { AzureEstimate, AzureTime } from "../../contract/nouns/azure/azure-estimate.ts";
import { visibleText } from "../../contract/plain-text.ts";
import { byteText } from "./numbers.ts";
import { rangeText, secondsText } from "./preflight-text.ts";

const { basis } = englishAzureEstimateSentences;

/** What a job would take in Azure, and on this computer where the endpoint is here, too (null: it is not, or nothing is known). */
export function estimateLines(estimate: AzureEstimate, here: EstimateRange | null): readonly string[] {
  return [
    `Upload      ${uploadText(estimate.upload)}`,
    `Time        in Azure ${timeText("run", estimate.run)}`,
    `            on this computer ${here === null ? "not known: no earlier job" : hereText(here)}`,
    `Cost        ${costText(estimate)}`,
  ];
}

function uploadText(upload: AzureEstimate["upload"]): string {
  if (upload === null) return "none, the input lies in Azure";
  if (upload.sent_by !== null) return `none, the job ${upload.sent_by} has sent these files`;
  return `up to ${byteText(upload.bytes)}, ${timeText("upload", upload.time)}`;
}

function timeText(what: keyof typeof basis, time: AzureTime): string {
  const source = sentenceOf(basis[what], time);
  return time.kind === "from-jobs" ? `${rangeText(time, secondsText)} (${source})` : source;
}

function hereText(range: EstimateRange): string {
  return `${rangeText(range, secondsText)} (${visibleText(sentenceOf(englishPreflightSentences.basis, range.basis))})`;
}

function costText({ nodes, price, cost }: AzureEstimate): string {
  const count = nodes === 1 ? "1 node" : `${nodes} nodes`;
  if (price === null) return `not known: no price of a node was set (${count})`;
  const rate = `${count} at ${price.currency} ${price.amount} an hour`;
  if (cost === null) return `not known: ${rate}, and the time is not known`;
  const amounts = rangeText(cost, (value) => `${price.currency} ${value.toFixed(2)}`);
  return `${amounts} (${rate})`;
}
