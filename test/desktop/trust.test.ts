import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { batchdeck } from "../helpers/batchdeck.ts";
import { jobsOf, readyCard, startFromSheet, waitForJob } from "../helpers/desktop/desktop-steps.ts";
import {
  type DesktopPlace,
  launchDesktop,
  makeDesktopPlace,
  type RunningDesktop,
} from "../helpers/desktop/electron-app.ts";
import { scriptDeployment } from "../helpers/scripts/script-deployments.ts";

/** No script runs in the window before its user has looked at it. */
const wait = { timeout: 30_000 };

let place: DesktopPlace;
let desktop: RunningDesktop;
let ran: string;
let update: (source: string) => Promise<void>;

/** Leaves a trace wherever it runs. */
function tracing(note: string): string {
  return (
    `import { appendFileSync } from "node:fs";\n// ${note}\n` +
    `export function init() { appendFileSync(${JSON.stringify(ran)}, "x"); }\n` +
    `export function run(miniBatch) { return miniBatch.map((file) => ({ file: file.length })); }\n`
  );
}

beforeEach(async () => {
  place = makeDesktopPlace();
  ran = path.join(place.folder, "ran");
  const script = await scriptDeployment(place.home, "letters", {
    name: "score.mjs",
    source: tracing("first \u202e look"),
  });
  update = async (source) => {
    writeFileSync(path.join(script.folder, "code", "score.mjs"), source);
    const updated = await batchdeck(place.home, "deployment", "update", "-f", script.file, "-e", "letters");
    expect(updated.code, updated.stderr).toBe(0);
  };
  desktop = await launchDesktop(place);
});
afterEach(async () => {
  await desktop.kill();
  place.remove();
});

test("a script is shown before it is trusted, runs only then, and is asked for again when it changes", async () => {
  const { page } = desktop;
  const card = await readyCard(page, "letters");
  await card.getByText("Takes files of any kind").waitFor();
  expect(await card.getByTestId("untrusted").count()).toBe(1);
  const input = path.join(place.folder, "a.txt");
  writeFileSync(input, "hello");
  await desktop.drop(card, [input]);
  const sheet = page.getByRole("dialog", { name: "Score with letters" });
  const start = page.locator('button[type="submit"]');
  await sheet.getByTestId("problem").getByText("you have not trusted yet").waitFor(wait);
  expect(await start.getAttribute("aria-disabled")).toBe("true");

  await sheet.getByRole("button", { name: "See what it runs…" }).click();
  const trust = page.getByRole("dialog", { name: "What “one” runs" });
  const code = trust.getByRole("region", { name: "score.mjs" });
  await expect.poll(() => code.textContent(), wait).toContain("export function run(miniBatch)");
  // What would turn the direction of the line is seen, not obeyed.
  expect(await code.textContent()).toContain("first \\u{202e} look");
  await trust.getByText("Batchdeck's own Node").waitFor();
  await trust.getByRole("button", { name: "1 file of code" }).click();
  await trust.getByText(/^\d+ bytes$/).waitFor();

  // Esc closes what lies on top, and nothing is trusted by it.
  await page.keyboard.press("Escape");
  await trust.waitFor({ state: "detached" });
  expect(await sheet.isVisible()).toBe(true);
  expect(await start.getAttribute("aria-disabled")).toBe("true");
  expect(await start.evaluate((button) => button === document.activeElement)).toBe(true);

  // Another script comes in the place of the one that is shown.
  await sheet.getByRole("button", { name: "See what it runs…" }).click();
  await expect.poll(() => code.textContent(), wait).toContain("first");
  await update(tracing("second"));
  await trust.getByRole("button", { name: "Trust and allow" }).click();
  await trust.getByTestId("problem").getByText("runs something else than what was shown").waitFor(wait);
  await trust.getByRole("button", { name: "Try again" }).click();
  await expect.poll(() => code.textContent(), wait).toContain("second");
  expect(existsSync(ran)).toBe(false);
  expect(await jobsOf(page)).toEqual([]);

  await trust.getByRole("button", { name: "Trust and allow" }).click();
  await trust.waitFor({ state: "detached" });
  await expect.poll(() => card.getByTestId("untrusted").count(), wait).toBe(0);
  await expect.poll(() => sheet.getByTestId("problem").count(), wait).toBe(0);
  expect(existsSync(ran)).toBe(false);
  await startFromSheet(page);
  expect(await waitForJob(page, ({ status }) => status === "Completed")).toMatchObject({ succeeded: 1 });
  expect(readFileSync(ran, "utf8")).toContain("x");

  await update(tracing("third"));
  await page.getByRole("button", { name: "Score", exact: true }).click();
  await expect.poll(() => card.getByTestId("untrusted").count(), wait).toBe(1);
});
