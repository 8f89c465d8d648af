import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { JobView } from "../../electron/contract/nouns/job.ts";
import { manyPictures, readyCard, startFromSheet, waitForJob } from "../helpers/desktop/desktop-steps.ts";
import {
  type DesktopPlace,
  launchDesktop,
  makeDesktopPlace,
  type RunningDesktop,
} from "../helpers/desktop/electron-app.ts";

/** Pictures of a job that is long enough to be interrupted. */
const pictures = 3000;

let place: DesktopPlace;
let desktop: RunningDesktop;

beforeEach(async () => {
  place = makeDesktopPlace();
  desktop = await launchDesktop(place);
});
afterEach(() => place.remove());

/** Starts the long job and returns when it is well on its way. */
async function startLongJob(): Promise<JobView> {
  const folder = manyPictures(path.join(place.folder, "pictures"), pictures);
  const card = await readyCard(desktop.page, "text-orientation");
  await desktop.drop(card, [folder]);
  await startFromSheet(desktop.page);
  return waitForJob(desktop.page, ({ status, succeeded }) => status === "Running" && succeeded > 100);
}

/** Answers the question before quitting with the button of that text. */
async function willAnswer(button: string): Promise<void> {
  await desktop.electron.evaluate(({ dialog }, wanted) => {
    dialog.showMessageBox = async (...given: unknown[]) => {
      const options = given.at(-1) as { buttons: string[] };
      return { response: options.buttons.indexOf(wanted), checkboxChecked: false };
    };
  }, button);
}

async function closeWindow(): Promise<void> {
  await desktop.electron.evaluate(({ BrowserWindow }) => {
    // After the answer is on its way: closing may end the program.
    setTimeout(() => BrowserWindow.getAllWindows()[0]?.close(), 50);
  });
}

/** Command lines of every process that works in this test's folder: Electron ends its own when it dies. */
function processesOf({ folder }: DesktopPlace): string[] {
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
      return environment.includes(folder) ? [readFileSync(`/proc/${pid}/cmdline`, "utf8")] : [];
    } catch {
      // It ended meanwhile.
      return [];
    }
  });
}

function rowsOf(job: JobView): number {
  const text = readFileSync(path.join(job.output_path, job.output_file), "utf8");
  return text.split("\n").length - 2;
}

test("rows are there to read while the job runs, and a cancelled job stays cancelled", async () => {
  const { page } = desktop;
  await startLongJob();
  await page.getByRole("grid", { name: "Predictions" }).getByText("00000-", { exact: false }).first().waitFor();
  await page.getByRole("button", { name: "Cancel job" }).click();
  await page.getByRole("button", { name: "Yes, cancel job" }).click();
  const job = await waitForJob(page, ({ status }) => status === "Canceled");
  await page.getByText("Cancelled", { exact: true }).first().waitFor();
  expect(job.succeeded).toBeLessThan(pictures);
  await desktop.close();

  desktop = await launchDesktop(place);
  expect(await waitForJob(desktop.page, () => true)).toMatchObject({ status: "Canceled" });
  await desktop.close();
});

test("a job pauses, and goes on from where it was", async () => {
  const { page } = desktop;
  await startLongJob();
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  const paused = await waitForJob(page, ({ status }) => status === "Paused");
  expect(paused.succeeded).toBeLessThan(pictures);
  await page.getByRole("button", { name: "Resume", exact: true }).click();
  const done = await waitForJob(page, ({ status }) => status === "Completed");
  expect(done).toMatchObject({ total: pictures, succeeded: pictures, failed: 0 });
  expect(rowsOf(done)).toBe(pictures);
  await desktop.close();
});

test("a program that is killed in the middle of a job finishes it when it is started again", async () => {
  const before = await startLongJob();
  await desktop.kill();
  await expect.poll(() => processesOf(place), { timeout: 10_000 }).toEqual([]);

  desktop = await launchDesktop(place);
  const done = await waitForJob(desktop.page, ({ status }) => status === "Completed");
  expect(done).toMatchObject({ name: before.name, total: pictures, succeeded: pictures, failed: 0, skipped: 0 });
  expect(rowsOf(done)).toBe(pictures);
  await desktop.close();
});

test("closing the window can leave the job running; the program ends with it", async () => {
  await startLongJob();
  await willAnswer("Keep running in the background");
  await closeWindow();
  await desktop.ended;

  desktop = await launchDesktop(place);
  const done = await waitForJob(desktop.page, () => true);
  expect(done).toMatchObject({ status: "Completed", succeeded: pictures });
  expect(rowsOf(done)).toBe(pictures);
  await desktop.close();
});

test("closing the window can stop the job; it goes on at the next start", async () => {
  await startLongJob();
  await willAnswer("Stop after the current batch");
  await closeWindow();
  await desktop.ended;

  desktop = await launchDesktop(place);
  const resumed = await waitForJob(desktop.page, () => true);
  expect(resumed.status).not.toBe("Completed");
  const done = await waitForJob(desktop.page, ({ status }) => status === "Completed");
  expect(done).toMatchObject({ total: pictures, succeeded: pictures });
  await desktop.close();
});

test("the system's request to end is followed without a question", async () => {
  await startLongJob();
  desktop.electron.process().kill("SIGTERM");
  await desktop.ended;

  desktop = await launchDesktop(place);
  const done = await waitForJob(desktop.page, ({ status }) => status === "Completed");
  expect(done).toMatchObject({ total: pictures, succeeded: pictures });
  await desktop.close();
});

test("cancelling the question keeps window and job", async () => {
  await startLongJob();
  await willAnswer("Cancel");
  await closeWindow();
  const done = await waitForJob(desktop.page, ({ status }) => status === "Completed");
  expect(done.succeeded).toBe(pictures);
  await desktop.close();
});

test("a second start shows the window that is there", async () => {
  await readyCard(desktop.page, "iris");
  await desktop.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize());
  await expect(launchDesktop(place)).rejects.toThrow();
  const state = await desktop.electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map((window) => window.isVisible() && !window.isMinimized()),
  );
  expect(state).toEqual([true]);
  await desktop.close();
});
