import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import type { Locator } from "playwright-core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { batchdeck } from "../helpers/batchdeck.ts";
import { jobsOf, manyPictures, readyCard, startFromSheet, waitForJob } from "../helpers/desktop/desktop-steps.ts";
import { type DesktopPlace, launchDesktop, makeDesktopPlace } from "../helpers/desktop/electron-app.ts";

/** A workspace that is damaged or locked: the window opens all the same, and says what is wrong. */
let place: DesktopPlace;

beforeEach(() => {
  place = makeDesktopPlace();
});
afterEach(() => place.remove());

/** Clicks a button that ends the program: its page may be gone before the click is answered. */
async function clickToEnd(button: Locator, ended: Promise<unknown>): Promise<void> {
  await Promise.all([ended, button.click().catch(failUnlessClosed)]);
}

function failUnlessClosed(error: unknown): void {
  if (!/has been closed/.test(String(error))) throw error;
}

test("a registry that is damaged is named on a page that offers its folder and the end", async () => {
  mkdirSync(place.home, { recursive: true });
  writeFileSync(path.join(place.home, "registry.db"), "This is no database. ".repeat(500));
  const { electron, page, ended } = await launchDesktop(place);
  const trouble = page.getByTestId("trouble");
  await trouble.getByText("This workspace cannot be opened").waitFor();
  await trouble.getByText(`The file "${path.join(place.home, "registry.db")}" is damaged`, { exact: false }).waitFor();
  await trouble.getByText(`Workspace: ${place.home}`).waitFor();
  const shown = electron.evaluate(
    ({ shell }) =>
      new Promise<string>((resolve) => {
        shell.openPath = (folder) => {
          resolve(folder);
          return Promise.resolve("");
        };
      }),
  );
  await trouble.getByRole("button", { name: "Open the folder" }).click();
  expect(await shown).toBe(place.home);
  await clickToEnd(trouble.getByRole("button", { name: "Quit" }), ended);
});

test("a page in Dutch says it in Dutch", async () => {
  mkdirSync(place.home, { recursive: true });
  writeFileSync(path.join(place.home, "registry.db"), "This is no database. ".repeat(500));
  const desktop = await launchDesktop(place, ["--lang=nl"]);
  await desktop.page.getByText("Deze werkruimte kan niet worden geopend").waitFor();
  await clickToEnd(desktop.page.getByRole("button", { name: "Afsluiten" }), desktop.ended);
});

test("a job that is damaged is shown as failed, and the window shows and runs the others", async () => {
  expect((await batchdeck(place.home, "demo")).code).toBe(0);
  const registry = new Database(path.join(place.home, "registry.db"));
  const job = registry.prepare("SELECT name FROM jobs ORDER BY position LIMIT 1").pluck().get() as string;
  registry.prepare("UPDATE jobs SET spec = replace(spec, '\"batch\":', '\"batch\";') WHERE name = ?").run(job);
  registry.close();
  const desktop = await launchDesktop(place);
  try {
    await (await readyCard(desktop.page, "iris")).getByRole("button", { name: /^Try it/ }).click();
    await waitForJob(desktop.page, ({ name, status }) => name !== job && status === "Completed");
    const damaged = (await jobsOf(desktop.page)).find(({ name }) => name === job);
    expect(damaged).toMatchObject({ status: "Failed", problem: { kind: "registry/damaged:job" } });
  } finally {
    await desktop.close();
  }
});

test("a registry that another program locks is said, the window answers, and the job ends well", async () => {
  const desktop = await launchDesktop(place);
  const { page } = desktop;
  try {
    const folder = manyPictures(path.join(place.folder, "pictures"), 3000);
    await desktop.drop(await readyCard(page, "text-orientation"), [folder]);
    await startFromSheet(page);
    await waitForJob(page, ({ status, succeeded }) => status === "Running" && succeeded > 50);
    const other = new Database(path.join(place.home, "registry.db"), { timeout: 30_000 });
    other.exec("BEGIN EXCLUSIVE");
    await page.getByText("Another program has locked", { exact: false }).first().waitFor();
    const asked = performance.now();
    await jobsOf(page);
    expect(performance.now() - asked).toBeLessThan(1000);
    await new Promise((resolve) => setTimeout(resolve, 6000));
    other.exec("ROLLBACK");
    other.close();
    const done = await waitForJob(page, ({ ended_at }) => ended_at !== null);
    expect(done).toMatchObject({ status: "Completed", succeeded: 3000, failed: 0 });
    await page.getByText("Another program has locked", { exact: false }).first().waitFor({ state: "detached" });
  } finally {
    await desktop.close();
  }
});
