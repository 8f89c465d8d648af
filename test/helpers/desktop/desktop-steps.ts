import { linkSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Locator, Page } from "playwright-core";
import type { JobView } from "../../../electron/contract/nouns/job.ts";

/** What tests do in the window again and again, in the words that a user sees. */

export const samplesFolder = path.join(import.meta.dirname, "../../../resources/samples");

/** The card of an endpoint that is ready to score; the samples arrive a moment after the window. */
export async function readyCard(page: Page, endpoint: string): Promise<Locator> {
  const card = page.getByRole("article", { name: endpoint, exact: true });
  await card.getByRole("button", { name: "Choose folder" }).waitFor({ timeout: 60_000 });
  return card;
}

/** Presses Start in the sheet once it is ready; the job's page opens. */
export async function startFromSheet(page: Page): Promise<void> {
  await page.locator('button[type="submit"]:not([aria-disabled="true"])', { hasText: "Start" }).click();
  await page.getByTestId("job-headline").waitFor();
}

/** The jobs as the window knows them, newest first. */
export async function jobsOf(page: Page): Promise<readonly JobView[]> {
  const answer = await page.evaluate(() => window.batchdeck?.call["jobs:list"](null));
  if (answer?.ok !== true) throw new Error(`No jobs: ${JSON.stringify(answer)}`);
  return answer.value;
}

/** Waits until the only job is as asked. */
export async function waitForJob(page: Page, isReady: (job: JobView) => boolean): Promise<JobView> {
  for (let attempt = 0; attempt < 1200; attempt += 1) {
    const [job] = await jobsOf(page);
    if (job !== undefined && isReady(job)) return job;
    await page.waitForTimeout(50);
  }
  throw new Error(`The job did not get there: ${JSON.stringify(await jobsOf(page))}`);
}

/** The rows of a CSV file without quotes in it, the header first. */
export function plainCsv(file: string): readonly (readonly string[])[] {
  return readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
}

/** A folder of that many pictures, each a link to one of the sample's: enough work to be caught in the middle of it. */
export function manyPictures(folder: string, count: number): string {
  const source = path.join(samplesFolder, "text-orientation/data");
  const names = readdirSync(source);
  mkdirSync(folder, { recursive: true });
  for (let number = 0; number < count; number += 1) {
    const name = names[number % names.length] ?? "";
    linkSync(path.join(source, name), path.join(folder, `${String(number).padStart(5, "0")}-${name}`));
  }
  return folder;
}
