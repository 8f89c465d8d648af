import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Locator } from "playwright-core";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  jobsOf,
  plainCsv,
  readyCard,
  samplesFolder,
  startFromSheet,
  waitForJob,
} from "../helpers/desktop/desktop-steps.ts";
import {
  type DesktopPlace,
  launchDesktop,
  makeDesktopPlace,
  type RunningDesktop,
} from "../helpers/desktop/electron-app.ts";

/** What the sheet says before a run, and what it offers beside Start. */
const wait = { timeout: 30_000 };

let place: DesktopPlace;
let desktop: RunningDesktop;

beforeEach(async () => {
  place = makeDesktopPlace();
  desktop = await launchDesktop(place);
});
afterEach(async () => {
  // Asked politely, a program with a job that runs would ask back.
  await desktop.kill();
  place.remove();
});

async function dropOnIris(input: string): Promise<Locator> {
  await desktop.page.getByRole("button", { name: "Score", exact: true }).click();
  const card = await readyCard(desktop.page, "iris");
  await desktop.drop(card, [input]);
  return desktop.page.getByRole("dialog");
}

const header = "sepal_length,sepal_width,petal_length,petal_width,note";

function writeTable(folder: string, file: string, rows: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, file), `${[header, ...rows].join("\n")}\n`);
}

test("the sheet tells types, the first items scored, time, disk and the scan; format and formulas can be changed", async () => {
  const { page } = desktop;
  const folder = path.join(place.folder, "flowers");
  writeTable(folder, "a.csv", ["5.1,3.5,1.4,0.2,=1+1", "6.1,2.8,much,1.2,x", "6.3,3.3,6.0,2.5,y"]);
  const sheet = await dropOnIris(folder);
  const mapping = page.getByRole("table", { name: "What the model reads" });
  await mapping.waitFor(wait);
  const [, first] = await mapping.getByRole("row").all();
  expect(await first?.getByRole("cell").allTextContents()).toEqual(["sepal_length", "numbers", "5.1"]);
  await sheet.getByText("Not used: note").waitFor();
  expect(await page.getByTestId("model-inputs").textContent()).toMatch(/float32 \[\?, 4\]/);

  const sample = page.getByTestId("sample");
  const cells = sample.getByRole("table").getByRole("row");
  await expect.poll(() => cells.count(), wait).toBe(3);
  await sample.getByText("a.csv, row 2:").waitFor();
  const estimate = await page.getByTestId("estimate").textContent();
  expect(estimate).toContain("less than 10 sec");
  expect(estimate).toMatch(/measured on 3 sample rows/);
  expect(estimate).toMatch(/needed, .* free/);
  await sheet.getByRole("button", { name: "Scan report: the model is safe to open" }).click();
  await sheet.getByText("Just now").waitFor();

  await sheet.getByRole("button", { name: "Change settings for this job only" }).click();
  await sheet.getByLabel("Formulas in CSV").selectOption({ label: "Kept as they are" });
  const output = page.getByTestId("output-place");
  await expect.poll(() => output.textContent(), wait).toContain("stays as it is");
  await sheet.getByLabel("Output format").selectOption({ label: "JSON lines" });
  await expect.poll(() => output.textContent(), wait).toContain("predictions.jsonl");
  expect(await sheet.getByLabel("Formulas in CSV").count()).toBe(0);
  await startFromSheet(page);
  const job = await waitForJob(page, ({ status }) => status === "Completed");
  expect(job).toMatchObject({ succeeded: 2, failed: 1, output_file: "predictions.jsonl" });
});

test("everything that is wrong is said at once, and Start waits until nothing is", async () => {
  const { page } = desktop;
  const results = path.join(place.folder, "results");
  const free = path.join(place.folder, "free");
  mkdirSync(results);
  writeFileSync(path.join(results, "predictions.csv"), "of somebody else");
  await desktop.electron.evaluate(
    ({ dialog }, folders) => {
      const answers = [...folders];
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [answers.shift() ?? ""] });
    },
    [results, free],
  );
  const sheet = await dropOnIris(path.join(samplesFolder, "iris/iris-150.csv"));
  const start = page.locator('button[type="submit"]');
  await expect.poll(() => start.getAttribute("aria-disabled"), wait).toBe(null);
  await sheet.getByRole("button", { name: "Change the output folder" }).click();
  const problems = sheet.getByTestId("problem");
  await problems.getByText("The path already exists").waitFor(wait);
  // The sheet has looked to the end, and it is the problem alone that Start waits for.
  await sheet.getByText("Esc closes", { exact: true }).waitFor(wait);
  await page.getByTestId("sample").getByRole("table").waitFor(wait);
  expect(await start.getAttribute("aria-disabled")).toBe("true");
  await start.click({ force: true });
  expect(await jobsOf(page)).toEqual([]);
  await sheet.getByRole("button", { name: "Change the output folder" }).click();
  await expect.poll(() => problems.count(), wait).toBe(0);
  await startFromSheet(page);
  const job = await waitForJob(page, ({ status }) => status === "Completed");
  expect(job).toMatchObject({ succeeded: 150, output_path: free });
});

test("what failed is tried again from the job and from the queue, and only what is new is scored", async () => {
  const { page } = desktop;
  const folder = path.join(place.folder, "flowers");
  const good = Array.from({ length: 50 }, (_, row) => `${(4 + row / 20).toFixed(2)},3.5,1.4,0.2,x`);
  writeTable(folder, "a.csv", good);
  writeFileSync(path.join(folder, "b.csv"), "");
  await dropOnIris(folder);
  await startFromSheet(page);
  const first = await waitForJob(page, ({ status }) => status === "Completed");
  expect(first).toMatchObject({ succeeded: 50, failed: 1 });
  const before = plainCsv(path.join(first.output_path, "predictions.csv"));

  // From the queue while nothing is mended: it fails again, and nothing of it is lost.
  await page.getByRole("button", { name: /^Queue/ }).click();
  const row = page.locator(`[data-testid="queue-row"][data-job="${first.name}"]`);
  await row.getByRole("button", { name: "Retry 1 failed" }).click();
  await expect.poll(async () => (await jobsOf(page)).length, wait).toBe(2);
  const again = await waitForJob(page, ({ status }) => status === "Completed");
  expect(again).toMatchObject({ base_job: first.name, base_reason: "retry-failed", failed: 1 });
  await page.getByTestId("job-headline").waitFor();
  expect(await page.getByRole("button", { name: "Retry 1 failed" }).count()).toBe(0);

  // Mended, from the job's page.
  writeTable(folder, "b.csv", ["6.3,3.3,6.0,2.5,y"]);
  await page.getByRole("button", { name: "Back to the queue" }).click();
  await row.getByRole("button", { name: /^Open job/ }).click();
  await page.getByRole("button", { name: "Retry 1 failed" }).click();
  await expect.poll(async () => (await jobsOf(page)).length, wait).toBe(3);
  await waitForJob(page, ({ status }) => status === "Completed");
  await expect
    .poll(async () => (await jobsOf(page)).find(({ name }) => name === first.name), wait)
    .toMatchObject({ succeeded: 51, failed: 0 });
  const after = plainCsv(path.join(first.output_path, "predictions.csv"));
  expect(after.length).toBe(before.length + 1);
  expect(after.slice(0, before.length)).toEqual(before);

  // And a file that is new.
  writeTable(folder, "c.csv", ["5.0,3.4,1.5,0.2,z"]);
  const sheet = await dropOnIris(folder);
  await sheet.getByLabel("Only new or changed files").check();
  await expect.poll(() => page.getByTestId("incremental-base").textContent(), wait).toContain(first.name);
  await startFromSheet(page);
  const last = await waitForJob(page, ({ status }) => status === "Completed");
  expect(last).toMatchObject({ total: 52, reused: 51, base_job: first.name, base_reason: "incremental" });
  expect(existsSync(path.join(last.output_path, "predictions.csv"))).toBe(true);
});
