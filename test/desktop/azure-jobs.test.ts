import fs from "node:fs";
import path from "node:path";
import type { Locator } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type JobsLab, startJobsLab } from "../azure/jobs/sample.ts";
import { runInProcessWith } from "../helpers/command-line.ts";
import { closeSheets, replaceBrowser, signInThere } from "../helpers/desktop/azure-steps.ts";
import { readyCard, startFromSheet, waitForJob } from "../helpers/desktop/desktop-steps.ts";
import {
  type DesktopPlace,
  launchDesktop,
  makeDesktopPlace,
  type RunningDesktop,
} from "../helpers/desktop/electron-app.ts";
import { complaintsOf, look } from "../helpers/desktop/screens.ts";
import { temporaryFolder } from "../helpers/places.ts";

/**
 * The same folder scored on this computer and in Azure, from the window: the real libraries in main, and on loopback Entra, Azure
 * Resource Manager and the data plane as stand-ins, Azurite, and Debian's Python for the published script.
 */

const patient = { timeout: 120_000 };
let lab: JobsLab;
let place: DesktopPlace;
let desktop: RunningDesktop;

beforeAll(async () => {
  lab = await startJobsLab(temporaryFolder("desktop-azure-jobs"), ["iris"]);
});
afterAll(() => lab.close());
beforeEach(async () => {
  place = makeDesktopPlace();
  desktop = await launchDesktop(place, ["--lang=en-US"], { BATCHDECK_CLOUD: lab.lab.cloudFile });
  await replaceBrowser(desktop);
});
afterEach(async () => {
  await desktop.kill();
  place.remove();
});

async function willChoose(chosen: string): Promise<void> {
  await desktop.electron.evaluate(({ dialog }, answer) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [answer] });
  }, chosen);
}

/** Opens the sheet of the endpoint iris of this computer for a folder, which shows where it can run. */
async function openSheet(folder: string): Promise<Locator> {
  await willChoose(folder);
  await desktop.page.locator('[data-endpoint="iris"]').getByRole("button", { name: "Choose folder" }).click();
  return desktop.page.getByRole("dialog", { name: "Score with iris" });
}

test("a published endpoint scores a dropped folder in Azure, and its rows are those of this computer", async () => {
  const complaints = complaintsOf(desktop);
  const { page } = desktop;
  await readyCard(page, "iris");
  await signInThere(desktop, lab.lab, "eva@lab.test");
  await closeSheets(page);
  const run = (...args: readonly string[]) => runInProcessWith({ environment: lab.environment }, place.home, ...args);
  const where = ["-w", "lab", "-g", "risk-rg", "--subscription", lab.azure.research];
  const named = ["-n", "logistic-regression", "-e", "iris", "--set", "compute=azureml:cpu-cluster", "--set-default"];
  expect(await run("deployment", "create", ...named, ...where)).toMatchObject({ code: 0 });
  await page.getByRole("button", { name: "Choose a workspace" }).click();
  await page.getByRole("dialog").getByText("lab", { exact: true }).first().click();
  await page.locator('[data-azure-endpoint="iris"]').waitFor(patient);

  const folder = path.join(place.folder, "flowers");
  fs.cpSync(path.resolve("resources/samples/iris/data"), folder, { recursive: true });
  const sheet = await openSheet(folder);
  await sheet.getByText("This computer").waitFor(patient);
  await startFromSheet(page);
  const here = await waitForJob(page, ({ status, runs_on }) => status === "Completed" && runs_on === "local");

  await page.getByRole("button", { name: "Score", exact: true }).click();
  await openSheet(folder);
  await sheet.getByRole("radio", { name: "Azure: lab" }).click();
  await sheet.getByTestId("azure-runs-as").waitFor(patient);
  await look(desktop, "azure-run-on");
  await startFromSheet(page);
  const there = await waitForJob(page, ({ status, runs_on }) => status === "Completed" && runs_on === "azure");
  await look(desktop, "azure-job");
  await page.getByRole("button", { name: "Queue" }).first().click();
  await look(desktop, "azure-queue");

  const [rowsHere, rowsThere] = [here, there].map(({ output_path }) =>
    fs.readFileSync(path.join(output_path, "predictions.csv"), "utf8"),
  );
  expect(rowsThere).toBe(rowsHere);
  expect(there).toMatchObject({ succeeded: here.succeeded, failed: here.failed, total: here.total });
  expect(complaints).toEqual([]);
});
