import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import {
  manyPictures,
  readyCard,
  samplesFolder,
  startFromSheet,
  waitForJob,
} from "../helpers/desktop/desktop-steps.ts";
import { scriptDeployment } from "../helpers/scripts/script-deployments.ts";
import {
  type DesktopPlace,
  launchDesktop,
  makeDesktopPlace,
  type RunningDesktop,
} from "../helpers/desktop/electron-app.ts";
import { complaintsOf, look as lookAt } from "../helpers/desktop/screens.ts";

/** Every screen at the two sizes that count, light and dark: nothing is cut off sideways and nothing complains. */
let place: DesktopPlace;
let desktop: RunningDesktop;
let complaints: readonly string[];

/** `prepare` is given the workspace before the window opens it. */
async function open(language: string, prepare?: (home: string) => Promise<void>): Promise<void> {
  place = makeDesktopPlace();
  await prepare?.(place.home);
  desktop = await launchDesktop(place, [`--lang=${language}`]);
  complaints = complaintsOf(desktop);
}

afterEach(async () => {
  await desktop.close();
  place.remove();
});

const look = (name: string): Promise<void> => lookAt(desktop, name);

/** The sheet is longer than the window: its other end. */
async function scrollSheet(): Promise<void> {
  await desktop.page.locator(".fui-DrawerBody").evaluate((body) => body.scrollTo({ top: body.scrollHeight }));
}

test("every screen fits and complains about nothing", async () => {
  await open("en-US");
  const { page } = desktop;
  const orientation = await readyCard(page, "text-orientation");
  const iris = await readyCard(page, "iris");
  await look("score");

  await page.getByRole("button", { name: "Queue", exact: true }).click();
  await look("queue-empty");
  await page.getByRole("button", { name: "Data", exact: true }).click();
  await page.getByRole("heading", { name: "Watched folders" }).waitFor();
  await look("data-empty");
  await page.getByRole("button", { name: "Watch a folder" }).click();
  await page.getByRole("button", { name: "Watch it" }).waitFor();
  await look("data-watch-sheet");
  await page.keyboard.press("Escape");
  await page.locator(".fui-OverlayDrawer").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Score", exact: true }).click();

  await desktop.drop(iris, [path.join(samplesFolder, "iris/iris-150.csv")]);
  await page.getByRole("table", { name: "What the model reads" }).waitFor({ timeout: 30_000 });
  await page.getByRole("table", { name: "The first items, scored" }).waitFor({ timeout: 30_000 });
  await look("sheet-table");
  await page.getByRole("button", { name: /^Scan report/ }).click();
  await scrollSheet();
  await look("sheet-table-end");
  await startFromSheet(page);
  await waitForJob(page, ({ status }) => status === "Completed");
  await page.getByRole("table", { name: "Predictions" }).getByText("setosa").first().waitFor();
  await look("job-results");
  await page.getByRole("tab", { name: "Settings used" }).click();
  await page.getByText("mini_batch_size").waitFor();
  await look("job-settings");
  await page.getByRole("tab", { name: "Mini-batches" }).click();
  await page.getByRole("table", { name: "Mini-batches" }).getByText("iris-150.csv").first().waitFor();
  await look("job-mini-batches");
  await page.getByRole("tab", { name: "Log" }).click();
  await page.getByRole("region", { name: "Log" }).waitFor();
  await look("job-log");

  await page.getByRole("button", { name: "Score", exact: true }).click();
  const broken = path.join(place.folder, "deliveries of this week");
  mkdirSync(broken);
  writeFileSync(
    path.join(broken, "measurements.csv"),
    "id,sepal_length,sepal_width,petal_length,petal_width,species\n" +
      "1,5.1,3.5,1.4,0.2,setosa\n2,6.1,much,4.7,1.2,versicolor\n3,6.3,3.3,6.0\n",
  );
  writeFileSync(path.join(broken, "empty.csv"), "");
  writeFileSync(path.join(broken, "notes.docx"), "not a table");
  await desktop.drop(iris, [broken]);
  await page.getByTestId("input-summary").waitFor({ timeout: 30_000 });
  await page.getByLabel("Only new or changed files").check();
  await page.getByTestId("incremental-base").waitFor({ timeout: 30_000 });
  await page.getByRole("table", { name: "The first items, scored" }).waitFor({ timeout: 30_000 });
  await look("sheet-skipped");
  await startFromSheet(page);
  await waitForJob(page, ({ status }) => status === "Completed");
  await page.getByRole("button", { name: /^Show \d+ errors$/ }).click();
  await page.getByRole("table", { name: "Failed items" }).getByText("measurements.csv").first().waitFor();
  await look("job-errors");

  await page.getByRole("button", { name: "Score", exact: true }).click();
  await desktop.drop(orientation, [path.join(samplesFolder, "iris/data")]);
  await page
    .locator('[role="dialog"], form')
    .getByRole("button", { name: "Choose folder" })
    .waitFor({ timeout: 30_000 });
  await look("sheet-refused");
  await page.keyboard.press("Escape");
  // While it slides out it still lies over the card.
  await page.locator(".fui-OverlayDrawer").waitFor({ state: "detached" });

  const many = manyPictures(path.join(place.folder, "pictures"), 3000);
  await desktop.drop(orientation, [many, broken]);
  await page.getByTestId("input-summary").waitFor({ timeout: 30_000 });
  await page.getByRole("button", { name: "Change settings for this job only" }).click();
  await look("sheet-pictures");
  await startFromSheet(page);
  await waitForJob(page, ({ status, succeeded }) => status === "Running" && succeeded > 500);
  await look("job-running");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await waitForJob(page, ({ status }) => status === "Paused");
  await page.getByRole("button", { name: "Cancel job" }).click();
  await look("job-cancel");
  await page.getByRole("button", { name: "Keep it" }).click();
  await page.getByRole("button", { name: /^Queue/ }).click();
  await look("queue");
  const [changed = ""] = readdirSync(many).toReversed();
  rmSync(path.join(many, changed));
  await page.getByRole("button", { name: "Resume", exact: true }).click();
  await page.getByRole("button", { name: "Leave out what changed" }).waitFor();
  await look("queue-changed-input");
  await page.getByRole("button", { name: /^Open job text-orientation/ }).click();
  await look("job-changed-input");
  await page.getByRole("button", { name: /^Queue/ }).click();
  await page.getByRole("button", { name: "Pause all" }).click();
  await page.getByTestId("queue-paused").waitFor();
  await page.getByRole("button", { name: "Leave out what changed" }).click();
  await page.getByRole("button", { name: "Priority and place" }).click();
  await page.getByRole("menuitemradio", { name: "High" }).click();
  await page.getByText("High priority").waitFor();
  await page.getByRole("button", { name: "Priority and place" }).click();
  await look("queue-paused");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Open job text-orientation/ }).click();
  await look("job-paused-queue");
  await page.getByRole("button", { name: "Resume all" }).click();
  await page.getByRole("button", { name: /^Queue/ }).click();
  await waitForJob(page, ({ status, item_unit }) => status === "Completed" && item_unit === "file");
  await page.getByRole("button", { name: /^Open job text-orientation/ }).click();
  await page.getByText("Completed with 1 error", { exact: true }).first().waitFor();
  await look("job-pictures");
  await page.getByRole("button", { name: "Score", exact: true }).click();
  await look("score-used");
  expect(complaints).toEqual([]);
});

test("a script that is not trusted yet is told of wherever it would run", async () => {
  await open("en-US", async (home) => {
    const source =
      'import os\n\n\ndef init():\n    global model\n    model = os.environ["AZUREML_MODEL_DIR"]\n\n\n' +
      "def run(mini_batch):\n    return [os.path.basename(file) for file in mini_batch]\n";
    await scriptDeployment(home, "file-names", { name: "score.py", source });
  });
  const { page } = desktop;
  const card = await readyCard(page, "file-names");
  await look("score-untrusted");
  await desktop.drop(card, [path.join(samplesFolder, "iris/data")]);
  await page.getByTestId("problem").waitFor({ timeout: 30_000 });
  await look("sheet-untrusted");
  await page.locator("form").getByRole("button", { name: "See what it runs…" }).click();
  await page.getByRole("region", { name: "score.py" }).waitFor();
  await look("trust");
  expect(complaints).toEqual([]);
});

test("the window speaks Dutch to who does, and fits as well", async () => {
  await open("nl");
  const { page } = desktop;
  const iris = page.getByRole("article", { name: "iris", exact: true });
  await iris.getByRole("button", { name: "Map kiezen" }).waitFor({ timeout: 60_000 });
  await look("nl-score");
  await desktop.drop(iris, [path.join(samplesFolder, "iris/iris-150.csv")]);
  await page.getByRole("table", { name: "Wat het model leest" }).waitFor({ timeout: 30_000 });
  await page.getByRole("table", { name: "De eerste items, gescoord" }).waitFor({ timeout: 30_000 });
  await look("nl-sheet");
  await page.getByRole("button", { name: "Instellingen alleen voor deze taak wijzigen" }).click();
  await scrollSheet();
  await look("nl-sheet-end");
  await page.keyboard.press("Escape");
  await page.locator(".fui-OverlayDrawer").waitFor({ state: "detached" });
  await iris.getByRole("button", { name: /^Probeer het/ }).click();
  await page.getByText("Voltooid", { exact: true }).first().waitFor({ timeout: 60_000 });
  await page.getByRole("table", { name: "Voorspellingen" }).getByText("setosa").first().waitFor();
  await look("nl-job");
  await page.getByRole("tab", { name: "Gebruikte instellingen" }).click();
  await page.getByText("mini_batch_size").waitFor();
  await look("nl-settings");
  await page.getByRole("button", { name: "Wachtrij", exact: true }).click();
  await look("nl-queue");
  expect(await page.evaluate(() => document.documentElement.lang)).toBe("nl");
  expect(complaints).toEqual([]);
});
