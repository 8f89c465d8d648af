import path from "node:path";
import { isUncounted, type JobView } from "../../contract/nouns/job.ts";
import { numberText } from "./numbers.ts";

/** What a table of jobs shows. */
export const jobColumns = [
  ...["name", "status", "priority", "endpoint_name", "deployment_name"],
  ...["total", "succeeded", "failed", "skipped", "compute"],
];

/** "4,812 of 5,000 rows, 3 failed, 1,250 rows/s, about 2 min left" */
export function jobHeadline(job: JobView): string {
  // The counts of this moment are those of the last look: they would read as too few.
  if (job.status === "Finalizing") return writingText(job.writing);
  const done = job.succeeded + job.failed + job.skipped;
  const total = job.total_known ? numberText(job.total) : `at least ${numberText(job.total)}`;
  // A job that was ended before it had looked at its input has no total worth a word.
  const parts = [job.total === 0 ? `0 ${plural(job)}` : `${numberText(done)} of ${total} ${plural(job)}`];
  if (job.failed > 0) parts.push(`${numberText(job.failed)} failed`);
  if (job.not_a_number > 0) parts.push(`${numberText(job.not_a_number)} with NaN or infinite scores`);
  if (job.skipped > 0) parts.push(`${numberText(job.skipped)} skipped`);
  if (job.rate > 0) parts.push(rateText(job, job.rate));
  if (job.seconds_left !== null) parts.push(`${timeLeft(job.seconds_left)} left`);
  return parts.join(", ");
}

/** "writing the files, 40 %" */
function writingText(writing: JobView["writing"]): string {
  const what = writing?.step === "parquet" ? "writing the Parquet file" : "writing the files";
  return writing === null ? what : `${what}, ${Math.floor(writing.share * 100)} %`;
}

/** One line that fits the terminal: bar, counts, rate, time left. In a narrow one the bar gives way to the words. */
export function progressBar(job: JobView, width: number | null): string {
  if (width === null) return "";
  if (job.total === 0) return job.status;
  if (job.status === "Finalizing") return `${job.status}: ${jobHeadline(job)}`;
  const done = job.succeeded + job.failed + job.skipped;
  const share = job.total_known && job.total > 0 ? done / job.total : 0;
  const barWidth = Math.max(8, Math.min(24, width - 72));
  const filled = Math.min(barWidth, Math.floor(share * barWidth));
  const bar = `${"█".repeat(filled)}${"░".repeat(barWidth - filled)}`;
  const percent = job.total_known ? `${String(Math.floor(share * 100)).padStart(3)} %` : "  …  ";
  return `${job.status} ${bar} ${percent}  ${jobHeadline(job)}`.slice(0, Math.max(20, width - 1));
}

/** What a finished job leaves on stdout. `hasPredictions`: false when its output_action is summary_only. */
export function summaryLines(job: JobView, hasPredictions: boolean): string[] {
  const headline = job.status === "Completed" ? `Completed${whatIsAmiss(job)}` : job.status;
  const rate = job.rate > 0 ? `, ${rateText(job, job.rate)}` : "";
  const counts = `${numberText(job.succeeded)} of ${numberText(job.total)} ${plural(job)} scored, ${numberText(job.failed)} failed, ${numberText(job.skipped)} skipped${rate}${costText(job)}`;
  const lines = [`${job.name}: ${headline}.${isUncounted(job) ? "" : ` ${counts}.`}`];
  if (job.status === "Completed" && hasPredictions)
    lines.push(`Predictions: ${path.join(job.output_path, job.output_file)}`);
  if (job.failed > 0) lines.push(`Errors: ${path.join(job.output_path, "errors.csv")}`);
  return lines;
}

/** " with 2 errors and NaN or infinite scores in 3 rows"; nothing when all is as it should be. */
function whatIsAmiss(job: JobView): string {
  const errors = `${numberText(job.failed)} ${job.failed === 1 ? "error" : "errors"}`;
  const unit = job.not_a_number === 1 ? job.item_unit : plural(job);
  const scores = `NaN or infinite scores in ${numberText(job.not_a_number)} ${unit}`;
  const parts = [...(job.failed > 0 ? [errors] : []), ...(job.not_a_number > 0 ? [scores] : [])];
  return parts.length === 0 ? "" : ` with ${parts.join(" and ")}`;
}

/** ", cost 0.42" in the currency that the price was given in; nothing when the compute has no price. */
function costText(job: JobView): string {
  return job.cost === null ? "" : `, cost ${amount(job.cost)}`;
}

/** Two decimals, and more for what would read as nothing. */
export function amount(cost: number): string {
  return cost > 0 && cost < 0.01 ? cost.toPrecision(2) : cost.toFixed(2);
}

/** "5200 rows/s": items a second over the time that was worked. */
export function rateText(job: JobView, rate: number): string {
  return `${numberText(Math.round(rate))} ${plural(job)}/s`;
}

function plural(job: JobView): string {
  return job.item_unit === "row" ? "rows" : "files";
}

function timeLeft({ low, high }: { low: number; high: number }): string {
  const round = (seconds: number) =>
    seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;
  return round(low) === round(high) ? `about ${round(low)}` : `${round(low)} to ${round(high)}`;
}
