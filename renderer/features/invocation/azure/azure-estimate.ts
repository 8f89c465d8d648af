import type { AzureEstimate, AzureTime } from "../../../../electron/contract/nouns/azure/azure-estimate.ts";
import { sentenceOf } from "../../../../electron/contract/sentences/sentences.ts";
import { azureEstimateSentences, format, t } from "../../../locales/words.ts";

/** "2–4 min (from 3 earlier jobs in Azure)", or why it is not known. */
export function runText({ run }: AzureEstimate): string {
  return timeText("run", run);
}

/** What is still to be sent, and how long that takes. */
export function uploadText({ upload }: AzureEstimate): string {
  if (upload === null) return t("sheet.nothingSent");
  if (upload.sent_by !== null) return t("sheet.sentBefore", { job: upload.sent_by });
  return t("sheet.stillToSend", { size: format.bytes(upload.bytes), time: timeText("upload", upload.time) });
}

/** Less than that is not worth digits. */
const leastCost = 0.01;

/** "€0.40–€0.60"; null: it is not known. */
export function costText({ cost, price }: AzureEstimate): string | null {
  if (cost === null || price === null) return null;
  if (cost.high < leastCost) return t("time.under", { time: format.money(leastCost, price.currency) });
  const [low, high] = [cost.low, cost.high].map((amount) => format.money(amount, price.currency));
  if (low === undefined || high === undefined || low === high) return t("sheet.about", { amount: high ?? "" });
  return t("time.range", { low, high });
}

function timeText(what: "run" | "upload", time: AzureTime): string {
  const basis = sentenceOf(azureEstimateSentences.basis[what], time);
  return time.kind === "from-jobs" ? t("sheet.withBasis", { amount: format.durationRange(time), basis }) : basis;
}
