import fs from "node:fs";
import path from "node:path";
import type { Locator } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type JobsLab, startJobsLab } from "../azure/jobs/sample.ts";
import { runInProcessWith } from "../helpers/command-line.ts";
import { closeSheets, replaceBrowser, signInThere } from "../helpers/desktop/azure-steps.ts";
import { jobsOf, readyCard, startFromSheet, waitForJob } from "../helpers/desktop/desktop-steps.ts";
import {
  type DesktopPlace,
  launchDesktop,
  makeDesktopPlace,
  type RunningDesktop,
} from "../helpers/desktop/electron-app.ts";
import { complaintsOf, look } from "../helpers/desktop/screens.ts";
import { temporaryFolder } from "../helpers/places.ts";

/** What the sheet of an endpoint shows before Start where a folder may run here or in Azure: the stand-ins are those of azure-jobs.test.ts. */

const patient = { timeout: 120_000 };
let lab: JobsLab;
let place: DesktopPlace;
let desktop: RunningDesktop;

beforeAll(async () => {
  lab = await startJobsLab(temporaryFolder("desktop-azure-choice"), ["iris"]);
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

test("the sheet shows what a job takes here and in Azure, which role is missing, and settings of one job; an upload can be limited", async () => {
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
  // What the other place would take is said beside the choice, too.
  await sheet.getByText("not known (no earlier job of this deployment in Azure)").waitFor(patient);
  await startFromSheet(page);
  const here = await waitForJob(page, ({ status, runs_on }) => status === "Completed" && runs_on === "local");

  await page.getByRole("button", { name: "Score", exact: true }).click();
  await openSheet(folder);
  const denied = { actions: ["*/read"], notActions: [], dataActions: ["*"], notDataActions: [] };
  lab.azure.arm.permit(/\/workspaces\/lab$/, denied);
  await sheet.getByRole("radio", { name: "Azure: lab" }).click();
  await sheet.getByTestId("azure-runs-as").waitFor(patient);
  await sheet.getByTestId("missing-rights").getByText('the role "AzureML Data Scientist"').waitFor(patient);
  await sheet.getByTestId("run-on-estimate").getByText(`as in job ${here.name}`).waitFor(patient);
  await look(desktop, "azure-missing-role");
  lab.azure.arm.permit(/\/workspaces\/lab$/, { ...denied, actions: ["*"] });
  await setPrice(sheet);
  await sheet.getByRole("button", { name: "Change settings for this job only" }).click();
  for (const [label, value] of Object.entries(settings)) await sheet.getByLabel(label).fill(value);
  await sheet.getByLabel("Workers per instance").fill("none");
  await sheet.getByText("A whole number of 1 or more.").waitFor(patient);
  await look(desktop, "azure-overrides", [{ width: 960, height: 600 }]);
  await sheet.getByLabel("Workers per instance").fill("3");
  await sheet.getByText("2 nodes at €1.25 an hour").waitFor(patient);
  await startFromSheet(page);
  const there = await waitForJob(page, ({ status, runs_on }) => status === "Completed" && runs_on === "azure");

  expect(lab.jobs.made().at(-1)?.request).toMatchObject({
    ...{ compute: { instanceCount: 2 }, miniBatchSize: 5, maxConcurrencyPerInstance: 3 },
    retrySettings: { maxRetries: 1, timeout: "PT90S" },
  });
  expect(path.basename(there.output_path)).toBe(there.name);

  // By now there is something to go by, and nothing to send.
  await page.getByRole("button", { name: "Score", exact: true }).click();
  await openSheet(folder);
  await sheet.getByRole("radio", { name: "Azure: lab" }).click();
  const estimate = sheet.getByTestId("azure-estimate");
  await estimate.getByText(`Nothing: the job ${there.name} has sent these files`).waitFor(patient);
  await estimate.getByText("from 1 earlier job in Azure").waitFor(patient);
  await estimate.getByText(/^(less than |about )?€[\d.]+/).waitFor(patient);
  await look(desktop, "azure-estimate");

  // Another folder is sent while somebody looks, and held back.
  fs.appendFileSync(path.join(folder, "more.csv"), fs.readFileSync(path.join(folder, "held-out.csv")));
  await page.keyboard.press("Escape");
  await openSheet(folder);
  await sheet.getByRole("radio", { name: "Azure: lab" }).click();
  await sheet.getByTestId("azure-runs-as").waitFor(patient);
  const held = lab.storage.hold();
  await startFromSheet(page);
  const limit = page.getByLabel("Limit of the upload");
  await limit.waitFor(patient);
  await limit.selectOption({ label: "1 MB/s" });
  await look(desktop, "azure-upload");
  const [sending] = await jobsOf(page);
  const kept = await page.evaluate(
    (name) => window.batchdeck?.call["azure:upload-limit"]({ name }),
    sending?.name ?? "",
  );
  expect(kept).toEqual({ ok: true, value: 1e6 });
  held.release();
  await limit.waitFor({ ...patient, state: "detached" });
  await waitForJob(page, ({ name, status }) => name === sending?.name && status === "Completed");
  expect(complaints).toEqual([]);
});

/** The settings that are changed for the job, by their labels. */
const settings = {
  "Files per batch": "5",
  Instances: "2",
  Retries: "1",
  "Time limit of a batch": "90",
} as const;

/** Enter keeps the price, and does not start the job. */
async function setPrice(sheet: Locator): Promise<void> {
  await sheet.getByRole("button", { name: "Set the price of a node…" }).click();
  await sheet.getByLabel("Price an hour").fill("1,25");
  await sheet.getByLabel("Currency").press("Enter");
  await sheet.locator("button:focus", { hasText: "Change the price of a node…" }).waitFor(patient);
}
