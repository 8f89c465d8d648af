import fs from "node:fs";
import path from "node:path";
import type { Locator } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { JobView } from "../../electron/contract/nouns/job.ts";
import { type JobsLab, startJobsLab } from "../azure/jobs/sample.ts";
import { filesBelow, findSecrets, processesBelow, watchProcesses } from "../helpers/azure/secrets.ts";
import { heapOfPage, replaceBrowser, signInThere } from "../helpers/desktop/azure-steps.ts";
import { readyCard, samplesFolder, startFromSheet, waitForJob } from "../helpers/desktop/desktop-steps.ts";
import {
  type DesktopPlace,
  launchDesktop,
  makeDesktopPlace,
  type RunningDesktop,
} from "../helpers/desktop/electron-app.ts";
import { complaintsOf, look } from "../helpers/desktop/screens.ts";
import { temporaryFolder } from "../helpers/places.ts";
import { until } from "../helpers/until.ts";

/**
 * A deployment of this computer is published, and scores the same folder here and in Azure, all of it from the window: the real
 * libraries in main, and on loopback Entra, Azure Resource Manager and the data plane as stand-ins, Azurite, and Debian's Python
 * for the published script.
 */

const patient = { timeout: 120_000 };
const wide = [{ width: 1280, height: 800 }];
const small = [{ width: 960, height: 600 }];
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

/** Signs in, and chooses the workspace that can be published to. Returns what opens the sheet for it. */
async function chooseWorkspace(card: Locator): Promise<Locator> {
  const { page } = desktop;
  const open = card.getByRole("button", { name: "Publish to Azure…" });
  expect(await open.count()).toBe(0);
  await signInThere(desktop, lab.lab, "eva@lab.test");
  expect(await open.count()).toBe(0);
  await page.getByTestId("choose-workspace").click();
  await page.getByRole("list", { name: "Workspaces" }).getByRole("button", { name: /^lab/ }).click();
  await azureSection().getByRole("article", { name: "churn" }).waitFor();
  await open.scrollIntoViewIfNeeded();
  await look(desktop, "publish-card", wide);
  return open;
}

function azureSection(): Locator {
  return desktop.page.getByRole("region", { name: "Azure ML workspace lab" });
}

/** Publishes iris, after its user cancelled and was refused. */
async function publish(open: Locator): Promise<void> {
  const { page } = desktop;
  const { storage } = lab;
  await open.click();
  const sheet = page.locator(".fui-OverlayDrawer", { hasText: "Publish iris to Azure" });
  // Clusters alone, not the compute instance.
  await expect.poll(() => sheet.getByRole("radio").count()).toBe(1);
  expect(await sheet.getByRole("radio", { name: /^cpu-cluster.*node/ }).isChecked()).toBe(true);
  expect(await sheet.getByRole("checkbox", { name: "Make it the default deployment" }).isChecked()).toBe(true);
  await sheet.getByText("The endpoint is created, too").waitFor();
  await sheet.getByTestId("differences").getByText("none in folders below it").waitFor();
  await look(desktop, "publish-sheet");

  // Nothing was sent before Enter, and nothing more is after Cancel.
  expect(await storage.names()).toEqual([]);
  const uploads = storage.hold();
  await page.keyboard.press("Enter");
  await sheet.getByText("Uploading the model").waitFor();
  await expect.poll(uploads.waiting).toBeGreaterThan(0);
  await look(desktop, "publish-uploading");
  await sheet.getByRole("button", { name: "Cancel" }).click();
  await sheet.getByTestId("publish-cancelled").waitFor();
  await look(desktop, "publish-cancelled", small);
  uploads.release();
  await storage.idle();

  storage.allow("reading");
  await sheet.getByRole("button", { name: "Try again" }).click();
  await sheet.getByTestId("problem").getByText("Storage Blob Data Contributor").waitFor();
  await look(desktop, "publish-refused", small);
  storage.allow("everything");
  await sheet.getByRole("button", { name: "Back" }).click();
  await sheet.getByRole("radio").waitFor();

  // The sheet may be closed meanwhile: publishing goes on.
  await sheet.getByRole("button", { name: "Publish", exact: true }).click();
  await sheet.getByTestId("publish-steps").waitFor();
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });
  const published = azureSection().getByRole("article", { name: "iris" });
  await expect
    .poll(() => published.textContent(), { timeout: 60_000 })
    .toMatch(/Ready.*logistic-regressionDefault.*on cpu-cluster/);
  await open.click();
  await sheet.getByTestId("published").getByText("Published as logistic-regression of iris.").waitFor();
  await expect.poll(() => sheet.getByTestId("publish-steps").textContent()).toMatch(/Created the endpoint iris/);
  await look(desktop, "publish-done");
  await sheet.getByRole("button", { name: "Close" }).last().click();
  await sheet.waitFor({ state: "detached" });
  await published.scrollIntoViewIfNeeded();
  await look(desktop, "publish-endpoints", wide);

  await open.click();
  await sheet.getByText("it is replaced").waitFor();
  await look(desktop, "publish-again", small);
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });
}

/** Drops the folder on the endpoint iris of this computer, and starts it there or in Azure. Returns the job at its end. */
async function score(folder: string, where: "local" | "azure"): Promise<JobView> {
  const { page } = desktop;
  await page.getByRole("button", { name: "Score", exact: true }).click();
  await desktop.drop(page.locator('[data-endpoint="iris"]'), [folder]);
  const sheet = page.getByRole("dialog", { name: "Score with iris" });
  await sheet.getByText("This computer").waitFor(patient);
  if (where === "azure") {
    await sheet.getByRole("radio", { name: "Azure: lab" }).click();
    await sheet.getByTestId("azure-runs-as").getByText("eva@lab.test").waitFor(patient);
    await look(desktop, "azure-run-on");
  }
  await startFromSheet(page);
  if (where === "azure") await look(desktop, "azure-job-running", wide);
  return waitForJob(page, ({ status, runs_on }) => status === "Completed" && runs_on === where);
}

/** A worker that waits for more ends as one does that a damaged model brings down. */
async function crashWorker(main: number): Promise<void> {
  const worker = processesBelow(main).find(({ label }) => label.startsWith("worker"));
  if (worker === undefined) throw new Error("There is no worker.");
  process.kill(worker.pid, "SIGSEGV");
  await until(() => processesBelow(main).every(({ pid }) => pid !== worker.pid));
}

test("iris is published, a dropped folder has the same rows from Azure as from here, and no secret leaves main", async () => {
  const complaints = complaintsOf(desktop);
  const { page } = desktop;
  const main = desktop.electron.process().pid ?? 0;
  const processes = watchProcesses(main);
  const card = await readyCard(page, "iris");
  await publish(await chooseWorkspace(card));

  const folder = path.join(place.folder, "flowers");
  fs.cpSync(path.join(samplesFolder, "iris/data"), folder, { recursive: true });
  const here = await score(folder, "local");
  await crashWorker(main);
  const there = await score(folder, "azure");
  const rows = [here, there].map((job) => fs.readFileSync(path.join(job.output_path, "predictions.csv"), "utf8"));
  expect(rows[1]).toBe(rows[0]);
  expect(there).toMatchObject({ succeeded: here.succeeded, failed: here.failed, total: here.total });
  await look(desktop, "azure-job");
  await page.getByRole("tab", { name: "Log" }).click();
  await page.getByRole("combobox", { name: "Log to show" }).selectOption("In Azure");
  const log = page.getByRole("region", { name: "Log" });
  await log.getByText("Submitting 1 runs: batchscoring").waitFor(patient);
  await look(desktop, "azure-log");

  await page.getByRole("button", { name: "Compare with…" }).click();
  const sheet = page.getByRole("dialog", { name: `Compare ${there.name}` });
  const other = sheet.getByRole("combobox", { name: /^With which job/ });
  expect(await other.inputValue()).toBe(here.name);
  await sheet.getByRole("button", { name: "Compare", exact: true }).click();
  const result = sheet.getByTestId("comparison").getByRole("list", { name: "Result" });
  await result.waitFor(patient);
  expect(await result.getByRole("listitem").allTextContents()).toEqual([
    `Same${here.succeeded}`,
    "Changed0",
    "Only in this job0",
    "Only in the other job0",
  ]);
  await look(desktop, "azure-compare");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Queue" }).first().click();
  await look(desktop, "azure-queue");
  expect(complaints).toEqual([]);

  const heap = await heapOfPage(desktop);
  expect(heap).toContain("eva@lab.test");
  const seen = processes.end();
  for (const program of ["worker", "convert-process", "compare-process"])
    expect(seen.map(([name]) => name)).toContainEqual(expect.stringContaining(`environment of ${program}`));
  expect(fs.existsSync(path.join(place.folder, "config"))).toBe(true);
  const found = findSecrets(lab.lab.entra.secrets(), [...seen, ["the page's heap", heap], ...filesBelow(place.folder)]);
  expect(found).toEqual([]);
});
