import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { batchdeck, startBatchdeck } from "../helpers/batchdeck.ts";
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
import { deployScript } from "../helpers/scripts/script-deployments.ts";

/** Where inputs come from, and what a job's page says of them: watched folders, names for places, rows taken over, scripts. */
const wait = { timeout: 60_000 };
const header = "sepal_length,sepal_width,petal_length,petal_width\n";

let place: DesktopPlace;
let desktop: RunningDesktop;

beforeEach(async () => {
  place = makeDesktopPlace();
  desktop = await launchDesktop(place);
});
afterEach(async () => {
  // Asked politely, a program with a job that waits would ask back.
  await desktop.kill();
  place.remove();
});

/** The dialog that chooses folders and files answers with this from now on. */
async function willChoose(chosen: string): Promise<void> {
  await desktop.electron.evaluate(({ dialog }, answer) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [answer] });
  }, chosen);
}

async function showData(): Promise<void> {
  await desktop.page.getByRole("button", { name: "Data", exact: true }).click();
  await desktop.page.getByRole("heading", { name: "Watched folders" }).waitFor(wait);
}

async function run(...args: readonly string[]): Promise<void> {
  const ran = await batchdeck(place.home, ...args);
  expect(ran.code, ran.stderr).toBe(0);
}

test("a folder is watched for an endpoint: what is there and what arrives is scored, what was done is told, and it ends", async () => {
  const { page } = desktop;
  // With a single endpoint there would be nothing to choose.
  for (const sample of ["iris", "text-orientation"]) await readyCard(page, sample);
  const folder = path.join(place.folder, "drop");
  mkdirSync(folder);
  writeFileSync(path.join(folder, "first.csv"), `${header}5.1,3.5,1.4,0.2\n6.3,3.3,6.0,2.5\n`);
  await willChoose(folder);
  await showData();
  await page.getByRole("button", { name: "Watch a folder" }).click();
  const sheet = page.getByRole("dialog", { name: "Watch a folder" });
  const watchIt = sheet.getByRole("button", { name: "Watch it" });
  await sheet.getByRole("button", { name: "Choose folder" }).click();
  await sheet.getByText("drop", { exact: true }).waitFor();
  expect(await watchIt.getAttribute("aria-disabled")).toBe("true");
  await sheet.getByRole("combobox", { name: "Endpoint that scores it" }).selectOption("iris");
  await watchIt.click();
  await sheet.waitFor({ state: "detached" });

  const row = page.getByTestId("watch-row");
  await row.getByText(`${realpathSync(folder)} → iris`).waitFor(wait);
  await expect.poll(() => row.getByTestId("watch-state").textContent(), wait).toBe("Watching");
  await expect
    .poll(() => row.getByTestId("watch-deeds").textContent(), wait)
    .toMatch(/^1 file submitted in 1 job · last /);

  // A file that cannot be scored is named, and the next one is scored all the same.
  writeFileSync(path.join(folder, "second.csv"), "a,b\n1,2\n");
  await row.getByText(/"second.csv" was not scored/).waitFor(wait);
  writeFileSync(path.join(folder, "third.csv"), `${header}4.9,3.0,1.4,0.2\n`);
  await expect
    .poll(() => row.getByTestId("watch-deeds").textContent(), wait)
    .toMatch(/^2 files submitted in 2 jobs · last .* · 1 file refused$/);
  const done = await waitForJob(page, ({ status, succeeded }) => status === "Completed" && succeeded === 1);
  await row.getByRole("button", { name: "Open the last job" }).click();
  await page.getByTestId("job-headline").waitFor();
  expect(await page.evaluate(() => window.location.hash)).toBe(`#/job/${done.name}`);
  expect(plainCsv(path.join(done.output_path, "predictions.csv")).slice(1)).toHaveLength(1);

  // The same folder again is refused, with the reason.
  await showData();
  await page.getByRole("button", { name: "Watch a folder" }).click();
  await sheet.getByRole("button", { name: "Choose folder" }).click();
  await sheet.getByRole("combobox", { name: "Endpoint that scores it" }).selectOption("iris");
  await watchIt.click();
  await sheet.getByTestId("problem").getByText("is watched for the endpoint").waitFor();
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });

  const remove = row.getByRole("button", { name: /^Stop watching/ });
  await remove.click();
  await row.getByRole("button", { name: "Keep it" }).click();
  await remove.click();
  await row.getByRole("button", { name: "Yes, stop watching" }).click();
  await row.waitFor({ state: "detached" });
  expect(await jobsOf(page)).toHaveLength(2);
});

test("places get names with versions, and what a terminal makes shows by itself", async () => {
  const { page } = desktop;
  await readyCard(page, "iris");
  await showData();
  await page.getByText("batchdeck datastore create").waitFor();
  await willChoose(path.join(samplesFolder, "iris/data"));
  for (const version of ["1", "2"]) {
    await page.getByRole("button", { name: "Name a place" }).click();
    const sheet = page.getByRole("dialog", { name: "Name a place" });
    await sheet.getByRole("button", { name: "Choose folder" }).click();
    await sheet.getByRole("textbox", { name: "Name" }).fill("flowers");
    await page.keyboard.press("Enter");
    await sheet.waitFor({ state: "detached" });
    await page.getByTestId("asset-row").getByText(`flowers:${version}`, { exact: true }).waitFor();
  }
  expect(await page.getByTestId("asset-row").allTextContents()).toEqual([
    `flowers:2${path.join(samplesFolder, "iris/data")} (folder)`,
    `flowers:1${path.join(samplesFolder, "iris/data")} (folder)`,
  ]);

  await page.getByRole("button", { name: "Name a place" }).click();
  const sheet = page.getByRole("dialog", { name: "Name a place" });
  await sheet.getByRole("button", { name: "Choose folder" }).click();
  await sheet.getByRole("textbox", { name: "Name" }).fill("no/name");
  await sheet.getByRole("button", { name: "Save" }).click();
  await sheet.getByTestId("problem").getByText('"no/name" cannot be the name').waitFor();
  await page.keyboard.press("Escape");

  await run("datastore", "create", "-n", "shared", "--path", place.folder);
  await page.getByTestId("datastore-row").getByText("shared", { exact: true }).waitFor(wait);
});

test("a job says what it took over, from which job, and which name its input was given by", async () => {
  const { page } = desktop;
  await readyCard(page, "iris");
  const folder = path.join(place.folder, "weeks");
  mkdirSync(folder);
  writeFileSync(path.join(folder, "week-1.csv"), `${header}5.1,3.5,1.4,0.2\n6.3,3.3,6.0,2.5\n`);
  await run("data", "create", "-n", "weeks", "--path", folder);
  await run("invoke", "-n", "iris", "--input", "azureml:weeks@latest", "--job-name", "week-one");
  writeFileSync(path.join(folder, "week-2.csv"), `${header}4.9,3.0,1.4,0.2\n`);
  await run("invoke", "-n", "iris", "--input", "azureml:weeks@latest", "--job-name", "week-two", "--incremental");

  await page.getByRole("button", { name: /^Queue/ }).click();
  await page.getByRole("button", { name: /^Open job week-two/ }).click(wait);
  const note = page.getByTestId("job-reused");
  await expect.poll(() => note.textContent(), wait).toBe("2 of 3 rows taken over from week-one");
  await page.getByRole("tab", { name: "Settings used" }).click();
  await page.getByText("azureml:weeks@latest").waitFor();
  await note.getByRole("button", { name: "week-one" }).click();
  await expect.poll(() => page.evaluate(() => window.location.hash)).toBe("#/job/week-one");
  expect(await note.count()).toBe(0);
});

test.each([
  { format: "JSON lines", file: "predictions.jsonl" },
  { format: "As Azure ML writes it", file: "predictions.csv" },
])("results written as $format are shown as a table", async ({ format, file }) => {
  const { page } = desktop;
  const iris = await readyCard(page, "iris");
  await desktop.drop(iris, [path.join(samplesFolder, "iris/iris-150.csv")]);
  await page.getByRole("button", { name: "Change settings for this job only" }).click();
  await page.getByRole("combobox", { name: "Output format" }).selectOption({ label: format });
  await startFromSheet(page);
  const job = await waitForJob(page, ({ status }) => status === "Completed");
  expect(job.output_file).toBe(file);
  const table = page.getByRole("table", { name: "Predictions" });
  await table.getByText("setosa").first().waitFor(wait);
  expect(await table.getAttribute("aria-rowcount")).toBe("151");
  const columns = await table.getByRole("columnheader").allTextContents();
  expect(columns).toContain("label");
});

test("what a script wrote, and why it failed, is one choice away in the log", async () => {
  const { page } = desktop;
  await readyCard(page, "iris");
  await deployScript(place.home, "talker", {
    name: "score.mjs",
    source: `export function init() {}
    export async function run(files) {
      console.log("looking at", files.length);
      console.error("careful");
      throw new Error("the weights are gone");
    }`,
  });
  const folder = path.join(place.folder, "inputs");
  mkdirSync(folder);
  writeFileSync(path.join(folder, "a.txt"), "one");
  const invoked = startBatchdeck(place.home, "invoke", "-n", "talker", "--input", folder, "--job-name", "talk");
  await invoked.ended;
  await page.getByRole("button", { name: /^Queue/ }).click();
  await page.getByRole("button", { name: /^Open job talk/ }).click(wait);
  await page.getByRole("tab", { name: "Log" }).click();
  const log = page.getByRole("region", { name: "Log" });
  const which = page.getByRole("combobox", { name: "Log to show" });
  await which.waitFor(wait);
  for (const [kind, text] of [
    ["Script: output", "looking at 1"],
    ["Script: error output", "careful"],
    ["Script: why it failed", "the weights are gone"],
    ["The job", "INFO"],
  ] as const) {
    await which.selectOption({ label: kind });
    await expect.poll(() => log.textContent(), wait).toContain(text);
  }
});
