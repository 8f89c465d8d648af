import { linkSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Locator } from "playwright-core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { jobJson } from "../../electron/cli/text/job-report.ts";
import type { JobView } from "../../electron/contract/nouns/job.ts";
import { batchdeck } from "../helpers/batchdeck.ts";
import {
  jobsOf,
  manyPictures,
  plainCsv,
  readyCard,
  startFromSheet,
  waitForJob,
} from "../helpers/desktop/desktop-steps.ts";
import {
  type DesktopPlace,
  launchDesktop,
  makeDesktopPlace,
  type RunningDesktop,
} from "../helpers/desktop/electron-app.ts";

/** What the queue and a job's page offer while jobs wait: the whole queue, its order, and an input that has changed. */
const pictures = 3000;
const wait = { timeout: 30_000 };

let place: DesktopPlace;
let desktop: RunningDesktop;
let folder: string;

beforeEach(async () => {
  place = makeDesktopPlace();
  desktop = await launchDesktop(place);
  folder = manyPictures(path.join(place.folder, "pictures"), pictures);
});
afterEach(async () => {
  // Asked politely, a program with a job that waits would ask back.
  await desktop.kill();
  place.remove();
});

async function startLongJob(): Promise<JobView> {
  const card = await readyCard(desktop.page, "text-orientation");
  await desktop.drop(card, [folder]);
  await startFromSheet(desktop.page);
  return waitForJob(desktop.page, ({ status, succeeded }) => status === "Running" && succeeded > 100);
}

async function showQueue(): Promise<void> {
  await desktop.page.getByRole("button", { name: /^Queue/ }).click();
}

async function trySample(endpoint: string): Promise<void> {
  const { page } = desktop;
  const before = (await jobsOf(page)).length;
  await page.getByRole("button", { name: "Score", exact: true }).click();
  const card = await readyCard(page, endpoint);
  await card.getByRole("button", { name: /^Try it/ }).click();
  await expect.poll(async () => (await jobsOf(page)).length, wait).toBe(before + 1);
  await page.getByTestId("job-headline").waitFor();
}

function rowOf(job: string): Locator {
  return desktop.page.locator(`[data-testid="queue-row"][data-job="${job}"]`);
}

async function rowsInOrder(): Promise<readonly (string | null)[]> {
  return desktop.page.getByTestId("queue-row").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-job")));
}

async function choose(job: string, item: string): Promise<void> {
  await rowOf(job).getByRole("button", { name: "Priority and place" }).click();
  await desktop.page.getByRole(/^(High|Medium|Low)$/.test(item) ? "menuitemradio" : "menuitem", { name: item }).click();
}

test("the whole queue pauses, says so wherever somebody waits, and goes on", async () => {
  const { page } = desktop;
  const long = await startLongJob();
  await showQueue();
  await page.getByRole("button", { name: "Pause all" }).click();
  await page.getByTestId("queue-paused").waitFor();
  await rowOf(long.name).getByText("The queue is paused.").waitFor(wait);
  expect(await waitForJob(page, ({ status }) => status === "Queued")).toMatchObject({ name: long.name });

  await trySample("iris");
  await expect.poll(() => page.getByTestId("job-headline").textContent(), wait).toBe("The queue is paused.");
  expect(await page.getByRole("progressbar").count()).toBe(0);
  await page.reload();
  await page.getByRole("button", { name: "Resume all" }).click();
  await expect
    .poll(async () => (await jobsOf(page)).map(({ status, succeeded }) => [status, succeeded]), { timeout: 120_000 })
    .toEqual([
      ["Completed", 150],
      ["Completed", pictures],
    ]);
  expect(await page.getByTestId("queue-paused").count()).toBe(0);
});

test("waiting jobs get another place and another priority", async () => {
  const { page } = desktop;
  await startLongJob();
  await showQueue();
  await page.getByRole("button", { name: "Pause all" }).click();
  await page.getByTestId("queue-paused").waitFor();
  await trySample("iris");
  await trySample("text-orientation");
  await showQueue();
  const [third = "", second = "", first = ""] = (await jobsOf(page)).map(({ name }) => name);
  await expect.poll(rowsInOrder, wait).toEqual([first, second, third]);

  await choose(third, "Move up");
  await expect.poll(rowsInOrder, wait).toEqual([first, third, second]);
  await choose(first, "Move to the end");
  await expect.poll(rowsInOrder, wait).toEqual([third, second, first]);
  await choose(third, "Move down");
  await expect.poll(rowsInOrder, wait).toEqual([second, third, first]);

  await choose(first, "High");
  await expect.poll(rowsInOrder, wait).toEqual([first, second, third]);
  await rowOf(first).getByText("High priority").waitFor();
  await choose(second, "Low");
  await expect.poll(rowsInOrder, wait).toEqual([first, third, second]);
  expect((await jobsOf(page)).map(({ name, priority }) => [name, priority])).toEqual([
    [third, "medium"],
    [second, "low"],
    [first, "high"],
  ]);

  // With the keyboard alone, and with nowhere to go among those of its priority.
  await rowOf(third).getByRole("button", { name: "Priority and place" }).focus();
  await page.keyboard.press("Enter");
  expect(await page.getByRole("menuitem", { name: "Move to the front" }).getAttribute("aria-disabled")).toBe("true");
  await page.keyboard.press("Enter");
  await expect.poll(rowsInOrder, wait).toEqual([third, first, second]);
});

test("a job whose input has changed asks how to go on: the files come back, or it goes on without them", async () => {
  const { page } = desktop;
  const { name } = await startLongJob();
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await waitForJob(page, ({ status }) => status === "Paused");
  const [gone = "", changed = ""] = readdirSync(folder)
    .sort()
    .reverse()
    .map((file) => path.join(folder, file));
  const aside = path.join(place.folder, "aside.png");
  linkSync(changed, aside);
  rmSync(changed);
  writeFileSync(changed, "not what it was");

  await page.getByRole("button", { name: "Resume", exact: true }).click();
  const notice = page.getByTestId("problem");
  await notice.getByText("1 file was changed").waitFor(wait);
  expect(await page.getByRole("button", { name: "Resume", exact: true }).count()).toBe(0);

  // The file is put back and the job goes on; paused again, another file is gone.
  renameSync(aside, changed);
  await notice.getByRole("button", { name: "Try again" }).click();
  const { succeeded } = await waitForJob(page, ({ status, problem }) => status === "Running" && problem === null);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await waitForJob(page, ({ status }) => status === "Paused");
  rmSync(gone);
  await page.getByRole("button", { name: "Resume", exact: true }).click();
  await notice.getByText("1 file is gone").waitFor(wait);
  await showQueue();
  await rowOf(name).getByRole("button", { name: "Leave out what changed" }).click();

  const done = await waitForJob(page, ({ status }) => status === "Completed");
  expect(done).toMatchObject({ total: pictures, succeeded: pictures - 1, failed: 1, skipped: 0 });
  expect(done.succeeded).toBeGreaterThan(succeeded);
  const failed = plainCsv(path.join(done.output_path, "errors.csv")).slice(1);
  expect(failed.map(([file, , , code]) => [file, code])).toEqual([[path.basename(gone), "input-changed"]]);
});

test("a job shows its mini-batches, its log, and where its time went", async () => {
  const { page } = desktop;
  await trySample("text-orientation");
  await waitForJob(page, ({ status }) => status === "Completed");
  await page.getByRole("tab", { name: "Mini-batches" }).click();
  const table = page.getByRole("table", { name: "Mini-batches" });
  await expect.poll(() => table.getByRole("row").count(), wait).toBeGreaterThan(1);
  // The sample has 48 pictures and a mini_batch_size of 8.
  expect(await table.getAttribute("aria-rowcount")).toBe("7");
  const first = await table.getByRole("row").nth(1).getByRole("cell").allTextContents();
  expect(first.slice(0, 6)).toEqual(["1", "Done", "scan-01.png", "8", "8", "0"]);

  await page.getByRole("tab", { name: "Log" }).click();
  const log = page.getByRole("region", { name: "Log" });
  await expect.poll(() => log.textContent(), wait).toMatch(/INFO +Planned: .*\n.*INFO +Completed\. 48 items/s);

  await page.getByRole("tab", { name: "Settings used" }).click();
  const times = page.getByTestId("stage-times");
  await times.getByText("Running the model").waitFor(wait);
  await page.getByText(/^\d+ \((measured|set|the usual)/).waitFor();
});

test("a job says what its compute could not give it, and what it cost", async () => {
  const { page } = desktop;
  await readyCard(page, "iris");
  const updated = await batchdeck(
    place.home,
    ...["compute", "update", "-n", "local", "--device", "cuda", "--price-per-hour", "3600"],
  );
  expect(updated.code, updated.stderr).toBe(0);
  await trySample("iris");
  const job = await waitForJob(page, ({ status }) => status === "Completed");
  const [warning = ""] = jobJson(job).warnings;
  expect(job).toMatchObject({ device: "cuda", provider: "cpu" });
  const note = page.getByTestId("job-note");
  await expect.poll(() => note.textContent(), wait).toBe(warning);
  expect(warning).toContain("CUDA");
  expect(await page.getByTestId("job-speed").textContent()).toContain(`cost ${job.instance_seconds.toFixed(2)}`);
  await page.getByRole("tab", { name: "Settings used" }).click();
  await page.getByText("Device asked for").waitFor(wait);
  await showQueue();
  await rowOf(job.name).getByText(warning).waitFor();
});
