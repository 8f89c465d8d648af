import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { batchdeck } from "../helpers/batchdeck.ts";
import { readyCard } from "../helpers/desktop/desktop-steps.ts";
import {
  type DesktopPlace,
  launchDesktop,
  makeDesktopPlace,
  type RunningDesktop,
} from "../helpers/desktop/electron-app.ts";

const wait = { timeout: 60_000 };
const header = "sepal_length,sepal_width,petal_length,petal_width\n";
const setosa = "5.1,3.5,1.4,0.2\n";
const virginica = "6.3,3.3,6.0,2.5\n";

let place: DesktopPlace;
let desktop: RunningDesktop;

beforeEach(async () => {
  place = makeDesktopPlace();
  desktop = await launchDesktop(place);
});
afterEach(async () => {
  await desktop.kill();
  place.remove();
});

test("a finished job is compared with another one: counts, changes by column, changed labels, the file of differences", async () => {
  const { page } = desktop;
  await readyCard(page, "iris");
  const folder = path.join(place.folder, "in");
  mkdirSync(folder);
  const inputs = [
    ["before", setosa + setosa + virginica + virginica],
    ["after", setosa + virginica + virginica],
  ] as const;
  for (const [job, rows] of inputs) {
    writeFileSync(path.join(folder, "flowers.csv"), header + rows);
    const ran = await batchdeck(place.home, "invoke", "-n", "iris", "--input", folder, "--job-name", job);
    expect(ran.code, ran.stderr).toBe(0);
  }
  await page.getByRole("button", { name: /^Queue/ }).click();
  await page.getByRole("button", { name: /^Open job before/ }).click(wait);
  await page.getByRole("button", { name: "Compare with…" }).click();
  const sheet = page.getByRole("dialog", { name: "Compare before" });
  const other = sheet.getByRole("combobox", { name: /^With which job/ });
  expect(await other.locator("option").allTextContents()).toEqual([expect.stringMatching(/^after \(/)]);
  const tolerance = sheet.getByRole("textbox", { name: /^Numbers count as the same/ });
  await tolerance.fill("much");
  expect(await sheet.getByRole("button", { name: "Compare", exact: true }).getAttribute("aria-disabled")).toBe("true");
  await tolerance.fill("0");
  await sheet.getByRole("button", { name: "Compare", exact: true }).click();

  const result = sheet.getByTestId("comparison");
  await result.waitFor(wait);
  // Rows 1 and 3 are the same flowers, row 2 is another one, row 4 is gone.
  expect(await result.getByRole("list", { name: "Result" }).getByRole("listitem").allTextContents()).toEqual([
    "Same2",
    "Changed1",
    "Only in this job1",
    "Only in the other job0",
  ]);
  await result.getByText("4 rows here, 3 in the other job").waitFor();
  expect(await result.getByRole("list", { name: "Changes in label" }).getByRole("listitem").allTextContents()).toEqual([
    "setosa → virginica1",
  ]);
  const columns = result.getByRole("table", { name: "Columns" });
  expect(await columns.getByRole("row").count()).toBeGreaterThan(2);
  await sheet.getByRole("button", { name: "Open folder of differences.csv" }).waitFor();
  const file = path.join(place.home, "outputs/before-vs-after/differences.csv");
  expect(readFileSync(file, "utf8")).toContain("setosa,virginica");

  // The same again takes nothing away; with so much tolerance only the label differs.
  await tolerance.fill("10");
  await page.keyboard.press("Enter");
  await expect.poll(() => existsSync(path.join(place.home, "outputs/before-vs-after-2/differences.csv"))).toBe(true);
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });
  expect(await page.getByRole("button", { name: "Compare with…" }).count()).toBe(1);
});
