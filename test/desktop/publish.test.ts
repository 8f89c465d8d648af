import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type SampleAzure, startSampleAzure } from "../azure/arm/sample.ts";
import { type Lab, startLab } from "../azure/lab.ts";
import { startStorage, type Storage } from "../azure/storage/storage.ts";
import { replaceBrowser, signInThere } from "../helpers/desktop/azure-steps.ts";
import { readyCard } from "../helpers/desktop/desktop-steps.ts";
import {
  type DesktopPlace,
  launchDesktop,
  makeDesktopPlace,
  type RunningDesktop,
} from "../helpers/desktop/electron-app.ts";
import { complaintsOf, look } from "../helpers/desktop/screens.ts";
import { temporaryFolder } from "../helpers/places.ts";

/** A deployment of this computer goes to Azure from the window: against a stand-in for Azure, and Azurite, on loopback. */

const folder = temporaryFolder("desktop-publish");
let lab: Lab;
let storage: Storage;
let azure: SampleAzure;
let place: DesktopPlace;
let desktop: RunningDesktop;

beforeAll(async () => {
  lab = await startLab(folder);
  storage = await startStorage(lab, folder);
  azure = startSampleAzure(lab);
  const { accountName, endpoint, containerName, protocol } = storage.place;
  const blobs = { isDefault: true, accountName, endpoint, containerName, protocol };
  azure.arm.put(azure.make.blobDatastore("workspaceblobstore", blobs));
});
afterAll(async () => {
  await storage.close();
  await lab.close();
});
beforeEach(async () => {
  place = makeDesktopPlace();
  desktop = await launchDesktop(place, ["--lang=en-US"], { BATCHDECK_CLOUD: lab.cloudFile });
  await replaceBrowser(desktop);
});
afterEach(async () => {
  await desktop.close();
  place.remove();
});

test("a deployment is published to the chosen workspace, also after its user cancelled and was refused", async () => {
  const { page } = desktop;
  const complaints = complaintsOf(desktop);
  const card = await readyCard(page, "iris");
  const open = card.getByRole("button", { name: "Publish to Azure…" });
  expect(await open.count()).toBe(0);
  await signInThere(desktop, lab, "eva@lab.test");
  expect(await open.count()).toBe(0);
  await page.getByTestId("choose-workspace").click();
  await page.getByRole("list", { name: "Workspaces" }).getByRole("button", { name: /^lab/ }).click();
  const section = page.getByRole("region", { name: "Azure ML workspace lab" });
  await section.getByRole("article", { name: "churn" }).waitFor();
  await open.scrollIntoViewIfNeeded();
  await look(desktop, "publish-card", [{ width: 1280, height: 800 }]);

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
  await look(desktop, "publish-cancelled", [{ width: 960, height: 600 }]);
  uploads.release();
  await storage.idle();

  storage.allow("reading");
  await sheet.getByRole("button", { name: "Try again" }).click();
  await sheet.getByTestId("problem").getByText("Storage Blob Data Contributor").waitFor();
  await look(desktop, "publish-refused", [{ width: 960, height: 600 }]);
  storage.allow("everything");
  await sheet.getByRole("button", { name: "Back" }).click();
  await sheet.getByRole("radio").waitFor();

  // The sheet may be closed meanwhile: publishing goes on.
  await sheet.getByRole("button", { name: "Publish", exact: true }).click();
  await sheet.getByTestId("publish-steps").waitFor();
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });
  const published = section.getByRole("article", { name: "iris" });
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
  await look(desktop, "publish-endpoints", [{ width: 1280, height: 800 }]);

  await open.click();
  await sheet.getByText("it is replaced").waitFor();
  await look(desktop, "publish-again", [{ width: 960, height: 600 }]);
  expect(complaints).toEqual([]);
});
