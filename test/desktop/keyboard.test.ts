import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isTerminal } from "../../electron/contract/job-status.ts";
import {
  jobsOf,
  manyPictures,
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

let place: DesktopPlace;
let desktop: RunningDesktop;

beforeEach(async () => {
  place = makeDesktopPlace();
  desktop = await launchDesktop(place);
  await readyCard(desktop.page, "text-orientation");
});
afterEach(async () => {
  // Asked politely, a program with a job that runs would ask back.
  await desktop.kill();
  place.remove();
});

/** What has the focus, as a screen reader names it. */
async function focusedName(): Promise<string> {
  return desktop.page.evaluate(() => {
    const element = document.activeElement;
    const labelledBy = element?.getAttribute("aria-labelledby");
    const label = document.getElementById(labelledBy ?? "")?.textContent;
    return label ?? element?.getAttribute("aria-label") ?? element?.textContent ?? "";
  });
}

/** Whether what has the focus is drawn otherwise than without it. */
async function isFocusVisible(): Promise<boolean> {
  const { page } = desktop;
  const box = await page.evaluate(() => {
    const { x, y, width, height } = document.activeElement?.getBoundingClientRect() ?? new DOMRect();
    return { x, y, width, height };
  });
  const clip = {
    x: Math.max(0, box.x - 4),
    y: Math.max(0, box.y - 4),
    width: box.width + 8,
    height: box.height + 8,
  };
  const shot = () => page.screenshot({ clip, animations: "disabled" });
  const withFocus = await shot();
  await page.evaluate(() => {
    Object.assign(window, { hadFocus: document.activeElement });
    (document.activeElement as HTMLElement).blur();
  });
  const without = await shot();
  await page.evaluate(() => (window as unknown as { hadFocus: HTMLElement }).hadFocus.focus());
  return !withFocus.equals(without);
}

test("Tab visits everything in the order of the page, and shows where it is", async () => {
  const { page } = desktop;
  const visited: string[] = [];
  for (let stop = 0; stop < 12; stop += 1) {
    await page.keyboard.press("Tab");
    const name = await focusedName();
    expect(await isFocusVisible(), `the focus on "${name}" cannot be seen`).toBe(true);
    visited.push(name);
  }
  expect(visited).toEqual([
    "Score",
    "Queue",
    "Data",
    "Sign in to Azure",
    ...["iris", "Choose folder", "Choose file", "Try it: 150 rows of iris"],
    ...["text-orientation", "Choose folder", "Choose file", "Try it: 48 pictures"],
  ]);
});

test("arrows go from card to card; Esc closes the sheet and gives the focus back; Enter starts", async () => {
  const { page } = desktop;
  await desktop.electron.evaluate(
    ({ dialog }, folder) => {
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [folder] });
    },
    path.join(samplesFolder, "iris/data"),
  );
  await page.getByRole("article", { name: "text-orientation" }).focus();
  await page.keyboard.press("ArrowLeft");
  expect(await focusedName()).toBe("iris");

  await page.keyboard.press("Enter");
  const start = page.locator('button[type="submit"]:not([aria-disabled="true"])');
  await start.waitFor({ timeout: 30_000 });
  await page.keyboard.press("Escape");
  await page.locator(".fui-OverlayDrawer").waitFor({ state: "detached" });
  expect(await focusedName()).toBe("iris");
  expect(await jobsOf(page)).toEqual([]);

  await page.keyboard.press("Control+o");
  await start.waitFor({ timeout: 30_000 });
  expect(await focusedName()).toBe("Start");
  await page.keyboard.press("Enter");
  expect(await waitForJob(page, ({ status }) => status === "Completed")).toMatchObject({ succeeded: 30 });
});

test("Esc takes back the question whether a job is to be cancelled, and Enter does not answer yes", async () => {
  const { page } = desktop;
  await desktop.drop(await readyCard(page, "text-orientation"), [manyPictures(path.join(place.folder, "many"), 3000)]);
  await startFromSheet(page);
  await waitForJob(page, ({ status }) => status === "Running");
  await page.getByRole("button", { name: "Cancel job" }).press("Enter");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Cancel job" }).press("Enter");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Cancel job" }).waitFor();
  expect(await waitForJob(page, ({ status }) => isTerminal(status))).toMatchObject({ status: "Completed" });
});

test("several things dropped at once: one is scored, and the sheet says which", async () => {
  const { page } = desktop;
  const card = await readyCard(page, "iris");
  await desktop.drop(card, [path.join(samplesFolder, "iris/data"), path.join(samplesFolder, "iris/iris-150.csv")]);
  await page.getByText("One folder or file is scored at a time: “data”. 1 other was left out.").waitFor();
});

test.each([
  ["a document", "notes.docx", "not a table", /notes\.docx/],
  ["a text that calls itself a picture", "scan.png.txt", "not a picture", /scan\.png\.txt/],
])("%s that the model does not read is refused in one sentence", async (_what, name, content, said) => {
  const { page } = desktop;
  const file = path.join(place.folder, name);
  writeFileSync(file, content);
  await desktop.drop(await readyCard(page, "text-orientation"), [file]);
  const problem = page.getByTestId("problem");
  await problem.waitFor({ timeout: 30_000 });
  const text = (await problem.textContent()) ?? "";
  expect(text).toMatch(said);
  expect(text).toContain(".png");
  expect(text).not.toMatch(/Error:|undefined|\bat \//);
  expect(await page.locator('button[type="submit"][aria-disabled="true"]').count()).toBe(1);
  expect(await jobsOf(page)).toEqual([]);
});

test("an empty folder is refused in one sentence", async () => {
  const { page } = desktop;
  const folder = path.join(place.folder, "nothing in it");
  mkdirSync(folder);
  await desktop.drop(await readyCard(page, "iris"), [folder]);
  await page.getByTestId("problem").getByText("nothing in it").waitFor({ timeout: 30_000 });
});
