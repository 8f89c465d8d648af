import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { deploy } from "../helpers/batchdeck.ts";
import { plainCsv, readyCard, startFromSheet, waitForJob } from "../helpers/desktop/desktop-steps.ts";
import {
  type DesktopPlace,
  launchDesktop,
  makeDesktopPlace,
  type RunningDesktop,
} from "../helpers/desktop/electron-app.ts";
import { complaintsOf, look, usualSizes } from "../helpers/desktop/screens.ts";
import { detectorLayouts } from "../helpers/models/detector-layouts.ts";
import { writeMarkedPicture } from "../helpers/pictures/marked-pictures.ts";

/** What the window shows of pictures: what the model sees before the run, and what was found in them after it. */
const wait = { timeout: 60_000 };
const sizes = [{ width: 1600, height: 900 }, ...usualSizes];

let place: DesktopPlace;
let desktop: RunningDesktop;
let complaints: readonly string[];

async function open(language: string): Promise<string> {
  place = makeDesktopPlace();
  const model = detectorLayouts["yolov8"]?.([
    { corners: [4, 24, 30, 44], group: 0, score: 0.95 },
    { corners: [36, 30, 62, 50], group: 1, score: 0.85 },
  ]) as Uint8Array;
  await deploy(place.home, "traffic", model, {
    scorer: "input: {resize: contain, pad: 114}\noutput: {detections: {format: yolov8, labels: [car, bicycle]}}\n",
  });
  const folder = path.join(place.folder, "crossing");
  mkdirSync(folder);
  writeMarkedPicture(path.join(folder, "camera-1.png"), { width: 640, height: 400 });
  writeMarkedPicture(path.join(folder, "camera-2.jpg"), { width: 480, height: 640, turned: true });
  writeMarkedPicture(path.join(folder, "camera-3.png"), { width: 1600, height: 900 });
  desktop = await launchDesktop(place, [`--lang=${language}`]);
  complaints = complaintsOf(desktop);
  return folder;
}

afterEach(async () => {
  await desktop.close();
  place.remove();
});

test("the sheet shows what the model sees, and a chosen row the picture with its boxes", async () => {
  const folder = await open("en-US");
  const { page } = desktop;
  const card = await readyCard(page, "traffic");
  await desktop.drop(card, [folder]);
  const seen = page.getByTestId("seen-pictures").getByRole("img");
  await expect.poll(() => seen.count(), wait).toBe(3);
  expect(await seen.first().getAttribute("alt")).toBe("camera-1.png as the model sees it");
  await page.getByText("Its colours are read as RGB; their levels 0 to 255 become 0 to 1.").waitFor();
  await look(desktop, "pictures-sheet", sizes);

  await startFromSheet(page);
  const job = await waitForJob(page, ({ status }) => status === "Completed");
  const [, ...rows] = plainCsv(path.join(job.output_path, job.output_file));
  const grid = page.getByRole("grid", { name: "Predictions" });
  const pane = page.getByRole("complementary", { name: "Picture of the chosen row" });
  const drawn = pane.locator("[data-row]");
  const picture = pane.getByRole("img");
  await expect.poll(() => picture.getAttribute("aria-label"), wait).toBe("camera-1.png, 640 × 400 pixels, 2 boxes");
  const edgesOf = async (row: number) => {
    const line = pane.locator(`[data-row="${row}"] rect`).last();
    const [x = 0, y = 0, width = 0, height = 0] = await Promise.all(
      ["x", "y", "width", "height"].map(async (name) => Number(await line.getAttribute(name))),
    );
    return [x, y, x + width, y + height];
  };
  for (const row of [0, 1]) {
    for (const [at, edge] of (await edgesOf(row)).entries()) expect(edge).toBeCloseTo(Number(rows[row]?.[at + 3]), 3);
  }
  await look(desktop, "pictures-job", sizes);

  // The keyboard: from box to box, and on to the next picture, which was turned.
  const chosen = () => pane.locator("[data-chosen]").getAttribute("data-row");
  await grid.focus();
  await page.keyboard.press("ArrowDown");
  await expect.poll(chosen).toBe("1");
  expect(await grid.getByRole("row", { selected: true }).textContent()).toContain("bicycle");
  await pane.getByText("640 × 400 pixels · Box 2 of 2: bicycle 0.598").waitFor();
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => picture.getAttribute("aria-label"), wait).toBe("camera-2.jpg, 480 × 640 pixels, 2 boxes");
  await expect.poll(chosen).toBe("2");

  // The mouse: a row shows its box, a box its row.
  await grid.getByRole("row").nth(4).hover();
  await expect.poll(() => pane.locator("[data-chosen]").count()).toBe(2);
  await drawn.nth(0).locator("rect").last().click();
  await grid.getByRole("row").nth(5).click();
  await expect.poll(() => picture.getAttribute("aria-label"), wait).toBe("camera-3.png, 1,600 × 900 pixels, 2 boxes");

  rmSync(path.join(folder, "camera-1.png"));
  await grid.focus();
  await page.keyboard.press("Home");
  await pane.getByText('The picture "camera-1.png" is not there any more.').waitFor(wait);
  await look(desktop, "pictures-gone", usualSizes);
  await page.keyboard.press("Escape");
  await expect.poll(() => pane.count()).toBe(0);
  expect(complaints).toEqual([]);
});
