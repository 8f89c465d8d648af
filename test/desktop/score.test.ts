import { existsSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  jobsOf,
  plainCsv,
  readyCard,
  samplesFolder,
  startFromSheet,
  waitForJob,
} from "../helpers/desktop/desktop-steps.ts";
import { expectScriptsScored } from "../helpers/scripts/scored-scripts.ts";
import {
  type DesktopPlace,
  launchDesktop,
  makeDesktopPlace,
  type RunningDesktop,
} from "../helpers/desktop/electron-app.ts";

/** Looking at an input starts a process, and the machine may be busy. */
const wait = { timeout: 30_000 };

let place: DesktopPlace;
let desktop: RunningDesktop;

beforeEach(async () => {
  place = makeDesktopPlace();
  desktop = await launchDesktop(place);
});
afterEach(async () => {
  await desktop.close();
  place.remove();
});

test("a dropped folder of pictures is shown, scored and its rows are read", async () => {
  const { page } = desktop;
  const card = await readyCard(page, "text-orientation");
  await desktop.drop(card, [path.join(samplesFolder, "text-orientation/data")]);

  await expect.poll(() => page.getByTestId("input-summary").textContent(), wait).toContain("48 files");
  expect(await jobsOf(page)).toEqual([]);
  await startFromSheet(page);
  await page.getByText("Completed", { exact: true }).first().waitFor({ timeout: 60_000 });
  const job = await waitForJob(page, ({ status }) => status === "Completed");
  expect(job).toMatchObject({ total: 48, succeeded: 48, failed: 0, skipped: 0 });

  const [header, first] = plainCsv(path.join(job.output_path, job.output_file));
  const table = page.getByRole("grid", { name: "Predictions" });
  await expect.poll(() => table.getByRole("columnheader").allTextContents(), wait).toEqual(header);
  const cells = table.getByRole("row").nth(1).getByRole("gridcell");
  await expect.poll(() => cells.allTextContents(), wait).toEqual(first);
  expect(await table.getAttribute("aria-rowcount")).toBe("49");
});

test("a dropped table shows which columns the model reads, with their first values", async () => {
  const { page } = desktop;
  const card = await readyCard(page, "iris");
  await desktop.drop(card, [path.join(samplesFolder, "iris/iris-150.csv")]);
  const mapping = page.getByRole("table", { name: "What the model reads" });
  await mapping.waitFor();
  const [header, first] = plainCsv(path.join(samplesFolder, "iris/iris-150.csv"));
  const text = await mapping.textContent();
  for (const column of ["sepal_length", "sepal_width", "petal_length", "petal_width"]) {
    expect(text).toContain(column);
    expect(text).toContain(first?.[header?.indexOf(column) ?? -1]);
  }
});

test("one click on a sample scores it", async () => {
  const { page } = desktop;
  const card = await readyCard(page, "iris");
  await card.getByRole("button", { name: /^Try it/ }).click();
  const job = await waitForJob(page, ({ status }) => status === "Completed");
  expect(job).toMatchObject({ total: 150, succeeded: 150, failed: 0 });
  await page.getByRole("table", { name: "Predictions" }).getByText("setosa").first().waitFor();
});

test("a folder that the model cannot score is refused in the sheet, and no job is made", async () => {
  const { page } = desktop;
  const card = await readyCard(page, "iris");
  await desktop.drop(card, [path.join(samplesFolder, "text-orientation/data")]);
  await page
    .getByText(/nothing to score|no items|no file/i)
    .first()
    .waitFor({ timeout: 20_000 });
  expect(await page.locator('button[type="submit"][aria-disabled="true"]').count()).toBe(1);
  expect(await jobsOf(page)).toEqual([]);
});

test("a folder is chosen with the keyboard alone, and results go where the user says", async () => {
  const { page } = desktop;
  const results = path.join(place.folder, "results");
  await desktop.electron.evaluate(
    ({ dialog }, folders) => {
      const answers = [...folders];
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [answers.shift() ?? ""] });
    },
    [path.join(samplesFolder, "iris/data"), results],
  );
  const card = await readyCard(page, "iris");
  await card.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Change the output folder" }).click();
  await expect.poll(() => page.getByTestId("output-place").textContent(), wait).toContain(results);
  const start = page.locator('button[type="submit"]:not([aria-disabled="true"])');
  await start.focus();
  await page.keyboard.press("Enter");
  const job = await waitForJob(page, ({ status }) => status === "Completed");
  expect(job).toMatchObject({ output_path: results, succeeded: 30 });
  expect(existsSync(path.join(results, "predictions.csv"))).toBe(true);
});

test("the output folder is opened in the file manager", async () => {
  const { page } = desktop;
  await desktop.electron.evaluate(({ shell }) => {
    shell.openPath = async (folder) => {
      Object.assign(globalThis, { openedFolder: folder });
      return "";
    };
  });
  const card = await readyCard(page, "iris");
  await card.getByRole("button", { name: /^Try it/ }).click();
  const job = await waitForJob(page, ({ status }) => status === "Completed");
  await page.getByRole("button", { name: "Open output folder" }).click();
  await expect
    .poll(() => desktop.electron.evaluate(() => (globalThis as { openedFolder?: string }).openedFolder), wait)
    .toBe(job.output_path);
});

test("scripts in Python and JavaScript score what a terminal asks for, and one that ends itself costs its mini-batch", async () => {
  await expectScriptsScored(place);
});
